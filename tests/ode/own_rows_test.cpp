// tests/ode/own_rows_test.cpp — rows with clocks of their own: each is what it is alone
#include <doctest/doctest.h>

#include "nn/mlp.hpp"
#include "tests/ode/own_rows.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// Every row of a batch against itself alone, jointly: observations and the gradient by z0 bit for bit, others to rounding.
void check_rows(Index rows, SolveOptions options, const Times& times) {
    const Oscillators o(rows);
    const Tensor z0 = waves({rows, 2}, 1);
    options.rows = independent;
    const Solved all = solved(o, z0, times, options);
    Tensor p({1});
    long accepted = 0;
    for (Index row = 0; row < rows; ++row) {
        CAPTURE(row);
        options.rows = joint;
        std::vector<double> own;
        for (std::size_t i = 0; i < times.size(); ++i)
            own.push_back(times[times.rows() > 0 ? static_cast<std::size_t>(row) * times.size() + i : i]);
        const Solved one = solved(o.of(row), row_of(z0, row), own, options);
        CHECK(same_bits(observed(all.z, row), one.z));
        CHECK(same_bits(row_of(all.z0, row), one.z0));
        CHECK(distance(row_of(all.c, row), one.c) < either(1e-12, 1e-4));  // alone it is summed as a parameter is
        CHECK(all.rows[static_cast<std::size_t>(row)].accepted == one.statistics.accepted);
        CHECK(all.rows[static_cast<std::size_t>(row)].rejected == one.statistics.rejected);
        CHECK(all.rows[static_cast<std::size_t>(row)].t == own.back());
        p[0] += one.p[0];
        accepted += one.statistics.accepted;
    }
    CHECK(distance(all.p, p) < either(1e-13, 1e-5));
    CHECK(all.statistics.accepted == accepted);
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("own rows: each row of a batch is that row alone, bit for bit") {
    for (const Method& method : {dopri5, tsit5, bosh3})
        for (const Index rows : {1, 2, 7, 100}) {
            CAPTURE(method.name);
            CAPTURE(rows);
            check_rows(rows, {.method = method, .rtol = 1e-5, .atol = 1e-6}, some_times);
        }
}

TEST_CASE("own rows: the continuous adjoint of a row is that of the row alone") {
    for (const Index rows : {1, 7, 100}) {
        CAPTURE(rows);
        check_rows(rows, {.method = dopri5, .rtol = 1e-5, .atol = 1e-6, .gradient = backsolve}, some_times);
        check_rows(rows, {.method = rk4_classic, .gradient = backsolve, .steps = 12}, some_times);
    }
}

TEST_CASE("own rows: known steps, and a method that has no last stage to hand on") {
    check_rows(7, {.method = rk4_classic, .steps = 13}, some_times);
    check_rows(7, {.method = tsit5, .steps = 5}, some_times);
    check_rows(40, {.method = fehlberg2, .rtol = 1e-4, .atol = 1e-5}, some_times);
}

TEST_CASE("own rows: landings, jumps, tolerances, norms and any method's steps are those of the row alone") {
    const SolveOptions plain{.rtol = 1e-5, .atol = 1e-6};
    std::vector<SolveOptions> all(8, plain);
    all[0].method = dop853;                // two error rows, and stages for dense output alone
    all[1].method = doubled<rk4_classic>;  // its error by doubling
    all[2].step = 0.3;                     // from each time to the next
    all[3].step_t = {0.7, 2.9};
    all[4].jump_t = {0, 1.5, 3, 4};  // where f is asked beside, and all is forgotten
    all[5].steps = 9, all[5].jump_t = {1.5};
    all[6].rtol = {1e-4, 1e-6}, all[6].norm = max_norm;
    all[7].norm = [](const ScaledErrors& e) { return std::abs(e[0]) + std::abs(e[1]); };
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const Route& gradient : {discrete, backsolve}) {
            CAPTURE(i);
            CAPTURE(gradient.name);
            all[i].gradient = gradient;
            check_rows(9, all[i], some_times);
        }
}

TEST_CASE("own rows: spans and times of their own, as a Tensor or in lists of any length") {
    const Index rows = 9, T = 5;
    Tensor times({rows, T});
    std::vector<std::vector<double>> lists(rows), padded(rows);
    for (Index row = 0; row < rows; ++row) {
        double t = 0.1 * double(row);
        for (Index i = 0; i < T; ++i, t += 0.05 + 0.3 * std::fmod(0.61 * double(row * T + i), 1)) {
            times[row * T + i] = static_cast<Real>(t);
            if (i < 2 + row % 4) lists[row].push_back(t);
        }
    }
    lists[3] = {2, 1.5, 0};  // one goes back in time
    lists[4] = {1};          // and one nowhere
    for (const Route& gradient : {discrete, backsolve}) {
        CAPTURE(gradient.name);
        const SolveOptions options{.rtol = 1e-5, .atol = 1e-6, .gradient = gradient};
        check_rows(rows, options, times);
        check_rows(rows, options, lists);
        SolveOptions grid = options;
        grid.steps = 6;
        check_rows(rows, grid, lists);
    }
}

TEST_CASE("own rows: neither places nor tiles change a digit") {
    const Index rows = 150;
    const Oscillators o(rows);
    const Tensor z0 = waves({rows, 2}, 1);
    SolveOptions options{.rtol = 1e-4, .atol = 1e-5, .rows = independent};
    const Solved all = solved(o, z0, some_times, options);
    options.tiles = false;
    const Solved whole = solved(o, z0, some_times, options);
    CHECK(same_bits(all.z, whole.z));
    CHECK(same_bits(all.z0, whole.z0));
    CHECK(same_bits(all.c, whole.c));
    Oscillators turned = o;
    Tensor z0_turned = z0;
    for (Index row = 0; row < rows; ++row) {
        turned.omega[row] = o.omega[rows - 1 - row];
        for (Index i = 0; i < 2; ++i) z0_turned[row * 2 + i] = z0[(rows - 1 - row) * 2 + i];
    }
    const Solved back = solved(turned, z0_turned, some_times, {.rtol = 1e-4, .atol = 1e-5, .rows = independent});
    for (const Index row : {0, 1, 77, 149}) {
        CHECK(same_bits(observed(back.z, row), observed(all.z, rows - 1 - row)));
        CHECK(same_bits(row_of(back.c, row), row_of(all.c, rows - 1 - row)));
    }
}

TEST_CASE("own rows: a wide network in many tiles, with the time among its inputs") {
    const nn::MLP field({3, 40, 3}, nn::tanh, Rng{1}, {.time = true});
    const Index rows = 300;
    const Tensor z0 = waves({rows, 3}, 1);
    for (const Route& gradient : {discrete, backsolve}) {
        SolveOptions options{.rtol = 1e-4, .atol = 1e-5, .gradient = gradient, .rows = independent};
        const auto gradients = [&](const Tensor& from) {
            Tape tape;
            const Var start = tape.variable(from);
            const Solution<Var> s = solve(field, start, {0, 0.5, 2}, options);
            std::vector<Var> xs{start};
            for (const Parameter& p : field.parameters()) xs.push_back(tape.use(p));
            std::vector<Tensor> all;
            for (const Var& bar : grad(sum(square(s.z)), Vars(xs))) all.push_back(Tensor(tape.view(bar)));
            return all;
        };
        const std::vector<Tensor> all = gradients(z0);
        options.tiles = false;
        const std::vector<Tensor> whole = gradients(z0);
        CHECK(same_bits(all[0], whole[0]));
        for (std::size_t i = 1; i < all.size(); ++i) CHECK(distance(all[i], whole[i]) < either(1e-13, 1e-5));
        options.rows = joint;
        options.tiles = true;
        CHECK(same_bits(row_of(all[0], 123), gradients(row_of(z0, 123))[0]));
        options.rtol = options.atol = either(1e-10, 1e-6);
        const std::vector<Tensor> jointly = gradients(z0);
        for (std::size_t i = 0; i < all.size(); ++i) CHECK(distance(all[i], jointly[i]) < 1e-2);
        options.rows = independent;
        const std::vector<Tensor> sharp = gradients(z0);
        for (std::size_t i = 0; i < all.size(); ++i) CHECK(distance(sharp[i], jointly[i]) < either(1e-6, 1e-3));
    }
}

TEST_SUITE_END();
