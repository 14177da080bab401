// tests/ode/multistep_gradients_edges_test.cpp — BDF and Adams in Vars: jumps, no time at all, Programs, memory, errors
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/program/program.hpp"
#include "autodiff/program/workspace.hpp"
#include "ode/multistep/nordsieck_in_vars.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const Route continuous[] = {interpolating, backsolve};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("multistep gradients: where f jumps and where steps land, forwards and backwards in time") {
        // z' = c z before t = 1, -c z behind it: z = z0 exp(c (S(t) - S(t0))), S(t) = 1 - |1 - t|
        const double tolerance = either(1e-9, 1e-5), k = 0.6;
        const auto S = [](double t) { return 1 - std::abs(1 - t); };
        for (const MultistepFamily& family : all_families)
            for (const Route& route : continuous)
                for (const std::vector<double>& times : {std::vector{0., 0.7, 1.5, 2.5}, {2.5, 1.5, 0.7, 0.}}) {
                    CAPTURE(family.name);
                    CAPTURE(route.name);
                    CAPTURE(times[0]);
                    Tape tape;
                    const Var c = tape.variable(Tensor::scalar(k)), z0 = tape.variable(Tensor({1}, {2}));
                    const auto field = [&](Var t, Var z) { return where(less(t, 1.0), c, -c) * z; };
                    const auto s = solve_nordsieck(field, z0, times,
                                                   {.method = family,
                                                    .rtol = tolerance,
                                                    .atol = tolerance,
                                                    .step_t = {1.3, 2},
                                                    .jump_t = {1},
                                                    .gradient = route});
                    const Vars bars = grad(sum(s.z), {c, z0});
                    double by_c = 0, by_z0 = 0;
                    for (std::size_t i = 0; i < times.size(); ++i) {
                        const double grown = std::exp(k * (S(times[i]) - S(times[0])));
                        by_z0 += grown;
                        by_c += 2 * grown * (S(times[i]) - S(times[0]));
                        CHECK(num(s.z, Index(i)) == doctest::Approx(2 * grown).epsilon(300 * tolerance));
                    }
                    CHECK(num(bars[0]) == doctest::Approx(by_c).epsilon(1000 * tolerance));
                    CHECK(num(bars[1]) == doctest::Approx(by_z0).epsilon(1000 * tolerance));
                    CHECK(s.statistics().rejected < 15);  // none of them looks for the jump
                }
    }

    TEST_CASE("multistep gradients: what nothing depends on, and solves over no time") {
        for (const MultistepFamily& family : all_families)
            for (const Route& route : continuous) {
                Tape tape;
                const Var c = tape.variable(Tensor::scalar(0.6)), z0 = tape.variable(Tensor({1}, {2}));
                const auto field = [&](Var, Var z) { return c * z; };
                const auto solved = [&](const std::vector<double>& times) {
                    return solve_nordsieck(field, z0, times, {.method = family, .gradient = route});
                };
                const auto over = solved({0, 1, 2});
                const Vars none = grad(0.0 * sum(over.z), {c, z0});
                CHECK(num(none[0]) == 0);
                CHECK(num(none[1]) == 0);
                CHECK(over.statistics().backward_evaluations == 0);
                const Vars early = grad(sum(over.at(1)), {c, z0});  // from there, and not from the end
                CHECK(num(early[1]) == doctest::Approx(std::exp(0.6)).epsilon(1e-3));
                const Vars at_once = grad(sum(solved({1, 1, 1}).z), {c, z0});
                CHECK(num(at_once[0]) == 0);
                CHECK(num(at_once[1]) == 3);
            }
    }

    TEST_CASE("multistep gradients: a Program runs the solve again, to the bit; a warm pass asks for no memory") {
        const Tensor start = waves({5, 2}, 1), stiffness = waves({5, 1}, 1);
        for (const MultistepFamily& family : all_families)
            for (const Route& route : continuous) {
                CAPTURE(family.name);
                CAPTURE(route.name);
                const NordsieckOptions options{
                    .method = family, .rtol = {1e-5, 1e-6}, .atol = std::vector(10, 1e-6), .gradient = route};
                const auto record = [&](Tape& tape, Var z0, Var mu) {
                    const auto field = [&](Var t, Var z) { return van_der_pol(z, mu, 0.1 * cos(t)); };
                    return sum(square(solve_nordsieck(tape, field, {z0}, {0, 0.5, 1}, options).z));
                };
                Tape tape;
                const auto pass = [&] {
                    const Var z0 = tape.variable(start), mu = tape.variable(stiffness);
                    grad(record(tape, z0, mu), {z0, mu});
                    tape.rewind();
                };
                for (int i = 0; i < 3; ++i) pass();
                CHECK(allocations_in(pass) == 0);

                const Var z0 = tape.variable(start), mu = tape.variable(stiffness), loss = record(tape, z0, mu);
                const Vars bars = grad(loss, {z0, mu});
                const Program program = compile(tape, std::array{z0, mu}, std::array{loss, Var(bars[0]), Var(bars[1])});
                Workspace workspace;
                Tensor other_mu = stiffness, again_loss{Shape{}}, again_z0(start.shape()), again_mu(stiffness.shape());
                other_mu[0] = 5;
                const auto replay = [&](const Tensor& with) {
                    const View in[] = {start, with};
                    const MutableView out[] = {again_loss.view(), again_z0.view(), again_mu.view()};
                    run(program, workspace, in, out);
                };
                replay(other_mu);
                const double other = double(again_loss[0]);
                replay(stiffness);
                CHECK(other != double(again_loss[0]));
                CHECK(double(again_loss[0]) == num(loss));
                for (Index i = 0; i < 10; ++i) CHECK(double(again_z0[i]) == num(bars[0], i));
                for (Index i = 0; i < 5; ++i) CHECK(double(again_mu[i]) == num(bars[1], i));
                CHECK(allocations_in([&] { replay(stiffness); }) == 0);
            }
    }

    TEST_CASE(
        "multistep gradients: without a tape the same states; watched; Parameters; the plain solve's within "
        "tolerance") {
        const auto law = [](Var, Var z) { return -50.0 * (z - 0.2 * square(z)); };
        const Tensor z0({2}, {1, 0.5});
        for (const MultistepFamily& family : all_families) {
            int seen = 0;
            const NordsieckOptions options{.method = family, .on_step = [&](const StepReport&) { ++seen; }};
            Tape tape;
            const auto on_tape = solve_nordsieck(law, tape.variable(z0), {0, 0.1}, options);
            const auto as_numbers = solve_nordsieck(law, z0, {0, 0.1}, options);
            const Statistics s = as_numbers.statistics();
            CHECK(seen == 2 * (s.accepted + s.rejected));
            CHECK(on_tape.statistics().evaluations == s.evaluations);
            CHECK(distance(Tensor(tape.view(on_tape.z)), as_numbers.z) == 0);
            const auto plain = solve_nordsieck(
                [](double, std::span<const Real> z, std::span<Real> dz) {
                    for (std::size_t i = 0; i < 2; ++i) dz[i] = static_cast<Real>(-50 * (z[i] - 0.2 * z[i] * z[i]));
                },
                std::array<Real, 2>{1, 0.5}, {0, 0.1}, {.method = family});
            for (std::size_t i = 0; i < 2; ++i)
                CHECK(double(plain.end()[i]) == doctest::Approx(double(as_numbers.end()[Index(i)])).epsilon(1e-4));
        }
    }

    TEST_CASE("multistep gradients: what there is not is an error that says what to take") {
        const Tensor one({1}, {1});
        const auto decay = [](Var, Var z) { return -z; };
        Tape tape;
        const Var z0 = tape.variable(one);
        for (const Route& route : {direct, discrete, checkpointed(), ode::forward, interpolating_every(10)})
            CHECK_THROWS_WITH(
                solve_nordsieck(decay, z0, {0, 1}, {.gradient = route}),
                doctest::Contains("solve_nordsieck: a gradient that steps of changing order do not have"));
        CHECK_THROWS_WITH(solve_nordsieck(decay, z0, Tensor({1, 2}, {0, 1})), doctest::Contains("ode::independent"));
        CHECK_THROWS_WITH(solve_nordsieck(decay, z0, {0, 1}, {.most_order = 6}), doctest::Contains("1 ... 5 of bdf"));
        const Var end = sum(solve_nordsieck(decay, z0, {0, 1}).end()), bar = sum(grad(end, z0));
        CHECK_THROWS_WITH(grad(bar, z0), doctest::Contains("a gradient of the gradient"));
        CHECK_THROWS_WITH(grad(bar, z0), doctest::Contains("ode::dop853"));
        const Var along = tape.constant(one);
        CHECK_THROWS_WITH(jvp(end, z0, along), doctest::Contains("got       a tangent\n"));
        const Var c = tape.variable(Tensor::scalar(2)), scaled = sum(grad(c * end, z0));
        CHECK_THROWS_WITH(jvp(scaled, c, tape.constant(Tensor::scalar(1))),
                          doctest::Contains("a tangent of the gradient"));
        const Norm mine = [](const ScaledErrors& e) { return std::abs(e[0]); };
        const Var z = solve_nordsieck(decay, z0, {0, 1}, {.norm = mine}).end();
        CHECK_THROWS_WITH(grad(sum(z), z0), doctest::Contains("one of the state, not of state and adjoint"));
        const auto fast = [](Var, Var y) { return -1e3 * y; };
        const Var fell = solve_nordsieck(fast, z0, {0, 1}, {.method = adams, .gradient = backsolve}).end();
        CHECK_THROWS_WITH(grad(sum(fell), z0), doctest::Contains(".gradient = ode::interpolating, which"));
        CHECK_THROWS_WITH(solve_nordsieck(decay, z0, {0, 1}, {.max_steps = 3}), doctest::Contains("max_steps"));
        CHECK_THROWS_WITH(
            solve_nordsieck([](double, std::span<const double> y, std::span<double> dy) { dy[0] = -y[0]; },
                            std::array{1.}, {0, 1}, {.gradient = backsolve}),
            doctest::Contains("plain numbers have no gradient"));
    }

    TEST_CASE(
        "multistep gradients: steps that nothing limited are said to be none to trust, once; max_step makes them") {
        const Listening to;
        Tape tape;
        const auto slope = [&](double max_step) {  // of x' = a sin²(8t) at 10 by a, at a = 0
            tape.rewind();
            const Var a = tape.variable(Tensor({1}, {0}));
            const auto x = solve_nordsieck(tape, [&](Var t, Var) { return a * square(sin(8.0 * t)); }, Tensor({1}, {0}),
                                           {0, 10}, {.method = adams, .max_step = max_step});
            return num(grad(sum(x.end()), a));
        };
        CHECK(slope(0.02) == doctest::Approx(5 - std::sin(160.) / 32).epsilon(1e-4));
        CHECK(to.warnings().empty());
        slope(HUGE_VAL);
        slope(HUGE_VAL);
        CHECK(to.warnings().size() == 1);
    }
}
