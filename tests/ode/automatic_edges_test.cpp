// tests/ode/automatic_edges_test.cpp — two methods that take turns, in Vars: jumps, Programs, memory, and what is refused
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/program/workspace.hpp"
#include "ode/switching/automatic_in_vars.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// Towards a target that moves, by rows of paces up to thousands, and something slow behind it
Var chase(Var t, Var z, Var pace) {
    const Var x = slice(z, 1, 0, 1), v = slice(z, 1, 1, 1);
    return concatenate({pace * (cos(t) - x), x - v}, 1);
}
const Tensor starts({3, 2}, {2, 0, 1, 1, -1, 0.5}), paces({3, 1}, {1, 50, 2000});

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("automatic gradients: where f jumps and where steps land, forwards and backwards in time") {
        const double tolerance = either(1e-7, 1e-4);
        struct Way {
            std::vector<double> times;
            double sign;
        };
        for (const Way& way : {Way{{0, 0.4, 0.7, 1}, 1}, Way{{1, 0.6, 0.3, 0}, -1}})
            for (const TimeSet& jumps : {TimeSet{0.2, 0.5}, TimeSet(at_ends)})
                for (const Route& route : {discrete, interpolating}) {
                    CAPTURE(way.sign);
                    CAPTURE(jumps.has_ends());
                    CAPTURE(std::string(route.name));
                    const auto gradient = [&](auto&& solve, const SolveOptions& options, int& switches) {
                        Tape tape;
                        const Var z0 = tape.variable(starts), pace = tape.variable(paces);
                        const auto field = [&](Var t, Var z) {
                            return way.sign * chase(t, z, pace) + where(less(t, 0.5), 1.0, -1.0) * (1 + 0.1 * z);
                        };
                        const Solution<Var> s = solve(tape, field, z0, way.times, options);
                        switches = s.statistics().switches;
                        const Vars bars = grad(weighted(s.z), {z0, pace});
                        return std::array{Tensor(tape.view(s.z)), Tensor(tape.view(bars[0])),
                                          Tensor(tape.view(bars[1]))};
                    };
                    SolveOptions options{
                        .rtol = tolerance, .atol = tolerance, .gradient = route, .step_t = {0.5, 0.9}, .jump_t = jumps};
                    int switches = 0, none = 0;
                    const auto got = gradient([](Tape& tape, auto& f, Var z, auto& t,
                                                 auto& o) { return solve_automatic(tape, f, z, t, o, radau5); },
                                              options, switches);
                    options.method = radau5;  // kvaerno5 asks f beyond its steps
                    options.rtol = options.atol = 0.01 * tolerance;
                    const auto exact =
                        gradient([](Tape& tape, auto& f, Var z, auto& t, auto& o) { return solve(tape, f, z, t, o); },
                                 options, none);
                    CHECK(switches > 0);
                    for (std::size_t i = 0; i < 3; ++i) CHECK(distance(got[i], exact[i]) < 1000 * tolerance);
                }
    }

    TEST_CASE("automatic gradients: a Program runs the solve again, to the bit; a warm pass asks for no memory") {
        for (const Method& implicit : {kvaerno5, radau5})
            for (const Route& route : {discrete, interpolating}) {
                CAPTURE(std::string(route.name));
                const SolveOptions options{.rtol = 1e-5, .atol = 1e-6, .gradient = route};
                int switches = 0;
                const auto record = [&](Tape& tape, Var z0, Var pace) {
                    const Solution<Var> s = solve_automatic(
                        tape, [&](Var t, Var z) { return chase(t, z, pace); }, {z0}, {0, 0.5, 1}, options, implicit);
                    switches = s.statistics().switches;
                    return sum(square(s.z));
                };
                Tape tape;
                const auto pass = [&] {
                    const Var z0 = tape.variable(starts), pace = tape.variable(paces);
                    grad(record(tape, z0, pace), {z0, pace});
                    tape.rewind();
                };
                for (int i = 0; i < 3; ++i) pass();
                CHECK(switches > 0);
                CHECK(allocations_in(pass) == 0);

                const Var z0 = tape.variable(starts), pace = tape.variable(paces), loss = record(tape, z0, pace);
                const Vars bars = grad(loss, {z0, pace});
                const Program program =
                    compile(tape, std::array{z0, pace}, std::array{loss, Var(bars[0]), Var(bars[1])});
                Workspace workspace;
                Tensor slow = paces, again_loss{Shape{}}, again_z0(starts.shape()), again_pace(paces.shape());
                slow[2] = 2;  // nothing is stiff
                const auto replay = [&](const Tensor& with) {
                    const View in[] = {starts, with};
                    const MutableView out[] = {again_loss.view(), again_z0.view(), again_pace.view()};
                    run(program, workspace, in, out);
                };
                replay(slow);
                CHECK(double(again_loss[0]) != num(loss));
                replay(paces);
                CHECK(double(again_loss[0]) == num(loss));
                for (Index i = 0; i < 6; ++i) CHECK(double(again_z0[i]) == num(bars[0], i));
                for (Index i = 0; i < 3; ++i) CHECK(double(again_pace[i]) == num(bars[1], i));
                CHECK(allocations_in([&] { replay(paces); }) == 0);
            }
    }

    TEST_CASE(
        "automatic gradients: without a tape the same states; watched; over no time; of one method after the other") {
        std::vector<double> ends;
        const auto field = [&](Var t, Var z) { return chase(t, z, z.tape().constant(paces)); };
        const Solution<Tensor> s = solve_automatic(field, starts, {0, 1}, {.on_step = [&](const StepReport& r) {
                                                       if (r.accepted) ends.push_back(r.t + r.h);
                                                   }});
        CHECK(ends.size() == std::size_t(s.statistics().accepted));
        CHECK(s.statistics().stiff_at < ends.back());
        CHECK(ends.back() == doctest::Approx(1));
        Tape tape;
        const Var z0 = tape.variable(starts);
        CHECK(distance(Tensor(tape.view(solve_automatic(field, z0, {0, 1}).z)), s.z) == 0);
        const Solution<Var> at_once = solve_automatic(field, z0, {1, 1, 1});
        const Vars bar = grad(sum(at_once.z), {z0});
        for (Index i = 0; i < 6; ++i) CHECK(num(bar[0], i) == 3);
        const auto by = [&](const Method& implicit) {
            return num(sum(solve_automatic(field, z0, {0, 1}, {}, implicit).end()));
        };
        CHECK(by(kvaerno5) == num(sum(solve_automatic(field, z0, {0, 1}).end())));
        if (is_double) CHECK(by(kvaerno5) != by(radau5));  // the plans of two pairs are two
        CHECK(by(kvaerno5) == doctest::Approx(by(radau5)).epsilon(1e-4));
    }

    TEST_CASE("automatic gradients: what there is not is an error that says what to take") {
        Tape tape;
        const Var z0 = tape.variable(starts);
        const auto told = [&](const SolveOptions& o, const Method& implicit = kvaerno5) {
            const std::string text = error_of([&] {
                solve_automatic([&](Var t, Var z) { return chase(t, z, z.tape().constant(paces)); }, z0, {0, 1}, o,
                                implicit);
            });
            CHECK(contains(text, "got"));
            CHECK(contains(text, "expected"));
            return text;
        };
        for (const Route& route : {direct, backsolve, ode::forward, checkpointed(4), interpolating_every(5)}) {
            const std::string text = told({.gradient = route});
            CHECK(contains(text, "solve_automatic: a gradient that steps of two methods do not have"));
            CHECK(contains(text, route.name));
        }
        CHECK(contains(told({.rows = independent}), "ode::joint"));
        CHECK(contains(told({.steps = 10}), "the error chooses steps, and methods"));
        CHECK(contains(told({.method = bosh3}), "ode::tsit5, ode::dopri5"));
        CHECK(contains(told({.method = kvaerno5}), "ode::tsit5, ode::dopri5"));
        CHECK(contains(told({}, dopri5), "ode::kvaerno5, ode::radau5"));
        CHECK(contains(told({}, kencarp4_imex), "ode::kvaerno5, ode::radau5"));
        CHECK(contains(told({.gradient = interpolating}, rodas4), "interpolating"));
        CHECK(contains(told({.jump_t = {0.5}}), "kencarp5, radau5"));  // for kvaerno5
        CHECK(contains(told({.max_steps = 3}), "solve_automatic: too many steps"));
        CHECK(contains(told({.mass = {1, 0, 0, 1}}), "mass"));
        CHECK(contains(told({.rtol = -1}), "rtol = -1, method tsit5"));
        CHECK(contains(told({.first_step = -1}), "method tsit5"));
        CHECK(!contains(told({.gradient = interpolating}, rodas4), "ode::direct"));
        CHECK(contains(told({.atol = {1e-9, 1e-9, 1e-9}}), "solve_automatic: an option makes no sense"));
        CHECK(contains(error_of([&] {
                           solve_automatic([](Var, Var z) { return -z; }, z0, {0, 1, 0.5});
                       }),
                       "solve_automatic: the times do not go in one direction"));
        const std::string alone = error_of([&] {
            solve([](Var, Var z) { return -z; }, z0, {0, 1}, {.where_stiff = kvaerno5});
        });
        CHECK(contains(alone, "ode::solve_automatic"));
    }
}
