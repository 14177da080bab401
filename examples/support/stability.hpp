// examples/support/stability.hpp — what a step of a method makes of y' = λy, by the numbers of its table
//   R(z) = 1 + z bᵀ (I − zA)⁻¹ 1,   z = hλ, which may be complex                                                stiff (1)
// A Rosenbrock method's A is that of its β_ij = α_ij + γ_ij.
// For an explicit method I − zA is a triangle and R a polynomial; else a quotient of two.
// see      ode/stiff.md · examples/chapters/pictures/stiff.cpp (draws |R|) · tests/ode/implicit_test.cpp (against steps taken)
#pragma once
#include <complex>
#include <vector>

#include "ode/method.hpp"  // brings: Method

namespace costate::support {

inline std::complex<double> stability(const ode::Method& m, std::complex<double> z) {
    const auto s = static_cast<std::size_t>(m.stages), width = static_cast<std::size_t>(m.dense_stages);
    std::vector<std::vector<std::complex<double>>> rows(s, std::vector<std::complex<double>>(s + 1, 1));
    const auto a = [&](std::size_t i, std::size_t j) {
        return (m.is_linear() && i == j ? 0 : m.a[i * width + j]) + (m.is_linear() ? m.gamma[i * width + j] : 0);
    };
    for (std::size_t i = 0; i < s; ++i)
        for (std::size_t j = 0; j < s; ++j) rows[i][j] = static_cast<double>(i == j) - z * a(i, j);
    for (std::size_t k = 0; k < s; ++k)  // Gauss and Jordan: every other row loses its column k
        for (std::size_t i = 0; i < s; ++i) {
            if (i == k) continue;
            const auto factor = rows[i][k] / rows[k][k];
            for (std::size_t j = k; j <= s; ++j) rows[i][j] -= factor * rows[k][j];
        }
    std::complex<double> end = 1;
    for (std::size_t i = 0; i < s; ++i) end += z * m.b[i] * rows[i][s] / rows[i][i];
    return end;
}

}  // namespace costate::support
