// tests/ode/sensitivities_test.cpp — the table of all routes on one problem
#include <doctest/doctest.h>

#include "ode/sensitivities.hpp"
#include "tests/ode/reference_gradients.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const Sensitivity& row_of(const Sensitivities& s, const Route& route) {
    return *std::ranges::find_if(s.routes, [&](const Sensitivity& row) { return row.route == route; });
}

struct LotkaVolterra {
    Parameter p{"p", Tensor({4}, {1.1, 0.4, 0.1, 0.4})}, weight{"weight", Tensor({2}, {1, 0.5})};
    Tensor z0 = Tensor({2}, {10, 5});
    std::vector<double> times{0, 1, 2.5, 4};

    Sensitivities compare(const SolveOptions& options, std::span<const Route> routes = all_routes) const {
        Tape none;
        const Field field = lotka_volterra(p)(none);
        const auto loss = [&](Var z) { return sum(square(z) * z.tape().use(weight)); };
        return compare_sensitivities(field, z0, times, loss, options, routes);
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE(
        "sensitivities: every route's gradient, by z0 and by what field and loss captured, beside the reference's") {
        const LotkaVolterra lv;
        const double tolerance = either(1e-7, 1e-4);
        const SolveOptions options{.method = dopri5, .rtol = tolerance, .atol = tolerance};
        const Sensitivities s = lv.compare(options);
        REQUIRE(s.parameters == std::vector{lv.p, lv.weight});
        CHECK(s.routes.size() == std::size(all_routes));
        for (const Sensitivity& row : s.routes) {
            CAPTURE(std::string(row.route.name));
            if (!row.refused.empty()) continue;
            SolveOptions by_route = options;
            by_route.gradient = row.route;
            Tape tape;
            Gradients g;
            for (int pass = 0; pass < 2; ++pass)  // the numbers are those of a warm one
                g = solve_and_differentiate(tape, lotka_volterra(lv.p), {lv.p, lv.weight}, lv.z0, lv.times, by_route,
                                            false, [&](Var z) { return sum(square(z) * z.tape().use(lv.weight)); });
            CHECK(row.gradient == std::vector{g.z0, g.parameters[0], g.parameters[1]});
            CHECK(row.statistics == g.statistics);
            CHECK(row.difference ==
                  std::max({distance(g.z0, s.reference.gradient[0]), distance(g.parameters[0], s.reference.gradient[1]),
                            distance(g.parameters[1], s.reference.gradient[2])}));
            CHECK(row.difference > 0);
            CHECK(row.difference < 100 * tolerance);
            CHECK(row.seconds > 0);
            CHECK(contains(to_text(s), text("\n", row.route.name)));
        }
    }

    TEST_CASE("sensitivities: evaluations and products are counted where the field is called") {
        const LotkaVolterra lv;
        // ten steps of dopri5, not looked into: 6 stages each, and the recording's evaluation is the first
        const Sensitivities s = lv.compare({.method = dopri5, .steps = 10});
        const Sensitivity &discretely = row_of(s, discrete), &on_tape = row_of(s, direct), &back = row_of(s, backsolve);
        CHECK(on_tape.work.evaluations == on_tape.statistics.evaluations);
        CHECK(discretely.work.evaluations ==
              discretely.statistics.evaluations + discretely.statistics.backward_evaluations);
        CHECK(discretely.statistics.backward_evaluations == 0);  // the stages are kept
        const Route route = discrete_within(0);
        const Sensitivities once_more = lv.compare({.method = dopri5, .steps = 10}, std::span(&route, 1));
        const Sensitivity& again = once_more.routes[0];
        CHECK(again.work.evaluations == again.statistics.evaluations + again.statistics.backward_evaluations);
        CHECK(again.work.vjps == again.statistics.backward_evaluations);
        CHECK(again.work.vjps == discretely.work.vjps);
        CHECK(back.work.evaluations == back.statistics.evaluations + back.statistics.backward_evaluations);
        CHECK(back.work.vjps == back.statistics.backward_evaluations);
        CHECK(on_tape.work.vjps > 0);
        CHECK(on_tape.work.vjps <= on_tape.work.evaluations);
        for (const Sensitivity& row : {discretely, on_tape, back}) CHECK(row.work.jvps == 0);
    }

    TEST_CASE("sensitivities: the bytes are those that are asked for") {
        // From 255 to 1023 steps: what a route says that it keeps more, and what it asks for more on a fresh tape. A list
        // that grows has asked for its half before, and a tape lists more than it keeps.
        const LotkaVolterra lv;
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            long kept[2], asked[2];
            bool refused = false;
            for (const int i : {0, 1}) {
                const SolveOptions options =
                    fitted({.method = rk4_classic, .gradient = route, .steps = i == 0 ? 255 : 1023});
                const Sensitivities s = lv.compare(options, std::span(&route, 1));
                refused = !s.routes[0].refused.empty();
                kept[i] = static_cast<long>(s.routes[0].bytes);
                asked[i] = allocated_bytes_in([&] {
                    Tape tape;
                    solve_and_differentiate(tape, lotka_volterra(lv.p), {lv.p}, lv.z0, lv.times, options, false);
                });
            }
            if (refused) continue;
            CHECK(asked[1] - asked[0] >= kept[1] - kept[0]);
            CHECK(asked[1] - asked[0] <= 3.5 * double(kept[1] - kept[0]));
            const bool keeps_every_state = route.keeps_states && route.most_states == Route::every_state;
            if (!route.is_one_operation() || route.keeps_curve || keeps_every_state) continue;
            CHECK(kept[1] - kept[0] <= 768 * long(sizeof(double)));  // no state
        }
    }

    TEST_CASE("sensitivities: what does not apply says why, and the others are there") {
        const LotkaVolterra lv;
        const auto reads = [&](Var, Var z) { return z.value()[0] > 0 ? -z : z; };
        const auto loss = [](Var z) { return sum(z); };
        const Sensitivities s = compare_sensitivities(reads, lv.z0, {0, 1}, loss);
        CHECK(s.reference.route == direct);
        for (const Sensitivity& row : s.routes) {
            CHECK((row.refused.empty() == !row.route.is_one_operation()));
            CHECK(contains(to_text(s), row.route.is_one_operation() ? text(row.route.name) : "direct"));
        }
        CHECK(contains(to_text(s), "the field reads a value"));
        const auto decays = [&](Var t, Var z) { return -z * (1.0 + t); };
        const Sensitivities rows =
            compare_sensitivities(decays, Tensor({2, 1}, {1, 2}), {0, 1}, loss, {.rows = independent});
        CHECK(contains(row_of(rows, direct).refused, "no gradient by this route: ode::discrete or ode::backsolve"));
        CHECK(row_of(rows, discrete).difference < either(1e-5, 1e-4));
    }

    TEST_CASE("sensitivities: errors are those of a solve, on the caller's line") {
        const LotkaVolterra lv;
        CHECK(contains(error_of([&] { lv.compare({.rtol = -1}); }), "rtol"));
        CHECK(contains(error_of([&] { lv.compare({.method = rk4_classic}); }), "no error estimate"));
        const auto grows = [](Var, Var z) { return z; };
        CHECK(contains(error_of([&] {
                           compare_sensitivities(grows, lv.z0, {0, 1}, [](Var z) { return z; });
                       }),
                       "grad"));
        CHECK(contains(error_of([&] {
                           compare_sensitivities(grows, lv.z0, {0, 1}, [](Var z) { return z; });
                       }),
                       "sensitivities_test.cpp"));
    }
}
