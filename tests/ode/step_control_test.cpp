// tests/ode/step_control_test.cpp — the controller keeps, rejects, grows and shrinks as its formula says
#include "ode/step_control.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <initializer_list>
#include <limits>

using namespace costate::ode;
using doctest::Approx;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity(), nan_ = std::numeric_limits<double>::quiet_NaN();
}

TEST_SUITE("ode") {
    TEST_CASE("step control: a step is kept up to an error of 1, and not beyond") {
        StepSize size(i_control, 4);
        CHECK(size.accept(0));
        CHECK(size.accept(1));
        CHECK_FALSE(size.accept(std::nextafter(1., 2.)));
    }

    TEST_CASE("step control: the I controller is safety · err^(−1/(q+1)) within its bounds") {
        StepSize size(i_control, 4);
        for (const double error : {0.9, 0.1, 1e-3}) {
            size.accept(error);
            CHECK(size.factor() == Approx(0.9 * std::pow(error, -0.2)).epsilon(1e-14));
        }
        size.accept(1e-9);
        CHECK(size.factor() == 10);
        size.accept(0);
        CHECK(size.factor() == 10);
        size.accept(1e9);
        CHECK(size.factor() == 0.2);
    }

    TEST_CASE("step control: the PI controller remembers the last accepted error, at least 1e-4") {
        StepSize size(pi_control, 4);
        size.accept(0.5);
        CHECK(size.factor() == Approx(0.9 * std::pow(0.5, -0.17) * std::pow(1e-4, 0.04)).epsilon(1e-14));
        size.accept(0.25);
        CHECK(size.factor() == Approx(0.9 * std::pow(0.25, -0.17) * std::pow(0.5, 0.04)).epsilon(1e-14));
        size.accept(1e-7);
        size.accept(0.5);
        CHECK(size.factor() == Approx(0.9 * std::pow(0.5, -0.17) * std::pow(1e-4, 0.04)).epsilon(1e-14));
    }

    TEST_CASE("step control: a rejected error leaves no trace in the PI controller's memory") {
        StepSize size(pi_control, 4);
        size.accept(0.5);
        size.accept(7);
        CHECK(size.factor() == Approx(0.9 * std::pow(7, -0.17)).epsilon(1e-14));
        size.accept(0.9);
        CHECK(size.factor() == Approx(0.9 * std::pow(0.9, -0.17) * std::pow(0.5, 0.04)).epsilon(1e-14));
    }

    TEST_CASE("step control: PID is the formula of diffrax and torchode, with icoeff, pcoeff and dcoeff") {
        // diffrax, PIDController: safety · e⁻¹^((i + p + d)/k) · e₋₁⁻¹^(−(p + 2 d)/k) · e₋₂⁻¹^(d/k), k the order of the error
        const auto diffrax = [](double i, double p, double d, double k, double e, double e1, double e2) {
            return 0.9 * std::pow(1 / e, (i + p + d) / k) * std::pow(1 / e1, -(p + 2 * d) / k) *
                   std::pow(1 / e2, d / k);
        };
        StepSize size(pid_control, 4);
        size.accept(0.5);
        size.accept(7);  // rejected: it leaves no trace
        CHECK(size.factor() == Approx(0.9 * std::pow(7, -0.49 / 5)).epsilon(1e-14));
        size.accept(0.3);
        size.accept(0.8);
        CHECK(size.factor() == Approx(diffrax(0.25, 0.14, 0.10, 5, 0.8, 0.3, 0.5)).epsilon(1e-14));
        StepSize h211({.integral = 0.3, .proportional = 0.4}, 4);
        h211.accept(0.5);
        h211.accept(0.3);
        CHECK(h211.factor() == Approx(diffrax(0.3, 0.4, 0, 5, 0.3, 0.5, 1)).epsilon(1e-14));
        // Hairer's beta is a proportional part: kP = beta/k, kI = 1 − 7/4 kP
        StepSize hairer(pi_control, 4), same({.integral = 1 - 1.75 * 0.2, .proportional = 0.2}, 4);
        for (const double error : {0.5, 0.3, 0.8}) {
            hairer.accept(error);
            same.accept(error);
            CHECK(hairer.factor() == Approx(same.factor()).epsilon(1e-13));
        }
    }

    TEST_CASE("step control: the step after a rejection does not grow, the one after that may") {
        StepSize size(i_control, 4);
        size.accept(2);
        CHECK(size.factor() < 1);
        CHECK(size.accept(1e-6));
        CHECK(size.factor() == 1);
        CHECK(size.accept(1e-6));
        CHECK(size.factor() == 10);
    }

    TEST_CASE("step control: an error that is no number rejects, and shrinks as far as allowed") {
        for (const double error : {nan_, infinity, -infinity}) {
            StepSize size(i_control, 4);
            CHECK_FALSE(size.accept(error));
            CHECK(size.factor() == 0.2);
            CHECK_FALSE(size.accept(error));
            CHECK(size.rejected_in_a_row() == 2);
            CHECK(size.accept(0.5));
            CHECK(size.rejected_in_a_row() == 0);
        }
    }

    TEST_CASE("step control: reset forgets errors and rejections") {
        StepSize fresh(pi_control, 4), used(pi_control, 4);
        used.accept(0.7);
        used.accept(3);
        used.reset();
        used.accept(0.3);
        fresh.accept(0.3);
        CHECK(used.factor() == fresh.factor());
    }

    TEST_CASE("first step: 1 % of |y|/|f|, then as long as the second derivative allows") {
        CHECK(first_guess(2, 4) == 0.005);
        CHECK(first_guess(1e-6, 4) == 1e-6);
        CHECK(first_guess(2, 1e-6) == 1e-6);
        CHECK(first_step(1e-2, 1, 32, 5, 10) == Approx(std::pow(0.01 / 32, 0.2)).epsilon(1e-14));
        CHECK(first_step(1e-2, 32, 1, 5, 10) == Approx(std::pow(0.01 / 32, 0.2)).epsilon(1e-14));
    }

    TEST_CASE("first step: at most a hundred guesses, at most the span") {
        CHECK(first_step(1e-6, 1, 1, 5, 10) == Approx(1e-4));
        CHECK(first_step(1, 1, 1, 5, 0.25) == 0.25);
    }

    TEST_CASE("first step: where nothing moves it starts small") {
        CHECK(first_step(1e-6, 0, 0, 5, 10) == 1e-6);
        CHECK(first_step(1, 0, 0, 5, 10) == Approx(1e-3));
    }

    TEST_CASE("first step: an infinite or undefined second derivative shortens the guess") {
        CHECK(first_step(1e-3, 1, nan_, 5, 10) == Approx(1e-6));
        CHECK(first_step(1e-3, 1, infinity, 5, 10) == Approx(1e-6));
    }
}
