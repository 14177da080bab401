// examples/17_robertson.cpp — are three rates found whose reactions last from a millisecond to a fortnight?
//   A → B at k₁,   B + B → C + B at k₂,   B + C → A + C at k₃                            true: 0.04, 3·10⁷, 10⁴
//   a' = −k₁ a + k₃ b c,   b' = k₁ a − k₃ b c − k₂ b²,   c' = k₂ b²,   a = 1 at first                                   (a)
//   30 times from 10⁻⁵ to 10⁶, evenly in log t; of each species its logarithm, exactly, or with 1 % of noise            (b)
//   least squares on the residuals of (b), unknown: ln k, from a start that is 2 to 5 times off                         (c)
// look for   The slow reaction wants to be seen for 10⁶ seconds, the fast one lasts 10⁻³: explicit steps must stay as short
//            as that to the end. Those of an implicit method grow with the time, and the gradient is that of its steps.
// source     Robertson 1966, "The solution of a set of reaction rate equations"; (a) as in Hairer & Wanner II, §IV.1
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

constexpr double truth[] = {0.04, 3e7, 1e4}, off[] = {3, 0.2, 2};
const char* const names[] = {"k1", "k2", "k3"};

Tensor log_rates(const double (&factor)[3]) {
    Tensor value({3});
    for (Index i = 0; i < 3; ++i) value[i] = static_cast<Real>(std::log(factor[i] * truth[i]));
    return value;
}

struct Reactions {
    Parameter log_k;
    explicit Reactions(const double (&factor)[3]) : log_k("log_k", log_rates(factor)) {}
    double ratio(Index i) const {
        return std::exp(static_cast<double>(log_k.value()[i])) / truth[i];
    }                                   // to the true one
    Var operator()(Var, Var z) const {  // (a)
        const Var k = exp(z.tape().use(log_k)), a = column(z, 0), b = column(z, 1), c = column(z, 2);
        const Var slow = k[0] * a, fast = k[1] * square(b), back = k[2] * b * c;
        return concatenate({back - slow, slow - back - fast, fast}, 1);
    }
};

// b is at most 4·10⁻⁵, and c at first 10⁻¹¹: an error is small beside them, not beside 1.
ode::SolveOptions by(const ode::Method& method, double rtol) {
    return {.method = method, .rtol = rtol, .atol = {1e-4 * rtol, 1e-8 * rtol, 1e-8 * rtol}, .max_steps = 1'000'000};
}

std::vector<double> times(Index count) {  // evenly in log t; and 0 before them
    std::vector<double> t = {0};
    for (const double power : linspace(-5, 6, count)) t.push_back(std::pow(10, power));
    return t;
}

struct Learned {
    Reactions law{off};
    std::vector<double> ratios[3] = {};  // where the rates stood when the residuals were asked
    ode::Statistics last = {};
    optim::Fit fit = {};

    explicit Learned(const Tensor& log_data, const Tensor& start) {
        fit = optim::least_squares(law.log_k, [&](Tape& tape) {  // (c)
            for (Index i = 0; i < 3; ++i) ratios[i].push_back(law.ratio(i));
            const auto s = ode::solve(tape, law, start, times(30), by(ode::radau5, 1e-6));
            last = s.statistics();
            return log(slice(s.z, 0, 1, 30)) - log_data;
        });
    }
    double error(Index i) const { return std::fabs(law.ratio(i) - 1); }
};

Plot courses(const Learned& noisy, const Tensor& data, const Tensor& start) {
    Plot plot({.title = "Three species", .x = "t (s)", .y = "concentration", .log_x = true, .log_y = true});
    const auto fine = times(221);
    const std::vector<double> t(fine.begin() + 1, fine.end()), seen = times(30);
    const auto path = [&](const Reactions& law, Index j) {
        return component(ode::solve(law, start, fine, by(ode::radau5, 1e-6)).z.rows(1, 221).reshaped({221, 3}), j);
    };
    for (const Index j : {0, 1, 2}) {
        const std::string color = palette(static_cast<std::size_t>(j));
        plot.line(t, path(noisy.law, j), {.label = text(std::string(1, "ABC"[j]), ", learned"), .color = color});
        plot.line(t, path(Reactions(off), j),
                  {.label = j == 0 ? "at first" : "", .color = color, .width = 1.4, .dashed = true});
        std::vector<double> values;
        for (Index i = 0; i < 30; ++i) values.push_back(std::exp(static_cast<double>(data[3 * i + j])));
        plot.scatter(std::vector<double>(seen.begin() + 1, seen.end()), values, {.color = color, .width = 2});
    }
    return plot;
}

void learn(Experiment& run) {
    Rng rng(run.seed);
    const Tensor start({1, 3}, {1, 0, 0});
    const Reactions exact({1, 1, 1});
    Tensor data = ode::solve(exact, start, times(30), by(ode::kvaerno5, 1e-9)).z.rows(1, 30);  // (b), by another method
    for (Real& each : data.entries()) each = std::log(each);
    const Learned silent(data, start);
    for (Real& each : data.entries()) each += static_cast<Real>(0.01 * rng.normal());
    const Learned noisy(data, start);

    std::printf("      true   start   without noise   with 1 %%   standard error\n");
    for (Index i = 0; i < 3; ++i)
        std::printf("%s  %6g   %5.1f   %13.8f   %8.5f   %14.5f\n", names[i], truth[i], off[i], silent.law.ratio(i),
                    noisy.law.ratio(i), double(noisy.fit.standard_errors[i]));
    std::puts("(rates as multiples of the true ones)");
    for (Index i = 0; i < 3; ++i) run.merit(text("relative_error_of_", names[i]), noisy.error(i));
    run.merit("without_noise", std::max({silent.error(0), silent.error(1), silent.error(2)}));
    run.merit("solves_to_learn_them", static_cast<double>(noisy.fit.evaluations));
    run.merit("steps", static_cast<double>(noisy.last.accepted + noisy.last.rejected));
    run.merit("evaluations", static_cast<double>(noisy.last.evaluations));

    Plot lengths({.title = "How long a step is", .x = "t (s)", .y = "h (s)", .log_x = true, .log_y = true});
    const auto walk = [&](const char* label, const ode::Method& method, double to) {
        std::vector<double> t, h;
        ode::SolveOptions options = by(method, 1e-6);
        options.on_step = {[&](const ode::StepReport& s) {
            if (!s.accepted || (!t.empty() && s.t + s.h < 1.02 * t.back())) return;
            t.push_back(s.t + s.h), h.push_back(s.h);
        }};
        const long evaluations = ode::solve(exact, start, {0, to}, options).statistics().evaluations;
        lengths.line(t, h, {.label = label});
        return static_cast<double>(evaluations);
    };
    walk("radau5", ode::radau5, 1e6);
    run.merit("evaluations_of_tsit5_for_40_s", walk("tsit5", ode::tsit5, 40));
    Plot way({.title = "The rates", .x = "solve", .y = "multiple of the true one", .log_y = true});
    for (std::size_t i = 0; i < 3; ++i)
        way.line(linspace(1, static_cast<double>(noisy.ratios[i].size()), std::ssize(noisy.ratios[i])), noisy.ratios[i],
                 {.label = names[i]});
    run.save({courses(noisy, data, start), way, lengths},
             {.title = "Robertson's reactions: three rates from eleven decades of time"});
}

int main(int argc, char** argv) {
    return Experiment("17_robertson", "Are three rates found whose reactions last from a millisecond to a fortnight?")
        .run(argc, argv, learn);
}
