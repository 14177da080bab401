// tests/ode/dense_output_test.cpp — stages that only dense output reads: in tiles, by every route, by hand
#include "ode/tables/dense_output.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const Method with_own_stages[] = {cash_karp, vern6, dopri8, dop853, doubled<rk4_classic>};

void pendulum(double t, std::span<const double> y, std::span<double> dy) {
    dy[0] = y[1];
    dy[1] = -std::sin(y[0]) + 0.1 * t;
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("dense output: a batch of many tiles has the bits of one, and so has its gradient") {
    const Tensor z0 = waves({3000, 2}, 0.8), W = waves({2, 2}, 0.7, 2.3);
    const std::vector<double> times{0, 0.3, 0.34, 1};
    for (const Method& method : with_own_stages)
        for (const Route& route : replaying_routes()) {
            CAPTURE(std::string(method.name));
            CAPTURE(std::string(route.name));
            Tensor z[2], z_bar[2], W_bar[2];
            for (const bool tiles : {false, true}) {
                Tape t;
                const Var at = t.variable(z0), weights = t.variable(W);
                const auto field = [&](Var s, Var y) { return tanh(matmul(y, weights)) + 0.1 * s; };
                const SolveOptions options{
                    .method = method, .rtol = 1e-4, .atol = 1e-4, .gradient = route, .tiles = tiles};
                const Var solved = solve(t, field, at, times, options).z;
                const auto bars = grad(sum(square(solved)), {at, weights});
                z[tiles] = Tensor(t.view(solved));
                z_bar[tiles] = Tensor(t.view(bars[0]));
                W_bar[tiles] = Tensor(t.view(bars[1]));
            }
            CHECK(distance(z[0], z[1]) == 0);
            CHECK(distance(z_bar[0], z_bar[1]) == 0);
            CHECK(distance(W_bar[0], W_bar[1]) == 0);
        }
}

TEST_CASE("dense output: by hand, at(θ) is what a solve observes, and a step that was cut still knows its stages") {
    for (const Method& method : with_own_stages) {
        CAPTURE(std::string(method.name));
        const SolveOptions options{.method = method, .rtol = 1e-7, .atol = 1e-7};
        const std::array start{1.0, 0.3};
        Stepper stepper(pendulum, start, {0, 3}, options);
        while (stepper.step()) {
            const Interval s = stepper.interval();
            const double middle = s.t + s.h / 2;
            const auto seen = solve(pendulum, start, {0, middle, 3}, options).z[1];
            const double theta = (middle - s.t) / s.h;
            for (std::size_t i = 0; i < 2; ++i) CHECK(stepper.at(theta)[i] == seen[i]);
        }
        Stepper cut(pendulum, start, {0, 3}, options);
        REQUIRE(cut.step());
        const double before = cut.at(0.4)[0];
        cut.cut(0.8);
        CHECK(cut.at(0.4)[0] == before);
    }
}

TEST_SUITE_END();
