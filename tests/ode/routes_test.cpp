// tests/ode/routes_test.cpp — each gradient route against the others and against closed forms
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("routes: direct and discrete agree to rounding, whatever the method, the steps and the times") {
        const Parameter W1("W1", waves({8, 2}, 0.7)), b1("b1", waves({8}, 0.1)), W2("W2", waves({2, 8}, 0.5, 2.3));
        const MakeField make = [&](Tape&) -> Field {
            return [&](Var t, Var z) {
                Tape& tape = z.tape();
                return matmul(tanh(matmul(z, tape.use(W1), false, true) + tape.use(b1) + 0.3 * t), tape.use(W2), false,
                              true);
            };
        };
        const std::vector<double> lists[] = {{0, 1},
                                             {0, .25, .5, 1},           // on the steps, where there are 8
                                             {0, .1, .33, .34, .9, 1},  // between them, several in one
                                             {0, .25, .25, .6, .6, 1},  // repeated
                                             {1, .5, .3, 0},            // backwards
                                             {-.5, -1.25, -1.3, -2}};
        std::vector<Method> methods(std::begin(all_methods), std::end(all_methods));
        methods.push_back(doubled<rk4_classic>);
        for (const Method& method : methods)
            for (const bool adaptive : {false, true})
                for (const bool time_vars : {false, true})
                    for (const std::vector<double>& times : lists) {
                        if (adaptive && (!method.adaptive() || method.implicit()))
                            continue;  // direct solves its stages to rounding, discrete to a share of the tolerance
                        CAPTURE(std::string(method.name));
                        CAPTURE(adaptive);
                        CAPTURE(time_vars);
                        CAPTURE(times[1]);
                        CAPTURE(times.size());
                        const double tolerance = either(1e-7, 1e-4);
                        SolveOptions options{.method = method,
                                             .rtol = tolerance,
                                             .atol = tolerance,
                                             .gradient = direct,
                                             .steps = adaptive ? 0 : 8};
                        Tape tape;
                        const Tensor z0 = waves({3, 2}, 0.8);
                        const Gradients textbook =
                            solve_and_differentiate(tape, make, {W1, b1, W2}, z0, times, options, time_vars);
                        options.gradient = discrete;
                        const Gradients sweep =
                            solve_and_differentiate(tape, make, {W1, b1, W2}, z0, times, options, time_vars);
                        // In float 1e-13 is the same number of last digits: times 2^29.
                        CHECK(distance(sweep, textbook) <
                              either(method.implicit() ? 4e-13 : 1e-13, 5e-5) * cancellation(method));
                    }
    }

    TEST_CASE("routes: no time passes between t0 and t1") {
        const Parameter p("p", Tensor({2}, {0.3, -0.7}));
        const MakeField make = [&](Tape&) -> Field { return [&](Var, Var z) { return tanh(z * z.tape().use(p)); }; };
        for (const Route& route : all_routes)
            for (const bool adaptive : {false, true}) {
                CAPTURE(std::string(route.name));
                CAPTURE(adaptive);
                Tape tape;
                const Tensor z0 = waves({3, 2}, 1);
                const Gradients g =
                    solve_and_differentiate(tape, make, {p}, z0, {.5, .5, .5},
                                            fitted({.gradient = route, .steps = adaptive ? 0 : 4}), false, [](Var z) {
                                                return sum(z * z.tape().constant(waves({3, 3, 2}, 1, 2)));
                                            });
                const Tensor w = waves({3, 3, 2}, 1, 2);
                for (Index i = 0; i < 6; ++i) {
                    for (Index o = 0; o < 3; ++o) CHECK(g.z[6 * o + i] == z0[i]);
                    CHECK(std::abs(double(g.z0[i] - (w[i] + w[6 + i] + w[12 + i]))) < either(1e-15, 1e-6));
                }
                CHECK(largest(g.parameters[0]) == 0);
            }
    }

    TEST_CASE("routes: repeated times, each has its own derivative") {
        // dz/dt = θ z: z(t_i) = z0 e^{θ (t_i − t_0)}, L = Σ w_i z(t_i)
        // dL/dt_i = w_i θ z_i for i > 0,  dL/dt_0 = −Σ_{i>0} w_i θ z_i
        const double theta = 0.7, start = 1.3;
        const Parameter p("theta", Tensor::scalar(theta));
        const MakeField make = [&](Tape&) -> Field { return [&](Var, Var z) { return z.tape().use(p) * z; }; };
        for (const std::vector<double>& times : {std::vector<double>{0, .5, .5, 1}, {0, .5, 1, 1}, {0, 0, .5, 1}})
            for (const Route& route : routes_of(tsit5)) {
                CAPTURE(std::string(route.name));
                CAPTURE(times[1]);
                CAPTURE(times[2]);
                const double tolerance = either(1e-11, 1e-5);
                Tape tape;
                const Tensor w = waves({4, 1}, 1, 2);
                const Gradients g =
                    solve_and_differentiate(tape, make, {p}, Tensor({1}, {start}), times,
                                            {.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route},
                                            true, [&](Var z) { return sum(z * z.tape().constant(w)); });
                std::vector<double> wanted(4, 0.);
                for (std::size_t i = 1; i < 4; ++i) {
                    wanted[i] = double(w[Index(i)]) * theta * start * std::exp(theta * times[i]);
                    wanted[0] -= wanted[i];
                }
                CHECK(relative_error(g.times, wanted) < either(1e-8, 1e-3));
            }
    }

    TEST_CASE("routes: times that are Vars may be all the same") {
        const Parameter p("theta", Tensor::scalar(0.7));
        const MakeField make = [&](Tape&) -> Field { return [&](Var, Var z) { return z.tape().use(p) * z; }; };
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const Gradients g =
                solve_and_differentiate(tape, make, {p}, Tensor({1}, {2}), {.5, .5}, fitted({.gradient = route}), true,
                                        [](Var z) { return sum(slice(z, 0, 1, 1)); });
            CHECK(relative_error(g.times, {-1.4, 1.4}) < either(1e-12, 1e-5));  // dL/dt_1 = f = θ z0
            CHECK(double(g.z0[0]) == doctest::Approx(1));
        }
    }

    TEST_CASE("routes: what a row says that it takes has the gradient of discrete, all else is refused") {
        struct Demand {
            rows::Takes what;
            SolveOptions options;
        };
        const double close = either(1e-9, 1e-5);
        const Demand demands[] = {
            {rows::own_clocks, {.rtol = close, .atol = close, .rows = independent}},
            {rows::second_states, {.method = reversible_heun, .steps = 400}},
            {rows::carried_rates, {.method = asynchronous_leapfrog, .steps = 400}},
            {rows::equations, {.method = kvaerno5, .rtol = close, .atol = close}},
            {rows::linear_equations, {.method = rodas4, .rtol = close, .atol = close}},
            {rows::mass_matrices, {.method = radau5, .rtol = close, .atol = close, .mass = {2, 0, 0, 1}}},
            {rows::tangents_in_norms, {.rtol = close, .atol = close, .forward_norm = ForwardNorm::state_and_tangents}},
        };
        Room room;
        const auto gradient = [&](const SolveOptions& options, const Route& route) {
            SolveOptions by_route = options;
            by_route.gradient = route;
            room.tape.rewind();
            const Var z0 = room.start();
            return Tensor(room.tape.view(grad(end(solve(room.tape, room.law(), z0, unit, by_route).z), z0)));
        };
        for (const Demand& demand : demands)
            for (const Route& route : all_routes) {
                CAPTURE(std::string(route.name));
                CAPTURE(int(demand.what));
                const SolveOptions& options = demand.options;
                if (route.finds_states && !options.method.paired()) continue;  // by such methods alone
                if (!(route.takes & demand.what))
                    CHECK(contains(error_of([&] { gradient(options, route); }), text("ode::", route.name)));
                else
                    CHECK(distance(gradient(options, route), gradient(options, discrete)) < either(2e-5, 1e-3));
            }
    }

    TEST_CASE("two methods of one name are two methods") {
        static constexpr double halved[] = {1. / 12, 1. / 6, 1. / 6, 1. / 12, 0};
        Method other = rk4_classic;
        other.b = halved;
        CHECK(other != rk4_classic);
        for (const Route& route : routes_of(tsit5)) {
            Tape kept;
            for (const Method& method : {rk4_classic, other, rk4_classic}) {
                const auto solved = [&](Tape& t) {
                    t.rewind();
                    const Var x = t.variable(Tensor({1}, {1}));
                    const Var z = solve(t, [](Var, Var y) { return -y; }, x, {0, 1},
                                        {.method = method, .gradient = route, .steps = 4})
                                      .z;
                    return Tensor(t.view(z));
                };
                Tape fresh;
                CHECK(solved(kept) == solved(fresh));
            }
        }
    }
}
