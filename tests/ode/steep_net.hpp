// tests/ode/steep_net.hpp — a loss of (z0, W, b) that a solve of a steep field gives, and what its gradients are held against
#pragma once
#include <doctest/doctest.h>
#include <functional>
#include <vector>

#include "ode/solve.hpp"          // brings: solve, SolveOptions
#include "tests/ode/solving.hpp"  // brings: waves, distance

namespace costate::test {

struct SteepNet {
    std::function<Var(Tape& tape, Var z0, Var W, Var b, const ode::SolveOptions& options)> loss;
    Tensor z0 = waves({3, 2}, 0.8), W = waves({2, 2}, 0.9, 2.3), b = waves({2}, 0.5, 0.7);

    double value(const ode::SolveOptions& options) const {
        Tape tape;
        return double(tape.view(loss(tape, tape.variable(z0), tape.variable(W), tape.variable(b), options))[0]);
    }
    std::vector<Tensor> gradients(const ode::SolveOptions& options) const {
        Tape tape;
        const Var xs[] = {tape.variable(z0), tape.variable(W), tape.variable(b)};
        std::vector<Tensor> bars;
        for (const Var g : grad(loss(tape, xs[0], xs[1], xs[2], options), Vars(xs))) bars.emplace_back(tape.view(g));
        return bars;
    }
    // Central differences, extrapolated twice: O(h⁶) of the same discretisation.
    double difference(std::size_t which, Index i, const ode::SolveOptions& options) {
        Tensor& x = which == 0 ? z0 : which == 1 ? W : b;
        const auto central = [&](double h) {
            const Real before = x[i];
            x[i] = before + static_cast<Real>(h);
            const double after = value(options);
            x[i] = before - static_cast<Real>(h);
            const double apart = after - value(options);
            x[i] = before;
            return apart / (2 * h);
        };
        const double h = 4e-3, c1 = central(h), c2 = central(h / 2), c4 = central(h / 4);
        const double once = (4 * c2 - c1) / 3, twice = (4 * c4 - c2) / 3;
        return twice + (twice - once) / 15;
    }
};

inline double worst(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, distance(a[i], b[i]));
    return most;
}

// H v by W, forward over reverse and reverse over reverse, against differences of the gradients.
inline void check_second_derivatives(const SteepNet& net, const ode::SolveOptions& options, double within) {
    const Tensor v({2, 2}, {1, 0.5, -0.3, 0.2});
    const auto gradient_at = [&](double h) {
        SteepNet moved = net;
        for (Index i = 0; i < 4; ++i) moved.W[i] += static_cast<Real>(h) * v[i];
        return moved.gradients(options)[1];
    };
    const Tensor after = gradient_at(1e-5), before = gradient_at(-1e-5);
    Tape tape;
    const Var z0 = tape.variable(net.z0), W = tape.variable(net.W), b = tape.variable(net.b);
    const Var loss = net.loss(tape, z0, W, b, options);
    const Tensor forward(tape.view(hvp(loss, W, v))), reverse(tape.view(grad(sum(grad(loss, W) * v), W)));
    for (Index i = 0; i < 4; ++i) {
        const double wanted = (double(after[i]) - double(before[i])) / 2e-5;
        CHECK(double(forward[i]) == doctest::Approx(wanted).epsilon(within));
        CHECK(double(reverse[i]) == doctest::Approx(wanted).epsilon(within));
    }
}

}  // namespace costate::test
