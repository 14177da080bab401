// nn/activations.hpp — the nonlinearity between two layers: any function of one Var, entry by entry
//   nn::MLP({2, 64, 2}, nn::tanh, Rng{0});     or by its name, "tanh", as on a command line: nn::activation("tanh")
// Without one between them, layers collapse: W₂(W₁ x) = (W₂ W₁) x is again a linear map.
// For dynamics prefer a smooth one (tanh, softplus, silu, gelu): a solver of order p expects p bounded derivatives of f, and
// at every kink of relu it has to shorten its step.
// source   silu: Elfwing et al. 2018 · elu: Clevert et al. 2016 · softplus: Dugas et al. 2001
//          gelu: Hendrycks & Gimpel 2016; gelu_tanh is their approximation, PyTorch's approximate='tanh', for weights that
//          were trained with it
#pragma once
#include <span>
#include <string_view>
#include <type_traits>

#include "autodiff/operators/elementwise.hpp"  // brings: tanh, relu, ...

namespace costate::nn::inline COSTATE_PRECISION {

// A plain function, a lambda without captures, or a name: nn::tanh, [](Var x) { return x * sigmoid(1.7 * x); }, "tanh"
class Activation {
    template <class F>
    static constexpr bool is_plain = std::is_empty_v<F>&& std::is_invocable_r_v<Var, const F&, Var>;

public:
    constexpr Activation(Var (*f)(const Operand&)) : of_operand_(f) {}
    constexpr Activation(Var (*f)(Var)) : of_var_(f) {}
    template <class F>
    requires is_plain<F>
    constexpr Activation(F) : of_var_([](Var x) -> Var { return F{}(x); }) {}
    template <class Name>
    requires std::is_convertible_v<const Name&, std::string_view> Activation(const Name& name, Where at = {});
    template <class F>
    requires(std::is_class_v<F> && !is_plain<F> && !std::is_convertible_v<const F&, std::string_view> &&
             !std::is_same_v<F, Activation>) Activation(F) {
        static_assert(
            is_plain<F>,
            "an activation of nn::MLP is a function Var(Var x): nn::tanh, \"tanh\", or a lambda without captures");
    }

    Var operator()(Var x, Where at = {}) const {
        if (of_operand_) return of_operand_(Operand(x, at));
        const While doing("applying an activation", at);
        return of_var_(x);
    }

private:
    Var (*of_operand_)(const Operand&) = nullptr;
    Var (*of_var_)(Var) = nullptr;
};

using costate::gelu;
using costate::gelu_tanh;
using costate::relu;
using costate::sigmoid;
using costate::silu;
using costate::sin;
using costate::softplus;
using costate::tanh;
inline Var elu(const Operand& x) { return costate::elu(x, 1); }
inline Var leaky_relu(const Operand& x) { return costate::leaky_relu(x, 0.01); }
inline Var identity(Var x) { return x; }

struct NamedActivation {
    const char* name;
    Activation function;
};
std::span<const NamedActivation> all_activations();
Activation activation(std::string_view name, Where at = {});  // an unknown name: an error that lists the known ones

template <class Name>
requires std::is_convertible_v<const Name&, std::string_view> Activation::Activation(const Name& name, Where at)
    : Activation(activation(name, at)) {}

}  // namespace costate::nn
