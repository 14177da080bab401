// tests/ode/unrolled_test.cpp — steps as straight code (ode/steps/table.hpp) have the bits of those that are loops
// This file alone is compiled with optimisation: without it there is no straight code.
#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "ode/plain.hpp"
#include "ode/steps/table.hpp"

using namespace costate;

namespace {

static_assert(ode::unrolls, "the Makefile gives this file -O1");

struct Turning {  // about the origin, each number by the one before it, and slower as time goes on
    template <class T, std::size_t N>
    void operator()(double t, std::span<const T, N> y, std::span<T, N> dy) const {
        const std::size_t n = y.size();
        for (std::size_t i = 0; i < n; ++i) dy[i] = y[(i + 1) % n] - y[(i + n - 1) % n] * y[i] / static_cast<T>(1 + t);
    }
};

template <class Array>
void compare(const Array& y0, const ode::SolveOptions& options) {
    const std::vector<double> times{0, 0.3, 1.7, 1.8, 4};
    const auto straight = ode::solve(Turning(), y0, times, options);
    const auto looped = ode::solve(Turning(), std::vector(y0.begin(), y0.end()), times, options);
    CAPTURE(options.method.name);
    CAPTURE(y0.size());
    for (std::size_t i = 0; i < times.size(); ++i)
        CHECK(std::vector(straight.z[i].begin(), straight.z[i].end()) == looped.z[i]);
    CHECK(straight.statistics() == looped.statistics());
    CHECK(straight.statistics().accepted > 5);
}

template <class T>
void compare_all() {
    for (const ode::Method& method : ode::unrolled_methods) {
        for (const int steps : {0, 7}) {
            if (steps == 0 && !method.error) continue;
            const ode::SolveOptions options{.method = method, .rtol = 1e-5, .atol = 1e-6, .steps = steps};
            compare(std::array<T, 1>{T(0.7)}, options);
            compare(std::array<T, 2>{T(1), T(-0.4)}, options);
            compare(std::array<T, 11>{T(1), T(-0.4), T(0.3), T(0.1), T(-1), T(2), T(0.5), T(-0.2), T(0.9), T(1.3)},
                    options);
        }
    }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("unrolled: straight code has the bits of loops, for every method that has it") {
        compare_all<double>();
        compare_all<float>();
    }
}
