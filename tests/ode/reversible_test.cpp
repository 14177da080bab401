// tests/ode/reversible_test.cpp — methods whose steps lead back, and the gradient that finds their states again
#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "ode/plain.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/solving.hpp"
#include "tests/ode/timed_net.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const Method leading_back[] = {reversible_heun, asynchronous_leapfrog};

struct Net : TimedNet {
    Net() : TimedNet(0.9, 0.6) {}
    Gradients by(SolveOptions options, const Route& route, const std::vector<double>& times, bool time_vars,
                 const Tensor& z0 = waves({3, 2}, 0.8)) const {
        Tape tape;
        options.gradient = route;
        return gradients(tape, z0, times, options, time_vars);
    }
};

// dz/dt = ω (z1, −z0), with ω a parameter: the gradients of z0(T) + z1(T).
struct Oscillation {
    Parameter w{"w", Tensor::scalar(1)};
    Tensor turn = Tensor({2, 2}, {0, 1, -1, 0});
    Gradients by(const SolveOptions& options, double T) const {
        const MakeField make = [this](Tape&) -> Field {
            return [this](Var, Var z) { return z.tape().use(w) * matmul(z, z.tape().constant(turn), false, true); };
        };
        Tape tape;
        return solve_and_differentiate(tape, make, {w}, Tensor({1, 2}, {1, 0}), {0, T}, options, false, end);
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("reversible: an oscillator comes back to its start after ten thousand steps and as many back") {
        for (const Method& method : leading_back) {
            CAPTURE(std::string(method.name));
            Stepper stepper(turn, std::array{1., 0.}, {0, 100}, {.method = method, .steps = 10'000});
            while (stepper.step()) {
            }
            CHECK(std::abs(stepper.z()[0] - std::cos(100)) < 1e-2);  // the phase is late by T h²/24 or so
            stepper.continue_to(0);
            while (stepper.step()) {
            }
            CHECK(stepper.t() == 0);
            CHECK(std::abs(stepper.z()[0] - 1) < 1e-12);
            CHECK(std::abs(stepper.z()[1]) < 1e-12);
            CHECK(stepper.outcome().statistics.evaluations == 20'001);
        }
    }

    TEST_CASE("reversible Heun: the first step is Heun's, the others are of order 2") {
        const auto end = [](const Method& method, int steps) {
            return solve(turn, std::array{1., 0.}, {0, 1}, {.method = method, .steps = steps}).end();
        };
        CHECK(end(reversible_heun, 1) == end(heun2, 1));
        std::vector<double> h, error;
        for (int steps = 20; steps <= 640; steps *= 2) {
            h.push_back(1. / steps);
            error.push_back(std::abs(end(reversible_heun, steps)[0] - std::cos(1)));
        }
        CHECK(std::abs(slope(h, error) - 2) < 0.02);
    }

    TEST_CASE("reversible: stable along an oscillation up to h = 1, and nowhere along a decay") {
        for (const Method& method : leading_back) {
            CAPTURE(std::string(method.name));
            const auto at_end = [&](auto field, double h) {
                const auto z = solve(field, std::array{1., 0.}, {0, 300 * h}, {.method = method, .steps = 300}).end();
                return std::hypot(z[0], z[1]);
            };
            CHECK(at_end(turn, 0.9) < 10);
            CHECK(at_end(turn, 1.1) > 1e30);
            const auto decay = [](double, std::span<const double> z, std::span<double> dz) {
                dz[0] = -z[0], dz[1] = 0;
            };
            CHECK(at_end(decay, 0.1) > 1e6);
        }
    }

    TEST_CASE("reversible: the gradient of discrete in the pair at the end alone") {
        const Oscillation problem;
        for (const Method& method : leading_back) {
            CAPTURE(std::string(method.name));
            SolveOptions options{.method = method, .gradient = discrete, .steps = 10'000};
            const Gradients stored = problem.by(options, 100);
            options.gradient = reversible;
            const Gradients found = problem.by(options, 100);
            CHECK(found.z == stored.z);
            CHECK(distance(found, stored) < either(1e-10, 1e-2));
            CHECK(found.statistics.evaluations == 10'001);
            CHECK(found.statistics.backward_evaluations == 10'001);
            CHECK(stored.statistics.backward_evaluations == 10'001);
            // L = cos ωT − sin ωT:  ∂L/∂ω = −T (sin ωT + cos ωT)
            CHECK(double(found.parameters[0][0]) ==
                  doctest::Approx(-100 * (std::sin(100) + std::cos(100))).epsilon(2e-2));
        }
    }

    TEST_CASE("reversible: direct, discrete and reversible agree, whatever the steps and the times") {
        const Net net;
        const std::vector<double> lists[] = {{0, 1},
                                             {0, .25, .5, 1},           // on the steps
                                             {0, .1, .33, .34, .9, 1},  // between them, several in one
                                             {0, .25, .25, .6, .6, 1},
                                             {1, .5, .3, 0}};
        const TimeSet jumps[] = {{}, {.37, .8}, {0, .5, 1}};
        const double tolerance = either(1e-5, 1e-4);
        for (const Method& method : leading_back)
            for (const std::vector<double>& times : lists)
                for (const TimeSet& jump_t : jumps)
                    for (const bool time_vars : {false, true})
                        for (const int way : {0, 1, 2}) {
                            CAPTURE(std::string(method.name));
                            CAPTURE(times.size());
                            CAPTURE(times[1]);
                            CAPTURE(jump_t.numbers().size());
                            CAPTURE(time_vars);
                            CAPTURE(way);
                            const SolveOptions options{.method = method,
                                                       .rtol = tolerance,
                                                       .atol = tolerance,
                                                       .steps = way == 1 ? 8 : 0,
                                                       .step = way == 2 ? 0.07 : 0,
                                                       .jump_t = jump_t};
                            const Gradients textbook = net.by(options, direct, times, time_vars);
                            const Gradients stored = net.by(options, discrete, times, time_vars);
                            const Gradients found = net.by(options, reversible, times, time_vars);
                            CHECK(distance(stored, textbook) < either(1e-13, 5e-5));
                            CHECK(distance(found, stored) < either(1e-12, 2e-4));
                        }
    }

    TEST_CASE("reversible: the same in tiles of a batch, by steps that are known or chosen") {
        const Net net;
        const Tensor z0 = waves({2000, 2}, 0.8);
        for (const Method& method : leading_back)
            for (const Route& route : {discrete, reversible, backsolve})
                for (const int steps : {0, 7}) {
                    if (method == asynchronous_leapfrog && route == backsolve) continue;
                    CAPTURE(std::string(method.name));
                    CAPTURE(std::string(route.name));
                    CAPTURE(steps);
                    SolveOptions options{.method = method, .rtol = 1e-3, .atol = 1e-3, .steps = steps};
                    const Gradients tiled = net.by(options, route, {0, .3, 1}, true, z0);
                    options.tiles = false;
                    const Gradients whole = net.by(options, route, {0, .3, 1}, true, z0);
                    CHECK(tiled.z == whole.z);
                    CHECK(tiled.z0 == whole.z0);
                    CHECK(distance(tiled, whole) < either(1e-12, 1e-4));
                    if (!(route == backsolve))
                        CHECK(distance(tiled, net.by(options, direct, {0, .3, 1}, true, z0)) < either(1e-12, 2e-3));
                }
    }

    TEST_CASE("reversible: the continuous adjoint by the same method is right to its order") {
        const Oscillation problem;
        std::vector<double> h, apart;
        for (int steps = 20; steps <= 160; steps *= 2) {
            SolveOptions options{.method = reversible_heun, .gradient = reversible, .steps = steps};
            const Gradients exact = problem.by(options, 1);
            options.gradient = backsolve;
            h.push_back(1. / steps);
            apart.push_back(distance(problem.by(options, 1).parameters[0], exact.parameters[0]));
        }
        CHECK(apart.back() < either(1e-4, 1e-3));
        if (is_double) CHECK(slope(h, apart) > 1.9);
    }

    TEST_CASE("reversible: Hessian-vector products are differences of its gradients") {
        for (const Method& method : leading_back) {
            const auto product = [&](const Tensor& z0, const Tensor& v, bool hessian) {
                Tape tape;
                const Var start = tape.variable(z0);
                const auto field = [](Var t, Var z) { return sin(z * slice(z, 1, 1, 1) + t) * z; };
                const Var z =
                    solve(field, start, {0, .3, 1}, {.method = method, .gradient = "reversible", .steps = 10}).z;
                const Var g = grad(weighted(z), start);
                return Tensor(tape.view(hessian ? hvp(weighted(z), start, tape.constant(v)) : g));
            };
            const Tensor z0 = waves({3, 2}, 0.8), v = waves({3, 2}, 1, 0.8);
            const double by = either(1e-5, 1e-2);
            Tensor ahead = z0, behind = z0, difference = z0;
            for (Index i = 0; i < z0.size(); ++i) {
                ahead[i] += static_cast<Real>(by) * v[i];
                behind[i] -= static_cast<Real>(by) * v[i];
            }
            const Tensor above = product(ahead, v, false), below = product(behind, v, false);
            for (Index i = 0; i < z0.size(); ++i)
                difference[i] = static_cast<Real>((double(above[i]) - double(below[i])) / (2 * by));
            CHECK(distance(product(z0, v, true), difference) < either(1e-8, 1e-2));
        }
    }

    TEST_CASE("reversible: what is kept does not grow with the steps, and a warm pass asks for no memory") {
        for (const Method& method : leading_back) {
            const Oscillation problem;
            const auto asked = [&](int steps) {
                Tape tape;
                return allocations_in([&] {
                    const Var z0 = tape.variable(Tensor({1, 2}, {1, 0}));
                    const auto field = [&](Var, Var z) { return z.tape().use(problem.w) * z; };
                    const Var z =
                        solve(field, z0, Two{0, 1}, {.method = method, .gradient = reversible, .steps = steps}).z;
                    grad(sum(z), problem.w);
                });
            };
            asked(100);
            const long few = asked(100);
            CHECK(asked(10'000) == few);

            Tape tape;
            for (const int steps : {0, 50}) {
                const Tensor start({3, 2}, {1, 2, 3, 4, 5, 6});
                const auto pass = [&] {
                    tape.rewind();
                    const auto field = [&](Var, Var z) { return sin(z) * z.tape().use(problem.w); };
                    const Var z =
                        solve(field, tape.variable(start), std::array{0., .4, 1.},
                              {.method = method, .rtol = 1e-3, .atol = 1e-3, .gradient = reversible, .steps = steps})
                            .z;
                    grad(sum(z), problem.w);
                };
                for (int i = 0; i < 3; ++i) pass();
                CHECK(allocations_in(pass) == 0);
            }
        }
    }

    TEST_CASE("reversible: a state that is set anew is where the pair begins anew") {
        for (const Method& method : leading_back) {
            const std::array start{1., .5};
            Stepper stepper(turn, start, {0, 1}, {.method = method, .steps = 10});
            for (int i = 0; i < 4; ++i) stepper.step();
            stepper.reset(std::array{-1., 2.});
            while (stepper.step()) {
            }
            const auto anew = solve(turn, std::array{-1., 2.}, {.4, 1}, {.method = method, .steps = 6}).end();
            CHECK(std::abs(stepper.z()[0] - anew[0]) < 1e-15);
            CHECK(std::abs(stepper.z()[1] - anew[1]) < 1e-15);
        }
    }

    TEST_CASE("reversible: what it does not go with is refused by name") {
        Room room;
        CHECK(error_of([&] {
                  solve(room.law(), room.start(), {0, 1}, {.gradient = reversible});
              })
                  .starts_with("solve: a gradient that this method does not have\n"
                               "  got       .gradient = ode::reversible, .method = ode::tsit5\n"
                               "  expected  a method whose steps go backwards: ode::reversible_heun, "
                               "ode::asynchronous_leapfrog\n"
                               "  try       .gradient = ode::discrete"));
        CHECK(error_of([&] {
                  solve(room.law(), room.start(), {0, 1}, {.method = reversible_heun, .rows = independent});
              }).starts_with("solve: this method carries a pair of states"));
        for (const Route& route : {backsolve, interpolating})
            CHECK(error_of([&] {
                      solve(room.law(), room.start(), {0, 1}, {.method = asynchronous_leapfrog, .gradient = route});
                  }).find("ode::reversible, exact for these steps") != std::string::npos);
    }
}
