// optim/optimizer.hpp — what all optimisers have in common: parameters, state, the count of steps
//   optim::Adam adam(field, {.lr = 1e-2});                  // of a model, a list {p, q} or {model, other}, or a parameter
//   adam.minimise(loss);                                    // θ ← θ − ..., once per parameter
//   adam.step(grad(loss, field));                           // the same, in two steps
//   adam.write(file, "adam.");   adam.read(file, "adam.");  // a run that is stopped and resumed has the same bits
// A step looks at the gradients before it touches anything: their number, their shapes, and that every entry is finite.
// After an error parameters and state are those of the last good step. A gradient that is a zero Var counts as zeros: a
// parameter without influence keeps its momentum and its decay. That no parameter at all has influence is an error: then
// the loss was computed with others, those of a clone, say. So is a loss in place of its gradient, which a single parameter
// of one number has the shape for: a Var that depends on it and is older than any derivative of the pass. A loss that is
// recorded after a derivative, or holds one (the residual of an equation), cannot be told from a gradient.
// Numbers are read beside the tape (no taint), and a warm step allocates nothing.
// resume   What the file holds: the kind, the state tensors, the step count, the learning rate. Other options are the
//          program's. A file of another kind, or with numbers that no run can have, is an error that changes nothing.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Vars, Parameter
#include "nn/module.hpp"                  // brings: TensorFile

namespace costate::optim::inline COSTATE_PRECISION {

// The gradients of a step, one for each parameter, from a tape or from a Program's outputs; what an optimiser sees of an
// entry g is scale · g, but never beyond ± limit (optim/clip.hpp).
struct Gradients {
    Gradients(Vars on_tape) : vars(on_tape) {}
    Gradients(const std::vector<Var>& list) : vars(list) {}
    Gradients(const Var& one);  // of the one parameter; kept by its tape
    Gradients(std::span<const View> numbers) : views(numbers) {}

    std::size_t size() const { return vars.size() + views.size(); }
    bool is_zero(std::size_t i) const { return i < vars.size() && vars[i].is_zero(); }
    View view(std::size_t i, Where at = {}) const;  // a zero Var has no data

    Vars vars{};
    std::span<const View> views{};
    Number scale = 1;
    Number limit = std::numeric_limits<Number>::infinity();
};

// What the constructors of optimisers take: templates, so that a wrong call is answered by these words and not by a list of
// constructors. Lists in braces are what the defaults of the templates say.
using ModelList = std::initializer_list<Parameters>;
template <class Model>
Parameters trained(const Model& model) {
    constexpr bool has_parameters = std::is_convertible_v<const Model&, Parameters>;
    static_assert(!nn::is_private_module<Model>,
                  "a model is a struct Model : nn::Module, a class Model : public nn::Module");
    static_assert(has_parameters || nn::is_private_module<Model>,
                  "what is trained: a model, a list {p, q}, or a Parameter; a list may hold models");
    if constexpr (has_parameters) return model;
    return ModelList{};
}
template <class Wanted, class Options>
Wanted named_options(const Options& options) {
    static_assert(std::is_same_v<Wanted, Options>,
                  "options are named: Adam(model, {.lr = 1e-3}), SGD(model, {.lr = 1e-2})");
    if constexpr (std::is_same_v<Wanted, Options>) return options;
    return {};
}

class Optimizer {
public:
    virtual ~Optimizer() = default;

    void step(const Gradients& gradients, Where at = {});
    void step() = delete;       // minimise(loss), or step(grad(loss, model)): gradients are handed over
    void zero_grad() = delete;  // nothing adds up here: grad(loss, model) returns new gradients each time
    void minimise(Var loss, Where at = {}) { step(grad(loss, parameters(), at), at); }
    std::uint64_t steps() const { return steps_; }
    std::span<const Parameter> parameters() const { return {parameters_.data(), parameters_.size()}; }

    Number lr() const { return lr_; }  // learning rate
    void set_lr(Number lr, Where at = {});

    void write(TensorFile& file, const std::string& prefix, Where at = {}) const;
    void read(const TensorFile& file, const std::string& prefix, Where at = {});

protected:
    // What an optimiser remembers from step to step.
    struct Kept {  // a tensor for each parameter, zeros before the first step
        const char* name;
        bool squares = false;  // nowhere negative
    };
    struct Power {  // factorᵗ, t the count of steps: a running product
        const char* name;
        Number factor;
        Number value = 1;
    };
    struct State {
        std::vector<Kept> kept = {};
        std::vector<Power> powers = {};
    };
    Optimizer(const char* kind, const Parameters& parameters, Number lr, State state, Where at);
    Optimizer(const Optimizer&) = default;
    Optimizer& operator=(const Optimizer&) = default;

    // The step of one parameter, n entries theta; state[i] are those of what is kept, in the order of its declaration.
    struct Gradient {
        const Real* data;
        Real scale, limit;
        Real operator[](Index i) const { return std::max(-limit, std::min(limit, scale * data[i])); }
    };
    virtual void update(Index n, Gradient g, Real* theta, Real* const* state) = 0;
    static Real limited(Real x) {  // the nearest number whose square is finite, of those within a power of 2
        constexpr Real largest = sizeof(Real) == 4 ? Real(0x1p63) : Real(0x1p511);
        return std::max(-largest, std::min(largest, x));
    }
    Number power(std::size_t i) const { return powers_[i].value; }  // of this step

private:
    struct KeptTensors : Kept {
        std::vector<Tensor> tensors;
    };
    void require_kind(const TensorFile& file, const std::string& prefix, Where at) const;
    std::vector<KeptTensors> kept_in(const TensorFile& file, const std::string& prefix, Where at) const;

    const char* kind_;
    std::vector<Parameter> parameters_;
    std::vector<KeptTensors> kept_;
    std::vector<Power> powers_;
    std::vector<View> gradients_;  // of this step
    std::vector<Real*> state_;     // of one parameter
    Tensor zeros_;                 // stands in for a gradient that is a zero Var: as long as the longest parameter
    Number lr_;
    std::uint64_t steps_ = 0;
};

// Did a trial end well? Not with an Error, whose text is then kept.
template <class F>
bool succeeds(F trial, [[maybe_unused]] std::string& error) {
#if defined(__cpp_exceptions)
    try {
        trial();
    } catch (const Error& caught) {
        error = caught.what();
        return false;
    }
#else
    trial();
#endif
    return true;
}

// Errors: nothing to train, or a parameter that is listed twice; a loss that depends on none of them.
void require_trainable(const Parameters& parameters, Where at);
void require_influence(const char* what, const Gradients& gradients, const Parameters& parameters, Where at);

}  // namespace costate::optim
