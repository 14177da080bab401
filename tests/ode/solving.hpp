// tests/ode/solving.hpp — a solve with all its gradients in one call, and how far two of them are apart
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "ode/solve.hpp"
#include "ode/steps/complaint.hpp"
#include "tests/support/listening.hpp"
#include "tests/support/precision.hpp"

namespace costate::test {

inline Tensor waves(const Shape& shape, double size, double pace = 1.7) {  // numbers without a pattern
    Tensor x(shape);
    for (Index i = 0; i < x.size(); ++i) x[i] = static_cast<Real>(size * std::sin(pace * double(i) + 0.3));
    return x;
}

inline double largest(const Tensor& x) {
    double most = 0;
    for (const Real entry : x.entries()) most = std::max(most, std::abs(double(entry)));
    return most;
}

// Largest difference in units of the largest entry of b; a number that is none is infinitely far.
inline double distance(const Tensor& a, const Tensor& b) {
    if (a.shape() != b.shape()) return HUGE_VAL;
    double most = 0;
    for (Index i = 0; i < a.size(); ++i) {
        const double apart = std::abs(double(a[i]) - double(b[i]));
        most = apart <= HUGE_VAL ? std::max(most, apart) : HUGE_VAL;
    }
    return most == 0 ? 0 : most / std::max(largest(b), 1e-300);
}

// Relative to the gradient's largest entry: an entry's error is the sum of errors of terms as large as the others.
inline double relative_error(const std::vector<double>& got, const std::vector<double>& wanted) {
    if (got.size() != wanted.size()) return HUGE_VAL;
    double most = 0, scale = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double apart = std::abs(got[i] - wanted[i]);
        most = apart <= HUGE_VAL ? std::max(most, apart) : HUGE_VAL;
        scale = std::max(scale, std::abs(wanted[i]));
    }
    return most / scale;
}
inline double relative_error(const Tensor& got, const std::vector<double>& wanted) {
    return relative_error(std::vector<double>(got.entries().begin(), got.entries().end()), wanted);
}

// How much more than a plain sum of its stages a method rounds: vern6 has rows of thousands, which cancel, and an additive
// method two tables, whose sums do.
inline double cancellation(const ode::Method& m) {
    double largest = 0;
    for (int i = 0; i < m.dense_stages; ++i) {
        double sum = 0;
        for (int j = 0; j < i; ++j) sum += std::abs(m.a[i * m.dense_stages + j]);
        for (int j = 0; j < i && m.is_additive(); ++j) sum += 10 * std::abs(m.difference[i * m.dense_stages + j]);
        largest = std::max(largest, sum);
    }
    return std::max(1., largest / 50);
}

using Two = std::array<double, 2>;

// These options by each route that takes them.
inline std::vector<ode::SolveOptions> by_every_route(ode::SolveOptions options) {
    std::vector<ode::SolveOptions> all;
    for (const ode::Route& route : ode::all_routes) {
        options.gradient = route;
        if (!ode::first_complaint(options).option) all.push_back(options);
    }
    return all;
}
// Reversible is the route of two methods alone: the routes that a method has; or options with a method that their route has.
inline std::vector<ode::Route> routes_of(const ode::Method& method) {
    std::vector<ode::Route> routes;
    for (const ode::SolveOptions& options : by_every_route({.method = method, .steps = 1}))
        routes.push_back(options.gradient);
    return routes;
}
inline ode::SolveOptions fitted(ode::SolveOptions options) {
    if (options.gradient == ode::reversible && !options.method.paired()) options.method = ode::reversible_heun;
    return options;
}

inline std::vector<ode::Route> replaying_routes(const ode::Method& method = ode::tsit5) {  // a solve is one operation
    std::vector<ode::Route> routes = routes_of(method);
    std::erase_if(routes, [](const ode::Route& route) { return !route.is_one_operation(); });
    return routes;
}

inline Var end(Var z) { return sum(slice(z, 0, z.shape()[0] - 1, 1)); }  // the last observation as a number
inline double num(Var v, Index i = 0) { return double(v.tape().view(v)[i]); }

struct Gradients {
    Tensor z, z0, times;  // times: empty unless they were Vars
    std::vector<Tensor> parameters;
    ode::Statistics statistics;
};

inline double distance(const Gradients& a, const Gradients& b) {
    double most = std::max({distance(a.z, b.z), distance(a.z0, b.z0), distance(a.times, b.times)});
    for (std::size_t i = 0; i < b.parameters.size(); ++i)
        most = std::max(most, distance(a.parameters[i], b.parameters[i]));
    return most;
}

using MakeField = std::function<ode::Field(Tape&)>;  // what a field captures of the outer tape is recorded first
using Loss = std::function<Var(Var z)>;

inline Var weighted(Var z) {  // a loss in which every observation counts differently
    return sum(square(z) * z.tape().constant(waves(z.shape(), 1, 2.3))) +
           sum(z * z.tape().constant(waves(z.shape(), 1, 0.9)));
}

inline Gradients solve_and_differentiate_once(Tape& tape, const MakeField& make,
                                              const std::vector<Parameter>& parameters, const Tensor& z0,
                                              const std::vector<double>& times, const ode::SolveOptions& options,
                                              bool time_vars, const Loss& loss) {
    tape.rewind();
    const ode::Field field = make(tape);
    const Var start = tape.variable(z0), at = tape.variable(Tensor::vector(times));
    const ode::Solution s =
        time_vars ? ode::solve(tape, field, start, at, options) : ode::solve(tape, field, start, times, options);
    std::vector<Var> xs{start, at};
    for (const Parameter& p : parameters) xs.push_back(tape.use(p));
    const Vars bars = grad(loss(s.z), Vars(xs));
    Gradients all{.z = Tensor(tape.view(s.z)),
                  .z0 = Tensor(tape.view(bars[0])),
                  .times = {},
                  .parameters = {},
                  .statistics = s.statistics()};
    if (time_vars) all.times = Tensor(tape.view(bars[1]));
    for (std::size_t i = 2; i < xs.size(); ++i) all.parameters.push_back(Tensor(tape.view(bars[i])));
    return all;
}

// discrete's second pass on a tape finds what f kept at the stages, where its first one evaluated f there again.
inline Gradients solve_and_differentiate(Tape& tape, const MakeField& make, const std::vector<Parameter>& parameters,
                                         const Tensor& z0, const std::vector<double>& times,
                                         const ode::SolveOptions& options, bool time_vars,
                                         const Loss& loss = weighted) {
    const auto pass = [&] {
        return solve_and_differentiate_once(tape, make, parameters, z0, times, options, time_vars, loss);
    };
    Gradients first = pass();
    if (options.gradient.is_kind_of(ode::discrete)) {
        const Gradients second = pass();
        CHECK(second.z == first.z);
        CHECK(second.z0 == first.z0);
        CHECK(second.times == first.times);
        CHECK(second.parameters == first.parameters);
        CHECK(second.statistics.evaluations <= first.statistics.evaluations + 1);  // that of the recording
        CHECK(second.statistics.accepted == first.statistics.accepted);
        CHECK(second.statistics.backward_evaluations <= first.statistics.backward_evaluations);
    }
    return first;
}

using Quiet = Listening;  // while warnings are expected, and tested elsewhere

// A tape, a batch and a law with a parameter, for tests of what a solve does rather than of its numbers.
inline const std::vector<double> unit{0, 1};

struct Room {
    Tape tape;
    Parameter p{"p", Tensor({2}, {0.5, -0.8})};
    Tensor z0 = waves({3, 2}, 0.8);
    Var start() { return tape.variable(z0); }
    ode::Field law() {
        return [this](Var, Var z) { return tanh(z * z.tape().use(p)); };
    }
};

}  // namespace costate::test
