// tests/ode/orders.hpp — problems with closed solutions, on which an order shows as the slope of a line
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <vector>

#include "ode/methods.hpp"  // brings: Method, doubled and all methods

namespace costate::test {

using ode::Method;

inline double slope(const std::vector<double>& x, const std::vector<double>& y) {  // least squares, of log y over log x
    double mx = 0, my = 0, xy = 0, xx = 0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += std::log(x[i]), my += std::log(y[i]);
    mx /= double(x.size()), my /= double(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (std::log(x[i]) - mx) * (std::log(y[i]) - my);
        xx += (std::log(x[i]) - mx) * (std::log(x[i]) - mx);
    }
    return xy / xx;
}

// Each problem: f, the start and the exact solution on [0, t1]; the fewest steps, and the length of the first one, from which
// on the leading term of the error rules. It takes short steps to be alone, and long ones to stand out from the rounding of
// the table's doubles: four halvings of order 8 are nine digits and a half. So both are given for each of the high orders.
// Implicit methods err more in a step, and want shorter ones.
// Reversible Heun is weakly stable: where a solution decays, what grows beside it is to be small, too.
using LongNumber = long double;
using Input = std::span<const LongNumber>;
using Output = std::span<LongNumber>;

struct Start {
    int steps;  // 0: no such place
    double length;
};
struct Starts {
    Start up_to_fifth, vern6, dopri8, dop853;
    int reversible;
    constexpr Start of(const Method& m) const {
        if (m.paired()) return {reversible, up_to_fifth.length};
        if (m.implicit() && m.order < 5) return {4 * up_to_fifth.steps, up_to_fifth.length / 2};
        if (m.implicit() && m.order == 5) return {up_to_fifth.steps / 2, up_to_fifth.length};
        if (m.implicit()) return {2 * vern6.steps, vern6.length};
        return m.order <= 5 ? up_to_fifth : m == ode::vern6 ? vern6 : m == ode::dopri8 ? dopri8 : dop853;
    }
};

struct Decay {  // scalar
    static constexpr std::array<LongNumber, 1> y0{1};
    static constexpr double t1 = 4;
    static constexpr Starts starts{{32, 0.125}, {0, 0.5}, {0, 1}, {3, 0.4}, 1024};
    static void f(double, Input y, Output dy) { dy[0] = -y[0]; }
    static void jacobian(double, Input, Output J) { J[0] = -1; }
    static std::array<LongNumber, 1> exact(LongNumber t) { return {std::exp(-t)}; }
};
struct Oscillator {  // system
    static constexpr std::array<LongNumber, 2> y0{1, 0};
    static constexpr double t1 = 20;
    static constexpr Starts starts{{200, 0.125}, {22, 0.5}, {15, 1}, {10, 0.4}, 200};
    static void f(double, Input y, Output dy) { dy[0] = y[1], dy[1] = -y[0]; }
    static void jacobian(double, Input, Output J) { J[0] = J[3] = 0, J[1] = 1, J[2] = -1; }
    static std::array<LongNumber, 2> exact(LongNumber t) { return {std::cos(t), -std::sin(t)}; }
};
struct Whirl {  // nonlinear system
    static constexpr std::array<LongNumber, 2> y0{1, 0};
    static constexpr double t1 = 8;
    static constexpr Starts starts{{128, 0.0625}, {12, 0.25}, {7, 0.4}, {7, 0.25}, 128};
    static void f(double, Input y, Output dy) {
        const LongNumber r2 = y[0] * y[0] + y[1] * y[1];
        dy[0] = y[1] * r2, dy[1] = -y[0] * r2;
    }
    static void jacobian(double, Input y, Output J) {
        J[0] = 2 * y[0] * y[1], J[1] = y[0] * y[0] + 3 * y[1] * y[1];
        J[2] = -3 * y[0] * y[0] - y[1] * y[1], J[3] = -2 * y[0] * y[1];
    }
    static std::array<LongNumber, 2> exact(LongNumber t) { return {std::cos(t), -std::sin(t)}; }
};
struct Seasons {  // non-autonomous
    static constexpr std::array<LongNumber, 1> y0{1};
    static constexpr double t1 = 10;
    static constexpr Starts starts{{128, 0.0625}, {16, 0.25}, {10, 0.5}, {10, 0.25}, 128};
    static void f(double t, Input y, Output dy) { dy[0] = y[0] * std::cos(LongNumber(t)); }
    static void jacobian(double t, Input, Output J) { J[0] = std::cos(LongNumber(t)); }
    static void time_rate(double t, Input y, Output dy) { dy[0] = -y[0] * std::sin(LongNumber(t)); }
    static std::array<LongNumber, 1> exact(LongNumber t) { return {std::exp(std::sin(t))}; }
};
struct Riccati {  // nonlinear
    static constexpr std::array<LongNumber, 1> y0{
        0.29131261245159090582L};  // tanh .3: at 0 the error of order 2 vanishes
    static constexpr double t1 = 4.5;
    static constexpr Starts starts{{40, 0.125}, {11, 0.3}, {3, 0.9}, {7, 0.3}, 0};
    static void f(double, Input y, Output dy) { dy[0] = 1 - y[0] * y[0]; }
    static void jacobian(double, Input y, Output J) { J[0] = -2 * y[0]; }
    static std::array<LongNumber, 1> exact(LongNumber t) { return {std::tanh(t + 0.3L)}; }
};

// A problem as a field, with its derivatives: those by differences hide the order of a method that iterates nothing.
template <class Problem>
struct Exactly : Problem {
    void operator()(double t, Input y, Output dy) const { Problem::f(t, y, dy); }
    void time_rate(double t, Input y, Output dy) const {
        if constexpr (requires { Problem::time_rate(t, y, dy); })
            Problem::time_rate(t, y, dy);
        else
            std::fill(dy.begin(), dy.end(), LongNumber(0));
    }
};

inline std::vector<Method> library_and_doubled() {
    std::vector<Method> methods(std::begin(ode::all_methods), std::end(ode::all_methods));
    for (const Method& m :
         {ode::doubled<ode::euler>, ode::doubled<ode::midpoint>, ode::doubled<ode::heun2>, ode::doubled<ode::ralston>,
          ode::doubled<ode::heun3>, ode::doubled<ode::rk4_classic>, ode::doubled<ode::rk4_38>})
        methods.push_back(m);
    return methods;
}

inline std::vector<Method> implicit_methods() {
    std::vector<Method> methods(std::begin(ode::all_methods), std::end(ode::all_methods));
    std::erase_if(methods, [](const Method& m) { return !m.implicit(); });
    return methods;
}

}  // namespace costate::test
