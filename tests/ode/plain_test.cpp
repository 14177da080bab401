// tests/ode/plain_test.cpp — the plain solve against references, trusted codes' counts, and its own promises
#include "ode/plain.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"
#include "tests/support/problems.hpp"
#include "tests/support/reference.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const LotkaVolterra prey_law;
constexpr std::array prey_and_predators{0.8, 0.4};

double error_on(const char* name, const SolveOptions& options) {
    const Problem p = problem_named(name);
    return test::error_on(p, solve(p.f, p.z0, p.t, options).z);
}

SolveOptions tight(const Method& method) { return {.method = method, .rtol = 1e-12, .atol = 1e-12}; }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("plain: the references at tolerance 1e-12") {
        // The tolerance bounds each step's error; what reaches the end is the problem's amplification of it: 1 to 3 for
        // the spirals, 465 for Lotka-Volterra with ~6000 steps.
        for (const Method& method : {dopri5, tsit5, vern6, dopri8, dop853}) {
            CAPTURE(std::string(method.name));
            CHECK(error_on("spiral_1", tight(method)) < 1e-11);
            CHECK(error_on("spiral_2", tight(method)) < 1e-11);
            CHECK(error_on("spiral_cubic", tight(method)) < 3e-11);
            CHECK(error_on("lotka_volterra", tight(method)) < 1e-9);
        }
    }

    TEST_CASE("plain: dopri5 costs what Hairer's dopri5 costs, and is as good") {
        // Evaluations and error of dopri5.f on Lotka-Volterra, [0, 100], rtol = atol.
        struct Row {
            double tolerance, evaluations, error;
        };
        for (const Row& row : {Row{1e-6, 2576, 9.7e-4}, Row{1e-7, 3710, 9.5e-5}, Row{1e-8, 5756, 6.1e-6},
                               Row{1e-9, 9098, 4.6e-7}, Row{1e-10, 14246, 3.5e-8}}) {
            CAPTURE(row.tolerance);
            const SolveOptions options{.method = dopri5, .rtol = row.tolerance, .atol = row.tolerance};
            const auto solution = solve(prey_law, prey_and_predators, {0, 100}, options);
            CHECK(std::abs(double(solution.statistics().evaluations) / row.evaluations - 1) < 0.1);
            CHECK(error_on("lotka_volterra", options) < 2 * row.error);
        }
    }

    TEST_CASE("plain: dop853 takes the steps of Hairer's dop853, and is as good at their ends and between them") {
        // Steps tried and error of dop853.f on Lotka-Volterra, [0, 100], with 20 observations: it evaluates 11 stages for
        // each step tried, one more for each that is kept, and 3 for dense output; we 3 only where an observation lies.
        struct Row {
            double tolerance, tried, error;
        };
        const Control his{.shrink = 0.333, .grow = 6};
        const std::vector<double> times = reference("lotka_volterra")["t"].numbers();
        for (const Row& row :
             {Row{1e-3, 94, 0.28}, Row{1e-4, 126, 0.033}, Row{1e-5, 143, 2.5e-3}, Row{1e-6, 189, 1.2e-4},
              Row{1e-7, 270, 3e-5}, Row{1e-8, 311, 2.5e-6}, Row{1e-9, 403, 3.2e-7}, Row{1e-10, 509, 3e-8}}) {
            CAPTURE(row.tolerance);
            const SolveOptions options{.method = dop853, .rtol = row.tolerance, .atol = row.tolerance, .control = his};
            const Statistics end = solve(prey_law, prey_and_predators, {0, 100}, options).statistics();
            const Statistics all = solve(prey_law, prey_and_predators, times, options).statistics();
            CHECK(std::abs(double(end.accepted + end.rejected) / row.tried - 1) < 0.06);
            CHECK(end.evaluations == 2 + 11 * (end.accepted + end.rejected) + (end.accepted - 1));
            CHECK(all.evaluations == end.evaluations + 3 * 19);  // each in a step of its own, one at the end
            CHECK(error_on("lotka_volterra", options) < 3 * row.error);
        }
    }

    TEST_CASE("plain: the I controller takes the steps of SciPy's RK45") {
        for (const auto& [tolerance, evaluations] : {std::pair{1e-3, 896}, {1e-6, 2576}, {1e-9, 8672}}) {
            const auto solution = solve(prey_law, prey_and_predators, {0, 100},
                                        {.method = dopri5, .rtol = tolerance, .atol = tolerance, .control = i_control});
            CHECK(std::abs(double(solution.statistics().evaluations) / evaluations - 1) < 0.01);
        }
    }

    TEST_CASE("plain: SciPy's rational problem, forwards and backwards, to 5 tolerances") {
        for (const double t1 : {9., 1.})
            for (const Method& method : {dopri5, tsit5}) {
                std::vector<double> times;
                for (int i = 0; i <= 50; ++i) times.push_back(5 + (t1 - 5) * i / 50);
                const auto solution = solve(Rational(), Rational::at(5), times, {.method = method, .rtol = 1e-3});
                CHECK(solution.statistics().evaluations < 50);
                for (std::size_t i = 0; i < times.size(); ++i)
                    for (std::size_t j = 0; j < 2; ++j) {
                        const double exact = Rational::at(times[i])[j];
                        CHECK(std::abs(solution.z[i][j] - exact) < 5 * (1e-6 + 1e-3 * std::abs(exact)));
                    }
            }
    }

    TEST_CASE("plain: there and back again") {
        // Amplification of Lotka-Volterra over [0, 10] is below 100 both ways.
        for (const double tolerance : {1e-6, 1e-9}) {
            const SolveOptions options{.rtol = tolerance, .atol = tolerance};
            const auto end = solve(prey_law, prey_and_predators, {0, 10}, options).end();
            const auto start = solve(prey_law, end, {10, 0}, options).end();
            for (std::size_t j = 0; j < 2; ++j) CHECK(std::abs(start[j] - prey_and_predators[j]) < 100 * tolerance);
        }
    }

    TEST_CASE("plain: backwards is forwards in mirrored time, bit for bit") {
        const Law f = [](double t, std::span<const double> y, std::span<double> dy) { dy[0] = std::cos(t) * y[0]; };
        const Law g = [](double t, std::span<const double> y, std::span<double> dy) { dy[0] = -std::cos(-t) * y[0]; };
        const auto forwards = solve(f, std::array{1.}, {0, 7}), backwards = solve(g, std::array{1.}, {0, -7});
        CHECK(forwards.end() == backwards.end());
        CHECK(forwards.statistics() == backwards.statistics());
    }

    TEST_CASE("plain: evaluations are one to start, one for the first step, stages - 1 for each attempt") {
        for (const Method& method : {dopri5, tsit5}) {
            long calls = 0;
            const auto f = [&](double t, std::span<const double> z, std::span<double> dz) {
                ++calls;
                prey_law(t, z, dz);
            };
            const Statistics s = solve(f, prey_and_predators, {0, 30}, {.method = method}).statistics();
            CHECK(s.evaluations == calls);
            CHECK(s.evaluations == 2 + (method.stages - 1) * (s.accepted + s.rejected));
        }
        const Statistics fixed =
            solve(prey_law, prey_and_predators, {0, 30}, {.method = rk4_classic, .steps = 300}).statistics();
        CHECK(fixed.evaluations == 1200);
        CHECK(fixed.accepted == 300);
    }

    TEST_CASE("plain: array, vector and caller's memory give the same bits") {
        for (const Method& method : all_methods) {
            const std::array times{0., 1., 2.5, 10.};
            const SolveOptions options{.method = method, .steps = method.adaptive() && !method.paired() ? 0 : 100};
            const auto array = solve(prey_law, prey_and_predators, times, options);
            const auto vector = solve(prey_law, std::vector<double>{0.8, 0.4}, times, options);
            std::array<double, 2> y = prey_and_predators;
            std::vector<double> work(std::size_t(work_size(method, 2)));
            std::array<double, 8> saved;
            const Outcome outcome = solve_to(prey_law, std::span(y), work, times, options, saved);
            REQUIRE(outcome.status == Status::ok);
            CHECK(outcome.t == 10);
            CHECK(y == array.end());
            CHECK(outcome.statistics == array.statistics());
            for (std::size_t i = 0; i < 4; ++i)
                for (std::size_t j = 0; j < 2; ++j) {
                    CHECK(array.z[i][j] == vector.z[i][j]);
                    CHECK(array.z[i][j] == saved[2 * i + j]);
                }
        }
    }

    TEST_CASE("plain: many components take the steps of each, if all are alike") {
        const auto alone = solve(prey_law, prey_and_predators, {0, 10}).end();
        const Law many = [](double t, std::span<const double> z, std::span<double> dz) {
            for (std::size_t i = 0; i < z.size(); i += 2) prey_law(t, z.subspan(i, 2), dz.subspan(i, 2));
        };
        std::array<double, 38> array{};
        for (std::size_t i = 0; i < 38; ++i) array[i] = prey_and_predators[i % 2];
        const std::vector<double> vector(array.begin(), array.end());
        const auto fixed = solve(many, array, {0, 10}).end();
        const auto dynamic = solve(many, vector, {0, 10}).end();
        for (std::size_t i = 0; i < 38; ++i) {
            CHECK(fixed[i] == dynamic[i]);
            // Sums of 2 and of 38 equal squares round differently: so do the step lengths, in their last digits.
            CHECK(fixed[i] == doctest::Approx(alone[i % 2]).epsilon(1e-12));
        }
    }

    TEST_CASE("plain: float solves to float's tolerances, with time in double") {
        const std::array<float, 2> start{0.8f, 0.4f};
        const Json problem = reference("lotka_volterra");
        const auto solution = solve(prey_law, start, {0, 10}, {.rtol = 1e-5, .atol = 1e-5});
        for (std::size_t j = 0; j < 2; ++j)
            CHECK(std::abs(double(solution.end()[j]) - problem["z"][2][j].number()) < 1e-3);
        CHECK_FALSE(solution.statistics().floor_acted);
        // At t = 1e6 a float's clock has ticks of 1/16.
        const auto late = solve([](double t, std::span<const float>, std::span<float> dy) { dy[0] = float(t - 1e6); },
                                std::array{0.f}, {1e6, 1e6 + 1}, {.rtol = 1e-5, .atol = 1e-5});
        CHECK(std::abs(late.end()[0] - 0.5f) < 1e-5f);
    }

    TEST_CASE("plain: a tolerance below rounding is raised to rounding, and the statistics say so") {
        const SolveOptions impossible{.rtol = 0, .atol = 1e-30, .max_steps = 100'000};
        const auto solution = solve(decay, std::array{1.}, {0, 1}, impossible);
        CHECK(solution.statistics().floor_acted);
        CHECK(solution.end()[0] == doctest::Approx(std::exp(-1.)).epsilon(1e-14));
    }
}
