// tests/ode/nordsieck_edges_test.cpp — where trusted codes hang, return nonsense or leave [t0, t1]: BDF and Adams there
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "ode/multistep/nordsieck.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity(), nan_ = std::numeric_limits<double>::quiet_NaN();

std::string message(const Law& f, double y0, const Times& times, const NordsieckOptions& options) {
    return error_of([&] { solve_nordsieck(f, std::array{y0}, times, options); });
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("nordsieck: f is asked in [t0, t1] only; no time to pass asks nothing; nothing is there") {
        for (const MultistepFamily& family : all_families) {
            for (const auto& [t0, t1] : {std::pair{0., 1.}, {1., 0.}, {1e9, 1e9 + 1e-6}, {1., 1 + 1e-15}}) {
                const double first = std::min(t0, t1), last = std::max(t0, t1);
                bool outside = false;
                const Law f = [&](double t, In y, Out dy) {
                    outside = outside || t < first || t > last;
                    dy[0] = std::sqrt((last - t) / (last - first)) - y[0];
                };
                solve_nordsieck(f, std::array{1.}, {t0, t0 + (t1 - t0) / 2, t1}, {.method = family});
                CHECK_FALSE(outside);
            }
            const Law never = [](double, In, Out dy) { dy[0] = nan_; };
            CHECK(solve_nordsieck(never, std::array{0.1}, {3, 3}, {.method = family}).end() == std::array{0.1});
            const Law still = [](double, In, Out dy) { std::fill(dy.begin(), dy.end(), 0.); };
            CHECK(solve_nordsieck(still, std::array{0.3}, {0, 1e6}, {.method = family}).end()[0] == 0.3);
            CHECK(solve_nordsieck(still, std::vector<double>{}, {0, 1}, {.method = family}).end().empty());
            CHECK(solve_nordsieck(still, std::array{0.}, {0, 1}, {.method = family, .atol = 0}).end()[0] == 0);
        }
    }

    TEST_CASE("nordsieck: first steps of any length end well; none is longer than max_step") {
        for (const MultistepFamily& family : all_families) {
            for (const double first : {1e-300, 1e-14, 1e-3, 1., 1e6}) {
                CAPTURE(first);
                const auto s = solve_nordsieck(decay, std::array{1.}, {0, 1}, {.method = family, .first_step = first});
                CHECK(s.end()[0] == doctest::Approx(std::exp(-1.)).epsilon(1e-4));
                CHECK(s.statistics().evaluations < 2500);
            }
            double longest = 0;
            const StepObserver watch = [&](const StepReport& s) { longest = std::max(longest, s.h); };
            solve_nordsieck(decay, std::array{1.}, {0, 20}, {.method = family, .max_step = 0.1, .on_step = watch});
            CHECK(longest <= 0.1 + 1e-14);
        }
    }

    TEST_CASE("nordsieck: where it cannot go on it says so, and where") {
        const Law undefined = [](double, In, Out dy) { dy[0] = nan_; };
        const Law pole = [](double, In y, Out dy) { dy[0] = y[0] * y[0]; };
        const Law ends = [](double t, In, Out dy) { dy[0] = t > 0.5 ? nan_ : 1; };
        for (const MultistepFamily& family : all_families) {
            CAPTURE(family.name);
            CHECK(contains(message(undefined, 1, {0, 1}, {.method = family}), "nothing finite to start from at t = 0"));
            CHECK(contains(message(decay, infinity, {0, 1}, {.method = family}), "component 0 of y0"));
            CHECK(contains(message(pole, 1, {0, 2}, {.method = family}), "the step shrank to nothing at t = "));
            CHECK(contains(message(pole, 1, {0, 2}, {.method = family}), "blows up here"));
            CHECK(contains(message(ends, 1, {0, 2}, {.method = family}), "the step shrank to nothing at t = 0.5"));
            CHECK(contains(message(decay, 1, {0, 2}, {.method = family, .max_steps = 5}), "too many steps"));
            CHECK(contains(message(decay, 1, {0, 2}, {.method = family, .rtol = -1}), family.name));
            CHECK(contains(message(decay, 1, {0, 2}, {.method = family, .most_order = 13}), "most_order"));
            CHECK(contains(message(decay, 1, {0, 2, 1}, {.method = family}), "one direction"));
        }
        Nordsieck stepper(pole, std::array{1.}, {0, 2});
        while (stepper.step()) {
        }
        CHECK(stepper.status() == Status::step_underflow);
        CHECK(stepper.t() == doctest::Approx(1).epsilon(1e-3));
        CHECK(std::isfinite(stepper.z()[0]));
        CHECK(stepper.outcome().statistics.evaluations < 5000);
        CHECK(stepper.outcome().rate == doctest::Approx(std::pow(stepper.z()[0], 2)));  // f, and not h f
    }

    TEST_CASE("nordsieck: min_step keeps what is too wrong, and counts it") {
        const auto s = solve_nordsieck(decay, std::array{1.}, {0, 1}, {.rtol = 1e-10, .atol = 1e-12, .min_step = 0.1});
        CHECK(s.statistics().forced > 0);
        CHECK(s.statistics().accepted <= 11);
    }

    TEST_CASE("nordsieck: a jump of f, told and not; times that are landed on") {
        const Law jump = [](double t, In y, Out dy) { dy[0] = (t < 0.5 ? 1 : -3) * y[0]; };
        for (const MultistepFamily& family : all_families) {
            CAPTURE(family.name);
            const NordsieckOptions options{.method = family, .rtol = 1e-8, .atol = 1e-8};
            const double exact = std::exp(0.5 - 1.5);
            CHECK(solve_nordsieck(jump, std::array{1.}, {0, 1}, options).end()[0] ==
                  doctest::Approx(exact).epsilon(1e-6));
            NordsieckOptions told = options;
            told.jump_t = {0.5};
            std::vector<double> ends;
            told.on_step = [&](const StepReport& s) {
                if (s.accepted) ends.push_back(s.t + s.h);
            };
            const auto s = solve_nordsieck(jump, std::array{1.}, {0, 1}, told);
            CHECK(s.end()[0] == doctest::Approx(exact).epsilon(1e-6));
            CHECK(std::ranges::count(ends, 0.5) == 1);
            CHECK(s.statistics().rejected <= 5);
        }
    }
    TEST_CASE("nordsieck: behind a cut the curve within the step is what it was") {
        for (const MultistepFamily& family : all_families) {
            CAPTURE(family.name);
            Nordsieck stepper(turn, std::array{1.0, 0.0}, {0, 10}, {.method = family, .rtol = 1e-8, .atol = 1e-10});
            std::array<double, 2> there{};
            std::vector<double> q(static_cast<std::size_t>(2 * stepper.degree()));
            for (int step = 1; stepper.step(); ++step) {
                if (step % 5 != 0) continue;
                const Interval s = stepper.interval();
                const double theta = 0.1 + 0.04 * (step % 20), within = 0.6 * theta;
                stepper.cut(theta);
                CHECK(std::abs(stepper.at(within)[0] - std::cos(s.t + within * s.h)) < 1e-6);
                CHECK(stepper.at_time(s.t + within * s.h, there.data()));
                CHECK(std::abs(there[0] - std::cos(s.t + within * s.h)) < 1e-6);
                REQUIRE(stepper.polynomial(q.data()));
                double sum = 0, power = s.h;
                for (std::size_t p = 0; p < q.size(); p += 2) sum += (power *= within) * q[p];
                CHECK(std::abs(std::cos(s.t) + sum - std::cos(s.t + within * s.h)) < 1e-6);
                stepper.cut(within);
                CHECK(stepper.z()[0] == doctest::Approx(std::cos(stepper.t())).epsilon(1e-5));
            }
            CHECK(std::abs(stepper.z()[0] - std::cos(10)) < 1e-6);
        }
    }

    TEST_CASE("nordsieck: steps of min_step are kept, by fixed-point iterations, too, and orders rise in them") {
        for (const MultistepFamily& family : all_families)
            for (const auto& [shortest, error] : {std::pair{0.1, 0.05}, {0.01, 1e-3}}) {
                const auto s = solve_nordsieck(turn, std::array{1.0, 0.0}, {0, 10},
                                               {.method = family, .rtol = 1e-8, .atol = 1e-10, .min_step = shortest});
                CHECK(std::abs(s.end()[0] - std::cos(10)) < error);
                CHECK(s.statistics().forced > 0);
            }
    }

    TEST_CASE("nordsieck: a law that says what it reads has its Jacobian from few differences") {
        struct Chain {
            bool reads(Index i, Index j) const { return std::abs(i - j) <= 1; }
            void operator()(double, In y, Out dy) const {
                for (std::size_t i = 0; i < y.size(); ++i)
                    dy[i] = 900 * ((i > 0 ? y[i - 1] : 0) - 2 * y[i] + (i + 1 < y.size() ? y[i + 1] : 0));
            }
        };
        std::vector<double> y(40, 1.0);
        const auto s = solve_nordsieck(Chain(), y, {0, 1}, {.method = bdf, .rtol = 1e-5});
        const Statistics& took = s.statistics();
        CHECK(took.evaluations - took.newton_iterations <= 4 * took.jacobians + 2);
    }

    TEST_CASE("nordsieck: an error names who was asked, and its options") {
        const std::string order = message(decay, 1, {0, 1}, {.method = bdf, .most_order = 7});
        CHECK(contains(order, "solve_nordsieck: "));
        CHECK(contains(order, "NordsieckOptions{.most_order"));
    }
}
