// tests/core/random_test.cpp — the same numbers everywhere, and the distributions that they claim
#include "core/random.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "tests/core/pinned_bits.hpp"

using namespace costate;

TEST_SUITE_BEGIN("core");

TEST_CASE("Rng: seed 0 gives the published numbers of SplitMix64") {
    Rng rng(0);
    CHECK(rng.bits() == 0xE220A8397B1DCDAF);  // Vigna's splitmix64.c
    CHECK(rng.bits() == 0x6E789E6AA1B965F4);
    CHECK(rng.bits() == 0x06C45D188009454F);
    Rng again(0);  // printed with 14 digits, hence the tolerance
    CHECK(std::fabs(again.uniform() - 0.88331080821364) < 1e-14);
    CHECK(std::fabs(again.uniform() - 0.43152799704850) < 1e-14);
    CHECK(std::fabs(again.uniform() - 0.02643377159259) < 1e-14);
}

TEST_CASE("Rng: a long stream of each kind has the same bits everywhere") {
    CHECK(test::drawn_bits() == test::pinned_bits());
}

TEST_CASE("Rng: normals are Box and Muller's pairs, cosine first") {
    Rng rng(0);
    const double u1 = rng.uniform(), u2 = rng.uniform();
    const double r = std::sqrt(-2 * std::log1p(-u1)), angle = 2 * std::acos(-1.0) * u2;
    std::array<Real, 2> pair;
    Rng(0).fill_normal(pair);
    const double tolerance = sizeof(Real) == 4 ? 2e-7 : 4e-15;  // the rounding of Real times |normal| < 2.1
    CHECK(std::fabs(static_cast<double>(pair[0]) - r * std::cos(angle)) < tolerance);
    CHECK(std::fabs(static_cast<double>(pair[1]) - r * std::sin(angle)) < tolerance);
    CHECK(Rng(0).normal() == doctest::Approx(r * std::cos(angle)).epsilon(1e-15));
}

TEST_CASE("Rng: an odd count of normals drops the last of its pairs") {
    std::array<Real, 3> three;
    std::array<Real, 4> four;
    Rng a(7), b(7);
    a.fill_normal(three);
    b.fill_normal(four);
    CHECK(std::equal(three.begin(), three.end(), four.begin()));
    CHECK(a == b);  // the fourth has been drawn, too
}

TEST_CASE("Rng: normal() is an array of one normal") {
    Rng a(5), b(5);
    std::array<Real, 1> one;
    b.fill_normal(one);
    CHECK(static_cast<Real>(a.normal()) == one[0]);
    CHECK(a == b);
}

TEST_CASE("Rng: arrays hold the rounded doubles of the scalar calls") {
    std::vector<Real> filled(100);
    Rng a(3), b(3);
    a.fill_uniform(filled, -2, 5);
    for (Real x : filled) CHECK(x == static_cast<Real>(b.uniform(-2, 5)));
    CHECK(a == b);
}

TEST_CASE("Rng: mean and deviation shift and scale the normals") {
    std::array<Real, 2> standard, scaled;
    Rng(9).fill_normal(standard);
    Rng(9).fill_normal(scaled, 10, 0.5);
    for (std::size_t i = 0; i < 2; ++i)
        CHECK(static_cast<double>(scaled[i]) ==
              doctest::Approx(10 + 0.5 * static_cast<double>(standard[i])).epsilon(1e-6));
}

TEST_CASE("Rng: a restored state continues the stream") {
    Rng rng(42);
    for (int i = 0; i < 17; ++i) rng.bits();
    const Rng::State saved = rng.state();
    CHECK(saved == Rng::State{42, 17});
    std::array<Real, 6> first, second;
    rng.fill_normal(first);
    CHECK(rng.state() != saved);
    Rng restored(saved);
    restored.fill_normal(second);
    CHECK(first == second);
    CHECK(restored == rng);
}

TEST_CASE("Rng: uniform numbers lie in [0, 1) with mean 1/2 and variance 1/12") {
    Rng rng(1);
    const int n = 100000;
    double sum = 0, squares = 0, low = 1, high = 0;
    for (int i = 0; i < n; ++i) {
        const double u = rng.uniform();
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
        low = std::min(low, u);
        high = std::max(high, u);
    }
    CHECK(low >= 0);
    CHECK(high < 1);
    CHECK(std::fabs(sum / n - 0.5) < 5 * std::sqrt(1.0 / 12 / n));            // five standard errors
    CHECK(std::fabs(squares / n - 1.0 / 12) < 5 * std::sqrt(1.0 / 180 / n));  // var (u - 1/2)² = 1/80 - 1/144 = 1/180
}

TEST_CASE("Rng: normal numbers have the normal's first four moments") {
    std::vector<Real> x(100000);
    Rng(2).fill_normal(x);
    std::array<double, 5> moment{};
    for (Real entry : x) {
        double power = 1;
        for (std::size_t k = 1; k < 5; ++k)
            moment[k] += (power *= static_cast<double>(entry)) / static_cast<double>(x.size());
    }
    const double root_n = std::sqrt(static_cast<double>(x.size()));  // bounds: five standard errors, var x^k / n
    CHECK(std::fabs(moment[1]) < 5 * 1 / root_n);
    CHECK(std::fabs(moment[2] - 1) < 5 * std::sqrt(2.0) / root_n);
    CHECK(std::fabs(moment[3]) < 5 * std::sqrt(15.0) / root_n);
    CHECK(std::fabs(moment[4] - 3) < 5 * std::sqrt(96.0) / root_n);
}

TEST_CASE("Rng: below(n) reaches every number equally often") {
    Rng rng(4);
    std::array<int, 7> hits{};
    const int n = 70000;
    for (int i = 0; i < n; ++i) ++hits[static_cast<std::size_t>(rng.below(7))];
    double chi_squared = 0;
    for (int h : hits) chi_squared += (h - n / 7.0) * (h - n / 7.0) / (n / 7.0);
    CHECK(chi_squared < 22.5);  // 6 degrees of freedom: exceeded with probability 0.001
    CHECK(rng.below(1) == 0);
}

TEST_CASE("Rng: below(n) draws again what would bias it") {
    // With n = 3·2^61, 2^64 mod n = 2^62: a quarter of the candidates is refused; n alone would favour the lower half.
    if (sizeof(Index) < 8) return;
    const Index n = static_cast<Index>(std::uint64_t{3} << 61);
    Rng rng(6);
    int lower = 0;
    const int draws = 20000;
    for (int i = 0; i < draws; ++i) lower += rng.below(n) < n / 2;
    CHECK(std::fabs(lower - draws / 2.0) < 5 * std::sqrt(draws / 4.0));
    CHECK(rng.state().counter > static_cast<std::uint64_t>(draws) * 5 / 4);
}

TEST_CASE("Rng: a permutation holds every index once, and all orders are equally likely") {
    std::vector<Index> order(1000), sorted(1000);
    Rng rng(8);
    rng.permutation(order);
    std::iota(sorted.begin(), sorted.end(), Index{0});
    CHECK(order != sorted);
    std::sort(order.begin(), order.end());
    CHECK(order == sorted);

    std::array<int, 27> seen{};
    const int n = 60000;
    for (int i = 0; i < n; ++i) {
        std::array<Index, 3> three;
        rng.permutation(three);
        ++seen[static_cast<std::size_t>(9 * three[0] + 3 * three[1] + three[2])];
    }
    double chi_squared = 0;
    int orders = 0;
    for (int s : seen)
        if (s > 0) chi_squared += (s - n / 6.0) * (s - n / 6.0) / (n / 6.0), ++orders;
    CHECK(orders == 6);
    CHECK(chi_squared < 20.5);  // 5 degrees of freedom, 0.001
}

TEST_CASE("Rng: empty arrays draw nothing") {
    Rng rng(0);
    rng.fill_normal({});
    rng.fill_uniform({}, 0, 1);
    rng.permutation({});
    CHECK(rng == Rng(0));
}

TEST_CASE("Rng: split depends on seed and label, not on what was drawn") {
    Rng rng(11);
    const Rng before = rng.split(1);
    rng.bits();
    CHECK(rng.split(1) == before);
    CHECK(rng.split(2) != before);
    CHECK(Rng(12).split(1) != before);
    CHECK(rng.split(0) != Rng(11));
    CHECK(rng.split(1).split(2) != rng.split(2).split(1));
}

TEST_CASE("Rng: streams of split generators are uncorrelated with each other and with the parent") {
    const int n = 20000;
    Rng a(0), b = a.split(0), c = a.split(1);
    double ab = 0, ac = 0, bc = 0;
    for (int i = 0; i < n; ++i) {
        const double x = a.uniform() - 0.5, y = b.uniform() - 0.5, z = c.uniform() - 0.5;
        ab += x * y, ac += x * z, bc += y * z;
    }
    const double bound = 5 * std::sqrt(n / 144.0);  // var xy = 1/144
    CHECK(std::fabs(ab) < bound);
    CHECK(std::fabs(ac) < bound);
    CHECK(std::fabs(bc) < bound);
}

#if defined(__cpp_exceptions)
TEST_CASE("Rng: below(0) says which n it wants") {
    Rng rng(0);
    CHECK_THROWS_WITH_AS(
        rng.below(0, Where("a.cpp", 1)),
        "Rng::below: there is no such number\n  got       n = 0\n  expected  n ≥ 1\n  where     a.cpp:1", Error);
}
#endif

TEST_SUITE_END();
