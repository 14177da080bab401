// ode/neural_ode.hpp — a layer whose depth is time
//   z(t_last) = NeuralODE(field)(z0)        dz/dt = field(t, z) from times.front() to times.back()
//   nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});
//   ode::NeuralODE layer(field, {0, 1}, {.method = ode::dopri5, .gradient = ode::backsolve});
//   Var z1 = layer(z0);           // [B,2] -> [B,2], between any other layers
//   Var z  = layer.path(z0);      // [times,B,2]: the state at every time
// The layer is a Module: its parameters are the field's, of which it holds a copy (a copy of a Module means the same
// parameters).
// source   Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", §3
#pragma once
#include <vector>

#include "autodiff/shaping.hpp"  // brings: slice, reshape
#include "nn/module.hpp"         // brings: Module
#include "ode/solve.hpp"         // brings: solve, SolveOptions

namespace costate::ode {
inline namespace COSTATE_PRECISION {

template <class F>
class NeuralODE : public nn::Module {
public:
    explicit NeuralODE(F field, std::vector<double> times = {0, 1}, SolveOptions options = {})
        : field_(add("field", std::move(field))), times_(std::move(times)), options_(options) {}

    Var path(Var z0, Where at = {}) const { return solve(z0.tape(), field_, z0, times_, options_, at); }

    Var operator()(Var z0, Where at = {}) const {
        const Index last = static_cast<Index>(times_.size()) - 1;
        return reshape(slice(path(z0, at), 0, last, 1), z0.shape());
    }

private:
    F field_;
    std::vector<double> times_;
    SolveOptions options_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
