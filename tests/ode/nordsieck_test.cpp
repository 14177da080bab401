// tests/ode/nordsieck_test.cpp — BDF and Adams of chosen steps and orders: formulas, accuracy, work, edges, by hand
#include "ode/multistep/nordsieck.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "tests/support/allocations.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

MultistepFormulas equal_steps(const MultistepFamily& family, double h = 0.1) {
    double past[MultistepFormulas::places];
    for (int i = 0; i < MultistepFormulas::places; ++i) past[i] = 1 - (i + 1) * h;
    MultistepFormulas formulas;
    formulas.look_back(family.stiff, 1, h, past);
    return formulas;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("nordsieck: of equal steps the formulas are the textbook's") {
        // Hairer, Nørsett & Wanner I, (III.1.22'): BDF, Λ = Π (1 + x/i);  table III.1.2: Adams–Moulton's first coefficient
        const double moulton[] = {1, 1. / 2, 5. / 12, 9. / 24, 251. / 720, 475. / 1440};
        const double moulton_error[] = {1. / 2, 1. / 12, 1. / 24, 19. / 720, 3. / 160, 863. / 60480};
        double harmonic = 0, factorial = 1;
        for (int q = 1; q <= 6; ++q) {
            CAPTURE(q);
            harmonic += 1. / q;
            factorial *= q;
            if (q <= bdf.most_order) {
                const MultistepFormulas formulas = equal_steps(bdf);
                CHECK(formulas.correction(q).c[1] == doctest::Approx(harmonic));
                CHECK(formulas.correction(q).c[q] == doctest::Approx(1 / factorial));
                CHECK(formulas.error(q) / formulas.change(q) == doctest::Approx(1. / (q + 1)));
            }
            const MultistepFormulas formulas = equal_steps(adams);
            CHECK(1 / formulas.correction(q).c[1] == doctest::Approx(moulton[q - 1]));
            CHECK(formulas.error(q) == doctest::Approx(moulton_error[q - 1] * factorial * (q + 1)));  // of y^(q+1)
        }
    }

    TEST_CASE("nordsieck: a history of steps of any length is a polynomial, and stays it") {
        // y = t^q is a solution of y' = q t^(q-1), to rounding, whatever the steps: nothing to correct
        for (const MultistepFamily& family : all_families)
            for (int q = 1; q <= 4; ++q) {
                CAPTURE(q);
                CAPTURE(family.name);
                std::vector<double> memory(static_cast<std::size_t>(plain::NordsieckArray<double>::work_size(12, 1)));
                plain::NordsieckArray<double> p(family.stiff, 1, memory.data(), 12);
                double t = 1, next = 1, e = 0;
                *p.state() = 1;
                const double rate = q;
                p.begin(t, &rate);
                for (int step = 0; step < 150; ++step, t = next) {
                    const double h = 0.02 * (1 + 0.2 * std::sin(3. * step));
                    next = t + h;
                    p.predict({t, next, h});
                    const double slope = q * std::pow(next, q - 1);
                    e = (h * slope - *p.next(1)) / p.leading();
                    p.correct(&e);
                    p.hand_on(next, p.order() < q && step % 6 == 5 ? p.order() + 1 : p.order());
                }
                CHECK(p.order() == q);
                // the start was of order 1: its errors stay, and of them alone is what is left
                CHECK(std::abs(e) < 1e-12 * std::pow(t, q));
            }
    }

    TEST_CASE("nordsieck: the error follows the tolerance, in both directions of time, at times and between") {
        for (const MultistepFamily& family : all_families)
            for (const double rtol : {1e-4, 1e-6, 1e-8}) {
                CAPTURE(family.name);
                CAPTURE(rtol);
                const Times times{0, 0.1, 1, 1, 2.5, 7, 10};
                const double most = family.stiff ? 300 : 100;
                const NordsieckOptions options{.method = family, .rtol = rtol, .atol = rtol};
                const auto s = solve_nordsieck(turn, std::array{1., 0.}, times, options);
                for (std::size_t i = 0; i < times.size(); ++i) {
                    CHECK(std::abs(s.z[i][0] - std::cos(times[i])) < most * rtol);
                    CHECK(std::abs(s.z[i][1] + std::sin(times[i])) < most * rtol);
                }
                const auto back = solve_nordsieck(turn, s.end(), {10, 0}, options);
                CHECK(std::abs(back.end()[0] - 1) < 2 * most * rtol);
            }
    }

    TEST_CASE("nordsieck: high orders are worth it: a digit costs few evaluations") {
        const auto count = [](const MultistepFamily& family, double tol, int most_order) {
            const auto s = solve_nordsieck(
                turn, std::array{1., 0.}, {0, 20},
                {.method = family, .rtol = tol, .atol = tol, .most_order = most_order, .max_steps = 1'000'000});
            return s.statistics().evaluations;
        };
        CHECK(count(adams, 1e-10, 0) < 4 * count(adams, 1e-6, 0));
        CHECK(count(adams, 1e-10, 0) < 700);
        CHECK(count(adams, 1e-8, 2) > 10 * count(adams, 1e-8, 0));
        CHECK(count(bdf, 1e-6, 2) > 3 * count(bdf, 1e-6, 0));
    }

    TEST_CASE("nordsieck: what is saved on the way does not change the end by a bit") {
        for (const MultistepFamily& family : all_families) {
            const NordsieckOptions options{.method = family};
            CHECK(solve_nordsieck(decay, std::array{1.}, {0, 0.1, 0.2, 0.5, 0.9, 1}, options).end() ==
                  solve_nordsieck(decay, std::array{1.}, {0, 1}, options).end());
        }
    }

    TEST_CASE("nordsieck: by hand, a ball that bounces: cut, reset, and on with no past") {
        // height y, y'' = −1, from 1: it hits the ground at √2, and comes back with half its speed, √2 later, and so on
        const auto fall = [](double, In y, Out dy) { dy[0] = y[1], dy[1] = -1; };
        for (const MultistepFamily& family : all_families) {
            CAPTURE(family.name);
            Nordsieck ball(fall, std::array{1., 0.}, {0, 3.2}, {.method = family, .rtol = 1e-9, .atol = 1e-9});
            std::vector<double> hits;
            while (ball.step()) {
                if (ball.z()[0] > 0) continue;
                double low = 0, high = 1;
                for (int i = 0; i < 60; ++i) (ball.at((low + high) / 2)[0] > 0 ? low : high) = (low + high) / 2;
                const double speed = ball.at(high)[1];
                ball.cut(high);
                hits.push_back(ball.t());
                ball.reset(std::array{0., -speed / 2});
                CHECK(ball.z()[0] == 0);
            }
            REQUIRE(hits.size() == 2);
            CHECK(hits[0] == doctest::Approx(std::sqrt(2.)).epsilon(1e-7));
            CHECK(hits[1] == doctest::Approx(2 * std::sqrt(2.)).epsilon(1e-7));
            CHECK(ball.status() == Status::ok);
            CHECK(ball.t() == 3.2);
        }
    }

    TEST_CASE("nordsieck: within a step it is as right as at its end, and continuous; a cut step goes on from there") {
        for (const MultistepFamily& family : all_families) {
            CAPTURE(family.name);
            const NordsieckOptions options{.method = family, .rtol = 1e-7, .atol = 1e-7};
            Nordsieck whole(turn, std::array{1., 0.}, {0, 10}, options);
            for (std::array<double, 2> before{1, 0}; whole.step(); std::copy_n(whole.z().data(), 2, before.begin())) {
                CHECK(std::abs(whole.at(0)[0] - before[0]) < 1e-12);
                CHECK(whole.at(1)[0] == whole.z()[0]);
                for (const double theta : {0.2, 0.5, 0.8}) {
                    const double t = whole.interval().t + theta * whole.h();
                    CHECK(std::abs(whole.at(theta)[0] - std::cos(t)) < 3e-5);
                }
            }
            Nordsieck cut(turn, std::array{1., 0.}, {0, 10}, options);
            for (int i = 0; cut.step(); ++i)
                if (i % 7 == 6) cut.cut(0.4);
            CHECK(cut.t() == 10);
            CHECK(cut.z()[0] == doctest::Approx(std::cos(10.)).epsilon(3e-5));
            cut.continue_to(12);
            while (cut.step()) {
            }
            CHECK(cut.z()[0] == doctest::Approx(std::cos(12.)).epsilon(3e-5));
        }
    }

    TEST_CASE("nordsieck: the curve along all steps is that of each step, and ends in its states to the bit") {
        for (const MultistepFamily& family : all_families) {
            CAPTURE(family.name);
            const NordsieckOptions options{.method = family, .rtol = 1e-7, .atol = 1e-7};
            const auto curve = solve_nordsieck_dense(turn, std::array{1., 0.}, {0, 10}, options);
            CHECK(curve.end() == solve_nordsieck(turn, std::array{1., 0.}, {0, 10}, options).end());
            Nordsieck stepper(turn, std::array{1., 0.}, {0, 10}, options);
            for (std::size_t i = 1; stepper.step(); ++i) {
                CHECK(curve.t[i] == stepper.t());
                CHECK(curve(curve.t[i]) == curve.z[i]);
                const double t = stepper.interval().t + 0.3 * stepper.h();
                CHECK(std::abs(curve(t)[0] - stepper.at(0.3)[0]) < 1e-13);
                CHECK(std::abs(curve.rate(t)[0] + std::sin(t)) < 1e-3);
            }
        }
    }

    TEST_CASE("nordsieck: a step asks for no memory, and an array for none at all") {
        for (const MultistepFamily& family : all_families) {
            Nordsieck stepper(turn, std::vector{1., 0.}, {0, 100}, {.method = family});
            stepper.step();
            CHECK(test::allocations_in([&] {
                      while (stepper.step()) stepper.at(0.5);
                  }) == 0);
            CHECK(test::allocations_in([&] {
                      Nordsieck fixed(turn, std::array{1., 0.}, {0, 10}, {.method = family});
                      while (fixed.step()) {
                      }
                  }) == 0);
            std::vector<double> work(static_cast<std::size_t>(nordsieck_size(family, family.most_order, 2)));
            Nordsieck lent(turn, std::array{1., 0.}, {0, 10}, {.method = family}, std::span(work));
            while (lent.step()) {
            }
            CHECK(lent.t() == 10);
            Nordsieck small(turn, std::array{1., 0.}, {0, 10}, {.method = family}, std::span(work).first(10));
            CHECK_FALSE(small.step());
            CHECK(small.status() == Status::bad_memory);
        }
    }

    TEST_CASE("nordsieck: of floats, to a float's tolerance") {
        for (const MultistepFamily& family : all_families) {
            const auto s =
                solve_nordsieck(turn, std::array{1.f, 0.f}, {0, 10}, {.method = family, .rtol = 1e-5, .atol = 1e-5});
            CHECK(s.end()[0] == doctest::Approx(std::cos(10.)).epsilon(1e-3));
        }
    }
}
