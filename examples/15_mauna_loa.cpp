// examples/15_mauna_loa.cpp — what does the air's carbon dioxide do between the weeks that were measured?
//   dc/dt = r + n(τ) + (1 + g τ) Σ_k (a_k cos 2πkt + b_k sin 2πkt),   k = 1 ... 4,   c(t_0) = c_0                   (a)
//   t: years, τ: the same on [−1, 1];  r, g, a, b, c_0: numbers;  n: a network 1-48-1, the growth that no formula tells
// Fitted to every 4th week of a record with real gaps; judged on the weeks that were left out.
// look for   The weeks left out are met as well as those seen. Growth leaps in 1973, 1988 and 1998, in each with El
//            Niño, and nearly stands still after Pinatubo, in 1993: nobody told n. But it leaps in 1994 and stands
//            still in 1974 as well, and El Niño of 1983 is hardly seen. Four seeds agree on these; what one of them has
//            alone is chance, as much of the height of 1998 is. The season is a sixth wider in the end than in the
//            beginning: g > 0.
// why        The times of a solve are any times: a gap needs nothing of its own. First weights of n as large as 25, so that
//            it can bend within years; with small ones it stays a smooth curve over four decades, at an error of .5 ppm.
// source     C. D. Keeling & T. P. Whorf 2004: examples/data/README.md
#include <cmath>
#include <iterator>
#include <numbers>

#include "costate.hpp"
#include "examples/support/csv.hpp"         // brings: read_csv, Series
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

struct Air : nn::Module {  // (a)
    double first, last;    // years
    Parameter c0 = add("c0", Tensor({1, 1}, {315})), r = add("r", 1.3), g = add("g", 0.0);
    Parameter a = add("a", Tensor({4})), b = add("b", Tensor({4}));
    nn::MLP n;

    Air(double from, double to, Rng& rng) : first(from), last(to), n(add("n", nn::MLP({1, 48, 1}, nn::tanh, rng))) {
        auto weight = n.parameter("layer0.weight").edit(), bias = n.parameter("layer0.bias").edit();
        rng.fill_normal(weight.entries(), 0, 25);  // each unit bends within a year or two, at a time of its own
        for (Index i = 0; i < bias.size(); ++i) bias[i] = weight[i] * static_cast<Real>(rng.uniform(-1, 1));
    }
    Var tau(Var t) const { return (2 * t - (first + last)) / (last - first); }
    Var growth(Var t) const { return r + n(reshape(tau(t), {-1, 1})); }
    Var season(Var t) const {
        const Var angle = t * Tensor({4}, {1, 2, 3, 4}) * (2 * std::numbers::pi);
        return (1 + g * tau(t)) * sum(a * cos(angle) + b * sin(angle), -1, true);
    }
    Var operator()(Var t, Var) const { return growth(t) + season(t); }
};

void mauna_loa(Experiment& run) {
    const Series record = read_csv("examples/data/co2_mauna_loa.csv");
    const double first = record.times.front(), last = record.times.back();
    std::vector<double> time[2], ppm[2];  // of the weeks left out, and of those seen
    const auto is_seen = [&](double t) { return std::lround((t - first) * 365.25 / 7) % 4 == 0; };
    for (std::size_t i = 0; i < record.times.size(); ++i) {
        const bool seen = is_seen(record.times[i]);
        time[seen].push_back(record.times[i]);
        ppm[seen].push_back(static_cast<double>(record.values[static_cast<Index>(i)]));
    }

    const ode::SolveOptions four_weeks{.method = ode::rk4_classic,
                                       .steps = static_cast<int>((last - first) * 365.25 / 28)};
    const Tensor seen = Tensor::vector(ppm[1]).reshaped({std::ssize(ppm[1]), 1, 1});
    const auto fitted = [&](std::uint64_t seed) {
        Rng rng(seed);
        const Air air(first, last, rng);
        descend(air, [&](Tape& tape) { return nn::mse(ode::solve(tape, air, air.c0, time[1], four_weeks).z, seen); },
                {.adam = 400, .rate = 0.02, .lbfgs = 600});
        return air;
    };
    const Air air = fitted(run.seed);

    const Tensor c = ode::solve(air, air.c0, record.times, four_weeks).z;
    double squares[2] = {};
    for (Index i = 0; i < c.size(); ++i)
        squares[is_seen(record.times[static_cast<std::size_t>(i)])] +=
            std::pow(static_cast<double>(c[i] - record.values[i]), 2);
    run.merit("rmse_of_weeks_left_out", std::sqrt(squares[0] / static_cast<double>(ppm[0].size())));
    run.merit("rmse_of_weeks_seen", std::sqrt(squares[1] / static_cast<double>(ppm[1].size())));
    const double g = static_cast<double>(air.g.value().item());
    run.merit("season_of_the_end_over_that_of_the_beginning", (1 + g) / (1 - g));

    const std::string line = palette(1), dots = palette(0), pale = "#9aa3ad";
    Plot whole({.title = "Fitted to every 4th week", .x = "year", .y = "CO₂ (ppm)"});
    whole.scatter(time[1], ppm[1], {.label = "seen", .color = dots, .width = 0.9});
    whole.line(record.times, c, {.label = "model", .color = line, .width = 1.2});
    Plot part({.title = "Weeks that were left out", .x = "year", .y = "CO₂ (ppm)"});
    const auto days = linspace(first, last, 15000);
    part.line(days, ode::solve(air, air.c0, days, four_weeks).z, {.label = "model", .color = line});
    part.scatter(time[0], ppm[0], {.label = "left out", .color = pale, .width = 1.5});
    part.scatter(time[1], ppm[1], {.label = "seen", .color = dots, .width = 1.9})
        .x_range(1989.9, 1993.95)
        .y_range(348, 362);

    Tape tape;
    Plot growth({.title = "Growth, r + n(τ)", .x = "year", .y = "ppm a year"});
    const auto years = linspace(first, last, 600);
    growth.band(1972.3, 1973.3, "El Niño").band(1982.3, 1983.5).band(1986.7, 1988.2).band(1997.3, 1998.4);
    const std::uint64_t seeds = run.quick ? 1 : 4;
    std::vector<double> mean(years.size());
    for (std::uint64_t k = 0; k < seeds; ++k) {
        const Tensor rates((k > 0 ? fitted(run.seed + k) : air).growth(tape.constant(Tensor::vector(years))).value());
        growth.line(years, rates, {.label = k > 0 ? "" : "a seed each", .color = "#9aa3ad", .width = 1.2});
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += double(rates[Index(i)]) / double(seeds);
    }
    growth.line(years, mean, {.label = "their mean", .color = palette(2), .width = 2.6});
    Plot season({.title = "Season", .x = "month", .y = "ppm above 1 January"});
    for (const double year : {1959, 2001}) {
        const auto law = [&](Var t, Var) { return air.season(t + year); };
        const Tensor path =
            ode::solve(law, Tensor({1}), linspace(0, 1, 200), {.method = ode::rk4_classic, .steps = 50}).z;
        season.line(linspace(0, 12, 200), path, {.label = std::to_string(int(year))});
    }
    run.save({whole, part, growth, season}, {.title = "Carbon dioxide at Mauna Loa, 1958–2001"});
}

int main(int argc, char** argv) {
    return Experiment("15_mauna_loa", "What does carbon dioxide do between the weeks that were measured?")
        .run(argc, argv, mauna_loa);
}
