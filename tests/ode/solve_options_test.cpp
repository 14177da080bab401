// tests/ode/solve_options_test.cpp — one list of options and one of figures, whatever interface is asked
#include "ode/solve_options.hpp"

#include <doctest/doctest.h>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// y' = −y + cos 3t, as numbers and as Vars
void numbers(double t, std::span<const Real> y, std::span<Real> dy) { dy[0] = Real(std::cos(3 * t)) - y[0]; }
Var vars(Var t, Var z) { return cos(3.0 * t) - z; }
constexpr std::array<Real, 1> start{1};

std::vector<StepReport> watched(const auto& solving) {
    std::vector<StepReport> reports;
    solving([&](const StepReport& report) { reports.push_back(report); });
    return reports;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("options: the observer sees the steps that are tried, by numbers and by every route") {
        for (const int steps : {0, 7}) {
            CAPTURE(steps);
            const SolveOptions options{.rtol = 1e-3, .atol = 1e-4, .steps = steps, .first_step = 1};
            Statistics plain;
            const auto seen = watched([&](auto watch) {
                SolveOptions o = options;
                o.on_step = watch;
                plain = solve(numbers, start, {0, 2}, o).statistics();
            });
            REQUIRE(std::ssize(seen) == plain.accepted + plain.rejected);
            if (steps == 0) CHECK(plain.rejected > 0);
            for (const Route& route : routes_of(tsit5)) {
                CAPTURE(std::string(route.name));
                Tape tape;
                for (int pass = 0; pass < 2; ++pass) {
                    tape.rewind();
                    const auto same = watched([&](auto watch) {
                        SolveOptions o = options;
                        o.gradient = route;
                        o.on_step = watch;
                        solve(tape, vars, Tensor({1}, 1), {0, 2}, o);
                    });
                    REQUIRE(same.size() == seen.size());
                    for (std::size_t i = 0; i < seen.size(); ++i) {  // the same decisions; cos is another one
                        CHECK(same[i].accepted == seen[i].accepted);
                        CHECK(same[i].t == doctest::Approx(seen[i].t).epsilon(either(1e-9, 1e-3)));
                        CHECK(same[i].h == doctest::Approx(seen[i].h).epsilon(either(1e-9, 1e-3)));
                        CHECK(same[i].error == doctest::Approx(seen[i].error).epsilon(either(1e-6, 1e-1)));
                    }
                }
            }
        }
    }

    TEST_CASE("options: an observer that has gone is not called by the tape's plans") {
        Tape tape;
        long seen = 0;
        for (int pass = 0; pass < 3; ++pass) {
            tape.rewind();
            const Var z0 = tape.variable(Tensor({1}, 1));
            SolveOptions options;
            if (pass == 0) options.on_step = [&](const StepReport&) { ++seen; };
            const long before = seen;
            const Var z = solve(tape, vars, z0, {0, 2}, options).z;
            grad(sum(z), z0);
            CHECK((seen > before) == (pass == 0));
        }
    }

    TEST_CASE("options: a tolerance finer than rounding is noted, by numbers and by every route") {
        for (const double rtol : {0., 1e-3}) {
            const SolveOptions options{.rtol = rtol, .atol = rtol > 0 ? 1e-9 : 1e-300, .max_steps = 100'000};
            CHECK(solve(numbers, start, {0, .01}, options).statistics().floor_acted == (rtol == 0));
            for (const Route& route : routes_of(tsit5)) {
                CAPTURE(std::string(route.name));
                Tape tape;
                SolveOptions o = options;
                o.gradient = route;
                CHECK(solve(tape, vars, Tensor({1}, 1), {0, .01}, o).statistics().floor_acted == (rtol == 0));
            }
        }
    }

    TEST_CASE("options: a name means the method and the route of that name") {
        const std::string chosen = "backsolve";  // by a user, say
        const SolveOptions options{.method = "dopri5", .gradient = chosen};
        CHECK(options == SolveOptions{.method = dopri5, .gradient = backsolve});
        CHECK(options.method.a == dopri5.a);
        CHECK(std::string(options.gradient.keeps) == backsolve.keeps);
        for (const Route& route : all_routes) {
            CHECK(*find_route(route.name) == route);
            CHECK(Route(std::string_view(route.name)) == route);
        }
        CHECK(find_route("adjoint") == nullptr);
        Tape tape;
        const Var by_name = solve(tape, vars, Tensor({1}, 1), {0, 2}, options).z;
        const Var by_value = solve(tape, vars, Tensor({1}, 1), {0, 2}, {.method = dopri5, .gradient = backsolve}).z;
        CHECK(Tensor(tape.view(by_name)) == Tensor(tape.view(by_value)));
    }

    TEST_CASE("options: a name that is none is an error that lists all, with the line that wrote it") {
        const int line = __LINE__ + 1;
        const std::string method = error_of([] { solve(numbers, start, {0, 1}, {.method = "rk45"}); });
        CHECK(method == "solve: there is no method of that name\n  got       \"rk45\"\n  expected  " +
                            all_names(all_methods, " or ") + "\n  where     " __FILE__ ":" + std::to_string(line));
        const std::string route = error_of([] { Route("adjoint"); });
        CHECK(contains(route,
                       "solve: there is no gradient route of that name\n  got       \"adjoint\"\n"
                       "  expected  " +
                           all_names(all_routes, " or ") + "\n"));
    }

    TEST_CASE("options: a gradient of plain numbers is asked for in vain") {
        const std::string text = error_of([] { solve(numbers, start, {0, 1}, {.gradient = backsolve}); });
        CHECK(
            contains(text, "solve: plain numbers have no gradient\n  got       .gradient in the options, and a y0 of"));
        CHECK(
            contains(text, "try       solve(field, tape.variable(z0), times, options) with a field Var(Var t, Var z)"));
        CHECK(contains(text, "solve_options_test.cpp:"));
        CHECK(contains(error_of([] {
                           solve(numbers, start, {0, 1}, {.backward_norm = BackwardNorm::full});
                       }),
                       ".backward_norm in the options"));
    }

    TEST_CASE("options: the times of a plain solve are judged as those on a tape") {
        std::array<Real, 1> y{1};
        std::array<Real, most_stages + 2> work{};
        for (const std::vector<double>& wrong : {std::vector<double>{}, {0, 1, 0.5, 2}, {0, NAN, 1}, {0, HUGE_VAL}}) {
            CHECK(solve_to(numbers, std::span(y), work, wrong).status == Status::bad_option);
            Tape tape;
            const auto text_of = [](auto action) {
                const std::string text = error_of(action);
                return text.substr(0, text.find("\n  where"));
            };
            const std::string text = text_of([&] { solve(numbers, start, wrong); });
            CHECK(text != "");
            CHECK(text == text_of([&] { solve(tape, vars, Tensor({1}, 1), wrong); }));
        }
        Tape tape;
        const Var T = tape.variable(Tensor::scalar(1));
        CHECK(contains(error_of([&] {
                           solve(numbers, start, {0, T});
                       }),
                       "solve: a plain solve takes no Var or Parameter among its times"));
        CHECK(solve_to(numbers, std::span(y), work, {0, T}).status == Status::bad_option);
    }
}
