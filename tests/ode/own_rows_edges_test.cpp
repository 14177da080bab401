// tests/ode/own_rows_edges_test.cpp — rows with clocks of their own: failures, limits, costs, and what is refused
#include <doctest/doctest.h>

#include "nn/mlp.hpp"
#include "ode/plain.hpp"
#include "tests/ode/own_rows.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE_BEGIN("ode");

TEST_CASE("own rows: one that cannot go on says so, and no other row notices") {
    const auto squares = [](Var, Var z) { return square(z); };  // z = 1/(1/z0 − t)
    const Tensor z0({4, 1}, {0.2, 0.8, -1, 1.9});               // poles at 5, 1.25, none, 0.526...
    const std::vector<double> times{0, 0.5, 1, 2};
    const SolveOptions options{.rtol = 1e-6, .atol = 1e-8, .rows = independent};
    const Solution<Tensor> s = solve(squares, z0, times, options);
    CHECK(s.status != Status::ok);
    const auto rows = s.rows();
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].status == Status::ok);
    CHECK(rows[2].status == Status::ok);
    CHECK(rows[1].status == s.status);
    CHECK(rows[3].status != Status::ok);
    CHECK(rows[1].t == doctest::Approx(1.25).epsilon(1e-3));
    CHECK(rows[3].t == doctest::Approx(1 / 1.9).epsilon(1e-3));
    CHECK(rows[1].evaluations < 10'000);
    CHECK(double(s.z[2 * 4 + 1]) == doctest::Approx(4).epsilon(1e-4));
    for (const Index unreached : {3 * 4 + 1, 2 * 4 + 3, 3 * 4 + 3}) CHECK(std::isnan(s.z[unreached]));
    CHECK(same_bits(observed(s.z, 0), solve(squares, row_of(z0, 0), times, {.rtol = 1e-6, .atol = 1e-8}).z));
    const std::string text = error_of([&] { s.require_ok(); });
    CHECK(contains(text, "2 of 4 rows could not go on"));
    CHECK(contains(text, "row 3: step_underflow at t = 0.526"));

    for (const Route& gradient : {discrete, backsolve}) {  // of what was reached
        Tape tape;
        const Var start = tape.variable(z0);
        SolveOptions by = options;
        by.gradient = gradient;
        const Solution<Var> path = solve(squares, start, times, by);
        CHECK(path.status == s.status);
        const Var known = slice(path.z, 0, 0, 2);  // all but row 3 at 0.5, where it still is
        const Tensor bar(tape.view(grad(sum(known), start)));
        for (Index row = 0; row < 4; ++row) {
            const double slope = 1 / std::pow(1 - 0.5 * double(z0[row]), 2);  // dz(0.5)/dz0
            CHECK(double(bar[row]) == doctest::Approx(1 + slope).epsilon(row == 3 ? 1e-2 : 1e-3));
        }
    }
    const Solution<Tensor> fine = solve(squares, row_of(z0, 0), times, options);
    CHECK(fine.status == Status::ok);
    fine.require_ok();
    const auto rooted = [](Var, Var z) { return log(z); };
    const Solution<Tensor> start = solve(rooted, Tensor({2, 1}, {2, 0}), {0, 1}, options);
    CHECK(start.rows()[0].status == Status::ok);
    CHECK(start.rows()[1].status == Status::bad_start);
    const Solution<Tensor> grid =
        solve(squares, Tensor({2, 1}, {0.1, 1e30}), {0, 1}, {.steps = 4, .rows = independent});
    CHECK(grid.rows()[0].status == Status::ok);
    CHECK(grid.rows()[1].status == Status::not_finite);
}

TEST_CASE("own rows: an empty batch, a batch of numbers, and a solve over no time") {
    const SolveOptions options{.rows = independent};
    const auto decay = [](Var t, Var z) { return -z * (1 + t); };
    CHECK(solve(decay, Tensor({0, 3}), {0, 1}, options).z.shape() == Shape{2, 0, 3});
    const Tensor z = solve(decay, Tensor({3}, {1, 2, 3}), {0, 1}, options).z;
    for (Index i = 0; i < 3; ++i) CHECK(double(z[3 + i]) == doctest::Approx((1 + double(i)) * std::exp(-1.5)));
    CHECK(same_bits(solve(decay, Tensor({2, 1}, {1, 2}), {1, 1}, options).z, Tensor({2, 2, 1}, {1, 2, 1, 2})));
}

TEST_CASE("own rows: gradients by the times of each row, and second derivatives") {
    const Tensor z0({3, 1}, {1, 2, -1});
    const auto growth = [](Var t, Var z) { return t * z; };  // z(t) = z0 exp((t² − t0²)/2)
    Tape tape;
    const Var start = tape.variable(z0), times = tape.variable(Tensor({3, 2}, {0, 1, 0.5, 1.5, 1, 0.2}));
    const double tight = either(1e-10, 1e-5);
    const Solution<Var> s = solve(growth, start, times, {.rtol = tight, .atol = tight, .rows = independent});
    const Vars first = grad(sum(s.end()), Vars(std::array{start, times}));
    const Tensor by_time(tape.view(first[1]));
    const Var curve = grad(sum(square(s.end())), start);  // d/dz0 of z²
    const Tensor second(tape.view(grad(sum(curve), start)));
    for (Index row = 0; row < 3; ++row) {
        const double t0 = double(tape.view(times)[2 * row]), t1 = double(tape.view(times)[2 * row + 1]);
        const double growth_by = std::exp((t1 * t1 - t0 * t0) / 2), z1 = double(z0[row]) * growth_by;
        CHECK(double(by_time[2 * row]) == doctest::Approx(-t0 * z1).epsilon(either(1e-7, 1e-3)));
        CHECK(double(by_time[2 * row + 1]) == doctest::Approx(t1 * z1).epsilon(either(1e-7, 1e-3)));
        CHECK(double(second[row]) == doctest::Approx(2 * growth_by * growth_by).epsilon(either(1e-7, 1e-3)));
    }
}

TEST_CASE("own rows: oscillators with periods from 1 to 10 cost less than half of the joint solve") {
    const Index rows = 512;
    Tensor omega({rows, 1}), z0({rows, 2});
    for (Index i = 0; i < rows; ++i) {
        omega[i] = static_cast<Real>(2 * 3.141592653589793 / (1 + 9 * (double(i) + 0.5) / double(rows)));
        z0[2 * i] = 1;
    }
    const auto field = [&](Var, Var z) {
        return concatenate({slice(z, 1, 1, 1), -square(z.tape().constant(omega)) * slice(z, 1, 0, 1)}, 1);
    };
    SolveOptions options{.method = dopri5, .rtol = 1e-6, .atol = 1e-6};
    const Statistics jointly = solve(field, z0, {0, 10}, options).statistics();
    options.rows = independent;
    const Solution<Tensor> s = solve(field, z0, {0, 10}, options);
    CHECK(jointly.evaluations * rows >= 2 * s.statistics().evaluations);
    for (Index i = 0; i < rows; i += 37)
        CHECK(double(s.z[(rows + i) * 2]) ==
              doctest::Approx(std::cos(10 * double(omega[i]))).epsilon(either(1e-3, 1e-2)));
}

TEST_CASE("own rows: a warm training step allocates nothing") {
    const nn::MLP field({2, 16, 2}, nn::tanh, Rng{1}, {.time = true});
    const Tensor z0 = waves({20, 2}, 1);
    for (const Route& gradient : {discrete, backsolve}) {
        const SolveOptions options{.rtol = 1e-4, .gradient = gradient, .rows = independent};
        Tape tape;
        const auto step = [&] {
            tape.rewind();
            const Solution<Var> s = solve(tape, field, z0, {0, 0.5, 2}, options);
            return grad(sum(square(s.z)), field.parameters());
        };
        for (int i = 0; i < 4; ++i) step();
        CHECK(allocations_in(step) == 0);
    }
}

TEST_CASE("own rows: what cannot be meant") {
    const Tensor z0 = waves({3, 2}, 1);
    const SolveOptions options{.rows = independent};
    const auto mean_field = [](Var, Var z) { return z - mean(z, {0}, true); };
    const std::string mixed = error_of([&] { solve(mean_field, z0, {0, 1}, options); });
    CHECK(contains(mixed, "the field mixes the rows of the batch"));
    CHECK(contains(mixed, ".rows = ode::joint"));
    const auto decay = [](Var, Var z) { return -z; };
    const auto nested = [&](Var, Var z) { return solve(decay, z, {0, 1}).end(); };
    CHECK(contains(error_of([&] {
                       solve(nested, z0, {0, 1}, options);
                   }),
                   "no sum, mean or matmul over axis 0, and no solve"));
    CHECK(contains(error_of([&] {
                       solve(decay, z0, {0, 1}, {.gradient = direct, .rows = independent});
                   }),
                   ".gradient = ode::discrete"));
    CHECK(contains(error_of([&] {
                       solve(decay, z0, Tensor({2, 2}, {0, 1, 0, 2}), options);
                   }),
                   "not as many lists of times as rows"));
    CHECK(contains(error_of([&] {
                       solve(decay, z0, Tensor({3, 2}, {0, 1, 0, 2, 0, 3}));
                   }),
                   ".rows = ode::independent"));
    CHECK(contains(error_of([&] { solve(decay, Tensor({}, {1}), {0, 1}, options); }), "no rows"));
    CHECK(contains(error_of([&] {
                       solve([](double, std::span<const double> z, std::span<double> dz) { dz[0] = -z[0]; },
                             std::array{1.0}, {0, 1}, options);
                   }),
                   "rows"));
}

TEST_CASE("own rows: one that lands where f jumps leaves the bits and the evaluations of those beside it as they are") {
    const auto field = [](Var t, Var z) { return where(greater(t, 0.5), 1.0, -1.0) + sin(t) - 3.0 * z * z; };
    const Tensor both({2, 1}, {0.1, 5}), one({1, 1}, {0.1});
    for (const Method& method : {radau5, kvaerno3, trbdf2, tsit5}) {
        CAPTURE(std::string(method.name));
        const SolveOptions options{.method = method, .rtol = 1e-5, .jump_t = {0.5}, .rows = independent};
        const auto alone = solve(field, one, {0, 1}, options), beside = solve(field, both, {0, 1}, options);
        CHECK(alone.end()[0] == beside.end()[0]);
        CHECK(alone.rows()[0].evaluations == beside.rows()[0].evaluations);
    }
}

TEST_SUITE_END();
