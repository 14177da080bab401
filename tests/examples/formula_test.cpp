// tests/examples/formula_test.cpp — is the formula found from which the numbers were made, and no longer one?
#include "examples/support/formula.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>

#include "core/linspace.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using test::contains;
using test::error_of;

namespace {

const std::vector<std::string> names{"", "x", "x²", "x³", "sin x"};

Tensor terms_of(const std::vector<double>& x) {
    Tensor terms({static_cast<Index>(x.size()), 5});
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::array row{1.0, x[i], x[i] * x[i], x[i] * x[i] * x[i], std::sin(x[i])};
        for (std::size_t k = 0; k < 5; ++k)
            terms(static_cast<Index>(i), static_cast<Index>(k)) = static_cast<Real>(row[k]);
    }
    return terms;
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("formula: two terms of five are found, with their coefficients") {
    const auto x = linspace(-2, 2, 41);
    Tensor y({41});
    for (Index i = 0; i < 41; ++i) {
        const double at = x[static_cast<std::size_t>(i)];
        y[i] = static_cast<Real>(0.5 * at - 0.25 * at * at * at);
    }
    const Formula formula = shortest_formula(names, terms_of(x), y, 1e-3);
    CHECK(formula.terms == 2);
    CHECK(formula.text == "0.5 x − 0.25 x³");
    for (Real& number : y.entries()) number = -number;
    CHECK(shortest_formula(names, terms_of(x), y, 1e-3).text == "−0.5 x + 0.25 x³");
    CHECK(formula.coefficients[1] == doctest::Approx(0.5).epsilon(1e-5));
    CHECK(formula.coefficients[3] == doctest::Approx(-0.25).epsilon(1e-5));
    CHECK(formula.coefficients[4] == 0);
    CHECK(formula.error < 1e-5);
}

TEST_CASE("formula: what slack allows is left out; of zeros nothing is needed") {
    const auto x = linspace(-2, 2, 41);
    Tensor y({41}), none({41});
    for (Index i = 0; i < 41; ++i) y[i] = static_cast<Real>(1 + 0.001 * x[static_cast<std::size_t>(i)]);
    const Formula formula = shortest_formula(names, terms_of(x), y, 0.01);
    CHECK(formula.text == "1");
    CHECK(formula.error == doctest::Approx(0.00118).epsilon(0.01));  // .001 √(mean x²) beside 1
    CHECK(shortest_formula(names, terms_of(x), none, 0.01).text == "0");
}

TEST_CASE("formula: a table that does not fit is an error") {
    const Tensor y({3});
    CHECK(contains(error_of([&] {
                       shortest_formula({"x"}, Tensor({4, 1}), y, 0);
                   }),
                   "shortest_formula: the table of terms does not fit"));
    CHECK(contains(error_of([&] {
                       shortest_formula({"x", "x²", "x³"}, Tensor({3, 3}), y, 0);
                   }),
                   "3 names and 3 values"));
}

TEST_SUITE_END();
