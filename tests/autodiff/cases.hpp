// tests/autodiff/cases.hpp — the one list of operators that every law runs over (laws_test.cpp)
// A case is a function y(x₀, x₁, ...) with the shapes of its operands and the interval they are drawn from, which keeps
// clear of kinks and poles. `rows` says whose axis 0 may hold a batch's rows (bit i: operand i): such a case is also
// run with many rows, cut into tiles; `aligned` operands hold a row for each, but stay the same. `mixes_rows`: rightly
// refused by tiles, since its rows depend on one another.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"

namespace costate::test {

struct Interval {
    double low, high;
};
inline constexpr Interval around_0{-1.4, 1.7}, positive{0.4, 1.6}, probable{-0.6, 0.9};

struct Case {
    std::string name;
    std::vector<Shape> shapes;
    std::function<Var(Vars)> build;
    Interval from = around_0;
    unsigned rows = 0;
    bool mixes_rows = false;
    unsigned aligned = 0;
};
using Cases = std::vector<Case>;

const Cases& operator_cases();

// As they are, or, of operands that have rows, with so many of them.
std::vector<Shape> shapes_of(const Case& c, Index batch);

}  // namespace costate::test
