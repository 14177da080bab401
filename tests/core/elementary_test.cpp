// tests/core/elementary_test.cpp — exp, log, tanh and their relatives, sin, cos and pow: errors and special values
#include "core/elementary/elementary.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "tests/core/ulps.hpp"

using namespace costate;
using namespace costate::test;
namespace el = costate::elementary;

namespace {

// The halves of ln 2: between them, another whole number is nearest.
std::vector<double> exp_turns() {
    std::vector<double> t = {709.782712893384, 88.7228391, 745.13321910194, 103.972084, 20, 10, 40};
    for (int i = -1076; i < 1026; ++i) t.push_back((i + 0.5) * 0.6931471805599453);
    return t;
}
std::vector<double> log_turns() {
    std::vector<double> t;
    for (int i = -1074; i < 1024; ++i) t.push_back(std::ldexp(1, i)), t.push_back(std::ldexp(0.7071067811865476, i));
    return t;
}
std::vector<double> log1p_turns() {
    std::vector<double> t = log_turns();
    for (double u : log_turns()) t.push_back(u - 1);
    return t;
}

template <class W>
W logistic(W x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
template <class W>
W soft_maximum(W x) {
    return (x < 0 ? 0 : x) + std::log1p(std::exp(-std::fabs(x)));
}

const Region exp_region{-746, 711, exp_turns()}, unit_region{-42, 42, exp_turns()};
const Region log_region{0, 100, log_turns()}, log1p_region{-1, 100, log1p_turns()};
const Region angle_region{-1.1e5, 1.1e5, angle_turns()};

}  // namespace

TEST_SUITE_BEGIN("core");

COSTATE_WITHIN(1, exp, std::exp, exp_region)
COSTATE_WITHIN(1.5, expm1, std::expm1, exp_region)
COSTATE_WITHIN((COSTATE_FAST_FMA ? 2 : 2.03), tanh, std::tanh, unit_region)
COSTATE_WITHIN(2.5, sigmoid, logistic, exp_region)
COSTATE_WITHIN(1, log, std::log, log_region)
COSTATE_WITHIN(1.5, log1p, std::log1p, log1p_region)
COSTATE_WITHIN(2, softplus, soft_maximum, exp_region)
COSTATE_WITHIN(1.6, sin, std::sin, angle_region)
COSTATE_WITHIN(1.6, cos, std::cos, angle_region)

TEST_CASE_TEMPLATE("pow is within 1.5 units in the last place", T, double, float) {
    Bits rng;
    Worst w;
    const auto ask = [&](T x, T y) {
        const double u = ulps<T>(el::pow(x, y), std::pow(static_cast<Wider<T>>(x), static_cast<Wider<T>>(y)));
        if (u > w.ulps) w = {u, static_cast<double>(x)};
    };
    for (int i = 0; i < points; ++i) {
        const T x = static_cast<T>(std::exp(rng.uniform(-80, 80))), y = static_cast<T>(rng.uniform(-4, 4));
        ask(x, y);
        ask(static_cast<T>(rng.uniform(0, 4)), static_cast<T>(rng.uniform(-60, 60)));
        ask(-x, std::floor(y));
        ask(any_bits<T>(rng), y);
        ask(any_bits<T>(rng), any_bits<T>(rng));
        // Everywhere along the exponents that are not out of range, near 1 most of all.
        const T near_1 = static_cast<T>(1 + std::ldexp(rng.uniform(-0.4, 0.4), -i % std::numeric_limits<T>::digits));
        ask(near_1, static_cast<T>(rng.uniform(-745, 710) / std::log(static_cast<double>(near_1) + 1e-30)));
    }
    CAPTURE(w.at);
    CHECK(w.ulps <= 1.5 + reference_error);
}

TEST_CASE_TEMPLATE("pow answers 0, infinity, minus one and nan as the C library does", T, double, float) {
    const T half_odd = 1 / std::numeric_limits<T>::epsilon() + 1;  // the largest kind of odd number
    for (T x : {T(0), T(1), T(2), T(0.5), T(1e-30), inf<T>, nan_of<T>, largest<T>, tiny<T>}) {
        for (T y : {T(0), T(1), T(2), T(3), T(0.5), T(2.5), half_odd, largest<T>, inf<T>, nan_of<T>, tiny<T>}) {
            for (T a : {x, -x}) {
                for (T b : {y, -y}) {
                    CAPTURE(a);
                    CAPTURE(b);
                    CHECK(ulps<T>(el::pow(a, b), std::pow(a, b)) <= 2);
                }
            }
        }
    }
}

TEST_CASE_TEMPLATE("every function keeps zero's sign and answers infinity and nan", T, double, float) {
    const T z = T(-0.0), i = inf<T>, n = nan_of<T>;
    CHECK(same(el::exp(z), T(1)));
    CHECK(same(el::exp(i), i));
    CHECK(same(el::exp(-i), T(0)));
    CHECK(same(el::exp(n), n));
    CHECK(same(el::expm1(z), z));
    CHECK(same(el::expm1(T(0)), T(0)));
    CHECK(same(el::expm1(i), i));
    CHECK(same(el::expm1(-i), T(-1)));
    CHECK(same(el::expm1(n), n));
    CHECK(same(el::tanh(z), z));
    CHECK(same(el::tanh(T(0)), T(0)));
    CHECK(same(el::tanh(i), T(1)));
    CHECK(same(el::tanh(-i), T(-1)));
    CHECK(same(el::tanh(n), n));
    CHECK(same(el::sigmoid(z), T(0.5)));
    CHECK(same(el::sigmoid(i), T(1)));
    CHECK(same(el::sigmoid(-i), T(0)));
    CHECK(same(el::sigmoid(n), n));
    CHECK(same(el::log(z), -i));
    CHECK(same(el::log(T(0)), -i));
    CHECK(same(el::log(T(1)), T(0)));
    CHECK(same(el::log(i), i));
    CHECK(same(el::log(-i), n));
    CHECK(same(el::log(-tiny<T>), n));
    CHECK(same(el::log(n), n));
    CHECK(same(el::log1p(z), z));
    CHECK(same(el::log1p(T(0)), T(0)));
    CHECK(same(el::log1p(T(-1)), -i));
    CHECK(same(el::log1p(i), i));
    CHECK(same(el::log1p(-i), n));
    CHECK(same(el::log1p(n), n));
    CHECK(same(el::softplus(i), i));
    CHECK(same(el::softplus(-i), T(0)));
    CHECK(same(el::softplus(n), n));
    CHECK(same(el::sin(z), z));
    CHECK(same(el::sin(T(0)), T(0)));
    CHECK(same(el::cos(z), T(1)));
    for (T x : {i, -i, n}) {
        CHECK(same(el::sin(x), n));
        CHECK(same(el::cos(x), n));
    }
}

TEST_CASE_TEMPLATE("tanh is odd and never leaves [-1, 1]", T, double, float) {
    bool odd = true, bounded = true;
    for (T x : arguments<T>(unit_region)) {
        odd = odd && same(el::tanh(-x), -el::tanh(x));
        bounded = bounded && !(std::fabs(el::tanh(x)) > 1);
    }
    CHECK(odd);
    CHECK(bounded);
}

TEST_CASE_TEMPLATE("sin and cos of a span are those of its entries, in place too, near and far", T, double, float) {
    for (T farthest : {T(9), T(1e5), T(3e7), inf<T>}) {
        std::vector<T> x;
        for (int k = 0; k < 37; ++k) x.push_back(static_cast<T>(k - 18) * T(0.7));
        x[20] = farthest;
        std::vector<T> s(x.size()), c = x;
        el::sin(x.data(), s.data(), static_cast<Index>(x.size()));
        el::cos(c.data(), c.data(), static_cast<Index>(x.size()));
        bool equal = true;
        for (std::size_t k = 0; k < x.size(); ++k)
            equal = equal && same(s[k], el::sin(x[k])) && same(c[k], el::cos(x[k]));
        CHECK(equal);
    }
}

TEST_SUITE_END();
