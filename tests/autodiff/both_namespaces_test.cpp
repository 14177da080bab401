// tests/autodiff/both_namespaces_test.cpp — a program that uses the names of std beside those of the library
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <numeric>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"

using namespace std;
using namespace costate;

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("using namespace std beside using namespace costate: the usual expressions mean the library's functions") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {0.5, 2})), y = tape.variable(Tensor({2}, {1, 1}));
    Var z = x;
    for (const Var& v : {min(x, y), max(x, y), min(z, x), min(x + y, y), max(x, 1), min(0.5, x), max(x, {0}), max(x),
                         pow(x, 2), pow(x, 2.0f), pow(2, x), pow(x, y), pow(z, z), clamp(x, 0, 1)})
        CHECK(&v.tape() == &tape);
    for (const Var& v :
         {exp(x), expm1(x), log(x), log1p(x), sqrt(x), sin(x), cos(x), tanh(x), abs(x), -x, tan(x), atan(x), erf(x),
          atan2(x, y), atan2(x, 1), atan2(1, x), hypot(x, y), hypot(x, 1.0f), flip(x, 0)})
        CHECK(v.shape() == Shape{2});
    CHECK(equal(x, y).shape() == Shape{2});
    CHECK(where(costate::less(x, y), x, y).shape() == Shape{2});  // std::less is a class: its name needs the namespace
    CHECK(norm(x).shape() == Shape{});
    CHECK(sum(min(x, y)).item() == Real(1.5));
    CHECK(min(2, 3) == 2);
    CHECK(pow(2.0, 3) == 8);
    CHECK(max({1, 4, 2}) == 4);
    CHECK(abs(-2) == 2);
    CHECK(tanh(0.0) == 0);
    const vector<double> list{3, 1, 2};
    CHECK(*max_element(list.begin(), list.end()) == 3);
    const function<Var(Var)> f = costate::tanh;
    CHECK(f(x).shape() == Shape{2});
}

TEST_SUITE_END();
