// ode/field.hpp — what may be written for the right-hand side of dz/dt = f(t, z)
//   [&](Var t, Var z) { return k * z; }      a module, such as nn::MLP      Var law(Var t, Var z);      an ode::Field
//   {f, g}: their sum, a known law f and a network g, say: equations (2); by an additive method f is the stiff part
// t is of rank 0 and z the whole batch; dz/dt has z's shape. Where rows have clocks of their own, t is [B,1] beside z [B,D]
// (of z's rank, in any case): a number for each row, to multiply or concatenate by; rows must not mix then.
// A field is recorded once for each solve and replayed at every stage, so it must be a function of t, z and what it captures:
// draw noise before the solve, branch with where(...). One that reads values cannot be replayed: that is an error which
// names the line, unless .gradient is direct, which calls the field at every stage. No field is called after its solve.
// That one curve goes through each start it must be Lipschitz in z, accuracy (1): networks of tanh or relu are.
#pragma once
#include <concepts>
#include <functional>
#include <initializer_list>
#include <type_traits>

#include "autodiff/tape/var.hpp"  // brings: Var, Where

namespace costate::nn {
inline namespace COSTATE_PRECISION {
class Module;
}
}  // namespace costate::nn

namespace costate::ode {
inline namespace COSTATE_PRECISION {

using Field = std::function<Var(Var t, Var z)>;  // any of them, to be kept

template <class F>
inline constexpr bool is_field = requires(F& field, Var v) {
    { field(v, v) } -> std::convertible_to<Var>;
};

// A module is told the line of the solve: it has none of its own in the user's program.
template <class F>
Var call_field(F& field, Var t, Var z) {
    if constexpr (std::is_base_of_v<nn::Module, F> && std::is_invocable_r_v<Var, F&, Var, Var, Where>)
        return field(t, z, Context::caller());
    else
        return field(t, z);
}

// Any of them, or a list, as an argument: it looks at what it was made of. A variable of this type would look at a list in
// braces, or at a lambda, that is gone, so none can be handed on.
class FieldRef {
public:
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, FieldRef>) FieldRef(F&& field) {
        static_assert(
            is_field<F>,
            "a field is Var(Var t, Var z): a lambda, a module or a function that takes the time and the state, "
            "both as Var, and returns dz/dt as a Var (a const module: by a const operator()); or a list {f, g} of "
            "them, which means their sum");
        if constexpr (is_field<F>) refer_to<std::remove_reference_t<F>>(field);
    }
    FieldRef(std::initializer_list<FieldRef> parts) : parts_(parts) {}
    FieldRef(const FieldRef&) = delete;  // an argument, made in the call: keep an ode::Field, or the fields
    FieldRef(FieldRef&&) = default;

    // shares, if asked for: what the first of a list, and all others, have given; of anything else zero Vars.
    struct Shares {
        Var stiff, rest;
    };
    Var operator()(Var t, Var z, Shares* shares = nullptr) const;

private:
    union Target {
        const void* object;
        void (*function)();
    };
    template <class F>
    void refer_to(F& field) {
        if constexpr (std::is_function_v<F>) {
            target_.function = reinterpret_cast<void (*)()>(&field);
            call_ = [](Target f, Var t, Var z) -> Var { return reinterpret_cast<F*>(f.function)(t, z); };
        } else {
            target_.object = &field;
            call_ = [](Target f, Var t, Var z) -> Var {
                return call_field(*static_cast<F*>(const_cast<void*>(f.object)), t, z);  // const if it was
            };
        }
    }

    Target target_ = {};
    Var (*call_)(Target, Var t, Var z) = nullptr;
    std::initializer_list<FieldRef> parts_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
