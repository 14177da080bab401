// tests/optim/line_search_test.cpp — where a search ends, the strong Wolfe conditions hold
#include "optim/line_search.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

using namespace costate;
using doctest::Approx;
using optim::WolfeSearch;
using Verdict = WolfeSearch::Verdict;

namespace {

struct Ending {
    Verdict verdict;
    double step;
    int trials;
};

template <class Phi, class Slope>
Ending search(Phi phi, Slope slope, double first, optim::WolfeOptions options = {}) {
    WolfeSearch search(phi(0), slope(0), first, options);
    for (int n = 1;; ++n) {
        const double a = search.trial();
        const Verdict verdict = search.judge(phi(a), slope(a));
        if (verdict == Verdict::go_on) continue;
        return {verdict, verdict == Verdict::accept ? a : search.best(), n};
    }
}

// From trials much too short to much too long; c₁ and c₂ as Moré & Thuente 1994 choose them for this function.
template <class Phi, class Slope>
void check_wolfe(Phi phi, Slope slope, optim::WolfeOptions options) {
    for (const double first : {1e-3, 1e-1, 1e1, 1e3}) {
        CAPTURE(first);
        const Ending end = search(phi, slope, first, options);
        CHECK(end.verdict == Verdict::accept);
        CHECK(end.trials <= 20);  // their own search: up to 12
        CHECK(phi(end.step) <= phi(0) + options.decrease * end.step * slope(0));
        CHECK(std::abs(slope(end.step)) <= options.curvature * std::abs(slope(0)));
    }
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("line search: three functions of Moré & Thuente 1994, (5.1) to (5.3)") {
    check_wolfe([](double a) { return -a / (a * a + 2); },
                [](double a) { return (a * a - 2) / ((a * a + 2) * (a * a + 2)); }, {0.001, 0.1});
    check_wolfe([](double a) { return std::pow(a + 0.004, 5) - 2 * std::pow(a + 0.004, 4); },
                [](double a) { return 5 * std::pow(a + 0.004, 4) - 8 * std::pow(a + 0.004, 3); }, {0.1, 0.1});
    const double beta = 0.01, l = 39, pi = 3.141592653589793;  // a V with a round point at 1, and waves on it
    const auto core = [=](double a) {
        return a <= 1 - beta ? 1 - a : a >= 1 + beta ? a - 1 : (a - 1) * (a - 1) / (2 * beta) + beta / 2;
    };
    const auto core_slope = [=](double a) { return a <= 1 - beta ? -1 : a >= 1 + beta ? 1 : (a - 1) / beta; };
    check_wolfe([=](double a) { return core(a) + 2 * (1 - beta) / (l * pi) * std::sin(l * pi / 2 * a); },
                [=](double a) { return core_slope(a) + (1 - beta) * std::cos(l * pi / 2 * a); }, {0.1, 0.1});
}

TEST_CASE("line search: a parabola's minimum is the second trial, wherever the first one was") {
    const auto phi = [](double a) { return (a - 2) * (a - 2); };
    const auto slope = [](double a) { return 2 * (a - 2); };
    for (const double first : {0.5, 1.0, 3.0, 15.0}) {
        const Ending end = search(phi, slope, first, {.curvature = 1e-3});
        CHECK(end.verdict == Verdict::accept);
        CHECK(end.trials == 2);
        CHECK(end.step == Approx(2).epsilon(1e-12));
    }
}

TEST_CASE("line search: where there is no number the step was too long") {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const double nothing : {nan, infinity, -infinity}) {
        const Ending end = search([=](double a) { return a < 0.3 ? (a - 0.2) * (a - 0.2) : nothing; },
                                  [=](double a) { return a < 0.3 ? 2 * (a - 0.2) : nan; }, 100);
        CHECK(end.verdict == Verdict::accept);
        CHECK(end.step < 0.3);
    }
}

TEST_CASE("line search: a slope that is not the function's is given up; a kink is settled at its lowest trial") {
    CHECK(search([](double a) { return a; }, [](double) { return -1.0; }, 1).verdict == Verdict::give_up);
    const Ending kink =
        search([](double a) { return std::abs(a - 1); }, [](double a) { return a < 1 ? -1.0 : 1.0; }, 10);
    CHECK(kink.verdict == Verdict::settle);
    CHECK(kink.step == Approx(1).epsilon(1e-2));
}

TEST_CASE("line search: within rounding a loss may rise, and the slope decides") {
    const double rounding = static_cast<double>(std::numeric_limits<Real>::epsilon());
    WolfeSearch search(1, -1e-12, 1);
    CHECK(search.judge(1 + 4 * rounding, 1e-13) == Verdict::accept);
}

TEST_SUITE_END();
