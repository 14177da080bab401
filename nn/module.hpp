// nn/module.hpp — a named list of parameters, and what one does with it
//   nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});        // every layer is a Module
//   grad(loss, field);   field.save("field.costate");   field.parameter("layer0.weight").value();
//
//   struct Pendulum : nn::Module {                      // and so is any struct that adds what it trains
//       Parameter length = add("length", 1.0);
//       nn::MLP friction = add("friction", nn::MLP({1, 8, 1}, nn::tanh, Rng{0}));    // names "friction.layer0.weight"
//       Var operator()(Var t, Var z) const;             // sin(z) / length + friction(z)
//   };
// A copy of a Module means the same parameters, as a copy of a Parameter means the same tensor: handing a model to a
// solver or a lambda does not split its training in two. Independent numbers: clone(model), for any Module, or a second
// model that was built alike and told to assign(first).
// A Tensor through a model of one's own: nn::evaluate(model, x). The library's modules take Vars and Tensors.
// why      No virtual functions: a model is called by its own type, so nothing has to be looked up while it runs.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "autodiff/tape/parameter.hpp"  // brings: Parameter
#include "core/files/tensor_file.hpp"   // brings: TensorFile

namespace costate::nn::inline COSTATE_PRECISION {

class Module {
public:
    // Names are unique; so are parameters: a layer that is used twice is added once and called twice.
    Parameter add(std::string name, Parameter parameter, Where at = {});
    Parameter add(const std::string& name, Tensor first, Where at = {}) {
        return add(name, Parameter(name, std::move(first)), at);
    }
    Parameter add(const std::string& name, Number first, Where at = {}) {  // one number
        return add(name, Parameter(name, Tensor::scalar(first)), at);
    }
    template <class M>
    requires std::is_base_of_v<Module, M> M add(const std::string& name, M child, Where at = {}) {
        add_all(name, child, at);
        return child;
    }

    std::span<const Parameter> parameters() const { return {parameters_.data(), parameters_.size()}; }  // as added
    std::span<const std::string> names() const { return {names_.data(), names_.size()}; }               // one for each
    const Parameter& parameter(std::string_view name, Where at = {}) const;
    Index count() const;  // of trainable numbers

    // Names and shapes must be those of this module, no more and no less. After an error nothing has changed.
    void save(const std::string& path, Where at = {}) const;
    void load(const std::string& path, Where at = {});
    void assign(const Module& other, Where at = {});

    // The same within a file that holds more: every name begins with `prefix`, as in "model.".
    void write(TensorFile& file, const std::string& prefix, Where at = {}) const;
    void read(const TensorFile& file, const std::string& prefix, Where at = {});

    // What members of other libraries are called here, for the words of compilers.
    template <class... Inputs>
    void forward(const Inputs&...) const = delete;  // a model is called: model(x), model(t, z)
    void train(bool = true) const = delete;         // no layer behaves differently in training: leave it out
    void eval() const = delete;                     // no layer behaves differently in training: leave it out
    void zero_grad() const = delete;   // nothing adds up here: grad(loss, model) returns new gradients each time
    void state_dict() const = delete;  // model.save(path), model.load(path); names() and parameters()

private:
    void add_all(const std::string& name, const Module& child, Where at);

    std::vector<std::string> names_;
    std::vector<Parameter> parameters_;
};

// `class Model : nn::Module` derives in private: it is a module, and nobody can use it as one.
template <class M>
inline constexpr bool is_private_module =
    std::is_base_of_v<Module, M> && !std::is_convertible_v<const M*, const Module*>;

// A model of the same make with equal numbers that nobody shares: its members and its parameters() are the same new ones.
template <class M>
requires std::is_base_of_v<Module, M> M clone(const M& model) {
    const Parameter::Separation each_its_own;
    return M(model);
}

}  // namespace costate::nn
