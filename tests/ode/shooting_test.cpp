// tests/ode/shooting_test.cpp — segments hold the data that they should, and following them gives the long solution again
#include "ode/models/shooting.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/difference.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/precision.hpp"

using namespace costate;
using test::contains;
using test::error_of;
using test::is_double;
using test::largest_difference;

namespace {

// dz/dt = cos t − z, dw/dt = z: it needs the time.
Var driven(Var t, Var z) { return concatenate({cos(t) - column(z, 0), column(z, 0) + 0 * t}, 1); }
const ode::SolveOptions tight{.rtol = is_double ? 1e-10 : 1e-6, .atol = is_double ? 1e-12 : 1e-7};

Tensor trajectory(const std::vector<double>& times) {
    Tensor z = ode::solve(driven, Tensor({1, 2}, {0.5, -1}), times, tight).z;
    return z.reshaped({z.shape()[0], 2});
}

const std::vector<double> uneven{0, 0.3, 0.4, 1, 1.7, 2, 2.9, 3, 3.3};

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("segments: rows of a batch, each beginning where another ends") {
    const Tensor data({7, 1}, {0, 1, 2, 3, 4, 5, 6});
    const ode::Segments s = ode::segments(linspace(10, 13, 7), data, 2);
    CHECK(s.times == std::vector<double>{0, 0.5, 1});
    CHECK(s.starts == Tensor({3, 1}, {0, 2, 4}));
    CHECK(s.states == Tensor({3, 3, 1}, {0, 2, 4, 1, 3, 5, 2, 4, 6}));
    CHECK(s.begins == Tensor({3, 1}, {10, 11, 12}));
    CHECK(s.are_equal());
    CHECK(s.length() == 2);
    const ode::Segments every = ode::segments(linspace(10, 13, 7), data, 2, 1);
    CHECK(every.starts == Tensor({5, 1}, {0, 1, 2, 3, 4}));
}

TEST_CASE("segments: the last one ends with the data, also where the length does not go into it") {
    const Tensor data({6, 1}, {0, 1, 2, 3, 4, 5});
    const ode::Segments s = ode::segments(linspace(0, 5, 6), data, 3);
    CHECK(s.starts == Tensor({2, 1}, {0, 2}));
    CHECK(s.states == Tensor({4, 2, 1}, {0, 2, 1, 3, 2, 4, 3, 5}));
    CHECK(s.meets == std::vector<Index>{2 * 2 + 0});  // at place 2 of segment 0
    CHECK(ode::segments(linspace(0, 5, 6), data, 5).starts == Tensor({1, 1}));
}

TEST_CASE("segments: of several orbits, orbit by orbit within a segment; and some rows alone") {
    const Tensor data({3, 2, 2}, {0, 1, 10, 11, 2, 3, 12, 13, 4, 5, 14, 15});
    const ode::Segments s = ode::segments({0, 1, 3}, data, 1);
    CHECK(s.starts == Tensor({4, 2}, {0, 1, 10, 11, 2, 3, 12, 13}));
    CHECK(s.states == Tensor({2, 4, 2}, {0, 1, 10, 11, 2, 3, 12, 13, 2, 3, 12, 13, 4, 5, 14, 15}));
    CHECK(s.gaps == Tensor({1, 4, 1}, {1, 1, 2, 2}));
    CHECK(s.times == std::vector<double>{0, 1});  // in intervals
    const ode::Segments some = s.rows({3, 0});
    CHECK(some.starts == Tensor({2, 2}, {12, 13, 0, 1}));
    CHECK(some.states == Tensor({2, 2, 2}, {12, 13, 0, 1, 14, 15, 2, 3}));
    CHECK(some.gaps == Tensor({1, 2, 1}, {2, 1}));
    CHECK(some.begins == Tensor({2, 1}, {1, 0}));
}

TEST_CASE("shoot: from the true starts it gives the true states, for equal and unequal intervals, and no defects") {
    for (const std::vector<double>& times : {linspace(0, 4, 9), uneven})
        for (const Index length : {1, 2, 3, 8}) {
            CAPTURE(length);
            const ode::Segments s = ode::segments(times, trajectory(times), length);
            Tape tape;
            const Var z = ode::shoot(tape, driven, s, tight);
            CHECK(largest_difference(z.value(), s.states) <= (is_double ? 1e-8 : 1e-4));
            if (length == 8) continue;
            const Var apart = ode::defects(z, s.starts, s);
            CHECK(apart.shape() == s.starts.shape().with(0, s.starts.shape()[0] - 1));
            CHECK(largest_difference(apart.value(), Tensor(apart.shape())) <= (is_double ? 1e-8 : 1e-4));
        }
}

TEST_CASE("defects: the end of a segment less the start of the next") {
    const ode::Segments s = ode::segments(linspace(0, 4, 5), Tensor({5, 1}, {0, 0, 3, 0, 7}), 2);
    Tape tape;
    const Var z =
        ode::shoot(tape, [](Var, Var x) { return 0 * x + 1; }, s, {.steps = 2});  // two time units further: + 2
    CHECK(largest_difference(ode::defects(z, s.starts, s).value(), Tensor({1, 1}, {-1})) <= (is_double ? 1e-14 : 1e-6));
}

TEST_CASE("shoot: every route gives the gradient by starts and parameters, of unequal intervals as well") {
    const ode::Segments s = ode::segments(uneven, trajectory(uneven), 2);
    const nn::MLP field({2, 8, 2}, nn::tanh, Rng{3}, {.time = true});
    const Parameter starts("starts", s.starts);
    std::vector<Parameter> all(field.parameters().begin(), field.parameters().end());
    all.push_back(starts);
    std::vector<Tensor> first;
    for (const ode::Route& route : {ode::discrete, ode::direct, ode::backsolve}) {
        Tape tape;
        ode::SolveOptions options = tight;
        options.gradient = route;
        const Var z = ode::shoot(field, tape.use(starts), s, options);
        const Var loss = nn::mse(z, s.states) + 0.1 * mean(square(ode::defects(z, starts, s)));
        const Vars g = grad(loss, all);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (first.size() < all.size()) first.emplace_back(g[i].value());
            CHECK(largest_difference(g[i].value(), first[i]) <= (is_double ? 1e-8 : 2e-4));
        }
    }
}

TEST_CASE("shoot: a warm iteration allocates nothing, for equal and unequal intervals, defects included") {
    for (const std::vector<double>& times : {linspace(0, 4, 9), uneven}) {
        const ode::Segments s = ode::segments(times, trajectory(times), 2);
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{3});
        const Parameter starts("starts", s.starts);
        Tape tape;
        const auto iterate = [&] {
            tape.rewind();
            const Var z = ode::shoot(field, tape.use(starts), s, {.method = ode::rk4_classic, .steps = 4});
            const Var loss = nn::mse(z, s.states) + mean(square(ode::defects(z, starts, s)));
            grad(loss, {starts, field.parameters()[0]});
        };
        for (int n = 0; n < 4; ++n) iterate();
        CHECK(test::allocations_in(iterate) == 0);
    }
}

TEST_CASE("shoot: so many steps are for a whole segment") {
    const auto decay = [](Var, Var z) { return -z; };
    const auto end = [&](const std::vector<double>& times) {
        Tape tape;
        const ode::Segments s = ode::segments(times, Tensor({3, 1}, {1, 0, 0}), 2);
        return double(ode::shoot(tape, decay, s, {.method = ode::rk4_classic, .steps = 4}).value()[2]);
    };
    const auto rk4 = [](double h) { return 1 - h + h * h / 2 - h * h * h / 6 + h * h * h * h / 24; };
    CHECK(end({0, 1, 2}) == doctest::Approx(std::pow(rk4(0.5), 4)).epsilon(is_double ? 1e-14 : 1e-6));
    CHECK(end({0, 1, 3}) ==
          doctest::Approx(std::pow(rk4(0.5), 2) * std::pow(rk4(1), 2)).epsilon(is_double ? 1e-14 : 1e-6));
}

TEST_CASE("shoot: steps of at most a length are as long where intervals are not equal, for the longest of them") {
    const auto decay = [](Var, Var z) { return -z; };
    const ode::Segments s = ode::segments({0, 1, 3, 7}, Tensor({4, 1}, {1, 1, 0, 0}), 2, 1);  // gaps 1, 2 and 2, 4
    Tape tape;
    const Tensor z(ode::shoot(tape, decay, s, {.method = ode::rk4_classic, .step = 0.5}).value());
    const auto rk4 = [](double h, int steps) {
        return std::pow(1 - h + h * h / 2 - h * h * h / 6 + h * h * h * h / 24, steps);
    };
    const auto close = [](double x) { return doctest::Approx(x).epsilon(is_double ? 1e-13 : 1e-6); };
    CHECK(double(z[4]) == close(rk4(0.25, 4) * rk4(0.25, 8)));
    CHECK(double(z[5]) == close(rk4(0.5, 4) * rk4(0.5, 8)));
    const ode::Segments one = ode::segments({0, 1, 3}, Tensor({3, 1}, {1, 0, 0}), 2);
    const auto work = [&](const ode::SolveOptions& options) {
        int evaluations = 0;
        Tape evaluated;
        ode::shoot(
            evaluated, [&](Var, Var state) { return ++evaluations, -state; }, one, options);
        return evaluations;
    };
    CHECK(work({.gradient = ode::direct, .max_step = 0.1}) > 6 * 29);
    CHECK(work({.gradient = ode::direct}) < 6 * 20);
}

TEST_CASE("shoot: a field of states of rank 3 is told a time for each row in that rank") {
    for (const std::vector<double>& times : {std::vector<double>{0, 1, 2}, {0, 1, 3}})
        for (const ode::RowClocks rows : {ode::joint, ode::independent}) {
            const ode::Segments s = ode::segments(times, Tensor(Shape{3, 2, 3}, 1), 1);  // two orbits, two segments
            Tape tape;
            const auto field = [&](Var t, Var z) {
                CHECK(t.shape() == Shape{4, 1});
                return cos(t) * z;
            };
            const Tensor z(ode::shoot(tape, field, s, {.rtol = is_double ? 1e-9 : 1e-5, .rows = rows}).value());
            for (Index row = 0; row < 4; ++row) {
                const double from = times[row / 2], to = times[row / 2 + 1];
                CHECK(double(z[12 + 3 * row]) ==
                      doctest::Approx(std::exp(std::sin(to) - std::sin(from))).epsilon(is_double ? 1e-7 : 1e-3));
            }
        }
    const ode::Segments s = ode::segments({0, 1, 3}, Tensor(Shape{3, 2, 2, 3}, 1), 1);
    for (const ode::RowClocks rows : {ode::joint, ode::independent}) {
        Tape tape;
        const auto field = [&](Var t, Var z) {
            CHECK(t.shape() == Shape{4, 1, 1});
            return cos(t) * z;
        };
        CHECK(ode::shoot(tape, field, s, {.rows = rows}).shape() == Shape{2, 4, 2, 3});
    }
}

// The linear spiral of 50 times in 10: from this start a solve of the whole trajectory ends in a wrong valley.
TEST_CASE("shoot: pairs find a matrix that one long solve does not") {
    const Tensor truth({2, 2}, {-0.1, -1, 1, -0.1});
    const auto times = linspace(0, 10, 51);
    const Tensor data = ode::solve([&](Var, Var z) { return matmul(z, truth, false, true); }, Tensor({1, 2}, {1, 1}),
                                   times, {.rtol = 1e-9, .atol = 1e-9})
                            .z.reshaped({51, 2});
    const ode::Segments pairs = ode::segments(times, data, 1);
    const Parameter a("A", Tensor({2, 2}, {0.3, 0.5, -0.4, 0.2}));
    optim::Adam adam(a, {.lr = 0.1});
    Tape tape;
    for (int n = 0; n < 300; ++n, tape.rewind()) {
        adam.set_lr(0.1 * (1 + std::cos(3.14159265 * n / 300)) / 2);
        const auto field = [&](Var, Var z) { return matmul(z, a, false, true); };
        const Var z = ode::shoot(tape, field, pairs, {.method = ode::rk4_classic, .steps = 4});
        adam.minimise(nn::mse(z, pairs.states));
    }
    CHECK(largest_difference(a.value(), truth) <= (is_double ? 1e-5 : 1e-3));
}

TEST_CASE("segments, shoot, defects: what does not fit is an error at the line of the call") {
    const auto refused = [](const std::string& error, const char* words, int line) {
        CAPTURE(error);
        CHECK(contains(error, words));
        CHECK(contains(error, "shooting_test.cpp:" + std::to_string(line)));
    };
    const Tensor data(Shape{5, 2});
    const auto times = linspace(0, 4, 5);
    const auto cut = [&](Index length, Index stride) {
        return error_of([&] { ode::segments(times, data, length, stride, {"shooting_test.cpp", 1}); });
    };
    for (const auto& [length, stride] : {std::pair<Index, Index>{0, 0}, {5, 0}, {2, 3}, {2, -1}})
        refused(cut(length, stride), "segments: they cannot be cut so", 1);
    refused(error_of([&] { ode::segments(linspace(0, 1, 4), data, 1); }), "segments: not one row of data", __LINE__);
    refused(error_of([&] { ode::segments(times, Tensor(Shape{5}), 1); }), "reshaped({T, 1})", __LINE__);
    refused(error_of([&] { ode::segments({0, 1, 1, 2, 3}, data, 1); }), "stand still or turn round", __LINE__);
    const ode::Segments s = ode::segments(times, data, 2);
    Tape tape;
    const Var z0 = tape.constant(Tensor(Shape{3, 2}));
    refused(error_of([&] { ode::shoot(driven, z0, s); }), "shoot: the starts do not fit the segments", __LINE__);
    refused(error_of([&] { ode::shoot(tape, driven, s, {.jump_t = {1.5}}); }), "got       .jump_t", __LINE__);
    const ode::Segments one = ode::segments(times, data, 4);
    const Var z = ode::shoot(tape, driven, one);
    refused(error_of([&] { ode::defects(z, one.starts, one); }), "likely    one segment alone", __LINE__);
}

TEST_SUITE_END();
