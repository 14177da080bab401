// nn/evaluate.hpp — the numbers of a function of Vars, without a tape of one's own
//   Tensor y = nn::evaluate(model, x);            // a model, a lambda: anything callable as Var(Var)
//   Tensor dzdt = nn::evaluate(field, 0.0, z);    // a field, Var(Var t, Var z)
// It records on a tape of its own, which is gone afterwards: to look at a trained model, not to train one. The library's
// modules call it when they are called with a Tensor: model(x) is a Var for a Var x, a Tensor for a Tensor.
#pragma once
#include <type_traits>

#include "autodiff/tape.hpp"  // brings: Tape, Var, Tensor, View

namespace costate::nn {
inline namespace COSTATE_PRECISION {

template <class F>
requires std::is_invocable_r_v<Var, const F&, Var> Tensor evaluate(const F& f, View x, Where at = {}) {
    Tape tape;
    const While doing("evaluating a function of a Tensor", at);
    return Tensor(tape.view(tape.bring(f(tape.constant(x)))));
}

template <class F>
requires std::is_invocable_r_v<Var, const F&, Var, Var> Tensor evaluate(const F& f, double t, View z, Where at = {}) {
    Tape tape;
    const While doing("evaluating a field of a Tensor", at);
    return Tensor(tape.view(tape.bring(f(tape.constant(t), tape.constant(z)))));
}

// The same for a module of the library, whose errors name its caller's line.
template <class M>
Tensor evaluated(const M& module, View x, Where at) {
    Tape tape;
    return Tensor(tape.view(module(tape.constant(x), at)));
}
template <class M>
Tensor evaluated(const M& module, double t, View z, Where at) {
    Tape tape;
    return Tensor(tape.view(module(tape.constant(t), tape.constant(z), at)));
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
