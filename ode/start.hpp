// ode/start.hpp — the one entry of every solve: what z0 is decides which solve it is, and what compilers say of anything else
//   a Var, a Tensor or View, a Parameter     ode/solve.hpp     the field is Var(Var t, Var z), or a list of such
//   an array, a vector, a span of numbers    ode/plain.hpp     the field is void(double t, std::span<const T>, std::span<T>)
// why      One template for each form, with types that stand in for lists in braces, answers a wrong call by the words for
//          that mistake. Overloads would be answered by a list of all of them.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "autodiff/tape/operand.hpp"  // brings: Operand, Parameter
#include "ode/field.hpp"              // brings: FieldRef
#include "ode/solution.hpp"           // brings: Solution, Var
#include "ode/solve_options.hpp"      // brings: SolveOptions
#include "ode/times.hpp"              // brings: Times

namespace costate::ode {

template <class Range>
auto span_of(const Range& range)
    -> decltype(std::span(range));  // (GCC 11 loses its way in an alias with a deduced span)
template <class Range>
using SpanOf = decltype(span_of(std::declval<const Range&>()));  // of const numbers; a std::array keeps its length

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

struct StartInBraces {  // no z0: what its numbers are, a Tensor or an array, a list in braces does not say
    StartInBraces(std::initializer_list<Number>) {}
    StartInBraces(std::initializer_list<std::initializer_list<Number>>) {}
};

template <class F>
concept NoTape = !std::is_same_v<std::remove_cvref_t<F>, Tape>;

template <NoTape F = FieldRef, class Z = StartInBraces, class O = SolveOptions>
auto solve(F&& field, const Z& z0, const Times& times, const O& options = {},  // .method, .rtol, .atol, .steps, …
           Where at = {}) {
    static_assert(!std::is_same_v<Z, StartInBraces>,
                  "solve(field, z0, times, options): a z0 of numbers is written Tensor({2}, {1, 0}), or "
                  "std::array{1.0, 0.0} beside a plain field");
    static_assert(is_start<Z> || std::is_same_v<Z, StartInBraces>,
                  "solve(field, z0, times, options): z0 is a Var, a Tensor or a Parameter, or an array or a vector of "
                  "float or double beside a plain field");
    static_assert(are_options<O>, "options are named: solve(field, z0, times, {.method = ode::dopri5, .rtol = 1e-8})");
    if constexpr (is_start<Z> && are_options<O>) {
        if constexpr (is_start_in_vars<Z>)
            return solve_field(FieldRef(std::forward<F>(field)), z0, times, options, at);
        else
            return solve_plain(field, z0, times, options, at);
    } else {
        return Solution<Var>();
    }
}

template <class Z = StartInBraces, class O = SolveOptions>
Solution<Var> solve(Tape& tape, FieldRef field, const Z& z0, const Times& times, const O& options = {}, Where at = {}) {
    static_assert(is_start_in_vars<Z>,
                  "solve(tape, field, z0, times, options): z0 is a Var, a Tensor or a Parameter; numbers are a Tensor, "
                  "as in Tensor({2}, {1, 0})");
    static_assert(are_options<O>,
                  "options are named: solve(tape, field, z0, times, {.method = ode::dopri5, .rtol = 1e-8})");
    if constexpr (is_start_in_vars<Z> && are_options<O>)
        return solve_field(tape, field, Operand(z0, at), times, options, at);
    return {};
}

}  // namespace costate::ode
