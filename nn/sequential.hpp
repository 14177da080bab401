// nn/sequential.hpp — layers one after the other
//   nn::Sequential model{nn::Linear(2, 32, rng), nn::tanh, nn::MLP({32, 16, 2}, nn::relu, rng)};
//   y = f_n(... f₁(f₀(x)))        names "layer0.weight", "layer2.layer0.weight": counted with the activations
// A layer is a Module that is callable as Var(Var), a NeuralODE among them, or any other function Var(Var): a lambda's captures
// are not looked into, so what is trained belongs into a Module. A sequence of nothing but one sequence is that sequence:
// Sequential b{a} is a copy of a, under the same names.
#pragma once
#include <functional>  // brings: std::function, which allocates while a model is built and never while it runs
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/activations.hpp"  // brings: Activation, Var
#include "nn/evaluate.hpp"     // brings: evaluate
#include "nn/module.hpp"       // brings: Module

namespace costate::nn {
inline namespace COSTATE_PRECISION {

class Layer {
public:
    Layer(Var (*f)(const Operand&));
    Layer(const char* name, Where at = {});  // "tanh"
    template <class F>
    requires std::is_invocable_r_v<Var, F&, Var> Layer(F f) {
        if constexpr (std::is_base_of_v<Module, F>) module_ = f;
        if constexpr (requires { f.layers(); }) parts_ = f.layers();
        if constexpr (std::is_invocable_r_v<Var, F&, Var, Where>)
            call_ = std::move(f);
        else
            call_ = [f = std::move(f)](Var x, Where at) mutable {
                const While doing("calling a layer of nn::Sequential", at);
                return f(x);
            };
    }
    template <class F>
    requires(!std::is_invocable_r_v<Var, F&, Var> && !std::is_convertible_v<const F&, const char*> &&
             !std::is_same_v<F, Layer> && !std::is_same_v<F, std::vector<Layer>>) Layer(F) {
        static_assert(
            std::is_invocable_r_v<Var, F&, Var>,
            "a layer of nn::Sequential is called as Var(Var x): a module, nn::tanh, [](Var x) { return ...; }");
    }
    Var operator()(Var x, Where at = {}) const { return call_(x, at); }
    const Module& module() const { return module_; }            // its parameters: none for a plain function
    const std::vector<Layer>& parts() const { return parts_; }  // the layers of a Sequential

private:
    std::function<Var(Var, Where)> call_;
    Module module_;
    std::vector<Layer> parts_;
};

class Sequential : public Module {
public:
    Sequential(std::initializer_list<Layer> layers, Where at = {});
    explicit Sequential(std::vector<Layer> layers, Where at = {});

    Var operator()(Var x, Where at = {}) const;
    Var operator()(Var /*t*/, Var z, Where at = {}) const { return (*this)(z, at); }
    const std::vector<Layer>& layers() const { return layers_; }
    Tensor operator()(View x, Where at = {}) const { return evaluate(*this, x, at); }
    Tensor operator()(double t, View z, Where at = {}) const { return evaluate(*this, t, z, at); }

private:
    std::vector<Layer> layers_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
