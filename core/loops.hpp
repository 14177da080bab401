// core/loops.hpp — what a loop may tell the compiler
#pragma once
#include <type_traits>  // brings: std::integral_constant
#include <utility>      // brings: std::integer_sequence

#include "core/real.hpp"  // brings: Index

// Before a loop: its iterations do not depend on each other, so that vectors need no test for overlap.
#if defined(__clang__)
#define COSTATE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define COSTATE_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace costate {

// f(std::integral_constant<int, n>()) for an n of first .. last that is known when it is called: a loop in f is compiled once
// for each of them. False, and no call, for any other n.
template <int first, int last, class F>
inline bool with_constant(Index n, F f) {
    static_assert(0 <= first && first <= last && last <= 8);
    const auto given = [&]<int k>(std::integral_constant<int, k> known) {
        if constexpr (first <= k && k <= last) f(known);
        return first <= k && k <= last;
    };
    switch (n) {
        case 0: return given(std::integral_constant<int, 0>());
        case 1: return given(std::integral_constant<int, 1>());
        case 2: return given(std::integral_constant<int, 2>());
        case 3: return given(std::integral_constant<int, 3>());
        case 4: return given(std::integral_constant<int, 4>());
        case 5: return given(std::integral_constant<int, 5>());
        case 6: return given(std::integral_constant<int, 6>());
        case 7: return given(std::integral_constant<int, 7>());
        case 8: return given(std::integral_constant<int, 8>());
        default: return false;
    }
}

}  // namespace costate
