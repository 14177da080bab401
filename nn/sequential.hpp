// nn/sequential.hpp — layers one after the other
//   nn::Sequential model{nn::Linear(2, 32, rng), nn::tanh, nn::MLP({32, 16, 2}, nn::relu, rng)};
//   y = f_n(... f₁(f₀(x)))        names "layer0.weight", "layer2.layer0.weight": counted with the activations
// A layer is a Module that is callable as Var(Var), or any other function Var(Var).
#pragma once
#include <functional>  // brings: std::function, which allocates while a model is built and never while it runs
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/activations.hpp"  // brings: Activation, Var
#include "nn/module.hpp"       // brings: Module

namespace costate::nn {
inline namespace COSTATE_PRECISION {

class Layer {
public:
    Layer(Activation f) : call_(f) {}
    template <class F>
    requires std::is_invocable_r_v<Var, const F&, Var> Layer(F f) : call_(f) {
        if constexpr (std::is_base_of_v<Module, F>) {
            module_ = f;
            clone_ = [f] { return Layer(f.clone()); };
        }
    }
    Var operator()(Var x) const { return call_(x); }
    const Module& module() const { return module_; }  // its parameters: none for a plain function
    Layer clone() const { return clone_ ? clone_() : *this; }

private:
    std::function<Var(Var)> call_;
    std::function<Layer()> clone_;
    Module module_;
};

class Sequential : public Module {
public:
    Sequential(std::initializer_list<Layer> layers, Where at = {}) : Sequential(std::vector<Layer>(layers), at) {}
    explicit Sequential(std::vector<Layer> layers, Where at = {}) : layers_(std::move(layers)) {
        for (std::size_t i = 0; i < layers_.size(); ++i) add("layer" + std::to_string(i), layers_[i].module(), at);
    }

    Var operator()(Var x) const {
        for (const Layer& layer : layers_) x = layer(x);
        return x;
    }
    Var operator()(Var /*t*/, Var z) const { return (*this)(z); }
    Sequential clone() const {
        std::vector<Layer> copies;
        for (const Layer& layer : layers_) copies.push_back(layer.clone());
        return Sequential(std::move(copies));
    }

private:
    std::vector<Layer> layers_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
