// ode/start.hpp — what z0 may be, and what is said of anything else
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
inline constexpr bool is_start =
    PlainState<Z> || std::is_convertible_v<const Z&, Var> || std::is_convertible_v<const Z&, View> ||
    std::is_convertible_v<const Z&, const Parameter&>;

// Without these a z0 that is none would be answered by a list of all that solve takes.
template <class F, class Z>
requires(!is_start<Z> && !std::is_same_v<std::remove_cvref_t<F>, Tape>) Solution<Var> solve(F&&, const Z&, const Times&,
                                                                                            const SolveOptions& = {}) {
    static_assert(is_start<Z>,
                  "solve(field, z0, times, options): z0 is a Var, a Tensor or a Parameter, or an array or a vector of "
                  "float or double beside a plain field");
    return {};
}
template <class F, class Z>
requires(!is_start<Z>) Solution<Var> solve(Tape&, F&&, const Z&, const Times&, const SolveOptions& = {}) {
    static_assert(is_start<Z>, "solve(tape, field, z0, times, options): z0 is a Var, a Tensor or a Parameter");
    return {};
}

}  // namespace costate::ode
