// ode/steps/differences.hpp — the Jacobian of a field of numbers: given by it, or found by differences, n + 1 evaluations
//   J_·j = ( f(t, y + δ e_j) − f(t, y) ) / δ,     δ = √ε max( |y_j|, |h k_j|, atol_j / rtol_j )                        (a)
// k is a rate near y, and h the step's length: as far as y_j is about to go. The last is the size below which a number is taken
// as small.
// shapes   J: [n, n], row after row; y, k, here, there: [n]
// see      ode/steps/colours.hpp, ode/steps/equations.hpp (who ask)
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "ode/steps/interval.hpp"  // brings: Interval
#include "ode/tolerance.hpp"       // brings: Tolerance, Index

namespace costate::ode::plain {

// y_j + δ
template <class T>
T moved(T y, T k, Number h, Index j, const Tolerance& rtol, const Tolerance& atol) {
    const Number small = rtol.of(j) > 0 ? atol.of(j) / rtol.of(j) : 0;
    const Number size = std::max({std::abs(Number(y)), std::abs(h * Number(k)), small, Number(1e-30)});
    return y + std::sqrt(std::numeric_limits<T>::epsilon()) * static_cast<T>(size);  // (a)
}

// By call(y, rate); y is changed on the way, and as it was in the end. here, there: memory for two rates.
template <class T, class Call>
void find_by_differences(Index n, T* y, const T* k, Number h, const Tolerance& rtol, const Tolerance& atol, Call&& call,
                         T* here, T* there, T* J) {
    call(y, here);
    for (Index j = 0; j < n; ++j) {
        const T before = y[j];
        y[j] = moved(before, k[j], h, j, rtol, atol);
        const T distance = y[j] - before;
        call(y, there);
        y[j] = before;
        for (Index i = 0; i < n; ++i) J[i * n + j] = (there[i] - here[i]) / distance;
    }
}

// ∂f/∂t where a step begins, whose rate k is f there: a difference towards its end, no further. By call(t, rate).
template <class T, class Call>
void find_by_difference(Index n, const Interval& s, const T* k, Call&& call, T* time_rate) {
    const Number sqrt_eps = std::sqrt(Number(std::numeric_limits<T>::epsilon()));
    const Number distance = std::min(sqrt_eps * std::max(std::abs(s.t), std::abs(s.h)), std::abs(s.h));
    const Number there = s.first + std::copysign(distance, s.h);
    if (there == s.first) return void(std::fill_n(time_rate, n, T(0)));
    call(there, time_rate);
    for (Index j = 0; j < n; ++j)
        time_rate[j] = static_cast<T>((Number(time_rate[j]) - Number(k[j])) / (there - s.first));
}

}  // namespace costate::ode::plain
