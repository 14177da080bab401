// tests/ode/multistep_gradients_test.cpp — BDF and Adams in Vars: their gradients, against what others found, and their cost
#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "ode/multistep/nordsieck_in_vars.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/reference_gradients.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/with_threads.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

struct Robertson {
    Tape tape;
    Var k = tape.variable(Tensor({3}, {0, 0, 0}));
    Solution<Var> solved;

    template <class Solve>
    explicit Robertson(Solve&& solve) {
        const auto field = [&](Var, Var y) { return robertson_of_logs(y, k); };
        solved = solve(field, tape.variable(Tensor({3}, {1, 0, 0})));
    }
    Tensor by_rates(Index j) {  // of y_j at the end
        return numbers_of(grad(sum(slice(solved.end(), 0, j, 1)), k));
    }
};

// A batch of van der Pol's oscillators, each of a stiffness of its own, that drive one another if coupled
struct Oscillators {
    bool coupled = false;
    Tensor z0{{5, 2}, {2, 0, 1, 1, -1, 0.5, 0.3, -2, 1.5, 0}}, mu{{5, 1}, {1, 3, 10, 0.1, 30}};

    template <class Solve>  // by z0, μ, and what the coupling is of
    std::vector<double> gradient(Solve&& solve) const {
        Tape tape;
        const Var start = tape.variable(z0), m = tape.variable(mu), c = tape.variable(Tensor::scalar(0.2));
        const auto field = [&](Var, Var z) { return van_der_pol(z, m, coupled ? c * mean(column(z, 0)) : c); };
        const Var z = solve(field, start);
        std::vector<double> all;
        for (const Var& bar : grad(weighted(z), {start, m, c}))
            for (const Real x : tape.view(bar).entries()) all.push_back(double(x));
        return all;
    }
};

const Route continuous[] = {interpolating, backsolve};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE(
        "multistep gradients: Robertson's rates over nine decades of time, for fewer evaluations than the solve") {
        // ∂y/∂log k_i by complex steps through Radau's method of order 5, 120 steps a decade: 11 digits do not change with 60
        struct Wanted {
            double t, by_rates[3][3];
        };
        const Wanted all[] = {{1e4,
                               {{-1.3751267644e-01, -6.8388427253e-02, 1.3677664059e-01},
                                {-2.0864427725e-07, -3.4287611140e-07, 2.0573419432e-07},
                                {1.3751288509e-01, 6.8388770129e-02, -1.3677684632e-01}}},
                              {1e5,
                               {{-3.1721885125e-02, -1.5845410086e-02, 3.1690758341e-02},
                                {-5.8755630329e-08, -6.5695272313e-08, 5.8642768196e-08},
                                {3.1721943880e-02, 1.5845475782e-02, -3.1690816984e-02}}}};
        if (!is_double) return;
        for (const Wanted& wanted : all) {
            CAPTURE(wanted.t);
            Robertson r([&](const auto& field, Var y0) {
                return solve_nordsieck(field, y0, {0, wanted.t},
                                       {.method = bdf, .rtol = 1e-9, .atol = std::vector{1e-12, 1e-16, 1e-12}});
            });
            for (Index j = 0; j < 3; ++j) {
                CAPTURE(j);
                const Tensor got = r.by_rates(j);
                for (Index i = 0; i < 3; ++i)
                    CHECK(double(got[i]) == doctest::Approx(wanted.by_rates[j][i]).epsilon(1e-6));
                const Statistics s = r.solved.statistics();
                CAPTURE(s.evaluations);
                CAPTURE(s.backward_evaluations);
                CAPTURE(s.parameter_vjps);
                CHECK(s.backward_evaluations < 1.2 * double(s.evaluations));
                CHECK(s.parameter_vjps < 3 * s.evaluations);
                CHECK(s.jacobians < 20);
            }
        }
    }

    TEST_CASE(
        "multistep gradients: Lotka and Volterra's, by z0, parameters and every time, within a thousand tolerances") {
        const Json problem = reference("grad_lv_t10");
        const double tolerance = either(1e-8, 1e-5);
        for (const MultistepFamily& family : all_families)
            for (const Route& route : continuous)
                for (const std::string name : {"sumsq_end", "mse"}) {
                    CAPTURE(family.name);
                    CAPTURE(route.name);
                    CAPTURE(name);
                    const Expected wanted = expected(problem, name);
                    const Parameter p = listed(problem);
                    Tape tape;
                    const Field field = lotka_volterra(p)(tape);
                    const Var z0 = tape.variable(Tensor::vector(problem["z0"].numbers())),
                              t = tape.variable(Tensor::vector(times_of(problem)));
                    const auto s = solve_nordsieck(
                        field, z0, t, {.method = family, .rtol = tolerance, .atol = tolerance, .gradient = route});
                    const Vars bars = grad(loss_of(problem, name)(s.z), {z0, tape.use(p), t});
                    const double most = (family == adams ? 300 : 1000) * tolerance;
                    CHECK(relative_error(numbers_of(bars[0]), wanted.z0) < most);
                    CHECK(relative_error(numbers_of(bars[1]), wanted.parameters) < most);
                    CHECK(relative_error(numbers_of(bars[2]), wanted.times) < 2 * most);
                    CAPTURE(s.statistics().backward_evaluations);
                    CHECK(s.statistics().backward_evaluations < (name == "mse" ? 6 : 2) * s.statistics().evaluations);
                }
    }

    TEST_CASE("multistep gradients: Adams has dopri5's, for less than half of the evaluations, both ways") {
        if (!is_double) return;
        const Json problem = reference("grad_lv_t10");
        const auto gradient = [&](auto&& solve, Statistics& statistics) {
            const Parameter p = listed(problem);
            Tape tape;
            const Field field = lotka_volterra(p)(tape);
            const Solution<Var> s = solve(field, tape.variable(Tensor::vector(problem["z0"].numbers())));
            Tensor bar = numbers_of(grad(sum(square(s.end())), tape.use(p)));
            statistics = s.statistics();
            return bar;
        };
        Statistics ours, theirs;
        const auto by_adams = gradient(
            [](auto& f, Var z0) {
                return solve_nordsieck(f, z0, {0, 10}, {.method = adams, .rtol = 1e-8, .atol = 1e-8});
            },
            ours);
        const auto by_dopri5 = gradient(
            [](auto& f, Var z0) {
                return solve(f, z0, {0, 10}, {.method = dopri5, .rtol = 1e-8, .atol = 1e-8, .gradient = interpolating});
            },
            theirs);
        CHECK(distance(by_adams, by_dopri5) < 1e-6);
        CAPTURE(ours.evaluations);
        CAPTURE(ours.backward_evaluations);
        CHECK(2 * ours.evaluations < theirs.evaluations);
        CHECK(2 * ours.backward_evaluations < theirs.backward_evaluations);
    }

    TEST_CASE("multistep gradients: rows that do not mix have a Jacobian each, rows that do one of all") {
        const double tolerance = either(1e-9, 1e-5);
        for (const bool coupled : {false, true}) {
            const Oscillators of{.coupled = coupled};
            const std::vector<double> times{0, 0.3, 0.3, 1, 2};
            const auto exact = of.gradient([&](auto& f, Var z0) {
                return solve(f, z0, times, {.method = radau5, .rtol = tolerance, .atol = tolerance}).z;
            });
            for (const MultistepFamily& family : all_families) {
                CAPTURE(coupled);
                CAPTURE(family.name);
                const auto got = of.gradient([&](auto& f, Var z0) {
                    return solve_nordsieck(f, z0, times, {.method = family, .rtol = tolerance, .atol = tolerance}).z;
                });
                CHECK(relative_error(got, exact) < 1000 * tolerance);
            }
        }
    }

    TEST_CASE("multistep gradients: of a long batch the bits of one thread, and of two") {
        Tensor z0({300, 2}), mu({300, 1});
        for (Index i = 0; i < 600; ++i) z0[i] = static_cast<Real>(std::sin(0.7 * double(i)) + (i % 2 == 0 ? 1 : 0));
        for (Index i = 0; i < 300; ++i) mu[i] = static_cast<Real>(0.1 + 0.02 * double(i));
        const Oscillators of{.coupled = false, .z0 = z0, .mu = mu};
        const auto run = [&] {
            return of.gradient([&](auto& f, Var z) { return solve_nordsieck(f, z, {0, 1}, {.method = bdf}).z; });
        };
        const auto alone = run();
        const WithThreads two(2);
        CHECK(run() == alone);
    }
}
