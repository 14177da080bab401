// tests/examples/line_fit_test.cpp — the straight line through points
#include "examples/support/line_fit.hpp"

#include <doctest/doctest.h>

using namespace costate::support;

TEST_SUITE_BEGIN("examples");

TEST_CASE("fit_line: through points on a line; and beside it, as scipy.stats.linregress has it") {
    const LineFit exact = fit_line({0, 1, 2}, {3, 5, 7});
    CHECK(exact.a == doctest::Approx(2));
    CHECK(exact.b == doctest::Approx(3));
    CHECK(exact.variance == doctest::Approx(0));
    CHECK(exact.r_squared == doctest::Approx(1));
    const LineFit line = fit_line({1, 2, 4, 7}, {1, 3, 2, 6});
    CHECK(line.a == doctest::Approx(0.7142857142857143));
    CHECK(line.b == doctest::Approx(0.5));
    CHECK(line.r_squared == doctest::Approx(0.7653061224489796));
    CHECK(line.error_of_a ==
          doctest::Approx(0.2796985743921603 * std::sqrt(2. / 4)).epsilon(1e-9));  // there / (n − 2), not / n
    CHECK(fit_line(logs({1, 2, 4}), logs({8, 4, 2})).a == doctest::Approx(-1));
}

TEST_SUITE_END();
