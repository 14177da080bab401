// ode/models/neural_ode.hpp — a layer whose depth is time
//   z(t_last) = NeuralODE(field)(z0)        dz/dt = field(t, z) from the first to the last of its times     neural (2)
//   nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});
//   ode::NeuralODE layer(field, {0, 1}, {.method = ode::dopri5, .gradient = ode::backsolve});
//   Var z1 = layer(z0);           // [B,2] -> [B,2], between any other layers
//   Var z  = layer.path(z0);      // [times,B,2]: the state at every time
//   layer.solve(z0).statistics()  // the Solution itself; of rows with clocks of their own, also those that failed: for the
//                                 // layer and its path that is an error
// A Var gives Vars; a Tensor gives Tensors, without a tape.
// field    A module: the layer's parameters are its, of which the layer holds a copy (a copy of a Module means the same
//          parameters). Or a lambda or a function: the layer then has none, and what the lambda captures is trained by
//          whoever holds it.
// source   Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", §3
// see      neural (1): by ode::euler, N equal steps, the layer is a residual network of N blocks
#pragma once
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/module.hpp"  // brings: Module
#include "ode/solve.hpp"  // brings: solve, SolveOptions, Solution, Times

namespace costate::ode::inline COSTATE_PRECISION {

template <class F>
class NeuralODE : public nn::Module {
    static_assert(
        is_field<const F>,
        "a NeuralODE is made of a field Var(Var t, Var z): a module, a lambda or a function that takes the time "
        "and the state, both as Var, and returns dz/dt as a Var (a module: by a const operator())");

public:
    explicit NeuralODE(F f, const Times& times = {0, 1}, SolveOptions options = {}, Where at = {})
        : field_(std::move(f)), times_(times.numbers(at)), options_(std::move(options)) {
        if constexpr (std::is_base_of_v<nn::Module, F>) add("field", field_, at);
    }

    Var operator()(Var z0, Where at = {}) const { return solved(z0, at).end(at); }
    Tensor operator()(View z0, Where at = {}) const { return solved(z0, at).end(at); }

    Var path(Var z0, Where at = {}) const { return solved(z0, at).z; }
    Tensor path(View z0, Where at = {}) const { return solved(z0, at).z; }

    Solution<Var> solve(Var z0, Where at = {}) const { return ode::solve(as_field(), z0, times_, options_, at); }
    Solution<Tensor> solve(View z0, Where at = {}) const { return ode::solve(as_field(), z0, times_, options_, at); }

    const F& field() const { return field_; }  // to be solved with other options, say

private:
    template <class Z>
    auto solved(const Z& z0, Where at) const {
        auto solution = solve(z0, at);
        if (solution.status != Status::ok) solution.require_ok(at);
        return solution;
    }
    FieldRef as_field() const {
        if constexpr (is_field<const F>) return field_;
        return {};
    }

    F field_;
    std::vector<Number> times_;
    SolveOptions options_;
};

}  // namespace costate::ode
