// tests/examples/spirals_test.cpp — the spirals are those of torchdiffeq's latent_ode.py; what is read is what was observed
#include "examples/support/spirals.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace costate;
using namespace costate::support;
using doctest::Approx;

namespace {

// Points 100, 250 and 498 of the two curves, by that program's own lines (NumPy 1.24).
const double of_original[2][3][2] = {
    {{4.0882481841264635, -0.6730090265342481},
     {2.1674057251602346, -0.05350650710806107},
     {10.63950840665605, -0.21313190326133938}},
    {{-5.872103626324524, -0.332377345049292},
     {-5.801610577443833, -1.198047338419058},
     {2.344631202428207, 12.448881439820383}},
};

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("spirals: the original's points stand on them, 150 apart") {
    Rng rng(0);
    const Spirals spirals(400, 100, Spirals::With::future, rng);
    const Tensor truth = original_units(spirals.truth);
    int found[2] = {0, 0};
    for (Index i = 0; i < spirals.count(); ++i)
        for (Index j = 0; j + 150 < 200; ++j) {
            const bool k = spirals.clockwise[static_cast<std::size_t>(i)];
            const auto is = [&](Index at, const double(&point)[2]) {
                return std::hypot(double(truth(at, i, 0)) - point[0], double(truth(at, i, 1)) - point[1]) < 1e-5;
            };
            if (!is(j, of_original[k][0])) continue;
            CHECK(is(j + 150, of_original[k][1]));
            ++found[k];
        }
    CHECK(found[0] > 0);
    CHECK(found[1] > 0);
    CHECK(found[0] + found[1] < 20);
}

TEST_CASE("spirals: what is read are the observed points of the window, each spiral's own, with the gaps before them") {
    Rng rng(1);
    const Spirals spirals(50, 30, Spirals::With::window, rng);
    CHECK(spirals.truth.shape() == Shape{100, 50, 2});
    double squares = 0;
    for (Index i = 0; i < 50; ++i) {
        Index seen = 0, before = 0;
        for (Index j = 0; j < 100; ++j) {
            for (Index c = 0; c < 2; ++c)
                squares += std::pow(double(spirals.x(i, 2 * j + c) - spirals.truth(j, i, c)) / Spirals::noise, 2);
            if (spirals.mask(i, j) == 0) continue;
            CHECK(spirals.read(i, 4 * seen) == spirals.x(i, 2 * j));
            CHECK(spirals.read(i, 4 * seen + 1) == spirals.x(i, 2 * j + 1));
            CHECK(double(spirals.read(i, 4 * seen + 2)) == Approx(0.05 * double(j - before)).epsilon(1e-6));
            CHECK(double(spirals.read(i, 4 * seen + 3)) == Approx(0.01 * double(j)).epsilon(1e-6));
            ++seen, before = j;
        }
        CHECK(seen == 30);
    }
    CHECK(squares / 10000 == Approx(1).epsilon(0.06));  // 4 standard errors
    bool differ = false;
    for (Index j = 0; j < 100; ++j) differ |= spirals.mask(0, j) != spirals.mask(1, j);
    CHECK(differ);
}

TEST_CASE(
    "spirals: distances are root mean squares per coordinate in the original's units, and medians of the spirals' "
    "own") {
    Rng rng(2);
    const Spirals spirals(3, 10, Spirals::With::future, rng);
    Tensor curves(spirals.truth.rows(100, 100));
    CHECK(distance(spirals, curves, 100).rmse == 0);
    for (Index j = 0; j < 100; ++j)
        for (Index c = 0; c < 2; ++c) curves(j, 1, c) += Real(0.25), curves(j, 2, c) -= Real(0.5);  // off by 1 and by 2
    const Distance d = distance(spirals, curves, 100);
    CHECK(d.rmse == Approx(std::sqrt(5. / 3)).epsilon(1e-6));
    CHECK(d.median == Approx(1).epsilon(1e-6));
}

TEST_CASE("spirals: what is said of a hundred at a time stands in the order of the spirals") {
    Rng rng(3);
    const Spirals spirals(130, 10, Spirals::With::window, rng);
    const Tensor x = by_hundreds(spirals, [](const Seen& seen) { return seen.x; });
    const Tensor first = by_hundreds(spirals, [](const Seen& seen) { return seen.read[0]; });
    CHECK(x.shape() == Shape{100, 130, 2});
    CHECK(first.shape() == Shape{130, 4});
    for (const Index i : {0, 99, 100, 129}) {
        CHECK(x(7, i, 1) == spirals.x(i, 15));
        CHECK(first(i, 2) == spirals.read(i, 2));
    }
}

TEST_CASE("spirals: told apart are points that lie nearer to the middle of their own kind") {
    const Tensor z({6, 2},
                   {0, 0, 2, 0, 1, 0, 5, 1, 7, 1, 0, 1});  // middles (1, 0) and (4, 1): the last lies with the others
    CHECK(told_apart(z, {false, false, false, true, true, true}) == Approx(5. / 6));
    CHECK(told_apart(z, {false, false, false, true, true, false}) == Approx(1));
}

TEST_SUITE_END();
