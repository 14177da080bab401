// tests/ode/mass_test.cpp — M z' = f(t, z): equations without a derivative, mixed derivatives, their gradients, what is refused
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"
#include "tests/support/reference.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

const std::vector<double> first_two{1, 0, 0, 0, 1, 0, 0, 0, 0};

struct KeepsSum : Robertson {  // nothing is lost: in the place of the third equation
    void operator()(double t, In y, Out f) const {
        Robertson::operator()(t, y, f);
        f[2] = y[0] + y[1] + y[2] - 1;
    }
};

// x' = y,  0 = x + y − cos t:  x = ((2 x0 − 1) e^{−t} + cos t + sin t)/2. As it is; and both equations in each row.
struct Driven {
    bool mixes;
    std::vector<double> mass() const { return mixes ? std::vector<double>{1, 0, 1, 0} : std::vector{1., 0., 0., 0.}; }
    void operator()(double t, In z, Out f) const {
        const double rate = z[1], left = z[0] + z[1] - std::cos(t);
        f[0] = rate + (mixes ? left : 0), f[1] = (mixes ? rate : 0) + (mixes ? 2 : 1) * left;
    }
    static double x(double t, double x0) { return ((2 * x0 - 1) * std::exp(-t) + std::cos(t) + std::sin(t)) / 2; }
};

const std::vector<double> times{0, 0.3, 2};

// The reaction with its rates as a Var, in rows, as equations of rates or with the sum in the place of the third.
struct Reaction {
    bool keeps_sum;
    Var operator()(Var z, Var rates) const {
        const Var f = robertson(z, column(rates, 0), column(rates, 1), column(rates, 2));
        return keeps_sum ? concatenate({slice(f, 1, 0, 2), sum(z, 1, true) - 1}, 1) : f;
    }
    SolveOptions options(const SolveOptions& with) const {
        SolveOptions o = with;
        o.step_t = times;
        if (keeps_sum) o.mass = first_two;
        return o;
    }
};

// Of the reaction of B rows that begin with other amounts: the loss Σ w z at the times, and its gradients.
struct Taken {
    double loss;
    Tensor z0, rates;
};
Taken taken(const Reaction& reaction, const SolveOptions& with, Index B, const Tensor& rates) {
    Tape tape;
    Tensor start({B, 3});
    for (Index r = 0; r < B; ++r) {
        start[3 * r] = static_cast<Real>(1 - 0.2 * double(r));
        start[3 * r + 2] = static_cast<Real>(0.2 * double(r));
    }
    const Var z0 = tape.variable(start), k = tape.variable(rates);
    const auto field = [&](Var, Var z) { return reaction(z, k); };
    const Var z = solve(tape, field, z0, times, reaction.options(with)).z;
    const Var loss = sum(z * tape.constant(waves(z.shape(), 1)));
    const Var xs[] = {z0, k};
    const auto bars = grad(loss, Vars(xs));
    return {double(tape.view(loss)[0]), Tensor(tape.view(bars[0])), Tensor(tape.view(bars[1]))};
}
const Tensor mild({3}, {0.4, 300, 20});

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("mass: Robertson's reaction over eleven decades, with the sum of its species as an equation") {
        const Json file = reference("robertson");
        std::vector<double> times = file["t"].numbers();
        times.insert(times.begin(), 0);
        const std::vector<double> atol{1e-10, 1e-14, 1e-10};
        for (const Method& m : {radau5, radau3, rodas4}) {
            CAPTURE(m.name);
            const double rtol = m == radau3 ? 1e-5 : 1e-6;
            const auto s = solve(
                KeepsSum(), Robertson::y0, times,
                {.method = m, .rtol = rtol, .atol = atol, .max_steps = 100'000, .step_t = times, .mass = first_two});
            for (std::size_t i = 1; i < times.size(); ++i) {
                for (std::size_t j = 0; j < 3; ++j) {
                    const double exact = file["z"][i - 1][j].number();
                    CHECK(std::abs(s.z[i][j] - exact) < 100 * (atol[j] + rtol * std::abs(exact)));
                }
                CHECK(s.z[i][0] + s.z[i][1] + s.z[i][2] == Approx(1).epsilon(1e-9));
            }
            CHECK(s.statistics().evaluations < (m == radau3 ? 10000 : 7000));
        }
    }

    TEST_CASE("mass: a driven equation without a derivative against its closed form, and each method's order") {
        for (const bool mixes : {false, true}) {
            const Driven f{mixes};
            for (const Method& m : {radau5, radau3, sdirk2, implicit_euler, rodas4}) {
                CAPTURE(m.name);
                const auto error = [&](int steps) {
                    const auto end =
                        solve(f, std::array{0.2, 0.8}, {0, 1}, {.method = m, .steps = steps, .mass = f.mass()}).end();
                    CHECK(end[0] + end[1] == Approx(std::cos(1.0)).epsilon(m == rodas4 ? 1e-4 : 1e-12));  // linearized
                    return std::abs(end[0] - Driven::x(1, 0.2));
                };
                CHECK(std::abs(std::log2(error(8) / error(16)) - m.order) < 0.2);
            }
            // Between the ends of the first step, where the rate at the start is read.
            const std::vector<double> times{0, 1e-3, 0.01, 0.1, 0.5, 2, 10};
            const auto s =
                solve(f, std::array{0.2, 0.8}, times, {.method = radau5, .rtol = 1e-8, .atol = 1e-8, .mass = f.mass()});
            for (std::size_t i = 0; i < times.size(); ++i) {
                CHECK(s.z[i][0] == Approx(Driven::x(times[i], 0.2)).epsilon(1e-6));
                CHECK(s.z[i][1] == Approx(std::cos(times[i]) - Driven::x(times[i], 0.2)).epsilon(1e-5));
            }
        }
    }

    TEST_CASE("mass: a regular M is the field M^-1 f") {
        const VanDerPol oscillator{5};
        const auto weighted = [&](double t, In z, Out f) {  // (2 1; 0 3) of it
            oscillator(t, z, f);
            f[0] = 2 * f[0] + f[1], f[1] *= 3;
        };
        const std::vector<double> M{2, 1, 0, 3};
        for (const Method& m : {radau5, radau3, sdirk2, implicit_euler, rodas4})
            for (const bool equal : {true, false}) {
                if (!equal && !m.adaptive()) continue;
                CAPTURE(m.name);
                const SolveOptions plain{
                    .method = m, .rtol = 1e-7, .atol = 1e-7, .steps = equal ? 300 : 0, .first_step = 1e-3};
                SolveOptions with = plain;
                with.mass = M;
                const auto a = solve(oscillator, std::array{2.0, 0.0}, {0, 3}, plain);
                const auto b = solve(weighted, std::array{2.0, 0.0}, {0, 3}, with);
                for (int i : {0, 1}) CHECK(b.end()[i] == Approx(a.end()[i]).epsilon(equal ? 1e-11 : 1e-6));
                CHECK(b.statistics().accepted == Approx(double(a.statistics().accepted)).epsilon(0.02));
            }
    }

    TEST_CASE("mass: in batches, jointly and by rows, the gradient is that of the equations of rates") {
        const double tolerance = either(1e-9, 1e-5), close = either(1e-6, 2e-2);
        for (const Method& m : {radau5, radau3, sdirk2, rodas4})
            for (const RowClocks rows : {joint, independent})
                for (const Index B : {1, 3}) {
                    CAPTURE(m.name);
                    const double tol = m == sdirk2 ? either(1e-6, 1e-4) : tolerance,
                                 near = m == sdirk2 ? either(1e-3, 3e-2) : close;
                    const SolveOptions with{.method = m, .rtol = tol, .atol = tol, .max_steps = 100'000, .rows = rows};
                    const Taken sums = taken({true}, with, B, mild), rates = taken({false}, with, B, mild);
                    CHECK(sums.loss == Approx(rates.loss).epsilon(near));
                    CHECK(distance(sums.rates, rates.rates) < near);
                }
    }

    TEST_CASE("mass: discrete is the derivative of the same steps, and direct the same to rounding") {
        for (const Method& m : {radau5, radau3, sdirk2, implicit_euler, rodas4}) {
            CAPTURE(m.name);
            const SolveOptions options{.method = m, .step = 0.1};
            const Taken discretely = taken({true}, options, 2, mild);
            SolveOptions textbook = options;
            textbook.gradient = direct;
            const Taken directly = taken({true}, textbook, 2, mild);
            CHECK(discretely.loss == Approx(directly.loss).epsilon(either(1e-12, 1e-5)));
            CHECK(distance(discretely.rates, directly.rates) < either(1e-11, 1e-3));
            CHECK(distance(discretely.z0, directly.z0) < either(1e-11, 1e-3));
            if (!is_double) continue;
            for (Index i = 0; i < 3; ++i) {
                const auto at = [&](double by) {
                    Tensor moved = mild;
                    moved[i] *= static_cast<Real>(1 + by);
                    return taken({true}, options, 2, moved).loss;
                };
                const double h = 1e-4, difference = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
                CHECK(double(discretely.rates[i] * mild[i]) == Approx(difference).epsilon(1e-8).scale(1e-2));
            }
        }
    }

    TEST_CASE("mass: chosen steps on a tape are those of numbers, by discrete and by direct") {
        const KeepsSum plain{{0.4, 300, 20}};
        const SolveOptions options{.method = radau5, .rtol = 1e-4, .atol = 1e-6, .mass = first_two};
        const auto numbers = solve(plain, Robertson::y0, {0, 2}, options);
        for (const Route& route : {discrete, direct}) {
            Tape tape;
            SolveOptions by = options;
            by.gradient = route;
            const Reaction reaction{true};
            const auto s = solve(
                tape, [&](Var, Var z) { return reaction(z, z.tape().constant(mild)); },
                tape.variable(Tensor({1, 3}, {1, 0, 0})), {0, 2}, by);
            CHECK(std::abs(s.statistics().accepted - numbers.statistics().accepted) <= (is_double ? 0 : 2));
            for (Index i = 0; i < 3; ++i)
                CHECK(double(tape.view(s.end())[i]) ==
                      Approx(numbers.end()[std::size_t(i)]).epsilon(either(1e-6, 1e-3)));
        }
    }

    TEST_CASE("mass: a warm solve and its gradient ask for no memory") {
        std::vector<double> y(3), work(static_cast<std::size_t>(work_size(radau5, 3)));
        const SolveOptions options{.method = radau5, .mass = first_two};
        const auto run = [&] {
            y = {1, 0, 0};
            CHECK(solve_to(KeepsSum(), std::span<double>(y), work, {0, 10}, options).status == Status::ok);
        };
        run();
        CHECK(allocations_in(run) == 0);
        for (const RowClocks rows : {joint, independent}) {  // in floats its constraint rounds by more than 1e-9
            Tape tape;
            const Reaction reaction{true};
            const SolveOptions with = reaction.options({.method = radau3, .atol = either(1e-9, 1e-6), .rows = rows});
            const Tensor start({2, 3}, {1, 0, 0, 0.5, 0, 0.5});
            const auto pass = [&] {
                const Var xs[] = {tape.variable(start), tape.variable(mild)};
                const auto field = [&](Var, Var z) { return reaction(z, xs[1]); };
                grad(sum(square(solve(tape, field, xs[0], {0, 1}, with).z)), Vars(xs));
                tape.rewind();
            };
            for (int i = 0; i < 3; ++i) pass();
            CHECK(allocations_in(pass) == 0);
        }
    }

    TEST_CASE("mass: what makes no sense says so") {
        const Driven f{false};
        const auto error = [&](std::array<double, 2> start, const SolveOptions& options) {
            return error_of([&] { solve(f, start, {0, 1}, options); });
        };
        SolveOptions options{.method = radau5, .mass = f.mass()};
        const std::string inconsistent = error({0.2, 0.3}, options);
        CHECK(contains(inconsistent, "an inconsistent start at t = 0"));
        CHECK(contains(inconsistent, "component 1 of f is -0.5, where M has no derivative"));
        options.steps = 10;
        CHECK(contains(error({0.2, 0.3}, options), "an inconsistent start at t = 0"));
        CHECK(error({0.2, 0.8 + 1e-8}, options).empty());
        options.mass = {1, 0, 0};
        CHECK(contains(error({0.2, 0.8}, options), "n numbers for each of n, row after row"));
        options.mass = f.mass();
        options.method = kvaerno5;
        CHECK(contains(error({0.2, 0.8}, options), "radau5, radau3, sdirk2, implicit_euler"));

        const auto index_two = [](double t, In z, Out dz) { dz[0] = z[1], dz[1] = z[0] - std::sin(t); };
        const std::string index = error_of([&] {
            solve(index_two, std::array{0.0, 1.0}, {0, 1}, {.method = radau5, .mass = f.mass()});
        });
        CHECK(contains(index, "does not say what y' is"));

        Tape tape;
        const auto field = [](Var t, Var z) {
            const Var x = slice(z, 1, 0, 1), y = slice(z, 1, 1, 1);
            return concatenate({y, x + y - cos(t)}, 1);
        };
        const auto on_tape = [&](const Tensor& start, const Times& times, const SolveOptions& with, bool pulls) {
            return error_of([&] {
                const Var z0 = tape.variable(start);
                const Var z = solve(tape, field, z0, times, with).z;
                if (pulls) grad(sum(z), z0);
            });
        };
        const Tensor start({1, 2}, {0.2, 0.8});
        options = {.method = radau5, .mass = f.mass()};
        CHECK(contains(on_tape(Tensor({1, 2}, {0.2, 0.3}), {0, 1}, options, false), "component 1 of f is -0.5"));
        CHECK(contains(on_tape(start, {0, 0.77, 1}, options, true), ".step_t = times"));
        CHECK(on_tape(start, {0, 0.77, 1}, options, false).empty());
        for (const Route& route : {backsolve, interpolating, forward}) {
            options.gradient = route;
            CHECK(contains(on_tape(start, {0, 1}, options, false), "ode::discrete or ode::direct"));
        }
        options.gradient = direct;
        CHECK(contains(on_tape(start, {0, 0.77, 1}, options, true), ".step_t = times"));
        CHECK(contains(on_tape(Tensor({1, 2}, {0.2, 0.3}), {0, 1}, options, false), "component 1 of f is -0.5"));
        options.gradient = discrete;
        options.mass = first_two;
        CHECK(contains(on_tape(start, {0, 1}, options, false), "is not one of a row of z"));
        options.mass = f.mass();
        const std::string twice = error_of([&] {
            const Var z0 = tape.variable(start);
            const Var g = grad(sum(square(solve(tape, field, z0, {0, 1}, options).end())), z0);
            grad(sum(square(g)), z0);
        });
        CHECK(contains(twice, "its gradient is taken once"));
    }
}
