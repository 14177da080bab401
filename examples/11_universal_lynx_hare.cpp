// examples/11_universal_lynx_hare.cpp — does half a law forecast better than none, or than a whole one?
//   law     d ln hare/dt = α − β lynx,                     d ln lynx/dt = δ hare − γ                               (a)
//   mixed   d ln hare/dt = α + lynx · net₁(hare, lynx),    d ln lynx/dt = hare · net₂(hare, lynx) − γ               (b)
//   net     d(ln hare, ln lynx)/dt = net(hare, lynx),      all nets 2 – 8 – 2, of standardised logs                 (c)
// Fitted to 1845–1925, eight windows of ten years, each with a start of its own; 1926–1935 is forecast from the last.
// look for   No ranking stands out: the errors of the forecasts are alike, and not far below that of "always the mean".
//            Ten years are as long as the cycle; pelts traded are no animals; the cycle of lynx and hare is no law of
//            two. The learned interaction is read as a formula of two or three out of five terms, off by an eighth or
//            so, and not the same from every seed: what remains of "lynx eats hare" in these numbers.
// source     Rackauckas et al. 2020, "Universal differential equations"; data: Odum 1953, of the Hudson's Bay Company
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "costate.hpp"
#include "examples/support/descend.hpp"       // brings: descend
#include "examples/support/experiment.hpp"    // brings: Experiment, Plot
#include "examples/support/formula.hpp"       // brings: shortest_formula
#include "examples/support/observations.hpp"  // brings: Observations, read_csv

using namespace costate;
using namespace costate::support;

enum class Kind { law, mixed, net };

struct Model : nn::Module {
    Model(Kind model_kind, Scaling s, const Tensor& first, Rng& rng)
        : kind(model_kind), scaling(std::move(s)), net({2, 8, 2}, nn::tanh, rng), starts(add("starts", first)) {
        if (kind != Kind::law) add("net", net);
        if (kind != Kind::net) log_rates = add("log_rates", Tensor({4}, Real(-0.5)));
    }
    Var interaction(Var z) const {  // in units of the geometric means: [B,2], a year
        const Var counts = exp(z * scaling.deviation), others = concatenate({column(counts, 1), column(counts, 0)}, 1);
        if (kind == Kind::mixed) return others * net(z);                                          // (b)
        return others * exp(slice(z.tape().use(log_rates), 0, 2, 2)) * Tensor({2}, {-1.0, 1.0});  // (a): β, δ
    }
    Var operator()(Var, Var z) const {
        if (kind == Kind::net) return net(z);                                                        // (c)
        const Var growth = exp(slice(z.tape().use(log_rates), 0, 0, 2)) * Tensor({2}, {1.0, -1.0});  // α, −γ
        return (growth + interaction(z)) / scaling.deviation;
    }
    Kind kind;
    Scaling scaling;
    nn::MLP net;
    Parameter starts, log_rates;
};

const ode::SolveOptions tolerances{.rtol = 1e-6, .atol = 1e-6};

void fit(const Model& model, const ode::Segments& windows) {
    const ode::GrowingHorizon grow{.from = 3, .to = 11, .over = 1000};
    const auto loss = [&](Tape& tape, std::uint64_t update) {
        const Index count = grow(update);
        const auto years = std::span(windows.times).first(static_cast<std::size_t>(count));
        return nn::mse(ode::solve(tape, model, model.starts, years, tolerances).z, windows.states.rows(0, count));
    };
    descend(model, loss, {.adam = 2000, .rate = 0.02, .decay = 0.1, .clip = 10, .lbfgs = 0});
}

void forecast(Experiment& run) {
    const Observations data(read_csv("examples/data/lynx_hare_1845_1935.csv"), 81, true);  // 1845–1925 are seen; logs
    const ode::Segments windows = ode::segments(data.first_times(81), data.z.rows(0, 81), 10);
    const auto years = linspace(1915, 1935, 401);
    std::vector<Plot> panels{Plot({.title = "Hare, thousands of pelts", .x = "year"}),
                             Plot({.title = "Lynx", .x = "year"})};
    for (Plot& panel : panels) panel.band(1925, 1935, "forecast");
    Plot eaten({.title = "Learned interaction", .x = "lynx", .y = "change of ln hare, a year"});
    for (const Kind kind : {Kind::law, Kind::mixed, Kind::net}) {
        const std::string name = kind == Kind::law ? "law" : kind == Kind::mixed ? "mixed" : "net";
        Rng rng(run.seed);
        const Model model(kind, data.scaling, windows.starts, rng);
        fit(model, windows);
        const Tensor last = Tensor(model.starts.value().rows(7, 1));  // 1915
        const Tensor seen = ode::solve(model, model.starts, windows.times, tolerances).z;
        run.merit("rmse_seen_" + name, data.scaling.rmse(seen, windows.states, 0, 88));
        run.merit("rmse_forecast_" + name,
                  data.scaling.rmse(ode::solve(model, last, linspace(1915, 1935, 21), tolerances).z,
                                    data.z.rows(70, 21), 11, 21));
        const Tensor path = ode::solve(model, last, years, tolerances).z;
        for (const Index j : {0, 1})
            panels[static_cast<std::size_t>(j)].line(years, data.scaling.column(path, j), {.label = j ? "" : name});
        if (kind == Kind::net) continue;

        Tape tape;
        const Var z = reshape(tape.constant(seen), {-1, 2}), u = model.interaction(z);
        eaten.scatter(data.scaling.column(Tensor(z.value()), 1), Tensor(column(u, 0).value()), {.label = name});
        if (kind == Kind::law) continue;
        const Var counts = exp(z * data.scaling.deviation), h = column(counts, 0), l = column(counts, 1);
        const Var terms = concatenate({h, l, h * l, h * h, l * l}, 1);
        for (const Index j : {0, 1}) {
            const Formula formula =
                shortest_formula({"h", "l", "h l", "h²", "l²"}, terms.value(), column(u, j).value(), 0.05);
            std::printf("interaction of d ln %s/dt = %s   (h, l in geometric means; off by %.0f %%)\n",
                        j ? "lynx" : "hare", formula.text.c_str(), 100 * formula.error);
            run.merit(j ? "formula_terms_lynx" : "formula_terms_hare", formula.terms);
            run.merit(j ? "formula_error_lynx" : "formula_error_hare", formula.error);
        }
    }
    const Tensor mean(Shape{91, 1, 2});  // of standardised logs it is 0
    run.merit("rmse_forecast_mean", data.scaling.rmse(mean, data.z, 81, 91));
    for (const Index j : {0, 1})
        panels[static_cast<std::size_t>(j)].scatter(std::span(data.times).subspan(70),
                                                    data.scaling.column(data.z.rows(70, 21), j),
                                                    {.label = j ? "" : "data", .color = "#1f2933"});
    panels.push_back(eaten);
    run.save(panels, {.title = "Lynx and hare, forecast from 1925: law, half a law, no law"});
}

int main(int argc, char** argv) {
    return Experiment("11_universal_lynx_hare", "Does half a law forecast better than none?").run(argc, argv, forecast);
}
