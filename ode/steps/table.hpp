// ode/steps/table.hpp — a method's table as a walk reads it: a value, or known while compiling
//   table.method        its numbers          table.each(first, end, f)    f(i) for the stages first ... end − 1
//   table.stage(i)      the a_ij, j < i      table.error(), second_error()    the b_i − b̂_i, the b_i − b̃_i
//   terms.each(f)       f(j, a_j) in order of j, for those that are not 0
// A KnownTable is a row of unrolled_methods: its indices are types, so that a loop over stages becomes one stage after the
// other and a coefficient a number in the code. It is worth that where a state is a handful of numbers and the method one of
// those that people use, as each is compiled anew for each field. Without optimisation (-O0) it would be half of a file's
// compile time, and no faster: there loops have the same bits.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "ode/methods.hpp"           // brings: Method, rk4_classic, dopri5, tsit5

namespace costate::ode {

inline constexpr Method unrolled_methods[] = {rk4_classic, dopri5, tsit5};
#if defined(__OPTIMIZE__)
inline constexpr bool unrolls = true;
#else
inline constexpr bool unrolls = false;
#endif

struct Terms {
    const Number* a;
    int count;
    template <class Body>
    void each(Body&& body) const {
        for (int j = 0; j < count; ++j)
            if (a[j] != 0) body(j, a[j]);
    }
};

struct AnyTable {
    const Method& method;
    Terms stage(int i) const { return {method.a + i * method.dense_stages, i}; }
    Terms error() const { return {method.error, method.stages}; }
    Terms second_error() const { return {method.second_error, method.stages}; }
    template <class Body>
    void each(int first, int end, Body&& body) const {
        for (int i = first; i < end; ++i) body(i);
    }
};

template <std::size_t row, int i>  // i: a stage, or −1 for the error, −2 for the second one
struct KnownTerms {
    static constexpr const Method& method = unrolled_methods[row];
    static constexpr const Number* a = i >= 0    ? method.a + i * method.dense_stages
                                       : i == -1 ? method.error
                                                 : method.second_error;
    static constexpr int count = i >= 0 ? i : a ? method.stages : 0;

    template <int j, class Body>
    COSTATE_INLINE static void call(Body& body) {
        constexpr Number factor = a[j];
        if constexpr (factor != 0) body(std::integral_constant<int, j>(), factor);
    }
    template <class Body>
    COSTATE_INLINE void each(Body&& body) const {
        [&]<int... j>(std::integer_sequence<int, j...>) { (call<j>(body), ...); }
        (std::make_integer_sequence<int, count>());
    }
};

template <std::size_t row>
struct KnownTable {
    static constexpr const Method& method = unrolled_methods[row];
    template <int i>
    KnownTerms<row, i> stage(std::integral_constant<int, i>) const {
        return {};
    }
    KnownTerms<row, -1> error() const { return {}; }
    KnownTerms<row, -2> second_error() const { return {}; }
    template <class Body>
    COSTATE_INLINE void each(int first, int end, Body&& body) const {
        [&]<int... i>(std::integer_sequence<int, i...>) {
            ((first <= i && i < end ? body(std::integral_constant<int, i>()) : void()), ...);
        }
        (std::make_integer_sequence<int, method.dense_stages>());
    }
};

}  // namespace costate::ode
