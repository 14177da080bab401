// examples/36_memory_and_error.cpp — what does each way to differentiate a solve keep, and how far is it off?
//   x' = αx − βxy,  y' = δxy − γy     from (10, 5) to t = 10;  L = x² + y² at the end,  ∂L/∂(z0, α, β, δ, γ)        (a)
//   x' = −θx,  y' = x                 from (1, 0) to t = T;  L = y at the end,  ∂L/∂(z0, θ)                         (b)
// Of (a) every route takes the same equal steps of rk4_classic (`reversible` those of reversible_heun), of (b) those that tsit5
// chooses. The error is that of the gradient, relative to its largest entry: of the steps and of the route.
// look for   Memory: a line of slope 1 keeps something of every step, all its operations (`direct`), a curve or a state; a
//            flat one keeps nothing, or so many checkpoints. States come in blocks, of which the first is 8 kilobytes;
//            `discrete` keeps them alone here (discrete_within(0)), not what f computed, whose line is higher and as steep.
//            Error of (a): slope −4, the method's order, for all. Routes that differentiate the steps are on one line, for
//            they are one gradient; one that differentiates the equation makes errors of its own on the way back.
//            Error of (b): x ∝ e^−t, so that who solves it backwards multiplies its error by e^T. Who keeps the way that
//            was gone does not.
// source     the routes: ode/routes.hpp, ode/routes.md
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

struct Line {  // of one route
    std::vector<double> x, bytes, error;
};
using Lines = std::map<std::string, Line>;

void add(Lines& lines, double x, const ode::Sensitivities& s) {
    std::printf("%g\n%s\n", x, to_text(s).c_str());
    for (const ode::Sensitivity& row : s.routes) {
        if (!row.refused.empty()) continue;
        Line& line = lines[row.route.name];
        line.x.push_back(x), line.bytes.push_back(double(row.bytes)), line.error.push_back(row.difference);
    }
}

Lines by_steps(const Experiment& run) {
    const Parameter rates("rates", Tensor({4}, {1.1, 0.4, 0.1, 0.4}));
    const auto field = [&](Var, Var z) {  // (a)
        const Var q = z.tape().use(rates), xy = z[0] * z[1];
        return stack({q[0] * z[0] - q[1] * xy, q[2] * xy - q[3] * z[1]});
    };
    const auto loss = [](Var z) { return sum(square(z[1])); };
    Lines lines;
    std::vector<ode::Route> routes(std::begin(ode::all_routes), std::end(ode::all_routes));
    std::ranges::replace(routes, ode::discrete, ode::discrete_within(0));
    for (int steps = 64; steps <= (run.quick ? 1024 : 8192); steps *= 2) {
        if (steps > 1024) std::erase(routes, ode::direct);  // half a gigabyte
        const auto by = [&](const ode::Method& method, std::span<const ode::Route> tried) {
            return ode::compare_sensitivities(field, Tensor({2}, {10, 5}), {0, 10}, loss,
                                              {.method = method, .steps = steps}, tried);
        };
        add(lines, steps, by(ode::rk4_classic, routes));
        add(lines, steps, by(ode::reversible_heun, std::array{ode::reversible}));  // the one that it is for
    }
    return lines;
}

Lines by_span() {
    const Parameter theta("theta", 1);
    const auto field = [&](Var, Var z) { return stack({-z.tape().use(theta) * z[0], z[0]}); };  // (b)
    Lines lines;
    const auto loss = [](Var z) { return z[1][1]; };
    for (int T = 2; T <= 28; T += 2)
        add(lines, T, ode::compare_sensitivities(field, Tensor({2}, {1, 0}), {0, T}, loss, {.max_steps = 100'000}));
    return lines;
}

// By which power of the steps y grows at the i-th point: at each of them the steps double.
double power(const std::vector<double>& y, std::size_t i) { return std::log2(y[i] / y[i - 1]); }

void memory_and_error(Experiment& run) {
    const Lines steps = by_steps(run), spans = by_span();
    Plot memory({.title = "Memory", .x = "steps", .y = "bytes", .log_x = true, .log_y = true});
    Plot error({.title = "Error", .x = "steps", .y = "error of the gradient", .log_x = true, .log_y = true});
    Plot drift({.title = "Where x decays", .x = "T", .y = "error of the gradient", .log_y = true});
    Style style{.width = 5};  // the first below, so that lines on one another are seen
    for (const ode::Route& route : ode::all_routes) {
        style.label = route.name;
        if (const auto found = steps.find(route.name); found != steps.end()) {
            const Line& line = found->second;
            memory.line(line.x, line.bytes, style), error.line(line.x, line.error, style);
            run.merit("power_of_bytes_by_" + style.label, power(line.bytes, line.bytes.size() - 1));
            run.merit("power_of_error_by_" + style.label, power(line.error, 3));
        }
        if (const auto found = spans.find(route.name); found != spans.end()) {
            drift.line(found->second.x, found->second.error, style);
            run.merit("error_at_28_by_" + style.label, found->second.error.back());
        }
        style.width = std::max(1.2, style.width - 0.7);
    }
    run.save({memory, error, drift}, {.title = "Ways to differentiate a solve", .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("36_memory_and_error", "What does each route keep of a solve, and how far off is its gradient?")
        .run(argc, argv, memory_and_error);
}
