// tests/autodiff/divergence_test.cpp — the trace of a rate's Jacobian, exactly and by probes
#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "core/random.hpp"
#include "nn/mlp.hpp"
#include "tests/support/difference.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using test::contains;
using test::error_of;
using test::largest_difference;
using test::normal_tensor;

namespace {

constexpr double exact = sizeof(Real) == 8 ? 1e-13 : 1e-5;

// f = (x² y, sin(y) + z, x z³):  ∇·f = 2 x y + cos y + 3 x z²
Var rate(Var u) {
    const Var x = column(u, 0), y = column(u, 1), z = column(u, 2);
    return concatenate({x * x * y, sin(y) + z, x * pow(z, 3)}, -1);
}

struct Room {
    Tape tape;
    Tensor points{{4, 3}, {1, 2, 3, 0.5, -1, 2, -2, 0.25, 1, 0, 1, 0.5}};
    Var u = tape.variable(points);

    Tensor closed_form() const {
        Tensor d({4, 1});
        for (Index b = 0; b < 4; ++b) {
            const double x = double(points(b, 0)), y = double(points(b, 1)), z = double(points(b, 2));
            d[b] = static_cast<Real>(2 * x * y + std::cos(y) + 3 * x * z * z);
        }
        return d;
    }
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Room, "divergence: with f and z in each other's place there is an error, not a trace of 0") {
    const Var f = rate(u);
    const std::string text = error_of([&] { divergence(u, f); });
    CHECK(contains(text, "divergence: f does not depend on z, but z on f"));
    CHECK(contains(text, "the arguments are (f, z)"));
    CHECK(contains(text, "divergence_test.cpp:"));
}

TEST_CASE_FIXTURE(Room, "divergence: a closed form, row by row") {
    CHECK(largest_difference(tape.view(divergence(rate(u), u)), closed_form()) <= exact * 10);
    const Var alone = tape.variable(Tensor({3}, {1, 2, 3})), d = divergence(rate(alone), alone);
    CHECK(d.shape() == Shape{1});
    CHECK(std::abs(static_cast<double>(tape.view(d)[0] - closed_form()[0])) <= exact * 10);
    const Var stack = tape.variable(points.reshaped({2, 2, 3})), of_stack = divergence(rate(stack), stack);
    CHECK(largest_difference(tape.view(of_stack), closed_form().reshaped({2, 2, 1})) <= exact * 10);
}

TEST_CASE("divergence: the trace of the Jacobian of a network") {
    Tape tape;
    const nn::MLP field({2, 16, 2}, nn::tanh, Rng{3});
    const Tensor points = normal_tensor({5, 2}, 7);
    const Var z = tape.variable(points), d = divergence(field(z), z);
    for (Index b = 0; b < 5; ++b) {
        const Var row = tape.variable(points.rows(b, 1)), J = jacobian(field(row), row);  // [1,2,1,2]
        const View j = tape.view(J);
        CHECK(std::abs(static_cast<double>(tape.view(d)[b] - (j[0] + j[3]))) <= exact);
    }
}

TEST_CASE_FIXTURE(Room, "divergence by probes: exact for probes that are complete, and for a diagonal Jacobian") {
    Tensor axes({3, 4, 3});  // √3 e_k in every row: their ε εᵀ have the mean 1
    for (Index k = 0; k < 3; ++k)
        for (Index b = 0; b < 4; ++b) axes(k, b, k) = static_cast<Real>(std::sqrt(3.0));
    CHECK(largest_difference(tape.view(divergence(rate(u), u, axes)), closed_form()) <= exact * 100);
    Tensor signs({4, 3}, {1, -1, 1, -1, -1, 1, 1, 1, -1, -1, 1, 1});
    const Var diagonal = u * u;
    CHECK(largest_difference(tape.view(divergence(diagonal, u, signs)), tape.view(2 * sum(u, -1, true))) <= exact * 10);
}

TEST_CASE_FIXTURE(Room, "divergence by probes: the mean over many is near, as their variance says") {
    constexpr Index count = 4000;
    Tensor probes({count, 4, 3});
    Rng rng(11);
    for (Real& entry : probes.entries()) entry = rng.uniform() < 0.5 ? Real(-1) : Real(1);
    const Tensor estimate(tape.view(divergence(rate(u), u, probes)));
    const Tensor right = closed_form();
    const Var J = jacobian(rate(u), u);  // [4,3,4,3]
    for (Index b = 0; b < 4; ++b) {
        double variance = 0;  // of εᵀJε for signs: Σ over i < j of (J_ij + J_ji)²
        for (Index i = 0; i < 3; ++i)
            for (Index j = i + 1; j < 3; ++j) {
                const View all = tape.view(J);
                const auto at = [&](Index r, Index c) { return double(all[((b * 3 + r) * 4 + b) * 3 + c]); };
                variance += std::pow(at(i, j) + at(j, i), 2);
            }
        CHECK(std::abs(double(estimate[b] - right[b])) <= 4 * std::sqrt(variance / count) + exact);
    }
}

TEST_CASE_FIXTURE(Room, "divergence: rows stay apart where only a constant of all rows comes in, or two transposes") {
    const Tensor right(tape.view(2 * sum(u, -1, true)));
    const auto is_right = [&](Var f) { return largest_difference(tape.view(divergence(f, u)), right) <= exact * 10; };
    CHECK(is_right(u * u - detach(mean(u, 0))));
    CHECK(is_right(u * u + mean(tape.constant(points), 0, true)));
    CHECK(is_right(transpose(square(transpose(u)))));
    CHECK(is_right(reshape(square(reshape(u, {12})), {4, 3})));
    const Var one = tape.variable(points.rows(0, 1)), f = one * one - sum(one * 0.0, 0);  // no other row
    CHECK(largest_difference(tape.view(divergence(f, one)), View{right.data(), {1, 1}}) <= exact * 10);
}

TEST_CASE_FIXTURE(Room, "divergence: of what does not depend on z, or couples its rows, and shapes that do not fit") {
    const Var still = tape.constant(points);
    CHECK(contains(error_of([&] { divergence(still, u); }), "divergence: f does not depend on z"));
    CHECK(contains(error_of([&] { divergence(still, u, points); }), "divergence: f does not depend on z"));
    CHECK(
        contains(error_of([&] { divergence(u - mean(u, 0), u); }), "divergence: the rows of f depend on one another"));
    CHECK(contains(error_of([&] { laplacian(sum(u * sum(u), -1), u); }),
                   "laplacian: the rows of y depend on one another"));
    CHECK(contains(error_of([&] { divergence(sum(u, -1), u); }), "divergence: f and z must have the same shape"));
    CHECK(contains(error_of([&] { divergence(u, u, Tensor({4, 2})); }), "divergence: the probes do not fit z"));
    CHECK(contains(error_of([&] { divergence(u, u, Tensor({2, 3, 3})); }), "divergence: the probes do not fit z"));
    const std::string error = error_of([&] { divergence(u, u, 1); });
    CHECK(contains(error, "divergence_test.cpp:" + std::to_string(__LINE__ - 1)));
}

TEST_SUITE_END();
