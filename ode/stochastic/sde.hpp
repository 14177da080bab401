// ode/stochastic/sde.hpp — solve a stochastic differential equation, and differentiate through its steps
//   dz = f(t, z) dt + g(t, z) dW,  z(t_0) = z0        (Itô's, with diagonal noise: a path W for every entry of z)
//   const auto s = ode::solve_sde(drift, diffusion, z0, {0, 1}, {.method = ode::milstein, .steps = 256, .seed = 7});
//
//   z0                                   result               for
//   a Var                                Solution<Var>        more of z0's tape
//   a Tensor, View or Parameter, a tape  Solution<Var>        the same on the tape given first: a Tensor is constant there
//   a Tensor, View or Parameter          Solution<Tensor>     looking at paths: no tape, no gradient, memory of one step
//
// shapes   z0: any, a batch has one row for each path. f: z's shape; g: that, or what broadcasts to it: a number, [D], [B,1].
// times    Numbers that rise. Steps are equal, from the first to the last; a time between two of them is reached by a
//          shorter step aside, which the others do not notice.
// noise    The path of `seed` over [first time, last time] (ode/stochastic/brownian.hpp): twice as many steps see the same
//          path. Another seed, other paths, for every row; two solves that follow on one another want two.
// gradient Backpropagation through the steps, as by ode::direct; the noise is a constant. O(steps · operations) memory.
// fields   are called at every stage, as in ode/field.hpp. With milstein entry i of g must not depend on other entries of z.
// source   Kloeden & Platen, Numerical Solution of Stochastic Differential Equations, §10.2, §10.3
//
// Fitting by data: paths at many times are likely if every transition is. Over one step h of Euler–Maruyama
//   ln p(z⁺ | z) = ln N(z⁺; z + h f, h g²),   summed over the last axis                                              (a)
// which is exact for h → 0 alone: with gaps h in the data estimates are off by O(h).
#pragma once
#include "ode/solve.hpp"                   // brings: Solution, FieldRef, Times, Tape
#include "ode/stochastic/brownian.hpp"     // brings: Brownian
#include "ode/stochastic/sde_methods.hpp"  // brings: SdeMethod, euler_maruyama, milstein, sri2

namespace costate::ode::inline COSTATE_PRECISION {

struct SdeOptions {
    SdeMethod method = euler_maruyama;
    int steps = 100;         // equal ones, from the first to the last time
    std::uint64_t seed = 0;  // of the Brownian paths
    bool operator==(const SdeOptions&) const = default;
};

Solution<Var> solve_sde_on(Tape& tape, const FieldRef& f, const FieldRef& g, const Operand& z0, const Times& times,
                           const SdeOptions& options, Where at);
Solution<Var> solve_sde_from(const FieldRef& f, const FieldRef& g, Var z0, const Times& times,
                             const SdeOptions& options, Where at);
Solution<Tensor> solve_sde_from(const FieldRef& f, const FieldRef& g, View z0, const Times& times,
                                const SdeOptions& options, Where at);
Solution<Tensor> solve_sde_from(const FieldRef& f, const FieldRef& g, const Parameter& z0, const Times& times,
                                const SdeOptions& options, Where at);

template <NoTape F = FieldRef, class Z = StartInBraces>
auto solve_sde(F&& drift, FieldRef diffusion, const Z& z0, const Times& times, const SdeOptions& options = {},
               Where at = {}) {
    static_assert(
        is_start_in_vars<Z>,
        "solve_sde(drift, diffusion, z0, times, options): z0 is a Var, a Tensor or a Parameter; numbers are a "
        "Tensor, as in Tensor({2}, {1, 0})");
    if constexpr (is_start_in_vars<Z>)
        return solve_sde_from(FieldRef(std::forward<F>(drift)), diffusion, z0, times, options, at);
    else
        return Solution<Var>();
}

template <class Z = StartInBraces>
Solution<Var> solve_sde(Tape& tape, FieldRef drift, FieldRef diffusion, const Z& z0, const Times& times,
                        const SdeOptions& options = {}, Where at = {}) {
    static_assert(
        is_start_in_vars<Z>,
        "solve_sde(tape, drift, diffusion, z0, times, options): z0 is a Var, a Tensor or a Parameter; numbers "
        "are a Tensor, as in Tensor({2}, {1, 0})");
    if constexpr (is_start_in_vars<Z>) return solve_sde_on(tape, drift, diffusion, Operand(z0, at), times, options, at);
    return {};
}

// (a) of a step from z at t to z_next at t + h: z's shape without the last axis. t and h: numbers, or [B,1] for rows.
Var euler_log_likelihood(FieldRef drift, FieldRef diffusion, const Operand& t, Var z, const Operand& h,
                         const Operand& z_next);

}  // namespace costate::ode
