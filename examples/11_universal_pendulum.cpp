// examples/11_universal_pendulum.cpp — what does a network find in a law that is half known?
//   dq/dt = w,   dw/dt = −sin q − friction(w):   gravity is known,   friction = a net 1 – 16 – 1                    (a)
//   truth        friction = .1 w + .1 w |w|: of a bearing, and of air
//   data         3 swings of 20 s from known starts, every .1 s, with noise of .02 on angle and speed
// look for   The net learns one curve, friction over speed, and it can be looked at; wherever a swing has been it is
//            right within a few parts of a hundred. Among four terms a formula is found in it: the two that it is made
//            of.
// why        What is known need not be learned, and what is learned is a function of one number: 3 swings determine it.
// source     Rackauckas et al. 2020, "Universal differential equations for scientific machine learning"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <span>

#include "costate.hpp"
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/formula.hpp"     // brings: shortest_formula
#include "examples/support/sampling.hpp"    // brings: noisy

using namespace costate;
using namespace costate::support;

Var true_friction(Var w) { return 0.1 * w + 0.1 * w * abs(w); }

ode::Field pendulum(const std::function<Var(Var)>& friction) {  // (a)
    return [friction](Var, Var z) {
        const Var q = column(z, 0), w = column(z, 1);
        return concatenate({w, -sin(q) - friction(w)}, 1);
    };
}

void fit(const nn::MLP& net, const ode::Field& field, const Tensor& start, const Tensor& data) {
    const auto times = linspace(0, 20, 201);
    const ode::GrowingHorizon grow{.from = 6, .to = 201, .over = 1000};
    const auto loss = [&](Tape& tape, std::uint64_t update) {
        const Index count = grow(update);
        const ode::SolveOptions rk4{.method = ode::rk4_classic, .steps = static_cast<int>(2 * (count - 1))};
        const auto seen = std::span(times).first(static_cast<std::size_t>(count));
        return nn::mse(ode::solve(tape, field, start, seen, rk4).z, data.rows(0, count));
    };
    descend(net, loss, {.adam = 1500, .rate = 0.01, .lbfgs = 200, .memory = 30});
}

void learn(Experiment& run) {
    Rng rng(run.seed);
    const Tensor start({3, 2}, {2.5, 0, -1, 2, 0.5, -1.5});
    const Tensor exact = ode::solve(pendulum(true_friction), start, linspace(0, 20, 201)).z;
    const Tensor data = noisy(exact, 0.02, rng);
    const nn::MLP net({1, 16, 1}, nn::tanh, rng);
    const ode::Field field = pendulum([&](Var w) { return net(w); });
    fit(net, field, start, data);

    double low = 0, high = 0;  // the speeds that were seen
    for (Index i = 1; i < exact.size(); i += 2)
        low = std::min(low, double(exact[i])), high = std::max(high, double(exact[i]));
    Tape tape;
    const auto speeds = linspace(low, high, 201);
    const Var w = tape.constant(Tensor::vector(speeds).reshaped({201, 1})), truth = true_friction(w), learned = net(w);
    const Var range = max(truth) + max(-truth);
    run.merit("friction_error", double((max(abs(learned - truth)) / range).item()));

    const Var terms = concatenate({0 * w + 1, w, w * abs(w), w * w * w}, 1);
    const Formula formula = shortest_formula({"", "w", "w |w|", "w³"}, terms.value(), learned.value(), 0.01);
    std::printf("friction = %s\n", formula.text.c_str());
    run.merit("formula_terms", formula.terms);
    run.merit("formula_error_of_w", std::fabs(formula.coefficients[1] - 0.1));
    run.merit("formula_error_of_w_abs_w", std::fabs(formula.coefficients[2] - 0.1));

    const auto times = linspace(0, 20, 401);
    const Tensor path = ode::solve(field, start, times).z;
    Plot swings({.title = "Three swings, from (q, w)", .x = "t", .y = "angle q"}),
        curve({.title = "Learned friction", .x = "speed w", .y = "friction"});
    const char* const from[] = {"(2.5, 0)", "(−1, 2)", "(0.5, −1.5)"};
    for (const Index row : {0, 1, 2}) {
        const std::string color = palette(static_cast<std::size_t>(row));
        swings.scatter(linspace(0, 20, 201), component(data, 0, row), {.color = color, .width = 1.5});
        swings.line(times, component(path, 0, row), {.label = from[row], .color = color, .width = 1.5});
    }
    curve.line(speeds, truth.value(), {.label = "truth, 0.1 w + 0.1 w |w|", .color = "#1f2933", .dashed = true});
    curve.line(speeds, learned.value(), {.label = "net"});
    run.save({swings, curve}, {.title = "Known gravity, learned friction: " + formula.text});
}

int main(int argc, char** argv) {
    return Experiment("11_universal_pendulum", "What does a network find in a law that is half known?")
        .run(argc, argv, learn);
}
