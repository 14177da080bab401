// tests/core/denormals_test.cpp — denormals are flushed where somebody says so, there alone, and by every thread of a team
#include "core/denormals.hpp"

#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "core/real.hpp"
#include "core/threads.hpp"

using namespace costate;

namespace {

// Half of the smallest normal number, computed here and now.
Real halved() {
    volatile Real smallest = std::numeric_limits<Real>::min();
    return smallest / 2;
}
constexpr bool flushes = flushing != 0;

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("denormals: kept, flushed within a scope, nested or not, and kept again") {
    CHECK(halved() > 0);
    {
        const FlushDenormals flush;
        CHECK((halved() == 0) == flushes);
        {
            const FlushDenormals again;
            CHECK((halved() == 0) == flushes);
        }
        CHECK((halved() == 0) == flushes);
        volatile Real normal = std::numeric_limits<Real>::min();
        CHECK(normal * 3 > normal);
    }
    CHECK(halved() > 0);
}

TEST_CASE("denormals: a team's threads do as the thread that asks") {
    const int before = threads();
    for (int count = 1; count <= 3; ++count) {
#if defined(COSTATE_THREADS)
        set_threads(count);
#endif
        std::vector<Real> seen(6, Real(-1));
        const auto look = [&] { in_parts(6, [&](int part) { seen[static_cast<std::size_t>(part)] = halved(); }); };
        look();
        for (const Real x : seen) CHECK(x > 0);
        {
            const FlushDenormals flush;
            look();
        }
        for (const Real x : seen) CHECK((x == 0) == flushes);
        look();
        for (const Real x : seen) CHECK(x > 0);
    }
#if defined(COSTATE_THREADS)
    set_threads(before);
#endif
    CHECK(threads() == before);
}

TEST_SUITE_END();
