// tests/ode/dense_solution_test.cpp — a solve's whole curve: its steps, what lies between them, and its rate
#include "ode/dense_solution.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "nn/mlp.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/orders.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/long_numbers.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const LotkaVolterra preys;
constexpr std::array preys_start{0.8, 0.4};

Var preys_in_vars(Var, Var z) { return lotka_volterra(z, 1.1, 0.4, 0.1, 0.4); }

// Every method, with steps that are chosen and with equal ones, forwards and backwards in time.
template <class Check>
void in_every_way(Check check) {
    for (const Method& method : all_methods)
        for (const int steps : {0, method.order <= 3 ? 400 : method.implicit() ? 120 : 40})
            for (const double end : {20., -6.}) {
                if ((steps == 0 && !method.adaptive()) || method.paired())
                    continue;  // a pair: not stable along this orbit
                CAPTURE(std::string(method.name));
                CAPTURE(steps);
                CAPTURE(end);
                check(end, SolveOptions{.method = method, .rtol = method.order > 2 ? 1e-7 : 1e-4, .steps = steps});
            }
}

// What rounds in a curve whose rates are of size 1: its coefficients cancel.
double rounding(const Method& m) {
    double size = 0;
    for (int i = 0; i < m.dense_stages; ++i)
        for (int p = 1; p <= m.degree; ++p) size += p * std::abs(m.dense[i * m.degree + p - 1]);
    return 1e-15 * size;
}

// The largest defect ż − f(t, z) of the curve itself falls as the dense output's order: what the steps err by is no part of it.
template <class Problem>
double slope_of_defect(const Method& method) {
    std::vector<double> h, defects;
    const int finer = method.order == 1 ? 32 : method.order > 5 ? 2 : 1;
    const int fewest = finer * Problem::starts.of(method).steps;
    for (int steps = fewest; steps <= 16 * fewest; steps *= 2) {
        const auto z = solve_dense(Exactly<Problem>(), long_numbers(Problem::y0), {0, Problem::t1},
                                   {.method = method, .steps = steps});
        double defect = 0;
        for (int i = 0; i < steps; i += steps / fewest)  // a look where the coarsest steps lie is enough
            for (const double theta : {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95}) {
                const double t = (i + theta) * Problem::t1 / steps;
                const auto at = z(t), rate = z.rate(t);
                auto f = at;
                Problem::f(t, at, f);
                for (std::size_t j = 0; j < f.size(); ++j) defect = std::max(defect, double(std::abs(rate[j] - f[j])));
            }
        if (defect > 1e-11) h.push_back(1. / steps), defects.push_back(defect);  // below, the tables' digits end
    }
    return slope(h, defects);
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("dense solution: its steps are those of the solve, and at their ends it is their states, to the bit") {
        in_every_way([](double end, SolveOptions options) {
            std::vector<double> times{0};
            options.on_step = [&](const StepReport& s) {
                if (s.accepted) times.push_back(s.t + s.h);
            };
            const auto solved = solve(preys, preys_start, {0, end}, options);
            options.on_step = {};
            const auto steps = solve_steps(preys, preys_start, {0, end}, options);
            const auto z = solve_dense(preys, preys_start, {0, end}, options);
            CHECK(steps.statistics() == solved.statistics());
            REQUIRE(steps.t.size() == times.size());
            REQUIRE(steps.z.size() == times.size());
            CHECK(z.t == steps.t);
            CHECK(z.z == steps.z);
            CHECK(z.end() == solved.end());
            for (std::size_t i = 0; i < times.size(); ++i) {
                CHECK(std::abs(z.t[i] - times[i]) <= 1e-14 * std::abs(end));
                CHECK(z(z.t[i]) == z.z[i]);
            }
            // Evaluated in every step, what only dense output reads; and once more at the end, where no step follows.
            const long more = options.method.dense_stages - options.method.last - 1;
            CHECK(z.statistics().accepted == solved.statistics().accepted);
            CHECK(z.statistics().evaluations ==
                  solved.statistics().evaluations + more * solved.statistics().accepted + !options.method.fsal);
        });
    }

    TEST_CASE("dense solution: between steps it is what a solve observes there, but for rounding") {
        in_every_way([](double end, const SolveOptions& options) {
            const auto z = solve_dense(preys, preys_start, {0, end}, options);
            const auto times = linspace(0, end, 301);
            const auto seen = solve(preys, preys_start, times, options);
            for (std::size_t i = 0; i < times.size(); ++i)
                for (std::size_t j = 0; j < 2; ++j)
                    CHECK(std::abs(z(times[i])[j] - seen.z[i][j]) <= 10 * rounding(options.method));
        });
    }

    TEST_CASE("dense solution: a step begins with the field's own rate, and the one before ends with it") {
        in_every_way([](double end, const SolveOptions& options) {
            if (!options.method.has_slopes()) return;
            const auto z = solve_dense(preys, preys_start, {0, end}, options);
            for (std::size_t i = 0; i < z.t.size(); ++i) {
                std::array<double, 2> f{};
                preys(z.t[i], In(z.z[i]), Out(f));
                const bool last = i + 1 == z.t.size();
                // An implicit stage's rate is the field's as far as its equation is solved.
                const double solved = !options.method.implicit() ? 0 : options.steps > 0 ? 1e-10 : 100 * options.rtol;
                for (std::size_t j = 0; j < 2; ++j) {
                    const double round = 10 * rounding(options.method);
                    CHECK(std::abs(z.rate(z.t[i])[j] - f[j]) <= (last ? round : 0) + solved);
                    if (i > 0) CHECK(std::abs(z.rate(std::nextafter(z.t[i], 0))[j] - f[j]) <= 4e-12 + round + solved);
                }
            }
        });
    }

    TEST_CASE_TEMPLATE("dense solution: the curve follows the field to its order, by every method", Problem, Decay,
                       Oscillator, Whirl, Seasons, Riccati) {
        for (const Method& method : library_and_doubled()) {
            if (Problem::starts.of(method).steps == 0) continue;
            CAPTURE(std::string(method.name));
            const double measured = slope_of_defect<Problem>(method);
            CHECK(measured > method.dense_order - 0.2);
            CHECK(measured < method.dense_order + (method.order > 5 ? 1.5 : 0.2));  // small first terms
        }
    }

    TEST_CASE("dense solution: where f jumps, the rate is that of the step which begins there") {
        for (const Method& method : all_methods) {
            if (method.looks_ahead()) continue;
            CAPTURE(std::string(method.name));
            const auto law = [](double t, std::span<const double>, std::span<double> dz) { dz[0] = t < 0.5 ? 1 : 3; };
            const auto z = solve_dense(law, std::array{0.0}, {0, 1},
                                       {.method = method, .steps = method.adaptive() ? 0 : 7, .jump_t = {0.5}});
            CHECK(z.rate(0.5)[0] == doctest::Approx(3).epsilon(1e-13));
            CHECK(z.rate(std::nextafter(0.5, 0))[0] == doctest::Approx(1).epsilon(1e-13));
            CHECK(z(0.25)[0] == doctest::Approx(0.25).epsilon(1e-13));
            CHECK(z(0.75)[0] == doctest::Approx(1.25).epsilon(1e-13));
        }
    }

    TEST_CASE(
        "dense solution: a field in Vars that jumps is asked on each step's own side, by a t that is a Real, too") {
        const auto law = [](Var t, Var z) { return where(less(t, 0.3), 1.0, 3.0) + 0.0 * z; };
        const auto z = solve_dense(law, Tensor::scalar(0), {0, 1}, {.jump_t = {0.3}});
        CHECK(z.statistics().rejected == 0);
        CHECK(double(z.rate(0.3).item()) == doctest::Approx(3));
        CHECK(double(z.rate(std::nextafter(0.3, 0)).item()) == doctest::Approx(1));
        CHECK(double(z.end().item()) == doctest::Approx(2.4).epsilon(4 * std::numeric_limits<Real>::epsilon()));
    }

    TEST_CASE("dense solution: a look allocates nothing with a span for the result") {
        const auto z = solve_dense(preys, std::vector{0.8, 0.4}, {0, 20}, {.method = dop853});
        std::array<double, 2> at{}, rate{};
        CHECK(allocations_in([&] {
                  for (const double t : {0., 3.3, 20.}) z(t, at), z.rate(t, rate);
              }) == 0);
        CHECK(at[0] == z.end()[0]);
        CHECK(rate[1] == z.rate(20)[1]);
    }

    TEST_CASE("dense solution: in float and long double") {
        const auto coarse = solve_dense(turn, std::array{1.f, 0.f}, {0, 6});
        const auto fine =
            solve_dense(turn, std::array{1.L, 0.L}, {0, 6}, {.method = dop853, .rtol = 1e-14, .atol = 1e-15});
        for (const double t : linspace(0, 6, 50)) {
            CHECK(std::abs(double(coarse(t)[0]) - std::cos(t)) < 2e-5);
            CHECK(std::abs(double(coarse.rate(t)[0]) + std::sin(t)) < 1e-4);
            CHECK(std::abs(double(fine(t)[0]) - std::cos(t)) < 1e-13);
        }
    }

    TEST_CASE("dense solution: of Tensors, a batch of trajectories beside the same in numbers") {
        const Tensor start({2, 2}, {0.8, 0.4, 1.3, 0.9});
        const auto both = [](double t, std::span<const Real> z, std::span<Real> dz) {
            for (const std::size_t row : {0, 1}) preys(t, z.subspan(2 * row, 2), dz.subspan(2 * row, 2));
        };
        const double eps = std::numeric_limits<Real>::epsilon();
        const SolveOptions options{.method = dop853, .rtol = std::sqrt(eps), .atol = {1e-6, 1e-7}};
        SolveOptions by_entry = options;
        by_entry.atol = {1e-6, 1e-7, 1e-6, 1e-7};
        const auto z = solve_dense(preys_in_vars, start, {0, 10}, options);
        const auto plain =
            solve_dense(both, std::vector<Real>(start.entries().begin(), start.entries().end()), {0, 10}, by_entry);
        const auto steps = solve_steps(preys_in_vars, start, {0, 10}, options);
        CHECK(z.t == steps.t);
        CHECK(z.z == steps.z);
        REQUIRE(z.t.size() == plain.t.size());
        CHECK(z.z.shape() == Shape({Index(z.t.size()), 2, 2}));
        CHECK(z(0) == start);
        CHECK(z(10) == z.end());
        const Tensor end = solve(preys_in_vars, start, {0, 10}, options).end();
        for (Index i = 0; i < 4; ++i) CHECK(double(z(10)[i]) == doctest::Approx(double(end[i])).epsilon(1000 * eps));
        for (const double t : {0.1, 3.3, 9.9})
            for (Index i = 0; i < 4; ++i) {
                CHECK(double(z(t)[i]) == doctest::Approx(double(plain(t)[std::size_t(i)])).epsilon(100 * eps));
                CHECK(double(z.rate(t)[i]) ==
                      doctest::Approx(double(plain.rate(t)[std::size_t(i)])).epsilon(1000 * eps));
            }
    }

    TEST_CASE("dense solution: of a network, and of a field that reads values, by any options it is trained with") {
        nn::MLP net({2, 8, 2}, nn::tanh, Rng{0});
        const Tensor start({1, 2}, {1, 0});
        const SolveOptions trained{.method = dopri5, .gradient = backsolve};
        const auto z = solve_dense(net, start, {0, 1}, trained);
        const auto seen = solve(net, start, {0, 0.3, 1}, trained);
        CHECK(double(z(0.3)[0]) ==
              doctest::Approx(double(seen.at(1)[0])).epsilon(1e3 * std::numeric_limits<Real>::epsilon()));
        const Parameter learned("z0", start);
        CHECK(solve_dense(net, learned, {0, 1}, trained)(0.3) == z(0.3));
        const auto reads = [](Var, Var x) { return double(x.item()) > 0.5 ? -x : -0.5 * x; };
        CHECK(double(solve_dense(reads, Tensor::scalar(1), {0, 0.5}, {.gradient = direct}).rate(0.5).item()) ==
              doctest::Approx(-std::exp(-0.5)).epsilon(1e-5));
    }

    TEST_CASE("dense solution: a solve of no length is a point") {
        const auto z = solve_dense(preys, preys_start, {3, 3});
        CHECK(z(3) == preys_start);
        CHECK(contains(error_of([&] { z.rate(3); }), "for a rate a span between them"));
    }

    TEST_CASE("dense solution: what it cannot say is an error") {
        const auto z = solve_dense(preys, preys_start, {0, -5});
        for (const double t : {0.1, -5.1, std::numeric_limits<double>::quiet_NaN()}) {
            CAPTURE(t);
            CHECK(contains(error_of([&] { z(t); }), "the solve did not pass there"));
            CHECK(contains(error_of([&] { z.rate(t); }), "a time between 0 and -5"));
        }
        std::array<double, 3> wide{};
        CHECK(contains(error_of([&] { z(-1, wide); }), "2 numbers, as of the state"));
        CHECK(contains(error_of([&] { solve_dense(preys, preys_start, {}); }), "no times"));
        CHECK(contains(error_of([&] { solve_dense(preys, preys_start, {0, 5}, {.rtol = -1}); }), "rtol"));
        CHECK(contains(error_of([&] { solve_dense(preys, preys_start, {0, 5}, {.max_steps = 2}); }), "too many steps"));
        CHECK(contains(error_of([&] {
                           solve_dense(preys_in_vars, Tensor({1, 2}, {1, 1}), {0, 5}, {.rows = independent});
                       }),
                       "numbers are one state"));
    }

    TEST_CASE("dense solution: a field that is not finite at a stage of its dense output ends the solve there") {
        const auto hole = [](double t, std::span<const double>, std::span<double> dz) {
            dz[0] = std::abs(t - 2.1) < 1e-9 ? std::nan("") : 1;  // no stage of the step from 2 to 3 is there
        };
        const SolveOptions options{.method = dop853, .steps = 4};
        CHECK(solve(hole, std::array{0.0}, {0, 4}, options).end()[0] == doctest::Approx(4));
        CHECK(solve_steps(hole, std::array{0.0}, {0, 4}, options).end()[0] == doctest::Approx(4));
        CHECK(contains(error_of([&] {
                           solve_dense(hole, std::array{0.0}, {0, 4}, options);
                       }),
                       "no longer finite after t = 2"));
    }
}
