// examples/08_cubic_spiral.cpp — is a field learned from short segments of one orbit?
//   dz/dt = z³ A,  A = [−.1 2; −2 −.1],  z(0) = (2, 0):  1000 points on [0, 25]; z³ entry by entry                 (a)
//   dz/dt = net(z³),  a network 2-50-2: what it is given is the power, not the law                                  (b)
//   minibatches     L = mean |z(t_i + s; z_i) − z(t_i + s)| over 20 segments of 10 points, drawn anew each time  (c)
//   then            L = mean of squares, by L-BFGS: over all in 25 segments of 41 points, then in one               (d)
// look for   (c) alone gives a field that looks right, and an orbit that runs out of step with the data: each
//            segment is followed well, and a small error of the speed adds up over 25 s. (d) must meet the last point.
// why        A segment says where the field points, and its loss has one valley; the whole orbit says how far
//            errors have come, and has a valley only for a field that is nearly right. So one comes after the other.
// source     Chen, Rubanova, Bettencourt & Duvenaud 2018: (a) to (c), with RMSprop at 1e-3, are the demonstration of
//            their torchdiffeq (examples/ode_demo.py), but for the first weights
#include <cmath>

#include "costate.hpp"
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

void learn(Experiment& run) {
    const auto law = [](Var, Var z) { return matmul(z * z * z, Tensor({2, 2}, {-0.1, 2, -2, -0.1})); };  // (a)
    const std::vector<double> times = linspace(0, 25, 1000);
    const Tensor z0({1, 2}, {2, 0});
    const Tensor data = ode::solve(law, z0, times, {.rtol = 1e-9, .atol = 1e-9}).z.reshaped({1000, 2});
    const nn::Sequential field{[](Var z) { return z * z * z; }, nn::MLP({2, 50, 2}, nn::tanh, Rng{run.seed})};  // (b)
    const auto roll_out = [&](const std::string& when) {
        const Tensor path = ode::solve(field, z0, times, {.rtol = 1e-8}).z.reshaped({1000, 2});
        Tape tape;
        run.merit("mean_error_" + when, double(nn::mae(tape.constant(path), data).item()));
        return path;
    };

    const ode::Segments starts = ode::segments(times, data, 9, 1);  // one begins at every point
    nn::Batches batches(starts.starts.shape()[0], 20, Rng{run.seed + 1});
    optim::RMSprop rmsprop(field, {.lr = 1e-3});
    Progress progress(2000);
    const auto minibatch = [&](Tape& tape) {  // (c)
        const ode::Segments some = starts.rows(batches.next());
        return nn::mae(ode::shoot(tape, field, some), some.states);
    };
    optim::train(rmsprop, minibatch, {.updates = 2000, .progress = progress.follow()});
    const Tensor rough = roll_out("after_minibatches");

    for (const Index length : {40, 999}) {  // (d)
        const ode::Segments all = ode::segments(times, data, length);
        const auto loss = [&](Tape& tape) { return nn::mse(ode::shoot(tape, field, all), all.states); };
        descend(field, loss, {.adam = 0, .lbfgs = 200, .memory = 30});
        if (length == 40) roll_out("after_long_segments");
    }
    const Tensor fine = roll_out("at_the_end");

    Plot course({.title = "25 s from one start", .x = "t", .y = "z₁"});
    course.scatter(times, component(data, 0), {.label = "data", .color = "#9aa3ad", .width = 1.4})
        .line(times, component(rough, 0), {.label = "minibatches", .color = palette(1), .width = 1.6})
        .line(times, component(fine, 0), {.label = "then L-BFGS", .color = palette(0), .width = 1.6});
    Plot plane({.title = "Phase portrait", .x = "z₁", .y = "z₂", .equal = true});
    plane.scatter(component(data, 0), component(data, 1), {.label = "data", .color = "#9aa3ad", .width = 1.4})
        .line(component(rough, 0), component(rough, 1), {.color = palette(1), .width = 1.6})
        .line(component(fine, 0), component(fine, 1), {.color = palette(0), .width = 1.6});
    Plot learned({.title = "The learned field", .x = "z₁", .y = "z₂", .equal = true});
    const auto error = [&](Var z) { return log(sum(square(field(z) - law(z, z)), -1)) / (2 * std::log(10)); };
    const Tensor errors =
        tabulate({-2.1, 2.1}, {-2.1, 2.1}, 120, [&](const Tensor& z) { return nn::evaluate(error, z); });
    learned.heat({-2.1, 2.1}, {-2.1, 2.1}, errors, {.label = "log₁₀ of its error", .low = -4, .high = 1})
        .field({-2.1, 2.1}, {-2.1, 2.1}, [&](const Tensor& z) { return field(0, z); }, {.color = "#ffffff", .width = 1})
        .line(component(data, 0), component(data, 1), {.color = "#9aa3ad", .width = 1.6});
    run.save({course, plane, learned},
             {.title = "A cubic spiral: minibatches of segments, then the whole orbit", .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("08_cubic_spiral", "Is a field learned from short segments?").run(argc, argv, learn);
}
