// tests/support/laws.hpp — laws that many tests solve, each of them once; y and dy are spans of any numbers
//   decay            y' = −y
//   turn             y' = (y₁, −y₀), a circle
//   Rational         SciPy's test problem, known for all t
//   LotkaVolterra    hares and lynxes: not stiff, by steps of many lengths
//   Lorenz           many turns: chaos, and not stiff
//   VanDerPol        a relay that rests between jumps, of any stiffness
//   Robertson        a reaction whose rates lie nine powers of ten apart: stiff from soon after its start
// see      tests/ode/laws_in_vars.hpp
#pragma once
#include <array>
#include <span>

namespace costate::test {

inline constexpr auto decay = [](double, auto y, auto dy) { dy[0] = -y[0]; };

inline constexpr auto turn = [](double, auto y, auto dy) { dy[0] = y[1], dy[1] = -y[0]; };

struct Rational {  // scipy/integrate/_ivp/tests/test_ivp.py, fun_rational
    void operator()(double t, std::span<const double> y, std::span<double> dy) const {
        dy[0] = y[1] / t;
        dy[1] = y[1] * (y[0] + 2 * y[1] - 1) / (t * (y[0] - 1));
    }
    static constexpr std::array<double, 2> at(double t) { return {t / (t + 10), 10 * t / ((t + 10) * (t + 10))}; }
};

struct LotkaVolterra {  // x' = α x − β x y,   y' = δ x y − γ y
    double alpha = 1.1, beta = 0.4, delta = 0.1, gamma = 0.4;
    void operator()(double, auto z, auto dz) const {
        using T = typename decltype(dz)::value_type;
        dz[0] = T(alpha) * z[0] - T(beta) * z[0] * z[1];
        dz[1] = T(delta) * z[0] * z[1] - T(gamma) * z[1];
    }
};

struct Lorenz {
    double sigma = 10, rho = 28, beta = 8. / 3;
    void operator()(double, std::span<const double> z, std::span<double> dz) const {
        dz[0] = sigma * (z[1] - z[0]);
        dz[1] = z[0] * (rho - z[2]) - z[1];
        dz[2] = z[0] * z[1] - beta * z[2];
    }
};

struct VanDerPol {  // x'' = μ (1 − x²) x' − x
    static constexpr std::array<double, 2> y0{2, 0};
    double mu = 1000;
    void operator()(double, auto y, auto dy) const {
        using T = typename decltype(dy)::value_type;
        dy[0] = y[1], dy[1] = T(mu) * (1 - y[0] * y[0]) * y[1] - y[0];
    }
};

struct Robertson {  // A → B at rate k1 A,   2 B → B + C at k2 B²,   B + C → A + C at k3 B C
    static constexpr std::array<double, 3> y0{1, 0, 0};
    double k1 = 0.04, k2 = 3e7, k3 = 1e4;
    void operator()(double, std::span<const double> y, std::span<double> dy) const {
        const double r1 = k1 * y[0], r2 = k2 * y[1] * y[1], r3 = k3 * y[1] * y[2];
        dy[0] = r3 - r1, dy[1] = r1 - r3 - r2, dy[2] = r2;
    }
};

}  // namespace costate::test
