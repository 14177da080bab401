// tests/ode/checkpointed_test.cpp — discrete and checkpointed(c): the same gradient to the bit, and what each of them keeps
#include <doctest/doctest.h>

#include <limits>

#include "ode/events.hpp"
#include "ode/gradients/checkpoints.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/ode/timed_net.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

struct Net : TimedNet {
    Net() : TimedNet(0.7, 0.5) {}
};

bool same_bits(const Gradients& a, const Gradients& b) {
    return a.z == b.z && a.z0 == b.z0 && (a.times.size() == 0 || a.times == b.times) && a.parameters == b.parameters;
}

SolveOptions with(SolveOptions options, const Route& route) {
    options.gradient = route;
    return options;
}

long again(const Statistics& s, const Method& m) { return s.backward_evaluations / m.last - s.accepted; }
long fewest(long steps, long states) { return long(fewest_steps(steps, states)); }

void same_for_every_number(const SolveOptions& options, const std::vector<double>& times, bool time_vars) {
    const Net net;
    const Tensor z0 = waves({5, 2}, 0.8);
    Tape tape, textbook;
    const Gradients all = net.gradients(tape, z0, times, with(options, discrete), time_vars);
    const long n = all.statistics.accepted;
    REQUIRE(n > 3);
    CHECK(distance(all, net.gradients(textbook, z0, times, with(options, direct), time_vars)) < either(1e-13, 5e-5));
    const bool counted = options.steps > 0 && options.step_t.empty() && options.jump_t.empty();
    for (int c = 1; c <= n + 1; ++c) {
        CAPTURE(c);
        const Gradients few = net.gradients(tape, z0, times, with(options, checkpointed(c)), time_vars);
        CHECK(same_bits(few, all));
        if (times.size() > 2) continue;  // no step is looked into
        const long run = again(few.statistics, options.method);
        if (counted) CHECK(run == fewest(n + 1, c) - n);
        CHECK(run <= fewest(n, c));
    }
}

// Bytes that the second of two equal passes on two tapes asks for: a first one warms what all tapes share.
long bytes_of(const SolveOptions& options, double end, Index rows, long* steps = nullptr) {
    const Tensor z0 = waves({rows, 2}, 0.8);
    const auto pass = [&] {
        Tape tape;
        const Var start = tape.variable(z0);
        const auto s = solve(
            tape, [](Var, Var z) { return sin(3.0 * z); }, start, {0, end}, options);
        if (steps) *steps = s.statistics().accepted;
        grad(test::end(s.z), {start});
    };
    pass();
    return allocated_bytes_in(pass);
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("checkpointed: for every number of states the bits of discrete, which are those of direct to rounding") {
        const double tolerance = either(1e-6, 1e-4);
        const SolveOptions chosen{.rtol = tolerance, .atol = tolerance};
        const std::vector<double> ends{0, 2}, within{0, .1, .33, .34, 1.7, 2}, back{2, .5, .3, 0};
        for (const bool time_vars : {false, true}) {
            CAPTURE(time_vars);
            for (const std::vector<double>& times : {ends, within, back}) {
                CAPTURE(times.size());
                same_for_every_number({.method = rk4_classic, .steps = 11}, times, time_vars);
                same_for_every_number(chosen, times, time_vars);
            }
        }
        same_for_every_number({.method = dopri5, .steps = 9}, ends, false);
        same_for_every_number({.method = bosh3, .step = 0.21}, within, false);
        same_for_every_number({.method = midpoint, .steps = 7, .step_t = {0.5}, .jump_t = {1.21}}, within, false);
        SolveOptions jumps = chosen;
        jumps.step_t = {0.5};
        jumps.jump_t = {1.21};
        same_for_every_number(jumps, within, true);
    }

    TEST_CASE("checkpointed: room for more states than there can be is room for all") {
        const auto by = [](const Route& route) {
            Tape tape;
            const Var z0 = tape.variable(waves({2, 2}, 0.5));
            const Var z = solve(tape, [](Var, Var y) { return sin(y); }, z0, {0, 1}, {.gradient = route}).end();
            return Tensor(tape.view(grad(sum(z), z0)));
        };
        CHECK(by(checkpointed(std::numeric_limits<int>::max())) == by(discrete));
    }

    TEST_CASE("checkpointed: tiles of a batch, each by its own run through the states") {
        const Parameter W1("W1", waves({64, 2}, 0.7)), W2("W2", waves({2, 64}, 0.3, 2.3));
        const MakeField make = [&](Tape&) -> Field {
            return [&](Var, Var z) {
                return matmul(tanh(matmul(z, z.tape().use(W1), false, true)), z.tape().use(W2), false, true);
            };
        };
        for (const int steps : {9, 0}) {  // 0: the tolerance chooses, and the forward solve is one segment
            const SolveOptions options{.method = dopri5, .rtol = 1e-4, .atol = 1e-4, .steps = steps};
            Tape tape;
            const auto by = [&](const SolveOptions& o) {
                return solve_and_differentiate(tape, make, {W1, W2}, waves({300, 2}, 0.8), {0, .4, 3}, o, false);
            };
            const Gradients all = by(with(options, discrete));
            for (const int c : {1, 2, 3}) {
                CHECK(same_bits(by(with(options, checkpointed(c))), all));
                SolveOptions at_once = with(options, checkpointed(c));
                at_once.tiles = false;
                CHECK(same_bits(by(at_once), all));
            }
        }
    }

    TEST_CASE("checkpointed: several gradients of one solve, and second derivatives, are those of discrete") {
        const Net net;
        for (const bool adaptive : {false, true}) {
            std::vector<std::vector<Tensor>> of_route;
            for (const Route& route : {discrete, checkpointed(1), checkpointed(3), checkpointed(100)}) {
                const SolveOptions options{.method = dopri5, .gradient = route, .steps = adaptive ? 0 : 12};
                Tape tape;
                const Var xs[] = {tape.variable(waves({3, 2}, 0.8)), tape.use(net.W1), tape.use(net.W2)};
                const auto s = solve(tape, net, xs[0], {0, .4, 2}, options);
                std::vector<Tensor> made;
                const auto take = [&](Var loss) {
                    const Vars g = grad(loss, Vars(xs));
                    for (const Var& bar : g) made.push_back(Tensor(tape.view(bar)));
                    return sum(square(g[0])) + sum(g[1] * g[1] * g[1]);
                };
                take(take(weighted(s.z)));
                take(sum(s.z));
                of_route.push_back(std::move(made));
                const long n = s.statistics().accepted;
                if (route == checkpointed(3) && !adaptive)  // of the gradient taken last, from the first state
                    CHECK(s.statistics().backward_evaluations ==
                          (fewest(n, 3) + n) * dopri5.last + dopri5.dense_stages - dopri5.last);
                if (route == checkpointed(100)) CHECK(s.statistics().backward_evaluations < (n + 1) * dopri5.last + 2);
            }
            for (std::size_t i = 1; i < of_route.size(); ++i) CHECK(of_route[i] == of_route[0]);
        }
    }

    TEST_CASE("checkpointed: a solve within a field, and one that events cut, from two states") {
        const auto both = [](const Route& route) {
            Tape tape;
            const Var a = tape.variable(0.7), z0 = tape.variable(Tensor({1}, {1.5}));
            const SolveOptions inner{.gradient = route, .steps = 5}, outer{.gradient = route};
            const auto field = [&](Var, Var z) {
                return solve([&](Var, Var y) { return -a * y; }, z, {0, 0.5}, inner).end() - 2.0;
            };
            const auto s = solve_events(field, z0, {0, 3}, {{.when = [](Var, Var z) { return z[0] - 0.5; }}}, outer);
            REQUIRE(s.events.size() == 1);
            const Vars g = grad(sum(s.events[0].t) + sum(s.end()), {a, z0});
            return std::vector{num(s.events[0].t), num(g[0]), num(g[1])};
        };
        CHECK(both(checkpointed(2)) == both(discrete));
    }

    TEST_CASE("discrete and checkpointed: the derivative of the very number that was computed") {
        const Net net;
        const Tensor z0 = waves({3, 2}, 0.8), v = waves({6, 2}, 1, 1.9);
        for (const Route& route : {discrete, checkpointed(3)}) {
            const SolveOptions options{.method = dopri5, .gradient = route, .steps = 8};
            const auto loss_at = [&](double by) {
                const Net moved;
                {
                    auto w = moved.W1.edit();
                    for (Index i = 0; i < v.size(); ++i) w[i] += static_cast<Real>(by * double(v[i]));
                }
                Tape tape;
                const Var z = solve(tape, moved, tape.constant(z0), {0, .3, 2}, options).z;
                return num(weighted(z));
            };
            const auto difference = [&](double by) { return (loss_at(by) - loss_at(-by)) / (2 * by); };
            const double by = either(2e-3, 0.1), extrapolated = (4 * difference(by / 2) - difference(by)) / 3;
            Tape tape;
            const Gradients g = net.gradients(tape, z0, {0, .3, 2}, options);
            double along = 0;
            for (Index i = 0; i < v.size(); ++i) along += double(g.parameters[0][i]) * double(v[i]);
            CHECK(std::abs(along / extrapolated - 1) < either(1e-9, 1e-3));
        }
    }

    TEST_CASE("cost: four solves, or five from 16 states, a product counted as two evaluations") {
        const Net net;
        for (const int steps : {120, 0})
            for (const Route& route : {discrete, checkpointed(16)}) {
                Tape tape;
                const SolveOptions options{.method = dopri5, .gradient = route, .steps = steps};
                const Statistics s = net.gradients(tape, waves({3, 2}, 0.8), {0, 8}, options).statistics;
                REQUIRE(s.accepted > 16);
                const long products = s.accepted * dopri5.last, solves = route == discrete ? 4 : 5;
                CHECK(s.evaluations + s.backward_evaluations + 2 * products <= solves * s.evaluations);
            }
    }

    TEST_CASE("memory: c states whatever the steps; discrete its states and hardly more; backsolve none") {
        const auto equal = [](const Route& route, int steps) {
            return bytes_of({.method = rk4_classic, .gradient = route, .steps = steps}, 1, 50);
        };
        for (const Route& route : {checkpointed(8), checkpointed(40), backsolve}) {
            CAPTURE(route.most_states);
            CHECK(equal(route, 10'000) == equal(route, 100));
        }
        constexpr long state = 100 * long(sizeof(Real));
        const long more = equal(discrete, 2100) - equal(discrete, 100);
        CHECK(more >= 1990 * state);
        CHECK(more <= 2000 * state * 11 / 10);
        CHECK(equal(checkpointed(40), 100) - equal(checkpointed(8), 100) < 32 * state + 10'000);

        long few = 0, many = 0;  // steps that the tolerance chooses: their times, in a list that grows by doubling
        const SolveOptions loose{.rtol = 1e-3, .atol = 1e-3, .gradient = checkpointed(5), .max_step = 0.05};
        SolveOptions tight = loose;
        tight.max_step = 0.001;
        const long before = bytes_of(loose, 1, 50, &few), after = bytes_of(tight, 1, 50, &many);
        REQUIRE(many > 20 * few);
        CHECK(after - before < 4 * 8 * many);
    }

    TEST_CASE("checkpointed: a warm gradient asks for no memory") {
        const Net net;
        for (const int steps : {20, 0})
            for (const int c : {1, 3, 30}) {
                Tape tape;
                const Field field = net;
                const Tensor z0 = waves({3, 2}, 0.8);
                const auto pass = [&] {
                    tape.rewind();
                    const Var start = tape.variable(z0);
                    const Var z = solve(tape, field, start, {0, 1, 4}, {.gradient = checkpointed(c), .steps = steps}).z;
                    grad(test::end(z), {start, tape.use(net.W1)});
                };
                pass();
                pass();
                CHECK(allocations_in(pass) == 0);
            }
    }

    TEST_CASE("checkpointed: by name, and what it refuses") {
        CHECK(Route("checkpointed(12)") == checkpointed(12));
        CHECK(Route("checkpointed") == checkpointed());
        CHECK(checkpointed(2) != checkpointed(3));
        for (const char* name : {"checkpointed(", "checkpointed(x)", "checkpointed(99999999999)", "discrete(3)"})
            CHECK(contains(error_of([&] { Route{name}; }), "there is no gradient route of that name"));
        const auto refused = [](const SolveOptions& options) {
            return error_of([&] {
                Tape tape;
                solve(
                    tape, [](Var, Var z) { return -z; }, tape.variable(Tensor({2, 1}, {1, 2})), {0, 1}, options);
            });
        };
        for (const char* name : {"checkpointed(0)", "checkpointed()"})
            CHECK(contains(refused({.gradient = name}), "ode::checkpointed(c) of c states, 1 or more"));
        CHECK(contains(refused({.gradient = checkpointed(-1)}), "gradient = -1"));
        CHECK(contains(refused({.gradient = checkpointed(3), .rows = independent}),
                       "rows with clocks of their own have no gradient by this route"));
    }
}
