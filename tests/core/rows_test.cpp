// tests/core/rows_test.cpp — the ranges cover the rows, and there are never more than eight
#include "core/rows.hpp"

#include <doctest/doctest.h>

using namespace costate;

namespace {
int range_count(Index rows) { return static_cast<int>((rows + range_length(rows) - 1) / range_length(rows)); }
}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("row ranges: at most eight, none empty, together all rows") {
    for (Index rows = 1; rows < 2000; ++rows) {
        const Index length = range_length(rows);
        const int count = range_count(rows);
        REQUIRE(count <= max_ranges);
        REQUIRE(length >= 32);
        REQUIRE((count - 1) * length < rows);
        REQUIRE(count * length >= rows);
    }
}

TEST_CASE("row ranges: 32 rows are one range, 33 are two, 256 are eight, none are none") {
    CHECK(range_count(0) == 0);
    CHECK(range_count(32) == 1);
    CHECK(range_count(33) == 2);
    CHECK(range_count(256) == 8);
    CHECK(range_length(256) == 32);
    CHECK(range_length(257) == 33);
}

TEST_SUITE_END();
