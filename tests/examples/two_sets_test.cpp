// tests/examples/two_sets_test.cpp — the two sets are where they are said to be, and can be told apart
#include "examples/support/two_sets.hpp"

#include <doctest/doctest.h>
#include <algorithm>

using namespace costate;
using namespace costate::support;

TEST_SUITE_BEGIN("examples");

TEST_CASE("annuli: a quarter in the disc, the others in the ring") {
    Rng rng(0);
    const TwoSets p = annuli(400, rng);
    const Polyline disc = p.of(-1, 400), ring = p.of(1, 400);
    CHECK(disc.x.size() == 100);
    CHECK(ring.x.size() == 300);
    CHECK(p.of(-1, 40).x.size() == 10);
    for (std::size_t i = 0; i < 100; ++i) CHECK(std::hypot(disc.x[i], disc.y[i]) <= 0.5 + 1e-6);
    for (std::size_t i = 0; i < 300; ++i)
        CHECK_UNARY(std::hypot(ring.x[i], ring.y[i]) >= 1 - 1e-6 && std::hypot(ring.x[i], ring.y[i]) <= 1.5 + 1e-6);
}

TEST_CASE("spirals: without its noise each point is a third of its angle from the middle, and the arms alternate") {
    Rng rng(0);
    const TwoSets p = spirals(2000, rng);
    double squares = 0;
    for (Index i = 0; i < 2000; ++i) {
        const double arm = i % 2 ? 1 : -1, x = -arm * static_cast<double>(p.x(i, 0)),
                     y = arm * static_cast<double>(p.x(i, 1));
        CHECK(static_cast<double>(p.y[i]) == arm);
        double nearest = 1e9;  // of both arms laid onto the first: (θ cos θ, θ sin θ)/3
        for (double angle = 0; angle <= 3 * std::numbers::pi; angle += 0.01)
            nearest = std::min(nearest, std::hypot(x - angle * std::cos(angle) / 3, y - angle * std::sin(angle) / 3));
        squares += nearest * nearest / 2000;
    }
    CHECK(std::sqrt(squares) < 0.11);  // the part of the noise across the arm: .1, but at its ends
    CHECK(std::sqrt(squares) > 0.08);
}

TEST_SUITE_END();
