// tests/ode/stepper_test.cpp — a solve by hand: the same steps and bits, what lies within a step, and what jumps between two
#include "ode/stepper.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/laws.hpp"

using namespace costate;
using namespace costate::ode;
using test::LotkaVolterra;

namespace {

void fall(double, std::span<const double> z, std::span<double> dz) {  // height, speed
    dz[0] = z[1];
    dz[1] = -9.81;
}

// Every method, with steps that are chosen and with equal ones.
template <class Check>
void for_all(Check check) {
    for (const Method& method : all_methods)
        for (const int steps : {0, method.order <= 3 ? 400 : method.implicit() ? 120 : 40}) {
            if ((steps == 0 && !method.adaptive()) || method.paired()) continue;  // a pair: not stable along this orbit
            CAPTURE(std::string(method.name));
            CAPTURE(steps);
            check(SolveOptions{.method = method, .rtol = method.order > 2 ? 1e-7 : 1e-4, .steps = steps});
        }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("stepper: the steps are those of a solve, to the bit") {
        for_all([](SolveOptions options) {
            std::vector<double> times{0};
            options.on_step = [&](const StepReport& s) {
                if (s.accepted) times.push_back(s.t + s.h);
            };
            const auto solved = solve(LotkaVolterra(), std::array{0.8, 0.4}, {0, 20}, options);
            options.on_step = {};
            Stepper stepper(LotkaVolterra(), std::array{0.8, 0.4}, {0, 20}, options);
            std::size_t n = 0;
            while (stepper.step()) CHECK(stepper.t() == doctest::Approx(times[++n]).epsilon(1e-14));
            CHECK(stepper.status() == Status::ok);
            CHECK(n + 1 == times.size());
            CHECK(stepper.t() == 20);
            CHECK(stepper.z()[0] == solved.end()[0]);
            CHECK(stepper.z()[1] == solved.end()[1]);
            CHECK(stepper.outcome().statistics == solved.statistics());
        });
    }

    TEST_CASE("stepper: at(θ) is the solve's dense output, to the bit") {
        for_all([](const SolveOptions& options) {
            const std::array times{0., 0.3, 7.7, 7.8, 20.};
            const auto solved = solve(LotkaVolterra(), std::array{0.8, 0.4}, times, options);
            Stepper stepper(LotkaVolterra(), std::array{0.8, 0.4}, {0, 20}, options);
            std::size_t i = 1;
            while (stepper.step())
                for (; i + 1 < times.size() && times[i] < stepper.t(); ++i) {
                    const double begin = stepper.t() - stepper.h();
                    const auto z = stepper.at((times[i] - stepper.interval().t) / stepper.h());
                    CHECK(begin == doctest::Approx(stepper.interval().t));
                    CHECK(z[0] == solved.z[i][0]);
                    CHECK(z[1] == solved.z[i][1]);
                }
            CHECK(i + 1 == times.size());
        });
    }

    TEST_CASE("stepper: a step that is cut ends there, and the next one goes on from there") {
        for_all([](SolveOptions options) {
            options.steps *= 10;
            Stepper stepper(LotkaVolterra(), std::array{0.8, 0.4}, {0, 20}, options);
            std::vector<double> middle;
            while (stepper.step())
                if (middle.empty() && stepper.t() > 5) {
                    const double begin = stepper.interval().t, theta = (5 - begin) / stepper.h();
                    stepper.cut(theta);
                    CHECK(stepper.t() == doctest::Approx(5));
                    CHECK(stepper.h() == doctest::Approx(5 - begin));
                    middle.assign(stepper.z().begin(), stepper.z().end());
                }
            SolveOptions exact = options;
            exact.steps = 0;
            exact.method = dopri5;
            exact.rtol = exact.atol = 1e-12;
            const auto solved = solve(LotkaVolterra(), std::array{0.8, 0.4}, {0, 5, 20}, exact);
            const double of_order[] = {0.3, 0.3, 1e-3};
            const double tolerance = options.method.order > 3 ? 1e-4 : of_order[options.method.order - 1];
            for (std::size_t c = 0; c < 2; ++c) {
                CHECK(middle[c] == doctest::Approx(solved.z[1][c]).epsilon(tolerance));
                CHECK(stepper.z()[c] == doctest::Approx(solved.z[2][c]).epsilon(tolerance));
            }
            CHECK(stepper.t() == 20);
            if (options.steps > 0) CHECK(stepper.outcome().statistics.accepted == options.steps + 1);
        });
    }

    TEST_CASE("stepper: a ball that bounces, by the root of dense output, cut and reset") {
        // h = 1, released at rest: it meets the ground at √(2/g) and from then on every 2 e^n √(2/g), slower by e = 0.8.
        const double g = 9.81, first = std::sqrt(2 / g), e = 0.8;
        Stepper ball(fall, std::array{1.0, 0.0}, {0, 3}, {.method = dopri5, .rtol = 1e-9, .max_step = 0.1});
        std::vector<double> bounces;
        while (ball.step()) {
            if (ball.z()[0] >= 0) continue;
            double lower = 0, upper = 1;
            for (int i = 0; i < 60; ++i) {
                const double middle = (lower + upper) / 2;
                (ball.at(middle)[0] < 0 ? upper : lower) = middle;
            }
            ball.cut(lower);
            ball.reset(std::array{0.0, -e * ball.z()[1]});
            bounces.push_back(ball.t());
        }
        REQUIRE(bounces.size() >= 4);
        for (std::size_t n = 0; n < bounces.size(); ++n) {
            double wanted = first;
            for (std::size_t i = 1; i <= n; ++i) wanted += 2 * std::pow(e, double(i)) * first;
            CHECK(bounces[n] == doctest::Approx(wanted).epsilon(1e-12));
        }
        CHECK(ball.t() == 3);
    }

    TEST_CASE("stepper: a solve in two parts is one with a reset between them") {
        const auto part = solve(LotkaVolterra(), std::array{0.8, 0.4}, {0, 4}, {.method = tsit5, .steps = 16});
        const auto rest = solve(LotkaVolterra(), std::array{2 * part.end()[0], part.end()[1]}, {4, 8},
                                {.method = tsit5, .steps = 16});
        Stepper stepper(LotkaVolterra(), std::array{0.8, 0.4}, {0, 8}, {.method = tsit5, .steps = 32});
        while (stepper.step())
            if (stepper.t() == 4) stepper.reset(std::array{2 * stepper.z()[0], stepper.z()[1]});
        CHECK(stepper.z()[0] == rest.end()[0]);
        CHECK(stepper.z()[1] == rest.end()[1]);
    }

    TEST_CASE(
        "stepper: continued, a solve in stretches is one that lands on their ends, to the bit and the evaluation") {
        for_all([](SolveOptions options) {
            if (options.steps > 0) options.steps = 10;
            Stepper stepper(LotkaVolterra(), std::array{0.8, 0.4}, {0, 2}, options);
            for (int i = 0; i < 10; ++i) {
                if (i > 0) stepper.continue_to(2 * (i + 1));
                while (stepper.step()) {
                }
                CHECK(stepper.status() == Status::ok);
                CHECK(stepper.t() == 2 * (i + 1));
            }
            SolveOptions landing = options;
            landing.step_t = {2, 4, 6, 8, 10, 12, 14, 16, 18};
            landing.steps *= 10;
            const auto whole = solve(LotkaVolterra(), std::array{0.8, 0.4}, {0, 20}, landing);
            CHECK(stepper.z()[0] == whole.end()[0]);
            CHECK(stepper.z()[1] == whole.end()[1]);
            CHECK(stepper.outcome().statistics.evaluations == whole.statistics().evaluations);
            if (options.steps > 0) return;  // too few of them for the way back
            stepper.continue_to(0);         // with the rate that it knows
            while (stepper.step()) {
            }
            CHECK(stepper.t() == 0);
            if (options.method.order > 3) CHECK(stepper.z()[0] == doctest::Approx(0.8).epsilon(2e-2));
        });
        Stepper none(LotkaVolterra(), std::array{0.8, 0.4}, {1, 1});
        CHECK(!none.step());
        none.continue_to(2);
        while (none.step()) {
        }
        CHECK(none.t() == 2);
        CHECK(none.z()[0] == solve(LotkaVolterra(), std::array{0.8, 0.4}, {1, 2}).end()[0]);
        none.continue_to(NAN);
        CHECK(!none.step());
        CHECK(none.status() == Status::bad_option);
    }

    TEST_CASE("stepper: with arrays nothing is allocated, with vectors not by a step") {
        const long before = test::allocations();
        Stepper stepper(LotkaVolterra(), std::array{0.8, 0.4}, {0, 20}, {.method = dopri5});
        while (stepper.step()) stepper.at(0.5);
        CHECK(test::allocations() == before);
        Stepper heap(LotkaVolterra(), std::vector{0.8, 0.4}, {0, 20}, {.method = dopri5});
        const long warm = test::allocations();
        while (heap.step()) heap.at(0.5);
        CHECK(test::allocations() == warm);
        CHECK(heap.z()[0] == stepper.z()[0]);
    }

    TEST_CASE("stepper: what cannot be meant or goes wrong ends it with a status") {
        Stepper none(LotkaVolterra(), std::array{0.8, 0.4}, {0, 1}, {.rtol = -1});
        CHECK(!none.step());
        CHECK(none.status() == Status::bad_option);
        std::array<double, 3> little{};
        Stepper small(LotkaVolterra(), std::array{0.8, 0.4}, {0, 1}, {}, std::span<double>(little));
        CHECK(!small.step());
        CHECK(small.status() == Status::bad_memory);
        const auto pole = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = y[0] * y[0]; };
        Stepper blow_up(pole, std::array{1.0}, {0, 2}, {.rtol = 1e-8});
        while (blow_up.step()) {
        }
        CHECK(blow_up.status() == Status::step_underflow);
        CHECK(blow_up.t() == doctest::Approx(1));
        CHECK(std::isfinite(blow_up.z()[0]));
    }
}
