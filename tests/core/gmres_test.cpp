// tests/core/gmres_test.cpp — GMRES, against systems whose solution is known
#include "core/gmres.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/precision.hpp"

using namespace costate;
using test::is_double;

namespace {

// I + δ times the second difference, on a line of n places with 0 beyond both ends: diffusion by an implicit step.
struct Diffusion {
    Index n;
    double delta;
    void operator()(const Real* v, Real* out) const {
        for (Index j = 0; j < n; ++j) {
            const double left = j > 0 ? double(v[j - 1]) : 0, right = j + 1 < n ? double(v[j + 1]) : 0;
            out[j] = static_cast<Real>(double(v[j]) + delta * (2 * double(v[j]) - left - right));
        }
    }
};

}  // namespace

TEST_SUITE("core") {
    TEST_CASE("gmres: diffusion on a line, symmetric, with one restart and with many") {
        Gmres gmres;
        for (const double delta : {0.1, 10., 300.}) {
            const Diffusion A{200, delta};
            std::vector<Real> wanted(200), x(200);
            for (std::size_t j = 0; j < 200; ++j) wanted[j] = static_cast<Real>(std::sin(0.3 * double(j)));
            A(wanted.data(), x.data());
            CHECK(gmres.solve(200, A, x.data(), {.tolerance = is_double ? 1e-11 : 1e-5, .most = 3000}));
            double apart = 0;
            for (std::size_t j = 0; j < 200; ++j) apart = std::max(apart, std::abs(double(x[j] - wanted[j])));
            CHECK(apart < (is_double ? 1e-7 : 2e-2));
        }
    }

    TEST_CASE(
        "gmres: n products are enough for n unknowns that no symmetry helps; none for b = 0; no memory when warm") {
        Gmres gmres;
        Rng rng(3);
        const Index n = 12;
        std::vector<Real> a(n * n), wanted(n), x(n);
        for (Real& entry : a) entry = static_cast<Real>(rng.uniform() - 0.5);
        for (Index j = 0; j < n; ++j) a[std::size_t(j * n + j)] += 3;
        for (Real& entry : wanted) entry = static_cast<Real>(rng.uniform());
        const auto apply = [&](const Real* v, Real* out) {
            for (Index i = 0; i < n; ++i) {
                double sum = 0;
                for (Index j = 0; j < n; ++j) sum += double(a[std::size_t(i * n + j)]) * double(v[j]);
                out[i] = static_cast<Real>(sum);
            }
        };
        apply(wanted.data(), x.data());
        CHECK(gmres.solve(n, apply, x.data(), {.tolerance = is_double ? 1e-13 : 1e-5, .most = 40}));
        for (std::size_t j = 0; j < std::size_t(n); ++j)
            CHECK(double(x[j]) == doctest::Approx(double(wanted[j])).epsilon(is_double ? 1e-11 : 1e-3));
        std::vector<Real> zero(n);
        CHECK(gmres.solve(n, apply, zero.data(), {}));
        CHECK(zero == std::vector<Real>(n));
        CHECK(test::allocations_in([&] { gmres.solve(n, apply, x.data(), {}); }) == 0);
    }

    TEST_CASE("gmres: a singular system is not solved, and says so") {
        Gmres gmres;
        std::vector<Real> x{1, 1};
        CHECK_FALSE(
            gmres.solve(2, [](const Real* v, Real* out) { out[0] = v[0], out[1] = 0; }, x.data(), {.most = 50}));
    }
}
