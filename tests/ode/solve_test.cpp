// tests/ode/solve_test.cpp — the solve on a tape: what it counts, keeps, captures and allocates
#include "ode/solve.hpp"

#include <doctest/doctest.h>

#include "ode/solve/operator.hpp"
#include "tests/ode/orders.hpp"  // brings: slope
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const void* plan_of(Tape& tape, Var z) {  // the same pointer: nothing was compiled again
    return tape.plans()[attributes_as<Solve>(tape.producer(z)->attributes).plan].get();
}
const SolvePlan& solve_plan(Tape& tape, Var z) { return *static_cast<const SolvePlan*>(plan_of(tape, z)); }

double end_of(Tape& tape, Var z) { return double(tape.view(z)[z.size() - 1]); }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE_FIXTURE(Room, "solve: evaluations, exactly") {
        for (const int steps : {1, 5}) {
            CHECK(solve(tape, law(), start(), unit, {.method = rk4_classic, .steps = steps}).statistics().evaluations ==
                  4 * steps);
            const Statistics s = solve(tape, law(), start(), unit, {.method = dopri5, .steps = steps}).statistics();
            CHECK(s.evaluations == 1 + 6 * steps);  // first same as last
            CHECK(s.accepted == steps);
            CHECK(s.rejected == 0);
        }
        for (const Method& method : {dopri5, tsit5}) {
            const Statistics s =
                solve(tape, law(), start(), {0, 0.3, 4}, {.method = method, .rtol = 1e-4}).statistics();
            CHECK(s.evaluations == 2 + (method.stages - 1) * (s.accepted + s.rejected));
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: by direct, evaluations are calls of the field") {
        for (const std::vector<double>& times : {std::vector<double>{0, 1}, {0, 0.3, 0.55, 1}})
            for (const Method& method : all_methods)
                for (const bool adaptive : {false, true}) {
                    if (adaptive && !method.adaptive()) continue;
                    CAPTURE(std::string(method.name));
                    int calls = 0;
                    const auto field = [&](Var t, Var z) {
                        ++calls;
                        return t.item() < 2 ? -z : z;
                    };
                    const Solution s = solve(tape, field, start(), times,
                                             {.method = method, .gradient = direct, .steps = adaptive ? 0 : 4});
                    CHECK(calls == s.statistics().evaluations);
                }
    }

    TEST_CASE_FIXTURE(Room, "solve: by direct, the tape holds the kept steps and nothing else") {
        // one recording of k = tanh(z): a stage of dopri5 is that, and the sum before it; steps share their ends
        const Solution s =
            solve([](Var, Var y) { return tanh(y); }, start(), {0, 1}, {.method = dopri5, .gradient = direct});
        int tanhs = 0;
        for (const Tape::Operation& node : tape.operations()) {
            CHECK(node.op != operator_number<Solve>());
            tanhs += std::string(operator_of(node.op).name) == "tanh";
        }
        CHECK(tanhs == 1 + 6 * s.statistics().accepted);
    }

    TEST_CASE_FIXTURE(Room, "solve: a field is called twice for its first solve, and once for each later one") {
        int calls = 0;
        const auto field = [&](Var, Var z) { return ++calls, tanh(z); };
        for (int pass = 0; pass < 4; ++pass) {
            tape.rewind();
            const int before = calls;
            const Solution s = solve(tape, field, start(), unit, {.method = rk4_classic, .steps = 5});
            CHECK(calls - before == (pass == 0 ? 2 : 1));  // the recording is the first stage; the second one checks it
            CHECK(s.statistics().evaluations == 20);
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: plans live from pass to pass, whatever the numbers are") {
        const void *plan = nullptr, *reverse = nullptr;
        const Tensor noise = waves({3, 2}, 1);
        for (int pass = 0; pass < 4; ++pass) {
            tape.rewind();
            p.edit()[0] += Real(0.1);
            z0[0] += Real(0.1);
            Tensor draw = noise;
            draw[1] += static_cast<Real>(pass);
            const double number = pass * 0.3;
            const Var outer = tape.use(p) * 2.0, at = start();
            const auto field = [&](Var t, Var z) { return z * outer + draw * z + t.tape().constant(number); };
            const Var z = solve(tape, field, at, unit, {.method = dopri5, .steps = 3}).z;
            grad(sum(z), at);
            const void* derived = tape.plans().back().get();  // the gradient's
            if (pass > 0) CHECK(derived == reverse);
            if (pass > 1) CHECK(plan_of(tape, z) == plan);  // the first gradient has become part of it
            plan = plan_of(tape, z), reverse = derived;
            Tape fresh;  // the numbers are those of this pass
            const Var again = fresh.use(p) * 2.0;
            const auto same = [&](Var t, Var y) { return y * again + draw * y + t.tape().constant(number); };
            CHECK(Tensor(tape.view(z)) ==
                  Tensor(fresh.view(solve(fresh, same, fresh.variable(z0), unit, {.method = dopri5, .steps = 3}).z)));
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: another field, or another shape, is another plan") {
        const auto one = [](Var, Var z) { return tanh(z); };
        const auto other = [](Var, Var z) { return sin(z); };
        const Var a = solve(tape, one, start(), unit, {.steps = 3}).z;
        const auto first = solve_plan(tape, a).program;
        tape.rewind();
        const Var b = solve(tape, other, start(), unit, {.steps = 3}).z;
        CHECK(solve_plan(tape, b).program != first);
        tape.rewind();
        const Var c = solve(tape, other, tape.variable(waves({5, 2}, 1)), unit, {.steps = 3}).z;
        CHECK(c.shape() == Shape{2, 5, 2});
        CHECK(
            end_of(tape, c) ==
            end_of(tape, solve(tape, other, tape.variable(Tensor(waves({5, 2}, 1).rows(4, 1))), unit, {.steps = 3}).z));
    }

    TEST_CASE_FIXTURE(Room, "solve: a solve inside a field, captures lifted level by level") {
        // The rate is the flow of an inner equation, which captures a parameter, a Var of the outermost tape and one of
        // the field's.
        const Parameter q("q", Tensor({2}, {0.3, 0.6}));
        std::vector<Route> routes = routes_of(rk4_classic);
        routes.push_back(checkpointed(2));
        std::vector<std::vector<Tensor>> of_route(std::size(routes));
        for (std::size_t r = 0; r < std::size(routes); ++r) {
            const Route& route = routes[r];
            CAPTURE(std::string(route.name));
            Tape own;
            for (int pass = 0; pass < 2; ++pass) {
                own.rewind();
                const SolveOptions inner{.method = rk4_classic, .gradient = route, .steps = 2};
                const SolveOptions outer{.method = rk4_classic, .gradient = route, .steps = 6};
                const Var at = own.variable(z0), far = exp(own.use(q));
                const auto field = [&](Var t, Var z) {
                    const Var near = sin(z) + t;
                    const auto within = [&](Var s, Var y) { return tanh(y * y.tape().use(p)) * far + near * y + s; };
                    return reshape(slice(solve(z.tape(), within, z, std::vector<double>{0, 0.5}, inner).z, 0, 1, 1),
                                   z.shape());
                };
                const Var z = solve(own, field, at, unit, outer).z;
                of_route[r].clear();
                for (const Var& g : grad(weighted(z), {at, own.use(p), own.use(q)}))
                    of_route[r].push_back(Tensor(own.view(g)));
            }
        }
        for (std::size_t i = 0; i < 3; ++i) {
            CAPTURE(i);
            for (std::size_t r = 1; r < of_route.size(); ++r)  // of order 4 in 1/6 and 1/4, the rate being ~4
                CHECK(distance(of_route[r][i], of_route[0][i]) <
                      (routes[r].is_continuous() ? 2e-2 : either(1e-13, 1e-4)));
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: a field may compute with Vars of the solve's own tape alone, in every pass") {
        // e^w is recorded on that tape, also while the solve is evaluated there: dz/dt = z e^w, z = z0 e^{e^w}
        for (const Route& route : routes_of(tsit5))
            for (int pass = 0; pass < 3; ++pass) {
                CAPTURE(std::string(route.name));
                CAPTURE(pass);
                tape.rewind();
                const Var w = tape.variable(Tensor({2}, {0.3, -0.4})), at = tape.variable(Tensor({1, 2}, {1, 1}));
                const Var z = solve(tape, [&](Var, Var y) { return y * exp(w); }, at, unit,
                                    {.method = dopri5, .gradient = route, .steps = 20})
                                  .z;
                const double rate = std::exp(0.3), grown = std::exp(rate), most = either(1e-7, 1e-4);
                CHECK(double(tape.view(z)[2]) == doctest::Approx(grown).epsilon(most));
                CHECK(double(tape.view(grad(sum(z), w))[0]) == doctest::Approx(grown * rate).epsilon(most));
            }
    }

    TEST_CASE_FIXTURE(Room, "solve: an inner field may compute with Vars of the outer field alone, in every pass") {
        const SolveOptions options{.method = rk4_classic, .steps = 2};
        for (int pass = 0; pass < 3; ++pass) {
            CAPTURE(pass);
            tape.rewind();
            const auto field = [&](Var, Var z) {
                const auto within = [&](Var, Var y) {
                    return y + 0.2 * z;
                };  // 0.2 z is recorded on the outer field's tape
                return reshape(slice(solve(z.tape(), within, z, std::vector<double>{0, 0.5}, options).z, 0, 1, 1),
                               z.shape());
            };
            CHECK(error_of([&] { solve(tape, field, start(), unit, options); }) == "");
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: the backward solve keeps its step size across observations") {
        std::vector<double> many;
        for (int i = 0; i <= 100; ++i) many.push_back(0.1 * i);
        const auto slow = [](Var, Var z) { return -0.1 * z; };
        for (const double direction : {1., -1.}) {
            std::vector<double> times = many;
            for (double& t : times) t *= direction;
            const Var at = start();
            const Solution solved =
                solve(tape, slow, at, times, {.method = dopri5, .rtol = 1e-4, .atol = 1e-4, .gradient = backsolve});
            grad(sum(solved.z), at);
            const Statistics s = solved.statistics();
            CHECK(s.backward_evaluations <= 7 * 100 + 10);
            CHECK(s.backward_accepted <= 110);
            CHECK(s.backward_rejected <= 2);
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: the full backward norm guards the parameters' gradients, too") {
        // A large parameter gradient beside a small adjoint: the full norm has to take at least as many steps.
        for (const Method& method : {dopri5, dop853}) {  // with one error estimate, with two
            Tensor of_norm[2];
            long steps[2] = {};
            for (const BackwardNorm norm : {BackwardNorm::state_and_adjoint, BackwardNorm::full}) {
                const Var at = start(), rate = tape.use(p);
                const auto field = [&](Var t, Var z) { return -z + 50.0 * sin(6.0 * t) * z.tape().use(p); };
                const double tolerance = either(1e-7, 1e-4);
                const Solution solved = solve(field, at, {0, 2},
                                              {.method = method,
                                               .rtol = tolerance,
                                               .atol = tolerance,
                                               .gradient = backsolve,
                                               .backward_norm = norm});
                of_norm[int(norm)] = Tensor(tape.view(grad(weighted(solved.z), rate)));
                steps[int(norm)] = solved.statistics().backward_accepted;
            }
            CHECK(steps[1] >= steps[0]);
            CHECK(distance(of_norm[0], of_norm[1]) < either(1e-5, 3e-3));
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: both controllers meet the tolerance") {
        const auto turning = [](Var t, Var z) { return z * cos(3.0 * t); };  // z = z0 e^{sin(3t)/3}
        for (const Control& control : {i_control, pi_control}) {
            const double tolerance = either(1e-8, 1e-4);
            const Solution s = solve(tape, turning, Tensor({1}, {1}), {0, 5},
                                     {.method = dopri5, .rtol = tolerance, .atol = tolerance, .control = control});
            CHECK(std::abs(num(s.end()) - std::exp(std::sin(15.) / 3)) < 20 * tolerance);
            CHECK(s.statistics().rejected < s.statistics().accepted);
        }
    }

    TEST_CASE("solve: every method shows its order on the tape") {
        if (!is_double) return;  // from the steps on that show it, the error is below float's last digit
        const auto field = [](Var t, Var z) { return z * cos(t); };  // z = e^{sin t}
        for (const Method& method : all_methods) {
            CAPTURE(std::string(method.name));
            std::vector<double> h, at_end;
            const int fewest = method.implicit() && method.order == 5 ? 24
                               : method.order <= 5                    ? 128
                               : method.order == 6                    ? 23
                                                                      : 10;  // of more, rounding is all that is left
            for (int steps = fewest; steps <= 4 * fewest; steps *= 2) {
                Tape tape;
                const Var z = solve(tape, field, Tensor({1}, {1}), {0, 5}, {.method = method, .steps = steps}).z;
                h.push_back(1. / steps);
                at_end.push_back(std::abs(end_of(tape, z) - std::exp(std::sin(5.))));
            }
            CHECK(slope(h, at_end) > method.order - 0.3);
            CHECK(slope(h, at_end) < method.order + (method.is_linear() ? 0.8 : 0.3));  // its leading term is small
        }
    }

    TEST_CASE_FIXTURE(Room, "solve: a warm pass allocates nothing, its gradient included") {
        const auto field = [&](Var t, Var z) { return tanh(z * z.tape().use(p)) + 0.1 * t; };
        const std::vector<double> times{0, 0.3, 0.7, 1};
        const Tensor list = Tensor::vector(times);
        for (const Route& route : replaying_routes(reversible_heun))
            for (const bool adaptive : {false, true})
                for (const bool time_vars : {false, true})
                    for (const BackwardNorm norm : {BackwardNorm::state_and_adjoint, BackwardNorm::full}) {
                        CAPTURE(std::string(route.name));
                        CAPTURE(adaptive);
                        CAPTURE(time_vars);
                        CAPTURE(int(norm));
                        const SolveOptions options = fitted(
                            {.method = dopri5, .gradient = route, .steps = adaptive ? 0 : 6, .backward_norm = norm});
                        Tape own;
                        const auto pass = [&] {
                            own.rewind();
                            const Var at = own.variable(z0);
                            const Var z = time_vars ? solve(own, field, at, own.variable(list), options).z
                                                    : solve(own, field, at, times, options).z;
                            grad(sum(square(z)), {at, own.use(p)});
                        };
                        pass();
                        pass();
                        CHECK(allocations_in(pass) == 0);
                        CHECK(allocations_in(pass) == 0);
                    }
    }
}
