// tests/ode/rosenbrock_mass_test.cpp — M z' = f(t, z) by a Rosenbrock method: order, ∂f/∂t, what lies within a step, gradients
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/linearly_implicit_euler.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

// x' = y cos t,  0 = y² − x²:  x = y = x0 e^{sin t}.   As it is; and both equations in each row, as M is not symmetric.
struct Waves {
    bool mixes;
    std::vector<double> mass() const { return mixes ? std::vector<double>{1, 0, 1, 0} : std::vector{1., 0., 0., 0.}; }
    void operator()(double t, In z, Out f) const {
        const double rate = z[1] * std::cos(t), left = z[1] * z[1] - z[0] * z[0];
        f[0] = rate + (mixes ? left : 0), f[1] = (mixes ? rate : 0) + (mixes ? 2 : 1) * left;
    }
    // x' = θ y cos t, of as many rows as there are.
    Var operator()(Var t, Var z, Var theta) const {
        const Var x = slice(z, 1, 0, 1), y = slice(z, 1, 1, 1), rate = theta * y * cos(t), left = y * y - x * x;
        return mixes ? concatenate({rate + left, rate + 2 * left}, 1) : concatenate({rate, left}, 1);
    }
};

// The loss of two rows at the times, and what it owes to θ.
struct Taken {
    double loss;
    Tensor theta;
};
Taken taken(const Waves& waves_of, const SolveOptions& with, double theta) {
    Tape tape;
    const Var rate = tape.variable(Tensor({1}, {static_cast<Real>(theta)}));
    const Tensor start({2, 2}, {1, 1, 0.5, 0.5});
    SolveOptions options = with;
    options.mass = waves_of.mass();
    const auto field = [&](Var t, Var z) { return waves_of(t, z, rate); };
    const Var z = solve(tape, field, tape.variable(start), {0, 0.33, 0.9}, options).z;
    const Var loss = sum(square(z) * tape.constant(waves(z.shape(), 1)));
    return {double(tape.view(loss)[0]), Tensor(tape.view(grad(loss, rate)))};
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("mass: rodas4 has its order where an equation is neither linear nor free of t, at the end and within") {
        for (const bool mixes : {false, true}) {
            const Waves f{mixes};
            const SolveOptions options{.method = rodas4, .mass = f.mass()};
            const auto error = [&](int steps, double t) {  // 1.02 of a step's length lies within one
                SolveOptions with = options;
                with.steps = steps;
                return std::abs(solve(f, std::array{1.0, 1.0}, {0, t, 2}, with).z[1][0] - std::exp(std::sin(t)));
            };
            const double order = std::log2(error(64, 2) / error(128, 2));
            CHECK(order > 3.8);
            CHECK(order < 4.4);  // its leading term is small
            CHECK(std::log2(error(32, 1.03) / error(64, 1.03)) > 3.5);
            const std::vector<double> times{0, 1e-3, 0.5, 2, 20};
            SolveOptions chosen = options;
            chosen.rtol = chosen.atol = 1e-8;
            const auto s = solve(f, std::array{1.0, 1.0}, times, chosen);
            for (std::size_t i = 0; i < times.size(); ++i)
                for (int j : {0, 1}) CHECK(s.z[i][j] == Approx(std::exp(std::sin(times[i]))).epsilon(1e-6));
        }
    }

    TEST_CASE(
        "mass: rodas4's gradient, of what is observed within a step, too, by discrete, by direct and by differences") {
        for (const bool mixes : {false, true})
            for (const bool equal : {true, false}) {
                CAPTURE(mixes);
                CAPTURE(equal);
                const Waves f{mixes};
                SolveOptions options{.method = rodas4};
                if (equal)
                    options.step = 0.125;
                else
                    options.rtol = options.atol = either(1e-8, 1e-4);
                const Taken discretely = taken(f, options, 1.2);
                options.gradient = direct;
                const Taken directly = taken(f, options, 1.2);
                options.gradient = discrete;
                options.rows = independent;
                const Taken by_rows = taken(f, options, 1.2);
                CHECK(discretely.loss == Approx(directly.loss).epsilon(either(1e-11, 1e-4)));
                CHECK(distance(discretely.theta, directly.theta) < either(1e-10, 1e-3));
                CHECK(by_rows.loss ==
                      Approx(discretely.loss).epsilon(equal ? either(1e-12, 1e-5) : either(1e-6, 1e-3)));
                CHECK(distance(by_rows.theta, discretely.theta) < (equal ? either(1e-11, 1e-4) : either(1e-5, 1e-2)));
                if (!is_double || !equal) continue;
                options.rows = joint;
                const auto at = [&](double by) { return taken(f, options, 1.2 + by).loss; };
                const double h = 1e-3, difference = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
                CHECK(double(discretely.theta[0]) == Approx(difference).epsilon(1e-8));
            }
    }

    TEST_CASE(
        "mass: rodas4 takes the same steps on numbers, on a tape, by rows and by direct; a jump of f begins anew") {
        const Waves f{false};
        for (const bool jumps : {false, true}) {
            const auto law = [&](double t, In z, Out dz) {
                f(t, z, dz);
                if (t > 0.5 && jumps) dz[0] *= 3;
            };
            const auto of_tape = [&](Var t, Var z) {
                const Var late = jumps ? 1 + 2 * greater(t, 0.5) : 1 + 0 * t;
                return f(t, z, late);
            };
            SolveOptions options{.method = rodas4, .rtol = 1e-5, .atol = 1e-7, .mass = f.mass()};
            if (jumps) options.jump_t = {0.5};
            const auto numbers = solve(law, std::array{1.0, 1.0}, {0, 2}, options);
            if (!jumps) CHECK(numbers.end()[0] == Approx(std::exp(std::sin(2.0))).epsilon(1e-4));
            if (jumps)
                CHECK(numbers.end()[0] ==
                      Approx(std::exp(std::sin(0.5) + 3 * (std::sin(2.0) - std::sin(0.5)))).epsilon(1e-3));
            for (const Route& route : {discrete, direct})
                for (const RowClocks rows : {joint, independent}) {
                    if (rows == independent && route == direct) continue;
                    Tape tape;
                    SolveOptions by = options;
                    by.gradient = route;
                    by.rows = rows;
                    const auto s = solve(tape, of_tape, tape.variable(Tensor({1, 2}, {1, 1})), {0, 2}, by);
                    CHECK(std::abs(s.statistics().accepted - numbers.statistics().accepted) <= (is_double ? 0 : 3));
                    for (Index i = 0; i < 2; ++i)
                        CHECK(double(tape.view(s.end())[i]) ==
                              Approx(numbers.end()[std::size_t(i)]).epsilon(either(1e-6, 1e-3)));
                }
        }
    }

    TEST_CASE("mass: an equation that jumps with f is an error that says what to do, and that does it") {
        const auto law = [](double t, In z, Out f) { f[0] = -z[1], f[1] = z[1] - (t > 0.5 ? 3 : 1) * z[0]; };
        const auto of_tape = [](Var t, Var z) {
            const Var x = slice(z, 1, 0, 1), y = slice(z, 1, 1, 1);
            return concatenate({-y, y - (1 + 2 * greater(t, 0.5)) * x}, 1);
        };
        for (const Method& m : {radau5, sdirk2, rodas4}) {
            CAPTURE(std::string(m.name));
            SolveOptions options{.method = m, .rtol = 1e-5, .atol = 1e-7, .jump_t = {0.5}, .mass = {1, 0, 0, 0}};
            const auto told = [&](const std::string& error) {
                CHECK(contains(error, "an equation without a derivative jumps at t = 0.5"));
                CHECK(contains(error, "component 1 of f is -1.2"));
                CHECK(contains(error, "find the z that satisfies it behind the jump"));
            };
            told(error_of([&] { solve(law, std::array{1.0, 1.0}, {0, 1}, options); }));
            for (const Route& route : {discrete, direct}) {
                Tape tape;
                options.gradient = route;
                told(error_of([&] { solve(tape, of_tape, tape.variable(Tensor({1, 2}, {1, 1})), {0, 1}, options); }));
            }
            options.gradient = discrete;
            options.rows = independent;
            const auto apart = solve(of_tape, Tensor({2, 2}, {1, 1, 1, 1}), {0, 1}, options);
            CHECK(apart.status == Status::inconsistent);
            CHECK(apart.rows()[1].t == 0.5);
            options.rows = joint;

            Stepper stepper(law, std::array{1.0, 1.0}, {0, 1}, options);
            while (stepper.step())
                if (stepper.t() == 0.5) stepper.reset(std::array{stepper.z()[0], 3 * stepper.z()[0]});
            REQUIRE(stepper.status() == Status::ok);
            CHECK(stepper.z()[0] == Approx(std::exp(-0.5 - 1.5)).epsilon(1e-3));
            CHECK(stepper.z()[1] == Approx(3 * stepper.z()[0]).epsilon(1e-3));
        }
    }

    TEST_CASE("mass: rodas4 refuses a start that its equations do not allow, and a warm solve asks for no memory") {
        const Waves f{false};
        const SolveOptions options{.method = rodas4, .mass = f.mass()};
        CHECK(contains(error_of([&] {
                           solve(f, std::array{1.0, 0.5}, {0, 1}, options);
                       }),
                       "component 1 of f is -0.75"));
        const Tensor starts({2, 2}, {1, 1, 1, 0.5});
        const auto field = [&](Var t, Var z) { return f(t, z, z.tape().constant(Tensor({1}, {1}))); };
        for (const Route& route : {discrete, direct}) {
            Tape tape;
            SolveOptions by = options;
            by.gradient = route;
            const std::string error = error_of([&] { solve(tape, field, tape.variable(starts), {0, 1}, by); });
            CHECK(contains(error, "an inconsistent start at t = 0"));
        }
        Tape tape;
        SolveOptions by_rows = options;
        by_rows.rows = independent;  // of which the others go on
        const View ends = tape.view(solve(tape, field, tape.variable(starts), {0, 1}, by_rows).end());
        CHECK(double(ends[0]) == Approx(std::exp(std::sin(1.0))).epsilon(either(1e-4, 1e-3)));
        CHECK(std::isnan(double(ends[2])));
        std::vector<double> y(2), work(static_cast<std::size_t>(work_size(rodas4, 2)));
        const auto run = [&] {
            y = {1, 1};
            CHECK(solve_to(f, std::span<double>(y), work, {0, 2}, options).status == Status::ok);
        };
        run();
        CHECK(allocations_in(run) == 0);
        CHECK(is_stiffly_accurate(RosenbrockArrays<1>(linearly_implicit_euler)));
        Rosenbrock<1> not_so = linearly_implicit_euler;
        not_so.m[0] = 0.5;
        CHECK_FALSE(is_stiffly_accurate(RosenbrockArrays<1>(not_so)));
    }
    TEST_CASE("mass: what is wrong with M is said, and what takes one") {
        const auto told = [](const Method& m, const std::vector<double>& mass) {
            SolveOptions options{.method = m};
            options.mass = mass;
            return error_of([&] { solve(Waves{false}, std::array{1.0, 1.0}, {0, 1}, options); });
        };
        CHECK(contains(told(rodas4, {1, 0, 0}), "try       {1, 0, 0, 0}"));
        CHECK(contains(told(radau5, {1, 0, 0, NAN}), "finite numbers"));
        CHECK(contains(told(implicit_euler, {1, 0, 0, 0}), ".method = ode::radau5"));  // it estimates no error
    }
}
