// tests/support/numbers.hpp — what Vars hold, and is it what someone else found?
#pragma once
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "autodiff/tape/tape.hpp"  // brings: Tape, Var

namespace costate::test {

inline double number(Var v) { return static_cast<double>(v.item()); }  // of the one entry that it has
inline Tensor numbers_of(Var v) { return Tensor(v.tape().view(v)); }

inline void check_entries(View got, Index first, double within, const std::vector<double>& expected) {
    REQUIRE(first + static_cast<Index>(expected.size()) <= got.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(static_cast<double>(got[first + static_cast<Index>(i)]) - expected[i]) <= within);
    }
}
inline void check_numbers(View got, double within, const std::vector<double>& expected) {
    REQUIRE(got.size() == static_cast<Index>(expected.size()));
    check_entries(got, 0, within, expected);
}

}  // namespace costate::test
