// ode/start.hpp — what z0 may be, and what compilers say of anything else
//   a Var, a Tensor or View, a Parameter     ode/solve.hpp
//   an array, a vector, a span of numbers    ode/plain.hpp
#pragma once
#include <concepts>
#include <span>
#include <type_traits>

#include "autodiff/parameter.hpp"  // brings: Parameter
#include "ode/solution.hpp"        // brings: Solution, Var
#include "ode/solve_options.hpp"   // brings: SolveOptions
#include "ode/times.hpp"           // brings: Times

namespace costate::ode {

template <class Range>
using SpanOf = decltype(std::span(std::declval<const Range&>()));  // of const numbers; a std::array keeps its length

template <class Range>
concept PlainState = std::floating_point<typename SpanOf<Range>::value_type>;

template <class Z>
inline constexpr bool is_start_in_vars =
    std::is_convertible_v<const Z&, Var> || std::is_convertible_v<const Z&, View> ||
    std::is_convertible_v<const Z&, const Parameter&>;
template <class Z>
inline constexpr bool is_start = is_start_in_vars<Z> || PlainState<Z>;
template <class O>
inline constexpr bool are_options = std::is_convertible_v<const O&, SolveOptions>;

// Without these a compiler would answer a wrong z0, or a method in place of options, by a list of all that solve takes.
template <class F>
concept NoTape = !std::is_same_v<std::remove_cvref_t<F>, Tape>;
template <class Z>
concept NoStart = !is_start<Z>;
template <class Z>
concept NoStartInVars = !is_start_in_vars<Z>;
template <class O>
concept NoOptions = !are_options<O>;

template <NoTape F, NoStart Z>
Solution<Var> solve(F&&, const Z&, const Times&, const SolveOptions& = {}) {
    static_assert(is_start<Z>,
                  "solve(field, z0, times, options): z0 is a Var, a Tensor or a Parameter, or an array or a vector of "
                  "float or double beside a plain field");
    return {};
}
template <class F, NoStartInVars Z>
Solution<Var> solve(Tape&, F&&, const Z&, const Times&, const SolveOptions& = {}) {
    static_assert(is_start_in_vars<Z>,
                  "solve(tape, field, z0, times, options): z0 is a Var, a Tensor or a Parameter; numbers are a Tensor, "
                  "as in Tensor({2}, {1, 0})");
    return {};
}
template <NoTape F, class Z, NoOptions O>
Solution<Var> solve(F&&, const Z&, const Times&, const O&) {
    static_assert(are_options<O>, "options are named: solve(field, z0, times, {.method = ode::dopri5, .rtol = 1e-8})");
    return {};
}
template <class F, class Z, NoOptions O>
Solution<Var> solve(Tape&, F&&, const Z&, const Times&, const O&) {
    static_assert(are_options<O>,
                  "options are named: solve(tape, field, z0, times, {.method = ode::dopri5, .rtol = 1e-8})");
    return {};
}

}  // namespace costate::ode
