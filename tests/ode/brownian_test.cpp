// tests/ode/brownian_test.cpp — a path is a function of its seed and the time, and its law is Brownian motion's
#include "ode/stochastic/brownian.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/linspace.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

// Moments over the entries, which are paths that do not know of one another.
double mean_product(const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (Index i = 0; i < a.size(); ++i) sum += double(a[i]) * double(b[i]);
    return sum / double(a.size());
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("Brownian: a finer grid sees the same path to the bit, in any order") {
    for (const Index coarse : {4, 7, 25}) {
        ode::Brownian one(3, -1, 2, {5, 2}), two(3, -1, 2, {5, 2}), back(3, -1, 2, {5, 2});
        const auto few = linspace(-1, 2, coarse + 1), many = linspace(-1, 2, 4 * coarse + 1);
        std::vector<Tensor> of_many;
        for (const double t : many) of_many.push_back(two.at(t));
        for (std::size_t i = 0; i < few.size(); ++i) {
            REQUIRE(few[i] == doctest::Approx(many[4 * i]).epsilon(1e-15));
            CHECK(one.at(few[i]) == of_many[4 * i]);
        }
        for (std::size_t i = many.size(); i-- > 0;) CHECK(back.at(many[i]) == of_many[i]);
    }
}

TEST_CASE("Brownian: it begins at 0; another seed is another path; rows do not know of one another") {
    ode::Brownian w(0, 0, 1, {6, 2}), other(1, 0, 1, {6, 2}), fewer(0, 0, 1, {3, 2});
    CHECK(w.at(0) == Tensor({6, 2}));
    CHECK(w.at(0.3) != other.at(0.3));
    for (const double t : {0.25, 0.3, 1.0}) CHECK(Tensor(w.at(t).rows(0, 3)) == fewer.at(t));
    CHECK(ode::Brownian(4, 2, 2, {3}).at(2) == Tensor({3}));
    w.restart(1, 0, 1, {6, 2});
    CHECK(w.at(0.3) == other.at(0.3));
}

// 40,000 paths: a mean of their products is known within 5 standard errors, √((s t + min²)/40000), of min(s, t).
TEST_CASE("Brownian: means 0, covariances min(s, t), increments independent, on dyadic and on other times") {
    const Index paths = 40'000;
    ode::Brownian w(11, 0, 2, {paths});
    const Tensor one(Shape{paths}, 1);
    std::vector<double> times{0.125, 0.1, 0.7, 1, 1.03125, 1.9, 2, 0.7 + 1e-6};
    std::vector<Tensor> at;
    for (const double t : times) at.push_back(w.at(t));
    for (std::size_t i = 0; i < times.size(); ++i) {
        CAPTURE(times[i]);
        CHECK(std::abs(mean_product(at[i], one)) < 5 * std::sqrt(times[i] / double(paths)));
        for (std::size_t j = 0; j <= i; ++j) {
            const double less = std::min(times[i], times[j]);
            const double error = std::sqrt((times[i] * times[j] + less * less) / double(paths));
            CHECK(std::abs(mean_product(at[i], at[j]) - less) < 5 * error);
        }
    }
    Tensor early = at[2], late = at[7];  // over a millionth of a time unit: variance 1e-6 as well
    for (Index i = 0; i < paths; ++i) late[i] -= early[i];
    CHECK(mean_product(late, late) == doctest::Approx(1e-6).epsilon(sizeof(Real) == 8 ? 0.04 : 0.1));
    CHECK(std::abs(mean_product(late, early)) < 5 * std::sqrt(0.7e-6 / double(paths)));
}

TEST_CASE("Brownian: W(1) is normal: its fourth moment is 3, its third 0") {
    ode::Brownian w(5, 0, 1, {40'000});
    Tensor at = w.at(0.37), square = at;
    for (Index i = 0; i < at.size(); ++i) square[i] = at[i] * at[i] / static_cast<Real>(0.37);
    CHECK(mean_product(square, square) == doctest::Approx(3).epsilon(5 * std::sqrt(96. / 40'000) / 3));
    CHECK(std::abs(mean_product(square, at)) < 5 * std::sqrt(15 * 0.37 / 40'000));
}

TEST_CASE("Brownian: what is no path, or not on it, is an error") {
    CHECK(contains(error_of([] { ode::Brownian(0, 1, 0, {2}); }), "Brownian: a path has a first and a last time"));
    ode::Brownian w(0, 0, 1, {2});
    const std::string error = error_of([&] { w.at(1.5); });
    CHECK(contains(error, "Brownian: the path does not go there"));
    CHECK(contains(error, "expected  a time from 0 to 1"));
    CHECK(contains(error, "brownian_test.cpp:" + std::to_string(__LINE__ - 3)));
}

TEST_SUITE_END();
