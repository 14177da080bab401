// tests/examples/hmc_test.cpp — draws of densities whose moments are known, and R̂ by hand
#include "examples/support/hmc.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <numbers>

#include "autodiff/operators.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using doctest::Approx;
using test::contains;
using test::error_of;

namespace {

double mean_of(const std::vector<double>& list) {
    double mean = 0;
    for (const double x : list) mean += x / static_cast<double>(list.size());
    return mean;
}

double deviation_of(const std::vector<double>& list) {
    const double mean = mean_of(list);
    double square = 0;
    for (const double x : list) square += (x - mean) * (x - mean) / static_cast<double>(list.size());
    return std::sqrt(square);
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("hmc: a normal density with correlation .9 and deviations 1 and 30") {
    const auto density = [](Var q) {  // x ~ N(1, 1), y | x ~ N(−2 + 27 (x − 1), 30² · .19)
        const Var x = column(q, 0) - 1, y = (column(q, 1) + 2) / 30 - 0.9 * x;
        return -0.5 * (square(x) + square(y) / 0.19);
    };
    const Tensor q0({4, 2}, {-2, 40, 3, -60, 0, 0, 4, 90});
    const Draws draws = sample(density, q0, Rng(1), {.warmup = 400, .draws = 1500, .max_leaps = 20});
    const auto x = draws_of(draws.q, 0), y = draws_of(draws.q, 1);
    CHECK(x.size() == 6000);
    CHECK(mean_of(x) == Approx(1).epsilon(0.06));  // the error of 1,500 independent draws is .026
    CHECK(deviation_of(x) == Approx(1).epsilon(0.06));
    CHECK(std::fabs(mean_of(y) + 2) < 2.5);
    CHECK(deviation_of(y) == Approx(30).epsilon(0.06));
    CHECK(largest_r_hat(draws.q) < 1.01);
    CHECK(draws.acceptance > 0.7);
    CHECK(draws.acceptance < 0.92);
    CHECK(draws.lost == 0);
}

TEST_CASE("hmc: a skewed density, the logarithm of a Gamma(3) variable, has the mean ψ(3)") {
    const Draws draws = sample([](Var q) { return 3 * q - exp(q); }, Tensor({4, 1}, {0, 1, 2, -1}), Rng(2),
                               {.warmup = 300, .draws = 1500, .max_leaps = 10});
    std::vector<double> gamma = draws_of(draws.q, 0);
    CHECK(mean_of(gamma) == Approx(0.9227843351).epsilon(0.04));  // ψ(3) = 3/2 − Euler's .5772156649
    for (double& g : gamma) g = std::exp(g);
    CHECK(mean_of(gamma) == Approx(3).epsilon(0.04));
    CHECK(deviation_of(gamma) == Approx(std::sqrt(3.0)).epsilon(0.06));
}

TEST_CASE("hmc: where the density is not finite no chain goes, and what ran off is counted") {
    const auto half_normal = [](Var q) { return -0.5 * square(q) + 0 * log(q); };
    const Draws draws =
        sample(half_normal, Tensor({2, 1}, {0.5, 1}), Rng(3), {.warmup = 300, .draws = 3000, .max_leaps = 10});
    for (const double q : draws_of(draws.q, 0)) REQUIRE(q > 0);
    CHECK(draws.lost > 0);
    CHECK(mean_of(draws_of(draws.q, 0)) == Approx(std::sqrt(2 / std::numbers::pi)).epsilon(0.05));
}

TEST_CASE("hmc: a seed names the draws, and a chain begins where it is told to") {
    const auto normal = [](Var q) { return -0.5 * sum(square(q), 1, true); };
    const Tensor q0({2, 3}, {1, 2, 3, 4, 5, 6});
    const HmcOptions few{.warmup = 20, .draws = 20};
    CHECK(sample(normal, q0, Rng(5), few).q == sample(normal, q0, Rng(5), few).q);
    CHECK_FALSE(sample(normal, q0, Rng(5), few).q == sample(normal, q0, Rng(6), few).q);
    const Draws still = sample(normal, q0, Rng(5), {.warmup = 0, .draws = 4, .first_step = 1e-9});
    for (Index i = 0; i < still.q.size(); ++i) CHECK(still.q[i] == Approx(q0[i % 6]).epsilon(1e-5));
}

TEST_CASE("hmc: split R-hat by hand") {
    // Halves (1, 2), (3, 4), (2, 2), (4, 6): means 1.5, 3.5, 2, 5 with variance 2.5; W = (.5 + .5 + 0 + 2)/4 = .75
    const Tensor draws({4, 2, 1}, {1, 2, 2, 2, 3, 4, 4, 6});
    CHECK(r_hat(draws, 0) == Approx(std::sqrt(0.5 + 2.5 / 0.75)));
    CHECK(largest_r_hat(draws) == r_hat(draws, 0));
    CHECK(draws_of(draws, 0) == std::vector<double>{1, 2, 3, 4, 2, 2, 4, 6});
    const Tensor odd({5, 2, 1}, {1, 2, 2, 2, 9, 9, 3, 4, 4, 6});  // the draw in the middle belongs to no half
    CHECK(r_hat(odd, 0) == r_hat(draws, 0));
}

TEST_CASE("hmc: a quantile is one of the numbers") {
    const std::vector<double> list{5, 1, 4, 2, 3};
    CHECK(quantile(list, 0) == 1);
    CHECK(quantile(list, 0.5) == 3);
    CHECK(quantile(list, 1) == 5);
    CHECK(contains(error_of([] { quantile({}, 0.5); }), "share 0.5 of 0 numbers"));
    CHECK(contains(error_of([] { quantile({1}, 1.5); }), "from 0 to 1"));
}

TEST_CASE("hmc: errors say what a density and its chains must be") {
    const Tensor q0({2, 3});
    CHECK(contains(error_of([&] { sample([](Var q) { return sum(q); }, q0, Rng(0)); }), "[] for chains [2,3]"));
    CHECK(contains(error_of([&] { sample([](Var q) { return log(column(q, 0)); }, q0, Rng(0)); }),
                   "not finite where a chain begins"));
    CHECK(contains(error_of([&] { sample([](Var q) { return q; }, Tensor({3}), Rng(0)); }), "no chains"));
    CHECK(contains(error_of([&] {
                       sample([](Var q) { return q; }, Tensor({3, 1}), Rng(0), {.max_leaps = 0});
                   }),
                   "out of range"));
    CHECK(contains(error_of([&] { r_hat(Tensor({3, 2, 1}), 0); }), "entry 0 of [3,2,1]"));
    CHECK(contains(error_of([&] { draws_of(Tensor({4, 2, 1}), 1); }), "an entry below D"));
}

TEST_SUITE_END();
