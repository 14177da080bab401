// ode/models/flow.hpp — a density that a field carries: a continuous normalising flow
//   dz/dt = f(t, z) from x at t0 to z at t1:   ln p(x) = ln N(z; 0, 1) + ∫ tr ∂f/∂z dt                          flows (2)
//   tr ∂f/∂z = Σ_j ∂f_j/∂z_j, exactly;  or its estimate εᵀ ∂f/∂z ε, right on average where E[ε εᵀ] = 1     flows (3), flows (4)
//   K = ∫ |f|² dt    J = ∫ ‖∂f/∂z‖²_F dt, or with ε its estimate ∫ |εᵀ ∂f/∂z|² dt, flows (6)         straight (1), straight (2)
//   ode::Flow flow(net, 2, {0, 1}, {.method = ode::rk4_classic, .steps = 8});
//   adam.minimise(-mean(flow.log_density(tape.constant(x))));      // maximum likelihood
//   Tensor y = flow.sample(1000, rng);                             // z ~ N(0, 1), carried back to t0
//   const auto there = flow.regularised(tape.constant(x));         // straight, smooth paths, straight (3):
//   adam.minimise(mean(0.01 * there.kinetic_energy + 0.01 * there.jacobian_norm - there.log_density));   // straight (3)
// shapes   x, z: [B,D]; a density, an integral: [B]. A Var gives Vars, a Tensor Tensors, without a tape.
// field    as of a NeuralODE (ode/models/neural_ode.hpp): a module, whose parameters are the flow's, or a lambda.
// probe    ε [B,D], drawn before the solve and fixed during it (else the right-hand side is no function of t and z):
//          flow.log_density(x, ode::rademacher_probes(x.shape(), rng)). Without one traces are exact, for D times the cost
//          of a tangent. Of ε with independent entries, S the symmetric part of ∂f/∂z, the variance of flows (4) is 2 ‖S‖²_F
//          for normal ones, and 2 (‖S‖²_F − Σ_j S_jj²) for ±1: flows (5).
// check    A fixed grid that is too coarse for what the field has become makes flows (2) wrong, and training likes to find
//          that out: its own figure may then fall below the entropy of the data. flow.check(x) solves again, adaptively, and
//          calls more than .05 nats between both an error.
// source   flows (2): Chen, Rubanova, Bettencourt & Duvenaud 2018, §4 · flows (4): Hutchinson 1989; Grathwohl et al. 2019,
//          FFJORD · straight (1), (2): Finlay, Jacobsen, Nurbekyan & Oberman 2020, with means and ½ there
#pragma once
#include <type_traits>
#include <utility>

#include "core/random.hpp"  // brings: Rng
#include "nn/module.hpp"    // brings: Module
#include "ode/solve.hpp"    // brings: solve, SolveOptions, Times, Tape, Var, Operand

namespace costate::ode::inline COSTATE_PRECISION {

Tensor gaussian_probes(const Shape& shape, Rng& rng);    // normal entries
Tensor rademacher_probes(const Shape& shape, Rng& rng);  // −1 or 1

template <class Z>
struct Flowed {
    Z z{};                                // where the points have come to
    Z log_density{};                      // of the points at t0
    Z kinetic_energy{}, jacobian_norm{};  // straight (1), (2), if regularised
    Statistics statistics{};
};

struct FlowCheck {
    Number nll, training_nll;  // −mean ln p by the solver that checks, and by the flow's own
    long evaluations;          // of the field with its trace, by the solver that checks
    Number difference() const { return training_nll - nll; }
};

inline SolveOptions flow_check_options() { return {.method = dopri5, .rtol = 1e-5, .atol = 1e-5}; }

// What the members of Flow do, for any field.
struct FlowTask {
    Index dimensions;
    Number from, to;           // the times of this solve
    bool with_density = true;  // false: the points alone
    bool regularised = false;
    bool to_base = true;  // ln N is taken of where the points come to; else of where they start
};
Flowed<Var> flow_points(const FieldRef& field, Var points, const Operand* probe, const FlowTask& task,
                        const SolveOptions& options, Where at);
Flowed<Tensor> flow_points(const FieldRef& field, View points, const Operand* probe, const FlowTask& task,
                           const SolveOptions& options, Where at);
FlowCheck check_flow(const FieldRef& field, View x, const FlowTask& task, const SolveOptions& own,
                     const SolveOptions& other, Number most, Where at);

template <class F>
class Flow : public nn::Module {
    static_assert(is_field<const F>,
                  "a Flow is made of a field Var(Var t, Var z): a module, a lambda or a function that takes the time "
                  "and the state, both as Var, and returns dz/dt as a Var");

public:
    Flow(F f, Index dimensions, const Times& times = {0, 1}, SolveOptions options = {}, Where at = {})
        : field_(std::move(f)),
          dimensions_(dimensions),
          from_(times.numbers(at).front()),
          to_(times.numbers(at).back()),
          options_(std::move(options)) {
        if constexpr (std::is_base_of_v<nn::Module, F>) add("field", field_, at);
    }

    Var log_density(Var x, Where at = {}) const { return to_base(x, at).log_density; }
    Var log_density(Var x, const Operand& probe) const { return to_base(x, probe).log_density; }
    Tensor log_density(View x, Where at = {}) const { return to_base(x, at).log_density; }
    Tensor log_density(View x, View probe, Where at = {}) const { return to_base(x, probe, at).log_density; }

    // From data to base, and from base to data: where, and with which density.
    Flowed<Var> to_base(Var x, Where at = {}) const { return run(x, nullptr, there(), at); }
    Flowed<Var> to_base(Var x, const Operand& probe) const { return run(x, &probe, there(), probe.at()); }
    Flowed<Tensor> to_base(View x, Where at = {}) const { return run(x, nullptr, there(), at); }
    Flowed<Tensor> to_base(View x, View probe, Where at = {}) const { return run(x, probe, there(), at); }
    Flowed<Var> to_data(Var z, Where at = {}) const { return run(z, nullptr, back(), at); }
    Flowed<Tensor> to_data(View z, Where at = {}) const { return run(z, nullptr, back(), at); }

    // to_base with the integrals straight (1), (2) as well.
    Flowed<Var> regularised(Var x, Where at = {}) const { return run(x, nullptr, there(true), at); }
    Flowed<Var> regularised(Var x, const Operand& probe) const { return run(x, &probe, there(true), probe.at()); }
    Flowed<Tensor> regularised(View x, Where at = {}) const { return run(x, nullptr, there(true), at); }
    Flowed<Tensor> regularised(View x, View probe, Where at = {}) const { return run(x, probe, there(true), at); }

    // The map x -> z and its inverse, the points alone: one evaluation of the field where a density takes D tangents more.
    Var map(Var x, Where at = {}) const { return run(x, nullptr, points(there()), at).z; }
    Tensor map(View x, Where at = {}) const { return run(x, nullptr, points(there()), at).z; }
    Var inverse(Var z, Where at = {}) const { return run(z, nullptr, points(back()), at).z; }
    Tensor inverse(View z, Where at = {}) const { return run(z, nullptr, points(back()), at).z; }
    Tensor sample(Index n, Rng& rng, Where at = {}) const {
        return inverse(gaussian_probes(Shape({n, dimensions_}, at), rng), at);
    }

    // −mean ln p of x by this flow's solver and by another. Farther apart than `most` nats, or no numbers: an error.
    FlowCheck check(View x, Number most = 0.05, const SolveOptions& other = flow_check_options(), Where at = {}) const {
        return check_flow(field(), x, there(), options_, other, most, at);
    }

    const F& velocity() const { return field_; }  // f

    // The same flow by another solver; and from a later time on: its densities are those of the points on their way.
    Flow with(const SolveOptions& options) const {
        Flow flow = *this;
        flow.options_ = options;
        return flow;
    }
    Flow from(Number t) const {
        Flow flow = *this;
        flow.from_ = t;
        return flow;
    }

private:
    FieldRef field() const {
        if constexpr (is_field<const F>) return field_;
        return {};
    }
    FlowTask there(bool regularised = false) const { return {dimensions_, from_, to_, true, regularised, true}; }
    FlowTask back() const { return {dimensions_, to_, from_, true, false, false}; }
    static FlowTask points(FlowTask task) {
        task.with_density = false;
        return task;
    }
    Flowed<Var> run(Var x, const Operand* probe, const FlowTask& task, Where at) const {
        return flow_points(field(), x, probe, task, options_, at);
    }
    Flowed<Tensor> run(View x, std::nullptr_t, const FlowTask& task, Where at) const {
        return flow_points(field(), x, nullptr, task, options_, at);
    }
    Flowed<Tensor> run(View x, View probe, const FlowTask& task, Where at) const {
        const Operand operand(probe, at);
        return flow_points(field(), x, &operand, task, options_, at);
    }

    F field_;
    Index dimensions_;
    Number from_, to_;
    SolveOptions options_;
};

}  // namespace costate::ode
