// tests/examples/poisson_test.cpp — two solutions of Poisson's equation that know nothing of each other
#include "examples/support/poisson.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>

using namespace costate;
using namespace costate::support;
using doctest::Approx;

TEST_SUITE_BEGIN("examples");

TEST_CASE("poisson: the series in the middle, and nothing on the edge") {
    const Tensor u = poisson_by_series(Tensor({3, 2}, {0.5, 0.5, 0.3, 0, 0, 0.7}));
    CHECK(u.shape() == Shape{3, 1});
    CHECK(static_cast<double>(u[0]) == Approx(-0.102436).epsilon(1e-5));
    CHECK(u[1] == 0);
    CHECK(u[2] == 0);
}

TEST_CASE("poisson: differences come to the series as h²") {
    const double exact = static_cast<double>(poisson_by_series(Tensor({1, 2}, {0.5, 0.5}))[0]);
    const double coarse = static_cast<double>(poisson_by_differences(8)(4, 4)) - exact;
    const double fine = static_cast<double>(poisson_by_differences(16)(8, 8)) - exact;
    CHECK(std::log2(coarse / fine) == Approx(2).epsilon(0.05));
    const Tensor table = poisson_by_differences(64);
    CHECK(static_cast<double>(*std::min_element(table.data(), table.data() + table.size())) ==
          Approx(-0.11505).epsilon(1e-3));
}

TEST_CASE("poisson: points of cells and of the edge, and how far one table is from another") {
    CHECK(cell_midpoints(2) == Tensor({4, 2}, {0.25, 0.25, 0.75, 0.25, 0.25, 0.75, 0.75, 0.75}));
    CHECK(edge_points(1) == Tensor({4, 2}, {0.5, 0, 0, 0.5, 0.5, 1, 1, 0.5}));
    CHECK(edge_points(16)(63, 1) == Approx(31. / 32));
    CHECK(relative_distance(Tensor({2}, {3, 5}), Tensor({2}, {3, 4})) == Approx(0.2));
}

TEST_SUITE_END();
