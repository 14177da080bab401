// tests/ode/decoupling_test.cpp — stages that are one system, taken apart: the same Δ as by the dense system
#include "ode/tables/decoupling.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "ode/methods.hpp"
#include "ode/plain.hpp"
#include "ode/steps/stage_factors.hpp"
#include "tests/support/laws.hpp"

using namespace costate;
using namespace costate::ode;

namespace {

// A block whose eigenvalues are 1/4 and 3/4.
constexpr Tableau<3> all_real{.name = "all_real",
                              .source = "made up",
                              .order = 1,
                              .rows = {{0, {}}, {0.75, {0, 0.5, 0.25}}, {0.75, {0, 0.25, 0.5}}},
                              .b = {0, 1, 0}};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("decoupling: the eigenvalues of Radau's and Gauss's stages, as they are published") {
        // Of A⁻¹, Hairer & Wanner II, §IV.8: 3.637834252744496, and 2.681082873627752 ± 3.050430199247411 i
        const Decoupling& d = *radau5.decoupling;
        CHECK(1 / d.gamma == doctest::Approx(3.637834252744496).epsilon(1e-14));
        const double square = d.alpha * d.alpha + d.beta * d.beta;
        CHECK(d.alpha / square == doctest::Approx(2.681082873627752).epsilon(1e-14));
        CHECK(d.beta / square == doctest::Approx(3.050430199247411).epsilon(1e-14));
        // Of two stages: trace 2/3 and determinant 1/6; 1/2 and 1/12
        CHECK(radau3.decoupling->alpha == doctest::Approx(1. / 3).epsilon(1e-15));
        CHECK(radau3.decoupling->beta == doctest::Approx(std::sqrt(1. / 6 - 1. / 9)).epsilon(1e-15));
        CHECK(gauss4.decoupling->beta == doctest::Approx(std::sqrt(1. / 12 - 1. / 16)).epsilon(1e-15));
        CHECK(gauss6.decoupling->stages == 3);
        CHECK(kvaerno5.decoupling == nullptr);
        CHECK(decoupling_of(all_real).stages == 0);
        Decoupling off = d;
        off.beta += 1e-9;
        CHECK_FALSE(decouples(off, tables::radau5));
    }

    TEST_CASE_TEMPLATE("decoupling: the same solution as of the dense system, with a mass matrix and without", T, float,
                       double) {
        Rng rng(3);
        for (Method m : {radau3, radau5, gauss4, gauss6})
            for (const Index n : {1, 2, 3, 7, 20})
                for (const bool weighted : {false, true}) {
                    CAPTURE(m.name);
                    CAPTURE(n);
                    const Index count = m.coupled * n;
                    std::vector<T> J(std::size_t(n * n)), r(static_cast<std::size_t>(count));
                    std::vector<double> M(weighted ? std::size_t(n * n) : 0);
                    for (T& x : J) x = static_cast<T>(rng.uniform() - 0.5);
                    for (T& x : r) x = static_cast<T>(rng.uniform() - 0.5);
                    for (double& x : M) x = rng.uniform() - 0.5;
                    const auto solved = [&](const Method& by) {
                        std::vector<T> work(std::size_t(plain::work_for_factors(m.coupled, n))), x = r;
                        T* at = work.data();
                        plain::StageFactors<T> factors(by, n, M, at);
                        REQUIRE(factors.factor(1, 0.7, J.data(), false));
                        factors.solve(x.data());
                        return x;
                    };
                    const std::vector<T> apart = solved(m);
                    m.decoupling = nullptr;
                    const std::vector<T> dense = solved(m);
                    double most = 0, size = 0;
                    for (std::size_t j = 0; j < dense.size(); ++j) {
                        most = std::max(most, std::abs(double(apart[j] - dense[j])));
                        size = std::max(size, std::abs(double(dense[j])));
                    }
                    CHECK(most < 3e5 * double(std::numeric_limits<T>::epsilon()) * size);
                }
    }

    TEST_CASE("decoupling: a solve takes the steps of one dense system") {
        const test::VanDerPol oscillator{100};
        for (Method m : {radau3, radau5}) {
            SolveOptions options{.method = m, .rtol = 1e-6, .atol = 1e-8};
            const auto apart = solve(oscillator, std::array{2.0, 0.0}, {0, 200}, options);
            options.method.decoupling = nullptr;
            const auto dense = solve(oscillator, std::array{2.0, 0.0}, {0, 200}, options);
            CHECK(apart.statistics().accepted == dense.statistics().accepted);
            CHECK(apart.statistics().newton_iterations == dense.statistics().newton_iterations);
            CHECK(apart.end()[0] == doctest::Approx(dense.end()[0]).epsilon(1e-9));
        }
    }
}
