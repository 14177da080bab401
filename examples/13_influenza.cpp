// examples/13_influenza.cpp — how infectious was the influenza of 1978, and how sure are we?
//   dS/dt = −λ S,   dI/dt = λ S − γ I,   S(0) = N − I(0),   N = 763 boys of one school                              (a)
//   λ = β I/N                    the law of Kermack and McKendrick: β, γ, I(0) by least squares on those in bed     (b)
//   λ = I/N exp(ln β + net(I/N)) the force of infection learned: a network of one hidden layer of 8 inside the law  (c)
// look for   14 numbers give β to 6 %, γ to 4 %, and I(0) to no better than 42 %. The learned force bends down a little
//            where most are in bed, by no more than the error of β allows: these data do not ask for another law. From
//            the first eight days both forecast the rest to about 20 boys, and both too late an end.
// why        ln β, ln γ, ln I(0) are what is fitted: rates stay positive however far the first steps go, and the errors
//            of the numbers themselves are those of the logs times the numbers.
// source     British Medical Journal, 4 March 1978, p. 587 · Kermack & McKendrick 1927
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "costate.hpp"
#include "examples/support/csv.hpp"         // brings: read_csv, Series
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

constexpr double boys = 763;

struct Epidemic : nn::Module {
    Parameter logs = add("logs", Tensor({3}, {0.5, -0.7, 0}));  // of β, γ, I(0)
    nn::MLP net;
    bool learned;

    explicit Epidemic(std::uint64_t seed, bool with_net = false)
        : net({1, 8, 1}, nn::tanh, Rng{seed}), learned(with_net) {
        if (learned) add("net", net);
    }
    Var force(Var part) const {  // λ, of I/N
        const Var log_beta = part.tape().use(logs)[0];
        return part * exp(learned ? log_beta + net(part) : log_beta);
    }
    Var operator()(Var, Var z) const {  // (a)
        const Var S = column(z, 0), I = column(z, 1), infected = force(I / boys) * S;
        return concatenate({-infected, infected - exp(z.tape().use(logs)[1]) * I}, 1);
    }
    Var in_bed(Tape& tape, const std::vector<double>& days) const {
        const Var first = reshape(exp(tape.use(logs)[2]), {1, 1});
        const ode::SolveOptions exact{.method = ode::dopri5, .rtol = 1e-11, .atol = 1e-11};
        return column(ode::solve(*this, concatenate({boys - first, first}, 1), days, exact).z, 1);  // [days,1,1]
    }
    std::vector<double> curve(const std::vector<double>& days) const {
        Tape tape;
        return component(in_bed(tape, days).value(), 0);
    }
};

struct Data {
    Series series = read_csv("examples/data/influenza_1978.csv");  // day, in_bed, convalescent
    Tensor in_bed = Tensor::vector(component(series.values, 0)).reshaped({14, 1, 1});
    std::vector<double> days(Index n) const { return {series.times.begin(), series.times.begin() + n}; }
    double rmse(const Epidemic& model, std::size_t first, std::size_t last) const {
        const auto curve = model.curve(series.times);
        double sum = 0;
        for (std::size_t i = first; i < last; ++i) sum += std::pow(curve[i] - double(in_bed[Index(i)]), 2);
        return std::sqrt(sum / double(last - first));
    }
};

optim::Fit fit(const Epidemic& law, const Data& data, Index n) {  // (b), by the first n days
    return optim::least_squares(law.logs,
                                [&](Tape& tape) { return law.in_bed(tape, data.days(n)) - data.in_bed.rows(0, n); });
}

Epidemic learn(const Epidemic& law, const Data& data, Index n, std::uint64_t seed) {  // (c), from the law on
    Epidemic model(seed, true);
    model.logs.edit().assign(law.logs.value().entries());
    const auto loss = [&](Tape& tape) { return nn::mse(model.in_bed(tape, data.days(n)), data.in_bed.rows(0, n)); };
    descend(model, loss, {.adam = 1000, .rate = 0.01, .decay = 0.01, .lbfgs = 0});
    return model;
}

void report(Experiment& run, const optim::Fit& fit) {
    const char* const names[] = {"beta", "gamma", "I0"};
    for (Index i = 0; i < 3; ++i) {
        const double estimate = std::exp(double(fit.estimates[i]));
        run.merit(names[i], estimate);
        run.merit(std::string("standard_error_of_") + names[i], estimate * double(fit.standard_errors[i]));
    }
}

void fit_all(Experiment& run) {
    const Data data;
    const Epidemic law(run.seed), early(run.seed);
    const optim::Fit all = fit(law, data, 14);
    report(run, all);
    fit(early, data, 8);
    const Epidemic network = learn(law, data, 14, run.seed), early_network = learn(early, data, 8, run.seed);
    const auto beside = [&](const std::string& what, const Epidemic& of_law, const Epidemic& of_network,
                            std::size_t first) {
        const double by_law = data.rmse(of_law, first, 14), learned = data.rmse(of_network, first, 14);
        run.merit(what + "rmse_of_law", by_law);
        run.merit(what + "rmse_of_learned", learned);
        run.merit(what + "learned_over_law", learned / by_law);
    };
    beside("", law, network, 0);
    beside("forecast_", early, early_network, 8);

    const auto days = linspace(0, 13, 261), ill = linspace(0, 300, 61);
    const auto course = [&](Plot plot, const Epidemic& of_law, const Epidemic& of_network) {
        return plot.line(days, of_law.curve(days), {.label = "law"})
            .line(days, of_network.curve(days), {.label = "force learned", .dashed = true})
            .scatter(data.series.times, data.in_bed, {.label = "boys in bed", .color = "#1f2933"})
            .y_range(0, 330);
    };
    const Tensor parts = Tensor::vector(linspace(0, 300 / boys, 61)).reshaped({61, 1});
    const auto force = [&](const Epidemic& of, double factor = 1) {
        return nn::evaluate([&](Var part) { return factor * of.force(part); }, parts);
    };
    const auto error = double(all.standard_errors[0]);  // of ln β: of β, relative
    Plot forces({.title = "Force of infection", .x = "boys in bed", .y = "per healthy boy and day"});
    forces
        .between(ill, force(law, 1 - error), force(law, 1 + error),
                 {.label = "± standard error", .color = palette(0), .opacity = 0.2})
        .line(ill, force(law), {.label = "law: β I/N", .color = palette(0)})
        .line(ill, force(network), {.label = "learned", .color = palette(1), .dashed = true});
    Plot forecast({.title = "Fitted to days 0 to 7", .x = "day"});
    forecast.band(7.5, INFINITY, "forecast");
    run.save({course(Plot({.title = "Fitted to all days", .x = "day", .y = "boys in bed"}), law, network), forces,
              course(forecast, early, early_network)},
             {.title = "An influenza among 763 boys, January 1978"});
}

int main(int argc, char** argv) {
    return Experiment("13_influenza", "How infectious was the influenza of 1978, and how sure are we?")
        .run(argc, argv, fit_all);
}
