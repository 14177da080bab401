// tests/ode/multistep_test.cpp — Adams's formulas of equal steps: their numbers, their order, gradients, what is kept
#include "ode/multistep/multistep.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// Hairer, Nørsett & Wanner I, tables III.1.1 and III.1.2
static_assert(adams_bashforth2.b[0] == 3. / 2 && adams_bashforth2.b[1] == -1. / 2);
static_assert(adams_bashforth3.b[0] == 23. / 12 && adams_bashforth3.b[1] == -16. / 12 &&
              adams_bashforth3.b[2] == 5. / 12);
static_assert(adams_bashforth4.b[0] == 55. / 24 && adams_bashforth4.b[1] == -59. / 24 &&
              adams_bashforth4.b[2] == 37. / 24 && adams_bashforth4.b[3] == -9. / 24);
static_assert(adams_bashforth5.b[0] == 1901. / 720 && adams_bashforth5.b[1] == -2774. / 720 &&
              adams_bashforth5.b[2] == 2616. / 720 && adams_bashforth5.b[3] == -1274. / 720 &&
              adams_bashforth5.b[4] == 251. / 720);
static_assert(adams_bashforth_moulton1.m[0] == 1 && adams_bashforth_moulton2.m[0] == 1. / 2 &&
              adams_bashforth_moulton2.m[1] == 1. / 2);
static_assert(adams_bashforth_moulton3.m[0] == 5. / 12 && adams_bashforth_moulton3.m[1] == 8. / 12 &&
              adams_bashforth_moulton3.m[2] == -1. / 12);
static_assert(adams_bashforth_moulton4.m[0] == 9. / 24 && adams_bashforth_moulton4.m[1] == 19. / 24 &&
              adams_bashforth_moulton4.m[2] == -5. / 24 && adams_bashforth_moulton4.m[3] == 1. / 24);
static_assert(adams_bashforth_moulton5.m[0] == 251. / 720 && adams_bashforth_moulton5.m[1] == 646. / 720 &&
              adams_bashforth_moulton5.m[2] == -264. / 720 && adams_bashforth_moulton5.m[3] == 106. / 720 &&
              adams_bashforth_moulton5.m[4] == -19. / 720);

// The slope of the error at the end, over five numbers of steps.
template <class Problem>
double order_on(const AdamsMethod& method, int steps) {
    std::vector<double> h, error;
    for (int i = 0; i < 5; ++i, steps *= 2) {
        const double step = Problem::t1 / steps;
        const auto end =
            solve_multistep(Problem::f, Problem::y0, {0, Problem::t1}, {.method = method, .step = step}).end();
        const auto exact = Problem::exact(Problem::t1);
        h.push_back(step);
        error.push_back(0);
        for (std::size_t j = 0; j < end.size(); ++j) error.back() += std::abs(double(end[j] - exact[j]));
    }
    return slope(h, error);
}

void pendulum(double t, In y, Out dy) { dy[0] = y[1], dy[1] = -std::sin(y[0]) + 0.1 * std::cos(t); }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("multistep: every method shows its order") {
        for (const AdamsMethod& m : all_adams_methods) {
            CAPTURE(std::string(m.name));
            CHECK(order_on<Decay>(m, 64) == doctest::Approx(m.order).epsilon(0.2 / m.order));
            CHECK(order_on<Oscillator>(m, m.order == 1 ? 80'000 : 800) ==
                  doctest::Approx(m.order).epsilon(0.2 / m.order));
            CHECK(order_on<Seasons>(m, m.order == 1 ? 4096 : 512) == doctest::Approx(m.order).epsilon(0.2 / m.order));
        }
    }

    TEST_CASE("multistep: a polynomial of degree k is integrated to rounding, on a start of dopri5, too") {
        for (const AdamsMethod& m : all_adams_methods) {
            CAPTURE(std::string(m.name));
            const auto f = [&](double t, In, Out dy) { dy[0] = m.order * std::pow(t, m.order - 1); };
            const auto s = solve_multistep(f, std::array{1.0}, {-1, 0.5, 2}, {.method = m, .step = 0.1});
            CHECK(s.end()[0] == doctest::Approx(1 + std::pow(2, m.order) - std::pow(-1, m.order)).epsilon(1e-14));
        }
    }

    TEST_CASE("multistep: an evaluation a step, or two; the start is dopri5's, and made again where steps change") {
        const auto count = [](const AdamsMethod& m, const Times& times) {
            return solve_multistep(pendulum, std::array{1., 0.}, times, {.method = m, .step = 0.1}).statistics();
        };
        for (const AdamsMethod& m : all_adams_methods) {
            CAPTURE(std::string(m.name));
            const int started = 5 * (m.order - 1), once = m.corrects ? 2 : 1;
            const Statistics s = count(m, {0, 10});
            CHECK(s.accepted == 100);
            CHECK(s.evaluations == started + (m.order - 1) + once * (100 - (m.order - 1)));
            CHECK(count(m, {0, 2, 4, 6, 8, 10}).evaluations == s.evaluations);
            CHECK(count(m, {-5, 0, 5}).evaluations == s.evaluations);
            CHECK(count(m, {10, 0}).evaluations == s.evaluations);
            if (m.order > 1) CHECK(count(m, {0, 5, 9.95}).evaluations > s.evaluations);
        }
    }

    TEST_CASE("multistep: states at the times, forwards and backwards, of vectors and floats") {
        const Times times{0, 1, 1, 2.5, 4};
        const auto exact = solve(pendulum, std::array{1., 0.}, times, {.method = dop853, .rtol = 1e-12, .atol = 1e-12});
        const MultistepOptions options{.method = adams_bashforth_moulton5, .step = 0.01};
        const auto s = solve_multistep(pendulum, std::array{1., 0.}, times, options);
        const auto v = solve_multistep(pendulum, std::vector{1., 0.}, times, options);
        for (std::size_t i = 0; i < times.size(); ++i) {
            CHECK(s.z[i][0] == doctest::Approx(exact.z[i][0]).epsilon(1e-9));
            CHECK(s.z[i][0] == v.z[i][0]);
        }
        CHECK(s.z[0] == std::array{1., 0.});
        const auto back = solve_multistep(pendulum, s.end(), {4, 0}, options);
        CHECK(back.end()[0] == doctest::Approx(1).epsilon(1e-9));
        CHECK(solve_multistep(pendulum, std::array{1., 0.}, {2, 2}, options).end() == std::array{1., 0.});
        const auto fall = [](double, std::span<const float> y, std::span<float> dy) { dy[0] = -y[0]; };
        CHECK(solve_multistep(fall, std::array{1.f}, {0, 1}, options).end()[0] ==
              doctest::Approx(std::exp(-1.)).epsilon(1e-5));
    }

    TEST_CASE("multistep: a step asks for no memory") {
        const auto asked = [](double t1) {
            return allocations_in([&] {
                solve_multistep(pendulum, std::vector{1., 0.}, {0, t1}, {.method = adams_bashforth5, .step = 0.1});
            });
        };
        CHECK(asked(100) == asked(1));
    }

    TEST_CASE("multistep: in Vars the numbers of numbers, and the gradient of the discrete solution") {
        // z' = −k z³ + c t:  loss Σ z² at three times, by k, c and z0
        const Times times{0, 0.5, 1.2, 2};
        const auto loss_at = [&](const AdamsMethod& m, double k, double c, double z0) {
            const auto f = [&](double t, In z, Out dz) { dz[0] = -k * z[0] * z[0] * z[0] + c * t; };
            double sum = 0;
            for (const auto& z : solve_multistep(f, std::array{z0}, times, {.method = m, .step = 0.1}).z)
                sum += z[0] * z[0];
            return sum;
        };
        for (const AdamsMethod& m : all_adams_methods) {
            CAPTURE(std::string(m.name));
            Tape tape;
            const Var k = tape.variable(Tensor::scalar(0.75)), c = tape.variable(Tensor::scalar(0.5)),
                      z0 = tape.variable(Tensor({1}, {1.25}));
            const auto field = [&](Var t, Var z) { return c * t - k * z * z * z; };
            const auto s = solve_multistep(tape, field, z0, times, {.method = m, .step = 0.1});
            CHECK(s.z.shape() == Shape{4, 1});
            const Var loss = sum(square(s.z));
            CHECK(double(tape.view(loss)[0]) ==
                  doctest::Approx(loss_at(m, 0.75, 0.5, 1.25)).epsilon(either(1e-14, 1e-6)));
            CHECK(s.statistics().accepted == 20);
            const auto difference = [&](auto at) {
                const double h = 1e-3;
                return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
            };
            const auto gradient = grad(loss, {k, c, z0});
            const double wanted[] = {difference([&](double d) { return loss_at(m, 0.75 + d, 0.5, 1.25); }),
                                     difference([&](double d) { return loss_at(m, 0.75, 0.5 + d, 1.25); }),
                                     difference([&](double d) { return loss_at(m, 0.75, 0.5, 1.25 + d); })};
            for (std::size_t i = 0; i < 3; ++i)
                CHECK(double(tape.view(gradient[i])[0]) == doctest::Approx(wanted[i]).epsilon(either(1e-9, 1e-5)));
        }
    }

    TEST_CASE("multistep: what is missing is asked for, and what blows up is told") {
        CHECK_THROWS_WITH(solve_multistep(pendulum, std::array{1., 0.}, {0, 1}, {}), doctest::Contains(".step = 0.01"));
        CHECK_THROWS_WITH(solve_multistep(pendulum, std::array{1., 0.}, {0, 2, 1}, {.step = 0.1}),
                          doctest::Contains("one direction"));
        const auto blows = [](double, In y, Out dy) { dy[0] = y[0] * y[0]; };
        CHECK_THROWS_WITH(solve_multistep(blows, std::array{1.}, {0, 50}, {.step = 0.1}),
                          doctest::Contains("solve_multistep: the state is no longer finite after t = "));
        CHECK_THROWS_WITH(solve_multistep(pendulum, std::array{1., 0.}, {0, 1}, {.step = 1e-12}),
                          doctest::Contains("step = 1e-12"));
        Tape tape;
        const auto wrong = [](Var, Var z) { return sum(z); };
        CHECK_THROWS_WITH(solve_multistep(tape, wrong, Tensor({2}, {1, 2}), {0, 1}, {.step = 0.1}),
                          doctest::Contains("shape"));
    }
}
