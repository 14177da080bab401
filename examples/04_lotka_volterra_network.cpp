// examples/04_lotka_volterra_network.cpp — does a network follow predator and prey beyond its data?
//   dz/dt = net(z),   z: standardised logs of both counts,   net: 2 – 32 – 64 – 16 – 2                              (a)
//   pairs      L(θ) = mean of (z(t_{i+1}; z_i) − z_{i+1})² / (t_{i+1} − t_i + .01): 500 gaps as rows of one batch,
//              each by four steps of RK4                                                                            (b)
//   one orbit  L(θ) = mean of (z(t_i; z_0) − z_i)² over the first 100, 200, 350, 501 points                         (c)
// look for   The free run from z(0) alone stays on the orbit, also on [100, 200], of which no point was seen: a closed
//            orbit that was learned closely is run through again and again.
// why        By (b) the net learns slopes from any start; but a small error of a slope shifts the phase of a free run
//            more with every turn, and a smaller loss of pairs need not be a better free run. (c) cures just that, and
//            finds its valley only from where (b) has led. Divided by the gap (b) weighs slopes, long gaps as short
//            ones.
// source     the recipe of pairs and the net's widths: a tutorial that shows a picture and no number
#include <algorithm>
#include <cmath>
#include <span>

#include "costate.hpp"
#include "examples/support/descend.hpp"         // brings: descend
#include "examples/support/experiment.hpp"      // brings: Experiment, Plot
#include "examples/support/lotka_volterra.hpp"  // brings: lotka_volterra, random_times
#include "examples/support/observations.hpp"    // brings: Observations

using namespace costate;
using namespace costate::support;

void learn_pairs(const nn::MLP& net, const Observations& data) {
    const ode::Segments pairs = ode::segments(data.times, data.z, 1);  // (b)
    const auto loss = [&](Tape& tape) {
        const Var z = ode::shoot(tape, net, pairs, {.method = ode::rk4_classic, .steps = 4});
        return mean(square(z - pairs.states) / (tape.constant(pairs.gaps) + 0.01)) * 2;  // half of z are the starts
    };
    descend(net, loss, {.adam = 600, .rate = 3e-3, .lbfgs = 0});
}

void learn_orbit(const nn::MLP& net, const Observations& data) {
    for (const Index points : {100, 200, 350, 501}) {
        const auto loss = [&](Tape& tape) {  // (c)
            const ode::SolveOptions options{.rtol = 1e-6, .atol = 1e-6};
            return nn::mse(ode::solve(tape, net, data.start(), data.first_times(points), options).z,
                           data.z.rows(0, points));
        };
        descend(net, loss, {.adam = 0, .lbfgs = points < 501 ? 25 : 300, .memory = 30});
    }
}

// The errors of both counts at every time, in parts of max − min: the root of their mean square.
std::vector<double> error(const Tensor& path, const Tensor& truth, const Scaling& scaling) {
    std::vector<double> squares(static_cast<std::size_t>(truth.shape()[0]));
    for (const Index j : {0, 1}) {
        const auto model = scaling.column(path, j), exact = component(truth, j);
        const auto [low, high] = std::minmax_element(exact.begin(), exact.end());
        for (std::size_t i = 0; i < squares.size(); ++i)
            squares[i] += std::pow((model[i] - exact[i]) / (*high - *low), 2) / 2;
    }
    for (double& square : squares) square = std::sqrt(square);
    return squares;
}

double rms(std::span<const double> numbers) {
    double sum = 0;
    for (const double x : numbers) sum += x * x;
    return std::sqrt(sum / static_cast<double>(numbers.size()));
}

void follow(Experiment& run) {
    Rng rng(run.seed);
    const Observations data(lotka_volterra(random_times(500, 100, rng)), 501, true);
    const nn::MLP net({2, 32, 64, 16, 2}, nn::tanh, rng);

    const auto times = linspace(0, 200, 4001);
    const Tensor truth = lotka_volterra(times).values;
    Tensor path;
    Plot errors({.title = "Error of the free run", .x = "t", .y = "part of the range", .log_y = true});
    errors.band(100, 200, "no data");
    const auto look = [&](const std::string& after) {
        path = ode::solve(net, data.start(), times, {.rtol = 1e-8, .atol = 1e-8}).z;
        const auto by_time = error(path, truth, data.scaling);
        run.merit("error_0_100_after_" + after, rms(std::span(by_time).first(2001)));
        run.merit("error_100_200_after_" + after, rms(std::span(by_time).last(2001)));
        errors.line(times, by_time, {.label = after == "pairs" ? "pairs" : "then one orbit", .width = 1.4});
    };
    learn_pairs(net, data);
    look("pairs");
    learn_orbit(net, data);
    look("orbit");

    errors.y_range(1e-5, 10);

    Plot course({.title = "Free run from t = 0", .x = "t", .y = "count"});
    course.band(100, 130, "no data").x_range(68, 130);
    const auto first = std::upper_bound(data.times.begin(), data.times.end(), 70) - data.times.begin();
    Plot plane({.title = "Learned field", .x = "ln prey, standardised", .y = "ln predators, standardised"});
    for (const Index j : {0, 1}) {
        const std::string name = j == 0 ? "prey" : "predators";
        course.line(times, data.scaling.column(path, j), {.label = name, .color = palette(j == 0 ? 1 : 0)});
        course.scatter(std::span(data.times).subspan(std::size_t(first)),
                       data.scaling.column(data.z.rows(first, 501 - first), j),
                       {.label = j == 0 ? "points" : "", .color = palette(j == 0 ? 1 : 0), .width = 1.6});
    }
    plane.field({-2, 2}, {-2, 2}, [&](const Tensor& z) { return net(0, z); });
    plane.line(component(path, 0), component(path, 1), {.label = "200 units of time"});
    plane.scatter(component(data.z, 0), component(data.z, 1),
                  {.label = "501 points", .color = "#1f2933", .width = 1.4});
    run.save({course, plane, errors}, {.title = "Lotka–Volterra by a network: from pairs, then on one orbit"});
}

int main(int argc, char** argv) {
    return Experiment("04_lotka_volterra_network", "Does a network follow predator and prey beyond its data?")
        .run(argc, argv, follow);
}
