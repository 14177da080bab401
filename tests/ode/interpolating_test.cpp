// tests/ode/interpolating_test.cpp — the continuous adjoint along the stored solution, whole and between checkpoints
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// A batch through tanh layers in t and z, all its gradients.
struct Batch {
    Parameter W1{"W1", waves({8, 2}, 0.7)}, W2{"W2", waves({2, 8}, 0.5, 2.3)};
    Gradients solved(const SolveOptions& options, const std::vector<double>& times, Index rows = 3) const {
        Tape tape;
        const MakeField make = [&](Tape&) -> Field {
            return [&](Var t, Var z) {
                Tape& on = z.tape();
                const Var hidden = tanh(matmul(z, on.use(W1), false, true) + 0.3 * sin(4.0 * t));
                return matmul(hidden, on.use(W2), false, true);
            };
        };
        return solve_and_differentiate(tape, make, {W1, W2}, waves({rows, 2}, 0.8), times, options, true);
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("interpolating: no drift where a field contracts") {
        // x' = −θ x, y' = x: y(T) = (1 − e^{−θT})/θ, dy(T)/dθ = −1 + e^{−T} (1 + T) at θ = 1
        const double T = 30, wanted = -1 + std::exp(-T) * (1 + T);
        const Parameter theta("theta", Tensor({1}, {1}));
        const MakeField make = [&](Tape&) -> Field {
            return [&](Var, Var z) {
                const Var x = slice(z, 0, 0, 1);
                return concatenate({-z.tape().use(theta) * x, x}, 0);
            };
        };
        const auto error = [&](const Route& route, double tolerance) {
            Tape tape;
            const Gradients g =
                solve_and_differentiate(tape, make, {theta}, Tensor({2}, {1, 0}), {0, T},
                                        {.rtol = tolerance, .atol = tolerance, .gradient = route}, false,
                                        [](Var z) { return sum(slice(reshape(z, {4}), 0, 3, 1)); });
            return std::abs(double(g.parameters[0][0]) - wanted);
        };
        for (const double tolerance : {either(1e-6, 1e-4), either(1e-9, 1e-5)})
            for (const Route& route : {interpolating, interpolating_every(7)}) {
                CAPTURE(tolerance);
                CAPTURE(route.block);
                CHECK(error(route, tolerance) < 20 * tolerance);
            }
        CHECK(error(backsolve, either(1e-6, 1e-4)) > 1);
    }

    TEST_CASE("interpolating: between checkpoints as whole, whatever the distance, the steps and the direction") {
        const Batch batch;
        const std::vector<double> lists[] = {{0, .1, .33, .34, .9, 2}, {1, .5, .5, -1}};
        for (const std::vector<double>& times : lists)
            for (const int steps : {0, 13})
                for (const bool jumps : {false, true})
                    for (const Index rows : {Index(3), Index(600)})
                        for (const int every : {1, 4, 1000}) {
                            CAPTURE(times[1]);
                            CAPTURE(steps);
                            CAPTURE(rows);
                            CAPTURE(every);
                            const double tolerance = either(1e-9, 1e-5);
                            SolveOptions options{
                                .rtol = tolerance, .atol = tolerance, .gradient = interpolating, .steps = steps};
                            if (jumps) options.jump_t = {.25, .7};
                            const Gradients whole = batch.solved(options, times, rows);
                            options.gradient = interpolating_every(every);
                            const Gradients parts = batch.solved(options, times, rows);
                            CHECK(parts.z == whole.z);
                            CHECK(distance(parts, whole) < (steps > 0 ? 1e-2 : either(1e-6, 1e-3)));
                            // one block is the whole: the same steps along the same curve
                            if (every == 1000) CHECK(distance(parts, whole) == 0);
                        }
    }

    TEST_CASE(
        "interpolating: between checkpoints of a solve whose steps keep the tangents' errors, or that has no rows") {
        const Batch batch;
        SolveOptions options{
            .rtol = 1e-4, .atol = 1e-4, .gradient = interpolating, .forward_norm = ForwardNorm::state_and_tangents};
        const Gradients whole = batch.solved(options, {0, .4, 1}), nothing = batch.solved(options, {0, .4, 1}, 0);
        for (const int every : {1, 3, 1000}) {
            CAPTURE(every);
            options.gradient = interpolating_every(every);
            CHECK(distance(batch.solved(options, {0, .4, 1}), whole) < (every == 1000 ? 1e-30 : 1e-2));
            CHECK(distance(batch.solved(options, {0, .4, 1}, 0), nothing) == 0);
        }
    }

    TEST_CASE("interpolating: of a batch in several tiles the rows' gradients are those of one tile, to the bit") {
        const Batch batch;
        for (const int steps : {0, 9})
            for (const int every : {0, 5}) {
                SolveOptions options{.gradient = every > 0 ? interpolating_every(every) : interpolating,
                                     .steps = steps};
                const Gradients tiled = batch.solved(options, {0, .4, 1}, 5000);
                options.tiles = false;
                CHECK(distance(tiled, batch.solved(options, {0, .4, 1}, 5000)) == 0);
            }
    }

    TEST_CASE("interpolating: an observation that the loss does not read stops nobody") {
        const Batch batch;
        std::vector<double> many;
        for (int i = 0; i <= 100; ++i) many.push_back(.02 * i);
        const auto backward = [&](const std::vector<double>& times) {
            Tape tape;
            const Var z0 = tape.variable(waves({3, 2}, 0.8));
            const Solution s = solve([](Var, Var z) { return tanh(z); }, z0, times, {.gradient = interpolating});
            grad(sum(square(s.end())), z0);
            return s.statistics().backward_evaluations;
        };
        CHECK(backward(many) == backward({0, 2}));
    }

    TEST_CASE("interpolating: second derivatives along the way") {
        // z' = θ z cos t: z = z0 e^{θ sin t}; d²/dθ² Σ z(t_i), and by the times
        const double theta = .7, tolerance = either(1e-10, 1e-5);
        for (const Route& route : {interpolating, interpolating_every(3)}) {
            Tape tape;
            const Var p = tape.variable(Tensor({1}, {theta})), t = tape.variable(Tensor({3}, {0, 1, 2}));
            const Var z = solve(tape, [&](Var s, Var y) { return p * y * cos(s); }, tape.constant(Tensor({1}, {1.5})),
                                t, {.rtol = tolerance, .atol = tolerance, .gradient = route})
                              .z;
            const Vars first = grad(sum(slice(z, 0, 1, 2)), {p, t});
            const Var by_p = grad(sum(first[0]), p), by_t = grad(sum(slice(first[1], 0, 2, 1)), t);
            double wanted = 0;
            for (const double at : {1., 2.})
                wanted += 1.5 * std::exp(theta * std::sin(at)) * std::sin(at) * std::sin(at);
            CHECK(num(by_p) == doctest::Approx(wanted).epsilon(either(1e-7, 1e-3)));
            const double c = std::cos(2.), s = std::sin(2.);
            CHECK(num(by_t, 2) ==
                  doctest::Approx(1.5 * std::exp(theta * s) * theta * (theta * c * c - s)).epsilon(either(1e-7, 1e-3)));
        }
    }

    TEST_CASE("interpolating: a warm gradient between checkpoints allocates nothing") {
        Tape tape;
        const Parameter p("p", Tensor({2}, {0.5, -0.8}));
        const Tensor from = waves({3, 2}, 0.8);
        for (const auto by : {ParameterQuadrature::stages, ParameterQuadrature::gauss}) {
            const auto pass = [&] {
                tape.rewind();
                const Var z0 = tape.variable(from);
                const Var z = solve(tape, [&](Var t, Var y) { return tanh(y * tape.use(p)) + 0.1 * t; }, z0, unit,
                                    {.gradient = interpolating_every(2), .parameter_quadrature = by})
                                  .z;
                grad(sum(square(z)), {z0, tape.use(p)});
            };
            pass();
            pass();
            CHECK(allocations_in(pass) == 0);
        }
    }

    TEST_CASE_FIXTURE(Room, "interpolating: what it cannot do is said") {
        const auto by = [&](const SolveOptions& options) {
            return error_of([&] {
                const Var at = start();
                grad(sum(solve(law(), at, unit, options).z), at);
            });
        };
        CHECK(contains(by({.gradient = interpolating, .rows = independent}),
                       "rows with clocks of their own have no gradient by this route"));
        CHECK(contains(by({.gradient = interpolating_every(0)}), "no steps between two checkpoints"));
    }
}
