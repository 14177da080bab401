// tests/ode/forward_test.cpp — the gradient by tangents, and steps that keep the tangents' errors
#include <doctest/doctest.h>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

constexpr ForwardNorm with_tangents = ForwardNorm::state_and_tangents;

struct Law {  // a network, of which what a field may do to its rows is asked: nothing, or a mean over them
    bool mixes = false;
    Parameter W1{"W1", waves({4, 2}, 0.7)}, b1{"b1", waves({4}, 0.1)}, W2{"W2", waves({2, 4}, 0.5, 2.3)};
    std::vector<Parameter> parameters() const { return {W1, b1, W2}; }
    Var operator()(Var t, Var z) const {
        Tape& tape = z.tape();
        const Var hidden = tanh(matmul(z, tape.use(W1), false, true) + tape.use(b1) + 0.3 * t);
        const Var rate = matmul(hidden, tape.use(W2), false, true);
        return mixes ? rate - mean(z, {0}, true) : rate;
    }
    MakeField make() const {
        return [this](Tape&) -> Field { return *this; };
    }
};

Gradients gradients_by(Tape& tape, const Law& law, Index rows, const std::vector<double>& times, SolveOptions options,
                       const Route& route, bool time_vars = true) {
    options.gradient = route;
    return solve_and_differentiate(tape, law.make(), law.parameters(), waves({rows, 2}, 0.8), times, options,
                                   time_vars);
}

// x' = a sin²(8t) from 0 over 10:  dx/da = 5 − sin(160)/32, of which the state at a = 0 says nothing
const double amplitude_slope = 5 - std::sin(160.) / 32;

double slope_at_0(const SolveOptions& options, Statistics* statistics = nullptr) {
    Tape t;
    const Var a = t.variable(Tensor({1}, {0})), x0 = t.constant(Tensor({1}, {0}));
    const Solution x = solve(
        t, [&](Var s, Var) { return a * square(sin(8.0 * s)); }, x0, {0, 10}, options);
    const double slope = num(grad(sum(x.end()), a));
    if (statistics) *statistics = x.statistics();
    return slope;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("forward: on the steps of discrete its gradients, to rounding") {
        const std::vector<double> lists[] = {{0, .1, .33, .34, .9, 1}, {0, .25, .25, 1}, {1, .5, .3, 0}};
        for (const bool mixes : {false, true})
            for (const bool adaptive : {false, true})
                for (const std::vector<double>& times : lists)
                    for (const Method& method : {dopri5, dop853}) {
                        CAPTURE(mixes);
                        CAPTURE(adaptive);
                        CAPTURE(times[1]);
                        Tape tape;
                        const double tolerance = either(1e-7, 1e-4);
                        const SolveOptions options{
                            .method = method, .rtol = tolerance, .atol = tolerance, .steps = adaptive ? 0 : 8};
                        const Law law{mixes};
                        const Gradients exact = gradients_by(tape, law, 3, times, options, discrete),
                                        tangents = gradients_by(tape, law, 3, times, options, forward);
                        CHECK(distance(tangents, exact) < either(1e-12, 2e-4));
                        CHECK(tangents.statistics.accepted == exact.statistics.accepted);
                        CHECK(tangents.statistics.backward_evaluations > 0);
                    }
    }

    TEST_CASE("forward: tiles of a large batch change no digit, and a field that jumps is met beside its jumps") {
        const Law law;
        Tape tape;
        SolveOptions options{.method = dopri5, .rtol = 1e-5, .jump_t = {.37}};
        const std::vector<double> times{0, .2, .37, 1};
        const Gradients tiled = gradients_by(tape, law, 3000, times, options, forward),
                        exact = gradients_by(tape, law, 3000, times, options, discrete);
        CHECK(distance(tiled, exact) < either(1e-12, 1e-3));
        options.tiles = false;
        CHECK(distance(gradients_by(tape, law, 3000, times, options, forward), tiled) == 0);
    }

    TEST_CASE("forward: a number as state, captures of every kind, and those that take no part") {
        for (const Route& route : {discrete, forward}) {
            Tape t;
            const Var z0 = t.variable(1.2), k = t.variable(0.7), unused = t.variable(Tensor({2}, {1, 2}));
            const Var twice = 2.0 * k;  // a Var that the field lifts
            const Tensor noise({2}, {1, 0.5});
            const Solution z =
                solve(t, [&](Var, Var y) { return -(twice * y) * sum(y.tape().constant(noise)) + 0.0 * sum(unused); },
                      z0, {0, 1}, {.rtol = 1e-10, .atol = 1e-10, .gradient = route});
            const Vars g = grad(z.end(), {z0, k, unused});
            CHECK(num(g[0]) == Approx(std::exp(-2.1)).epsilon(either(1e-8, 1e-4)));
            CHECK(num(g[1]) == Approx(-3 * 1.2 * std::exp(-2.1)).epsilon(either(1e-8, 1e-4)));
            CHECK(num(g[2]) == 0);
        }
    }

    TEST_CASE("forward: a parameter with a row for each row moves them all at once, one without for all of them") {
        // z' = −k_b z + s,  row b with its own k_b; B = 40 is more than one range, 2 the width of k and of s
        const Parameter k("k", waves({40, 2}, 0.4)), s("s", Tensor({2}, {0.2, -0.1}));
        const auto law = [&](Var, Var z) { return z.tape().use(s) - z * sin(z.tape().use(k)); };
        const MakeField make = [&](Tape&) -> Field { return law; };
        const std::vector<double> times{0, .3, 1};
        const Tensor z0 = waves({40, 2}, 0.8);
        Tape tape;
        const Gradients exact = solve_and_differentiate(tape, make, {k, s}, z0, times, {.gradient = discrete}, true),
                        found = solve_and_differentiate(tape, make, {k, s}, z0, times, {.gradient = forward}, true);
        CHECK(distance(found, exact) < either(1e-12, 1e-4));
    }

    TEST_CASE("forward: second derivatives are those of discrete, and of differences") {
        const Law law;
        const Tensor z0 = waves({3, 2}, 0.8), v0 = waves({3, 2}, 1, 0.8), vW = waves({4, 2}, 1, 1.9);
        const std::vector<double> times{0, 0.4, 1};
        struct Second {
            Tensor first, product_z, product_W, norm_z, norm_W;
        };
        const auto second = [&](const Route& route) {
            Tape tape;
            const Var xs[] = {tape.variable(z0), tape.use(law.W1)};
            const Var L = weighted(
                solve(tape, law, xs[0], times, SolveOptions{.method = rk4_classic, .gradient = route, .steps = 10}).z);
            const Vars g = grad(L, Vars(xs));
            const Var vs[] = {tape.constant(v0), tape.constant(vW)};
            const Vars dots = jvp(g, Vars(xs), Vars(vs));
            const Vars norm = grad(sum(square(g[0])) + sum(square(g[1])), Vars(xs));
            const auto tensor = [&](Var v) { return Tensor(tape.view(v)); };
            return Second{tensor(g[1]), tensor(dots[0]), tensor(dots[1]), tensor(norm[0]), tensor(norm[1])};
        };
        const Second a = second(forward), b = second(discrete);
        const double most = either(1e-12, 1e-4);
        CHECK(distance(a.first, b.first) < most);
        CHECK(distance(a.product_z, b.product_z) < most);
        CHECK(distance(a.product_W, b.product_W) < most);
        CHECK(distance(a.norm_z, b.norm_z) < most);
        CHECK(distance(a.norm_W, b.norm_W) < most);
    }

    TEST_CASE("forward: no memory for each step, and none at all when warm") {
        const Parameter k("k", Tensor({1}, {0.3}));
        const Tensor z0({1}, {1});
        const std::vector<double> short_way{0, 1}, long_way{0, 100};
        Tape tape;
        const auto pass = [&](const std::vector<double>& times, const SolveOptions& options) {
            tape.rewind();
            const Var start = tape.variable(z0);
            const Solution z = solve(
                tape, [&](Var, Var y) { return y.tape().use(k) * cos(y); }, start, times, options);
            grad(sum(z.end()), Vars(std::array{start, tape.use(k)}));
        };
        const SolveOptions steps{.gradient = forward, .step = .01};
        pass(short_way, steps);
        CHECK(allocations_in([&] { pass(short_way, steps); }) == 0);
        CHECK(allocations_in([&] { pass(long_way, steps); }) <= 8);  // of 10,000 steps the ends are listed, in a list
        CHECK(allocations_in([&] { pass(long_way, steps); }) == 0);  // that doubles; nothing else is kept of them
        const SolveOptions adaptive{.gradient = forward, .forward_norm = with_tangents};
        pass(short_way, adaptive);
        CHECK(allocations_in([&] { pass(short_way, adaptive); }) == 0);
    }

    TEST_CASE("steps that keep the tangents' errors: an amplitude that starts at 0, by every route that keeps steps") {
        const Listening to;
        const double most = either(2e-6, 1e-4);
        CHECK(std::abs(slope_at_0({.gradient = discrete}) / amplitude_slope - 1) > 1);
        CHECK(to.warnings().size() == 1);
        for (const Route& route : {discrete, forward}) {
            Statistics statistics;
            const double slope = slope_at_0({.gradient = route, .forward_norm = with_tangents}, &statistics);
            CHECK(slope == Approx(amplitude_slope).epsilon(most));
            CHECK_FALSE(statistics.unlimited);
            CHECK(statistics.accepted > 50);
        }
        CHECK(slope_at_0({.gradient = backsolve, .forward_norm = with_tangents}) ==
              Approx(amplitude_slope).epsilon(10 * most));
        CHECK(to.warnings().size() == 1);
    }

    TEST_CASE("steps that keep the tangents' errors: a last layer of zeros") {
        Law law;
        law.W2.edit().assign(Tensor({2, 4}));
        const auto by = [&](const Route& route, double tolerance, ForwardNorm norm) {
            Tape tape;
            const Quiet quiet;
            const auto fast = [&](Var t, Var z) { return law(20.0 * sin(9.0 * t), z); };
            return solve_and_differentiate(
                tape, [&](Tape&) -> Field { return fast; }, law.parameters(), waves({5, 2}, 0.8), {0, 4},
                {.rtol = tolerance, .atol = tolerance, .gradient = route, .forward_norm = norm}, false);
        };
        const double tolerance = either(1e-6, 3e-5);
        const Gradients exact = by(discrete, tolerance * 1e-2, with_tangents);
        CHECK(distance(by(discrete, tolerance, ForwardNorm::state).parameters[2], exact.parameters[2]) > 1e-2);
        CHECK(distance(by(discrete, tolerance, with_tangents).parameters[2], exact.parameters[2]) < 300 * tolerance);
        CHECK(distance(by(forward, tolerance, with_tangents).parameters[2], exact.parameters[2]) < 300 * tolerance);
    }

    TEST_CASE("forward and its norm: what does not go together is refused") {
        Room room;
        const auto refused = [&](const SolveOptions& options) {
            room.tape.rewind();
            return error_of([&] { solve(room.tape, room.law(), room.start(), unit, options); });
        };
        CHECK(contains(refused({.gradient = forward, .rows = independent}),
                       ".gradient = ode::forward, which keeps nothing"));
        CHECK(contains(refused({.forward_norm = with_tangents, .rows = independent}), "steps that keep the tangents"));
        CHECK(contains(refused({.gradient = direct, .forward_norm = with_tangents}), "ode::discrete has the same"));
        CHECK(contains(refused({.steps = 4, .forward_norm = with_tangents}), "equal steps are not chosen"));
        const auto plain = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[0]; };
        CHECK(contains(error_of([&] {
                           solve(plain, std::array{1.0}, {0, 1}, {.forward_norm = with_tangents});
                       }),
                       "plain numbers have no gradient"));
    }
}
