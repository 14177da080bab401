// nn/evaluate.hpp — the numbers of a function of Vars, without a tape of one's own
//   Tensor y = nn::evaluate(model, x);            // a model, a lambda: anything callable as Var(Var)
//   Tensor dzdt = nn::evaluate(field, 0.0, z);    // a field, Var(Var t, Var z)
// It records on a tape of its own, which is gone afterwards: to look at a trained model, not to train one. The library's
// modules call it when they are called with a Tensor or a View: model(x) is a Var for a Var x, else a Tensor.
#pragma once
#include <type_traits>

#include "autodiff/tape/tape.hpp"  // brings: Tape, Var, Tensor, View

namespace costate::nn::inline COSTATE_PRECISION {

// A module of the library takes its caller's line; what a user wrote has lines of its own.
template <class F>
Tensor evaluate(const F& f, View x, Where at = {}) {
    constexpr bool is_function = std::is_invocable_r_v<Var, const F&, Var>;
    static_assert(is_function, "evaluate(f, x) is of a function Var(Var x), of a model by a const operator()");
    Tape tape;
    if constexpr (std::is_invocable_r_v<Var, const F&, Var, Where>) {
        return Tensor(tape.view(f(tape.constant(x), at)));
    } else if constexpr (is_function) {
        const While doing("evaluating a function of a Tensor", at);
        return Tensor(tape.view(tape.bring(f(tape.constant(x)), at)));
    }
}

template <class F>
Tensor evaluate(const F& f, Number t, View z, Where at = {}) {
    constexpr bool is_field = std::is_invocable_r_v<Var, const F&, Var, Var>;
    static_assert(is_field, "evaluate(f, t, z) is of a field Var(Var t, Var z), of a model by a const operator()");
    Tape tape;
    if constexpr (std::is_invocable_r_v<Var, const F&, Var, Var, Where>) {
        return Tensor(tape.view(f(tape.constant(t), tape.constant(z), at)));
    } else if constexpr (is_field) {
        const While doing("evaluating a field of a Tensor", at);
        return Tensor(tape.view(tape.bring(f(tape.constant(t), tape.constant(z)), at)));
    }
}

// What is said of numbers alone: a function of Vars of theirs, such as a loss, on a tape that is gone afterwards.
template <class X>
concept Numbers = std::is_convertible_v<const X&, View>;
template <class F, class... X>
Tensor evaluate_on_numbers(const F& f, Where at, const X&... x) {
    Tape tape;
    return Tensor(tape.view(f(Operand(tape.constant(x), at)...)));
}

}  // namespace costate::nn
