// examples/05_lotka_volterra_adjoint.cpp — how well is an orbit of 20 points learned by the adjoint?
//   L(θ) = mean of (x(t_i) − x_i)²,  i = 1 ... 20, random times on [0, 5], x: both counts, from .2 to 27            (a)
//   dL/dθ by the continuous adjoint, backwards from t_20, a jump of a = ∂L/∂z at every t_i: "backsolve"             (b)
//   the original   dx/dt = net(x),                  Adam at .1, 1000 epochs
//   ours           z: standardised logs of x,  dz/dt = net(z);  Adam at .03 by a cosine down to 0, 4000 updates, on the
//                  first 3 points, then on more and more, on all from half-time on;   L-BFGS, 300 iterations        (c)
// look for   The original recipe, with the same net 2 – 64 – 2 (sigmoid), stays thousands of times higher. What helps
//            is not the gradient: with the exact one of the discrete solution ("discrete") the figures are alike.
// why        A count that goes from .2 to 27 saturates sigmoids; its log does not. Points that are added one by one
//            keep the orbit in step with the data. L-BFGS goes where Adam's steps jump over the valley.
// source     (b): Chen, Rubanova, Bettencourt & Duvenaud 2018; the original recipe: a tutorial that shows a plot
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/descend.hpp"         // brings: descend
#include "examples/support/experiment.hpp"      // brings: Experiment, Plot, Progress
#include "examples/support/lotka_volterra.hpp"  // brings: lotka_volterra, random_times
#include "examples/support/observations.hpp"    // brings: Observations

using namespace costate;
using namespace costate::support;

struct Recipe {
    bool logs;
    ode::Route route;
};

// The counts at the first times, [count,2].
Var orbit(Tape& tape, const nn::MLP& net, const Observations& data, Index count, const Recipe& recipe,
          double tolerance = 1e-6) {
    const ode::SolveOptions options{
        .method = ode::dopri5, .rtol = tolerance, .atol = tolerance / 100, .gradient = recipe.route};
    const Var z = reshape(ode::solve(tape, net, data.start(), data.first_times(count), options).z, {-1, 2});
    return recipe.logs ? exp(z * data.scaling.deviation + data.scaling.mean) : z;
}

// After every update the smallest mean square error of all 20 points so far; while fewer are trained on, every tenth
// update is asked.
std::vector<double> train(const nn::MLP& net, const Observations& data, const Tensor& counts, const Recipe& recipe) {
    const ode::GrowingHorizon grow{.from = recipe.logs ? 4 : 21, .to = 21, .over = 2000};  // the start among them
    std::vector<double> smallest;
    double least = INFINITY;
    const auto note = [&](double error) { smallest.push_back(least = std::min(least, error)); };
    const auto loss = [&](Tape& tape, std::uint64_t update) {  // (a)
        const Index count = grow(update);
        const Var x = orbit(tape, net, data, count, recipe);
        return nn::mse(slice(x, 0, 1, count - 1), counts.rows(1, count - 1));
    };
    Tape unseen;
    const auto error_of_all = [&] {
        unseen.rewind();
        return double(loss(unseen, grow.over).item());
    };
    if (recipe.logs) {
        const auto after = [&](int step, double seen) {
            note(grow(std::uint64_t(step - 1)) == 21 ? seen : step % 10 == 0 ? error_of_all() : least);
        };
        descend(net, loss,
                {.adam = 4000, .rate = 0.03, .clip = 10, .lbfgs = 300, .memory = 30, .after = after});  // (c)
    } else {
        optim::Adam adam(net, {.lr = 0.1});
        Progress progress(1000);
        const auto after = [&](const optim::Progress& now) {
            note(now.loss);
            progress.update(static_cast<int>(now.updates), now.loss);
        };
        optim::train(adam, loss, {.updates = 1000, .progress = after});
    }
    return smallest;
}

void compare(Experiment& run) {
    Rng rng(run.seed);
    const Series series = lotka_volterra(random_times(20, 5, rng));
    const auto times = linspace(0, 5, 501);
    const Tensor truth = lotka_volterra(times).values;
    Plot course({.title = "Prey and predators", .x = "t", .y = "count"});
    Plot losses({.title = "Error of all 20 points", .x = "update", .y = "smallest mean square so far", .log_y = true});
    for (const Recipe& recipe :
         {Recipe{false, ode::backsolve}, Recipe{true, ode::discrete}, Recipe{true, ode::backsolve}}) {
        const Scaling raw{.log = false, .mean = Tensor({2}, Real(0)), .deviation = Tensor({2}, Real(1))};
        const Observations data = recipe.logs ? Observations(series, 21, true) : Observations(series, 21, raw);
        const nn::MLP net({2, 64, 2}, nn::sigmoid, Rng{run.seed + 1});
        const auto curve = train(net, data, series.values, recipe);
        const Tensor z = ode::solve(net, data.start(), times, {.rtol = 1e-8, .atol = 1e-8}).z;
        Tape tape;
        const Var counts = orbit(tape, net, data, 21, recipe, 1e-10);
        const std::string name = recipe.logs ? std::string("ours_by_") + recipe.route.name : "original";
        run.merit("mse_" + name, double(nn::mse(slice(counts, 0, 1, 20), series.values.rows(1, 20)).item()));
        if (!recipe.logs) run.merit("least_mse_original", curve.back());
        const std::string color = palette(!recipe.logs ? 1 : recipe.route == ode::backsolve ? 0 : 2);
        const std::string label = recipe.logs ? std::string("ours, ") + recipe.route.name : "the original, backsolve";
        losses.line(linspace(1, static_cast<double>(curve.size()), static_cast<Index>(curve.size())), curve,
                    {.label = label, .color = color});
        if (recipe.logs && recipe.route == ode::discrete) continue;
        for (const Index j : {0, 1})
            course.line(times, data.scaling.column(z, j), {.label = j ? "" : label, .color = color});
    }
    for (const Index j : {0, 1}) {
        course.scatter(series.times, component(series.values, j), {.label = j ? "" : "20 points", .color = "#1f2933"});
        course.line(times, component(truth, j),
                    {.label = j ? "" : "truth", .color = "#1f2933", .width = 1, .dashed = true});
    }
    run.save({course, losses}, {.title = "Twenty points in five seconds, by the adjoint"});
}

int main(int argc, char** argv) {
    return Experiment("05_lotka_volterra_adjoint", "How well is an orbit of 20 points learned by the adjoint?")
        .run(argc, argv, compare);
}
