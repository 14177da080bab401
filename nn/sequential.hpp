// nn/sequential.hpp — layers one after the other
//   nn::Sequential model{nn::Linear(2, 32, rng), nn::tanh, nn::MLP({32, 16, 2}, nn::relu, rng)};
//   y = f_n(... f₁(f₀(x)))        names "layer0.weight", "layer2.layer0.weight": counted with the activations
// A layer is a Module that is callable as Var(Var), a NeuralODE among them, or any other function Var(Var): a lambda's captures
// are not looked into, so what is trained belongs into a Module. A Module that is callable as Var(Var t, Var z) and no other
// way, such as ConcatSquash, makes the sequence a field, model(t, z), and is handed t. A sequence of nothing but one
// sequence is that sequence: Sequential b{a} is a copy of a, under the same names.
#pragma once
#include <functional>  // brings: std::function, which allocates while a model is built and never while it runs
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/activations.hpp"  // brings: Activation, Var
#include "nn/evaluate.hpp"     // brings: evaluate
#include "nn/module.hpp"       // brings: Module

namespace costate::nn::inline COSTATE_PRECISION {

template <class F>
inline constexpr bool is_layer_of_time = std::is_base_of_v<Module, F>&& std::is_invocable_r_v<Var, F&, Var, Var>;
template <class F>
inline constexpr bool is_layer = std::is_invocable_r_v<Var, F&, Var> || is_layer_of_time<F>;

class Layer {
public:
    Layer(Var (*f)(const Operand&));
    Layer(const char* name, Where at = {});  // "tanh"
    template <class F>
    requires is_layer<F> Layer(F f) {
        if constexpr (std::is_base_of_v<Module, F>) module_ = f;
        if constexpr (requires { f.layers(); }) parts_ = f.layers();
        call_ = [f = std::move(f)](Var t, Var x, Where at) mutable -> Var {
            if constexpr (requires { f.layers(); }) {
                return f(t, x, at);
            } else if constexpr (std::is_invocable_r_v<Var, F&, Var, Where>) {
                return f(x, at);
            } else if constexpr (std::is_invocable_r_v<Var, F&, Var>) {
                return f(x);
            } else {
                require_time(t, at);
                if constexpr (std::is_invocable_r_v<Var, F&, Var, Var, Where>)
                    return f(t, x, at);
                else
                    return f(t, x);
            }
        };
    }
    template <class F>
    requires(!is_layer<F> && !std::is_convertible_v<const F&, const char*> && !std::is_same_v<F, Layer> &&
             !std::is_same_v<F, std::vector<Layer>>) Layer(F) {
        static_assert(
            is_layer<F>,
            "a layer of nn::Sequential is called as Var(Var x): a module, nn::tanh, [](Var x) { return ...; }");
    }
    Var operator()(Var x, Where at = {}) const { return call_(Var{}, x, at); }
    Var operator()(Var t, Var x, Where at = {}) const { return call_(t, x, at); }
    const Module& module() const { return module_; }            // its parameters: none for a plain function
    const std::vector<Layer>& parts() const { return parts_; }  // the layers of a Sequential

private:
    static void require_time(Var t, Where at);  // a zero Var: an error

    std::function<Var(Var t, Var x, Where)> call_;
    Module module_;
    std::vector<Layer> parts_;
};

class Sequential : public Module {
public:
    Sequential(std::initializer_list<Layer> layers, Where at = {});
    explicit Sequential(std::vector<Layer> layers, Where at = {});

    Var operator()(Var x, Where at = {}) const { return (*this)(Var{}, x, at); }
    Var operator()(Var t, Var z, Where at = {}) const;
    const std::vector<Layer>& layers() const { return layers_; }
    Tensor operator()(View x, Where at = {}) const { return evaluate(*this, x, at); }
    Tensor operator()(Number t, View z, Where at = {}) const { return evaluate(*this, t, z, at); }

private:
    std::vector<Layer> layers_;
    std::vector<std::string> names_;  // layer0, ...: of its parameters, and where one of them fails
};

}  // namespace costate::nn
