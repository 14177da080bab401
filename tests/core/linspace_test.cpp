// tests/core/linspace_test.cpp — equal distances, exact ends
#include "core/linspace.hpp"

#include <doctest/doctest.h>

#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

TEST_SUITE("core") {
    TEST_CASE("linspace: both ends are met, and the numbers between are those of NumPy") {
        CHECK(linspace(0, 3, 4) == std::vector<double>{0, 1, 2, 3});
        CHECK(linspace(3, 0, 4) == std::vector<double>{3, 2, 1, 0});
        CHECK(linspace(0, 0.3, 4)[1] == doctest::Approx(0.1).epsilon(1e-15));
        CHECK(linspace(0, 1.1, 12).back() == 1.1);
        CHECK(linspace(2, 5, 1) == std::vector<double>{2});
        CHECK(linspace(2, 2, 3) == std::vector<double>{2, 2, 2});
    }
    TEST_CASE("linspace: no numbers at all is an error") {
        CHECK(contains(error_of([] { linspace(0, 1, 0); }), "linspace: too few numbers"));
    }
}
