// examples/14_theophylline.cpp — can twelve patients be fitted in one batch, each with rates of its own?
//   dA/dt = −ka A,   A(0) = dose:  what has not been absorbed yet, of an anti-asthmatic that was swallowed, mg/kg   (a)
//   dC/dt = ka A/V − ke C,   C(0) = 0,   V = Cl/ke:    its concentration in the blood, mg/l                         (b)
//   ln ke, ln ka, ln Cl of every patient by least squares on his 11 samples                                         (c)
// A patient is a row. All rows are solved together on the union of the times at which anybody's blood was taken, and
// each takes its own 11 out of it. As no row depends on another's rates, three tangents make all twelve Jacobians.
// look for   The estimates and standard errors of R's nls, which fits one patient after the other by the closed form of
//            (a) and (b). How fast the drug is taken up differs by a factor of 13 between patients, how fast it is
//            cleared by 3: the same dose is enough for one and too little for another.
// source     Boeckmann, Sheiner & Beal 1994, NONMEM Users Guide V
//            Pinheiro & Bates 2000, Mixed-Effects Models in S and S-PLUS, §6.4
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "costate.hpp"
#include "examples/support/csv.hpp"         // brings: read_table
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

constexpr Index patients = 12, samples = 11;

struct Data {
    Table table = read_table("examples/data/theophylline.csv");  // subject, weight, dose, hours, concentration
    std::vector<double> times;                                   // of all patients, each once
    std::vector<Index> place;                                    // of every sample in [times, patients]
    Tensor start{Shape({patients, 2})}, seen{Shape({patients, samples})};

    Data() {
        times = component(table.values, 3);
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
        for (Index i = 0; i < patients * samples; ++i) {
            const auto time = std::lower_bound(times.begin(), times.end(), double(table.values(i, 3))) - times.begin();
            place.push_back(time * patients + i / samples);
            start(i / samples, 0) = table.values(i, 2);
            seen[i] = table.values(i, 4);
        }
    }
};

struct Absorption {
    Parameter logs;                     // [patients,3], of ke, ka, Cl
    Var operator()(Var, Var z) const {  // (a), (b)
        const Var rates = exp(z.tape().use(logs)), ke = column(rates, 0), ka = column(rates, 1), cl = column(rates, 2);
        const Var absorbed = ka * column(z, 0);
        return concatenate({-absorbed, ke * (absorbed / cl - column(z, 1))}, 1);
    }
};

void fit(Experiment& run) {
    const Data data;
    Tensor first({patients, 3});
    for (Index i = 0; i < patients; ++i) first(i, 0) = -2.5, first(i, 1) = Real(0.5), first(i, 2) = -3;
    const Absorption model{Parameter("logs", first)};
    const ode::SolveOptions exact{.rtol = 1e-9, .atol = 1e-10};
    const auto residuals = [&](Tape& tape) {
        const Var concentration = column(ode::solve(tape, model, data.start, data.times, exact).z, 1);
        return reshape(gather(reshape(concentration, {-1}), data.place, 0), {patients, samples}) - data.seen;
    };
    const auto fits = optim::least_squares_rows(model.logs, residuals, {.max_step = 2});  // (c)

    const Table by_r = read_table("examples/data/theophylline_nls.csv");
    double estimates = 0, errors = 0;
    std::printf("patient   half-life, h     taken up in half, h   cleared, l/(h kg)\n");
    for (Index i = 0; i < patients; ++i) {
        const optim::Fit& of = fits[std::size_t(i)];
        for (Index k = 0; k < 3; ++k) {
            estimates = std::max(estimates, std::fabs(double(of.estimates[k] / by_r.values(i, 1 + k)) - 1));
            errors = std::max(errors, std::fabs(double(of.standard_errors[k] / by_r.values(i, 4 + k)) - 1));
        }
        const auto number = [&](Index k) { return std::exp(double(of.estimates[k])); };
        const auto error = [&](Index k) { return double(of.standard_errors[k]); };
        std::printf("%7d  %5.1f ± %4.1f  %12.2f ± %4.2f  %13.4f ± %6.4f\n", int(i + 1), std::log(2) / number(0),
                    std::log(2) / number(0) * error(0), std::log(2) / number(1), std::log(2) / number(1) * error(1),
                    number(2), number(2) * error(2));
    }
    run.merit("distinct_times", double(data.times.size()));
    run.merit("relative_error_of_estimates", estimates);
    run.merit("relative_error_of_standard_errors", errors);

    const auto hours = linspace(0, 25, 251);
    const Tensor curves = ode::solve(model, data.start, hours, exact).z;
    std::vector<Plot> panels;
    for (Index i = 0; i < patients; ++i) {
        Plot panel({.title = "Patient " + std::to_string(i + 1), .x = i < 8 ? "" : "hours", .y = i % 4 ? "" : "mg/l"});
        const std::vector<double> at = component(data.table.values.rows(i * samples, samples), 3);
        panel.line(hours, component(curves, 1, i), {.label = "fitted"})
            .scatter(at, data.seen.rows(i, 1), {.label = "samples"});
        panels.push_back(panel.x_range(-0.8, 25.8).y_range(0, 12.5));
    }
    run.save(
        panels,
        {.title = "Theophylline in twelve patients after one dose", .columns = 4, .height = 140, .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("14_theophylline", "Can twelve patients be fitted in one batch, each with rates of its own?")
        .run(argc, argv, fit);
}
