// tests/examples/principal_test.cpp — the directions of most variance, of points whose covariance is known
#include "examples/support/principal.hpp"

#include <doctest/doctest.h>

using namespace costate;
using namespace costate::support;
using doctest::Approx;

TEST_SUITE("examples") {
    TEST_CASE("principal components: the axes of a turned ellipse, longest first, and columns of variance 1") {
        // c = 3 (.6, .8), d = 2 (.8, −.6), e = (0, 0, 1): the points m ± c, m ± d, m ± e have variances 3, 4/3 and 1/3
        const double points[6][3] = {{1.8, 2.4, 0},  {-1.8, -2.4, 0}, {1.6, -1.2, 0},
                                     {-1.6, 1.2, 0}, {0, 0, 1},       {0, 0, -1}};
        Tensor x({6, 3});
        for (Index i = 0; i < 18; ++i) x[i] = static_cast<Real>(points[i / 3][i % 3] + double(i % 3));
        const Principal p = principal_components(x, 2);
        const double small = sizeof(Real) == 8 ? 1e-12 : 1e-5;
        for (Index j = 0; j < 3; ++j) CHECK(double(p.mean[j]) == Approx(double(j)).epsilon(small));
        CHECK(double(p.deviation[0]) == Approx(std::sqrt(3.0)).epsilon(small));
        CHECK(double(p.deviation[1]) == Approx(std::sqrt(4.0 / 3)).epsilon(small));
        CHECK(std::fabs(double(p.directions(0, 0))) == Approx(0.6).epsilon(small));
        CHECK(double(p.directions(0, 1) / p.directions(0, 0)) == Approx(0.8 / 0.6).epsilon(small));
        CHECK(double(p.directions(1, 1) / p.directions(1, 0)) == Approx(-0.6 / 0.8).epsilon(small));
        const Tensor y = p.project(x);
        for (const Index k : {0, 1}) {
            double square = 0;
            for (Index i = 0; i < 6; ++i) square += double(y(i, k) * y(i, k)) / 6;
            CHECK(square == Approx(1).epsilon(small));
        }
    }
}
