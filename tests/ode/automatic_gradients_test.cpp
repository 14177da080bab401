// tests/ode/automatic_gradients_test.cpp — two methods that take turns, in Vars: steps, gradients, batches, derivatives
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "ode/switching/automatic.hpp"
#include "ode/switching/automatic_in_vars.hpp"
#include "ode/switching/automatic_turns.hpp"  // brings: was_implicit, SolveRecord: to know what a step was taken by
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/reference_gradients.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/with_threads.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// A relay on a tape, and the gradient of all that is observed by x0, v0 and μ.
struct Relaxation {
    double mu;
    std::vector<double> times;
    Tape tape = {};
    Var m = tape.variable(Tensor::scalar(mu)), z0 = tape.variable(Tensor({2}, {2, 0}));
    Statistics statistics = {};
    double end = 0;

    template <class Solve>
    std::array<double, 3> gradient(Solve&& solve) {
        const Solution<Var> s = solve(
            tape, [&](Var, Var z) { return van_der_pol(z, m); }, z0, times);
        const Vars bars = grad(weighted(s.z), {z0, m});
        statistics = s.statistics();
        end = num(s.end());
        return {num(bars[0]), num(bars[0], 1), num(bars[1])};
    }
    // The same of the steps that the first solve on this tape took, one after the other, the last one first: each from where
    // it began, by extrapolated differences of a solve in numbers.
    std::array<double, 3> by_differences(double by) const;
};

std::array<double, 3> Relaxation::by_differences(double by) const {
    SolveRecord& record = const_cast<Tape&>(tape).objects().at<SolveRecord>(0);
    const Tensor first = waves({Index(times.size()), 2}, 1, 2.3), second = waves({Index(times.size()), 2}, 1, 0.9);
    const auto loss = [&](std::size_t i, std::span<const double> z) {
        double sum = 0;
        for (Index j = 0; j < 2; ++j)
            sum += z[j] * z[j] * double(first[2 * Index(i) + j]) + z[j] * double(second[2 * Index(i) + j]);
        return sum;
    };
    std::array<double, 3> bar{};
    for (std::size_t n = record.grid.size() - 1; n-- > 0;) {
        std::vector<double> t{record.grid[n]};
        std::vector<std::size_t> seen;
        for (std::size_t i = 1; i < times.size(); ++i)
            if (times[i] > record.grid[n] && times[i] <= record.grid[n + 1]) seen.push_back(i);
        for (const std::size_t i : seen) t.push_back(times[i]);
        t.push_back(record.grid[n + 1]);
        const auto step = [&](const std::array<double, 3>& x) {
            const auto s = solve(VanDerPol{x[2]}, std::array{x[0], x[1]}, t,
                                 {.method = was_implicit(record, n) ? kvaerno5 : tsit5, .steps = 1});
            double sum = bar[0] * s.end()[0] + bar[1] * s.end()[1];
            for (std::size_t i = 0; i < seen.size(); ++i) sum += loss(seen[i], s.z[i + 1]);
            return sum;
        };
        const std::array<double, 3> here{double(record.trajectory[n][0]), double(record.trajectory[n][1]), mu};
        std::array<double, 3> before{0, 0, bar[2]};
        for (std::size_t i = 0; i < 3; ++i) {
            const auto moved = [&](double d) {
                std::array<double, 3> x = here;
                x[i] += d;
                return step(x);
            };
            const double h = by * std::max(0.1, std::abs(here[i]));
            before[i] += (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
        }
        bar = before;
    }
    bar[0] += 2 * 2 * double(first[0]) + double(second[0]);  // what is observed at the start
    bar[1] += double(second[1]);
    return bar;
}

const auto automatically = [](Tape& tape, const auto& field, Var z0, const std::vector<double>& times) {
    return solve_automatic(tape, field, z0, times);
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("automatic gradients: discrete is the derivative of the steps that were taken, each by its own method") {
        if (!is_double) return;
        Relaxation r{30, {0, 17.7, 49, 60}};
        const std::array<double, 3> got = r.gradient(automatically), wanted = r.by_differences(1e-3);
        CHECK(r.statistics.switches == 5);
        CHECK(r.statistics.implicit_steps > 50);
        CHECK(r.statistics.implicit_steps < r.statistics.accepted - 50);
        for (std::size_t i = 0; i < 3; ++i) CHECK(got[i] == doctest::Approx(wanted[i]).epsilon(1e-8));
    }

    TEST_CASE(
        "automatic gradients: the steps are those of numbers, the values right, the gradient as good as kvaerno5's") {
        if (!is_double) return;
        for (const double mu : {100.0, 1000.0}) {
            CAPTURE(mu);
            const std::vector<double> times{0, 0.3 * mu, 2 * mu};
            Relaxation at_6{mu, times}, at_8{mu, times}, alone{mu, times}, exact{mu, times};
            at_6.gradient(automatically);
            const auto s = solve_automatic(VanDerPol{mu}, VanDerPol::y0, times);
            CHECK(at_6.statistics.switches == s.statistics().switches);
            CHECK(at_6.statistics.implicit_steps ==
                  doctest::Approx(double(s.statistics().implicit_steps)).epsilon(0.1));
            CHECK(at_6.statistics.accepted == doctest::Approx(double(s.statistics().accepted)).epsilon(0.1));
            CHECK(at_6.statistics.stiff_at == doctest::Approx(s.statistics().stiff_at).epsilon(1e-6));
            CHECK(at_6.statistics.switches >= 2);
            CHECK(at_6.statistics.jacobians > 0);

            const SolveOptions to_8{.method = kvaerno5, .rtol = 1e-8, .atol = 1e-11},
                to_10{.method = kvaerno5, .rtol = 1e-10, .atol = 1e-13};
            const auto by = [](const SolveOptions& o) {
                return [&o](Tape& tape, const auto& f, Var z, const auto& t) { return solve(tape, f, z, t, o); };
            };
            const auto got = at_8.gradient([](Tape& tape, const auto& f, Var z, const auto& t) {
                return solve_automatic(tape, f, z, t, {.rtol = 1e-8, .atol = 1e-11});
            });
            const auto implicit = alone.gradient(by(to_8)), wanted = exact.gradient(by(to_10));
            CHECK(std::abs(at_6.end - exact.end) < 100 * (1e-9 + 1e-6 * std::abs(exact.end)));
            CHECK(std::abs(at_8.end - exact.end) < 100 * (1e-11 + 1e-8 * std::abs(exact.end)));
            CHECK(at_8.statistics.switches >= 2);
            for (std::size_t i = 0; i < 3; ++i)
                CHECK(std::abs(got[i] - wanted[i]) < 2 * std::abs(implicit[i] - wanted[i]));
        }
    }

    TEST_CASE("automatic gradients: Robertson's rates, against complex steps through Radau's method of order 5") {
        // ∂y/∂log k_i at t = 1e4: tests/ode/multistep_gradients_test.cpp
        const double wanted[3] = {-1.3751267644e-01, -6.8388427253e-02, 1.3677664059e-01};
        if (!is_double) return;
        for (const auto& pair : {std::pair{tsit5, kvaerno5}, {dopri5, radau5}, {tsit5, rodas4}})
            for (const Route& route : {discrete, interpolating}) {
                const Method &method = pair.first, &implicit = pair.second;
                if (implicit.is_linear() && route.is_continuous()) continue;
                CAPTURE(implicit.name);
                CAPTURE(route.name);
                Tape tape;
                const Var k = tape.variable(Tensor({3}, 0));
                const Solution<Var> s = solve_automatic(
                    [&](Var, Var y) { return robertson_of_logs(y, k); }, tape.variable(Tensor({3}, {1, 0, 0})),
                    {0, 1e4}, {.method = method, .atol = std::vector{1e-9, 1e-13, 1e-9}, .gradient = route}, implicit);
                const Var a = sum(slice(s.end(), 0, 0, 1));
                const Vars bar = grad(a, {k});
                CHECK(s.statistics().switches == 1);
                CHECK(s.statistics().implicit_steps > 20);
                for (Index i = 0; i < 3; ++i) CHECK(num(bar[0], i) == doctest::Approx(wanted[i]).epsilon(1e-4));
            }
    }

    TEST_CASE("automatic gradients: where nothing is stiff, all are the explicit method's to the last bit") {
        const Json problem = reference("grad_lv_t10");
        const auto gradient = [&](auto&& solve) {
            const Parameter p = listed(problem);
            Tape tape;
            std::vector<double> all;
            for (int pass = 0; pass < 2; ++pass) {  // the second one of tsit5 has kept its stages
                tape.rewind();
                const Field field = lotka_volterra(p)(tape);
                const Var z0 = tape.variable(Tensor::vector(problem["z0"].numbers()));
                const Solution<Var> s = solve(field, z0, times_of(problem));
                for (const Var& bar : grad(weighted(s.z), {z0, tape.use(p)}))
                    for (const Real x : tape.view(bar).entries()) all.push_back(double(x));
                for (const Real x : tape.view(s.z).entries()) all.push_back(double(x));
                CHECK(s.statistics().switches == 0);
                CHECK(s.statistics().jacobians == 0);
            }
            return all;
        };
        for (const Method& m : {tsit5, dopri5})
            CHECK(gradient([&](auto& f, Var z, const auto& t) { return solve_automatic(f, z, t, {.method = m}); }) ==
                  gradient([&](auto& f, Var z, const auto& t) { return solve(f, z, t, {.method = m}); }));
    }

    TEST_CASE(
        "automatic gradients: of a batch that changes at once, whose rows mix or do not; and what derives from them") {
        if (!is_double) return;
        const Tensor start({5, 2}, {2, 0, 1, 1, -1, 0.5, 0.3, -2, 1.5, 0}), mu({5, 1}, {1, 3, 10, 0.1, 3000});
        const std::vector<double> times{0, 0.3, 0.3, 1, 2};
        for (const bool coupled : {false, true}) {
            CAPTURE(coupled);
            const auto gradients = [&](auto&& solve, Statistics& statistics) {
                Tape tape;
                const Var z0 = tape.variable(start), m = tape.variable(mu), t = tape.variable(Tensor::vector(times));
                const auto field = [&](Var now, Var z) {
                    const Var x = slice(z, 1, 0, 1), v = slice(z, 1, 1, 1);
                    return concatenate({m * (cos(now) + 0.2 * (coupled ? mean(v) : v) - x * x * x), x - v}, 1);
                };
                const Solution<Var> s = solve(field, z0, t);
                const Vars bars = grad(weighted(s.z), {z0, m, t});
                const Vars second = grad(sum(bars[0] * tape.constant(waves({5, 2}, 1, 1.1))), {z0, m});
                statistics = s.statistics();
                std::vector<Tensor> all;
                for (const Var v : {Var(bars[0]), Var(bars[1]), Var(bars[2]), Var(second[0]), Var(second[1])})
                    all.emplace_back(tape.view(v));
                return all;
            };
            Statistics statistics;
            const auto exact =
                gradients([](auto& f, Var z,
                             Var t) { return solve(f, z, t, {.method = kvaerno5, .rtol = 1e-10, .atol = 1e-12}); },
                          statistics);
            for (const Route& route : {discrete, interpolating})
                for (const ForwardNorm norm : {ForwardNorm::state, ForwardNorm::state_and_tangents}) {
                    CAPTURE(std::string(route.name));
                    CAPTURE(norm == ForwardNorm::state);
                    const SolveOptions options{.rtol = 1e-7, .atol = 1e-9, .gradient = route, .forward_norm = norm};
                    const auto run = [&] {
                        return gradients([&](auto& f, Var z, Var t) { return solve_automatic(f, z, t, options); },
                                         statistics);
                    };
                    const auto got = run();
                    CHECK(statistics.switches > 0);
                    const WithThreads two(2);
                    const auto again = run();
                    for (std::size_t i = 0; i < 5; ++i) {
                        CAPTURE(i);
                        CHECK(distance(got[i], exact[i]) <
                              (i == 2 ? 1e-2 : 1e-5));  // by the times: f, 3,000 times an error
                        CHECK(distance(again[i], got[i]) == 0);
                    }
                }
        }
    }
}
