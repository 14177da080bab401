// examples/exercises/routes.cpp — the exercises of ode/routes.md: each piece is wrong until you have written it
//   make exercises CHAPTER=routes        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=routes-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

struct Problem {
    bool reads_values;               // has the field an `if` on z?
    int inputs;                      // entries of z0 and of all parameters
    double states, room;             // bytes: of all n states, and how many there are
    bool exact, order_2, contracts;  // for the numbers computed; order 2 will do; the field brings neighbours together
};

// routes 1: the name of the route, by the first of the chapter's five lines that fits (write).
std::string route_for(const Problem&) { return "discrete"; }
void routes_1(Check& check) {
    const std::pair<Problem, std::string> cases[] = {{{true, 5, 1, 9, true, false, false}, "direct"},
                                                     {{false, 10, 1, 9, true, false, false}, "forward"},
                                                     {{false, 500, 9, 9, true, true, true}, "discrete"},
                                                     {{false, 500, 10, 9, true, false, true}, "checkpointed"},
                                                     {{false, 500, 10, 9, true, true, false}, "reversible"},
                                                     {{false, 500, 10, 9, true, true, true}, "checkpointed"},
                                                     {{false, 500, 10, 9, false, true, true}, "interpolating"},
                                                     {{false, 500, 10, 9, false, true, false}, "backsolve"}};
    for (const auto& [problem, name] : cases)
        check.equal(text("route_for, ", problem.inputs, " inputs, states of ", problem.states, " in ", problem.room,
                         " bytes, ", problem.exact ? "exact" : "near", problem.order_2 ? ", order 2 will do" : "",
                         problem.contracts ? ", contracts" : ""),
                    route_for(problem), name);
}

// routes 2: how many times the products of `direct` does `forward` ask for, on a law with so many inputs (predict, then run)?
double products(double /*inputs*/) { return 1; }
void routes_2(Check& check) {
    const double inputs = check.given("inputs", {6, 4, 9, 12});
    const Parameter rates("rates", Tensor({static_cast<Index>(inputs) - 2}, Real(0.5)));  // and two are z0's
    const auto field = [&](Var, Var z) { return stack({mean(z.tape().use(rates)) * z[1], -z[0]}); };
    const auto s = ode::compare_sensitivities(field, Tensor({2}, {1, 0}), {0, 2}, [](Var z) { return sum(square(z)); });
    double asked[2] = {};
    for (const ode::Sensitivity& row : s.routes)
        for (int i = 0; i < 2; ++i)
            if (row.route.name == std::string_view(i ? "forward" : "direct"))
                asked[i] = double(row.work.vjps + row.work.jvps);
    check.derived("products", products(inputs), asked[1] / asked[0], 0.05);
}

// routes 3: x' = −θ x is solved from t = T, where it is off by δ, back to 0. By how much is it off there (derive)?
double error_at_start(double /*theta*/, double /*T*/, double delta) { return delta; }
void routes_3(Check& check) {
    const double theta = check.given("theta", {1, 0.8, 1.25}), T = check.given("T", {10, 8, 12}),
                 delta = check.given("delta", {1e-6, 2e-6, 5e-7});
    const auto fall = [&](double, std::span<const double> x, std::span<double> dx) { dx[0] = -theta * x[0]; };
    const auto start = [&](double end) {
        return ode::solve(fall, std::array{end}, {T, 0}, {.rtol = 1e-12, .atol = 1e-16}).end()[0];
    };
    check.derived("error_at_start", error_at_start(theta, T, delta), start(1e-3 + delta) - start(1e-3), 1e-4);
}

// routes 4: dL/dθ of L = z(5) by differences, for z' = sin(θ t) z from 1. It is nowhere near the gradient (find the bug).
double slope_by_differences(double theta) {
    const auto end = [](double at) {
        const auto f = [&](double t, std::span<const double> z, std::span<double> dz) {
            dz[0] = std::sin(at * t) * z[0];
        };
        return ode::solve(f, std::array{1.0}, {0, 5}, {.rtol = 1e-3, .atol = 1e-3}).end()[0];
    };
    const double h = 1e-6;
    return (end(theta + h) - end(theta - h)) / (2 * h);
}
void routes_4(Check& check) {  // z(5) = exp((1 − cos 5θ)/θ)
    const double theta = check.given("theta", {1.3, 0.9, 1.7});
    const double c = std::cos(5 * theta), z = std::exp((1 - c) / theta);
    const double slope = z * (5 * std::sin(5 * theta) / theta - (1 - c) / (theta * theta));
    check.near("slope_by_differences", slope_by_differences(theta), slope, 1e-4 * std::abs(slope));
}

// routes 5: a law of yours with two or more parameters and a loss, compared as in the chapter. Two continuous routes or
// more and two discrete ones or more agree to a thousandth, and the gradient is not 0 (your own problem).
std::vector<ode::Sensitivity> compare_mine() { return {}; }
void routes_5(Check& check) {
    const std::vector<ode::Sensitivity> routes = compare_mine();
    int exact = 0, near = 0;
    for (const ode::Sensitivity& row : routes) {
        if (!row.refused.empty() || row.difference > 1e-3) continue;
        const std::string_view name = row.route.name;
        (name == "backsolve" || name == "interpolating" ? near : exact) += 1;
    }
    check.that("compare_mine, discrete routes that agree", exact >= 2, text(exact), "2 or more");
    check.that("compare_mine, continuous routes that agree", near >= 2, text(near), "2 or more");
    if (!check.done()) return;
    Index parameters = 0;
    double largest = 0;
    for (std::size_t i = 1; i < routes[0].gradient.size(); ++i) {  // that of z0 apart
        parameters += routes[0].gradient[i].size();
        for (const Real g : routes[0].gradient[i].entries()) largest = std::max(largest, std::abs(double(g)));
    }
    check.that("compare_mine, its parameters", parameters >= 2, text(parameters), "2 or more");
    check.that("compare_mine, its largest gradient by a parameter", largest > 1e-6, text(largest), "one that is not 0");
}

// routes 6: the field below contracts, so backsolve loses its way from T = 30 back. Only the list of times may change: L
// reads the last of them. (write)
std::vector<double> times_until(double T) { return {0, T}; }
void routes_6(Check& check) {
    const double T = check.given("T", {30, 35, 28});
    Tape tape;
    const Var rate = tape.variable(Tensor::scalar(1));
    const auto field = [&](Var, Var z) {  // x' = −θ x,  y' = x
        const Var x = slice(z, 0, 0, 1);
        return concatenate({-rate * x, x}, 0);
    };
    const std::vector<double> times = times_until(T);
    check.equal("times_until, the last time", times.back(), T);
    const Var end = ode::solve(tape, field, Tensor({2}, {1, 0}), times, {.gradient = ode::backsolve}).end();
    const double gradient = static_cast<double>(grad(sum(slice(end, 0, 1, 1)), rate).item());
    check.near("times_until, dL/dθ by backsolve", gradient, -1, 1e-3);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "five lines that choose a route", routes_1},    {2, 1, "what each input costs forwards", routes_2},
        {3, 2, "an error on its way back", routes_3},          {4, 2, "differences of numbers that jump", routes_4},
        {5, 3, "every route on a problem of yours", routes_5}, {6, 2, "a backward solve that does not drift", routes_6},
    };
    return report("routes", exercises, argc, argv);
}
