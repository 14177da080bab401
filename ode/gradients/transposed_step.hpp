// ode/gradients/transposed_step.hpp — a step of stages run backwards: of a batch by one clock, or of rows by their own
// A step  k_i = f(t + c_i h, Z_i),  Z_i = z + h Σ_j a_ij k_j,  z⁺ = z + h Σ_i b_i k_i  and its observations
// p(θ) = z + h Σ_i b_i(θ) k_i, with λ⁺ = ∂L/∂z⁺ and the observations' cotangents u, transposed: discrete (1)
//   w_i = h ( b_i λ⁺ + Σ_{j>i} a_ji μ_j + Σ_obs b_i(θ) u )          the cotangent of k_i                               (a)
//   μ_i = w_iᵀ ∂f/∂z (Z_i)                                          the cotangent of Z_i                               (b)
//   λ   = λ⁺ + Σ_i μ_i + Σ_obs u                                                                                      (c)
//   c̄  += Σ_i w_iᵀ ∂f/∂c (Z_i)                                      all stages of a step at once                       (d)
// Where stage i is an equation, k_i = f(t_i, Z_i) with hγ k_i in Z_i, the implicit function theorem has for w_i, from the
// right side w̃_i of (a), by one linear solve and without the iterations that found k_i:
//   (I − hγ ∂f/∂z (Z_i))ᵀ w_i = w̃_i            or where stages are one system, w_i − h Σ_j a_ji ∂f/∂z (Z_j)ᵀ w_j = w̃_i   (e)
// With a mass matrix M for I in (e). Then nothing is made of k_0, but what lies within a step.
// Who sweeps, X, has the stages computed, and then
//   lambda(c)                    λ⁺, which becomes λ but for the observations: of component c, the tile's rows
//   add_within(w, i, s, c)       w ← w + h Σ_obs b_i(θ) u
// source   Hager 2000, "Runge–Kutta methods in optimal control and the transformed adjoint system"
// see      ode/gradients/reverse_sweep.hpp, ode/gradients/own_sweep.hpp (who does) · ode/replay/solve.cpp (of plain tables)
#pragma once
#include "core/kernels/combine.hpp"    // brings: combine, combine_rows, scale_add
#include "ode/batch/stage_solver.hpp"  // brings: Stages, StageSolver, Way, way_of

namespace costate::ode::inline COSTATE_PRECISION {

inline void combine_in(const Stages& stages, std::size_t c, Real* w, const Real* const* terms, const Number* factors,
                       Number h, int count) {
    combine(w, nullptr, terms, factors, h, count, stages.entries(c));
}
inline void combine_in(const Stages& stages, std::size_t c, Real* w, const Real* const* terms, const Number* factors,
                       const Number* h, int count) {
    combine_rows(w, nullptr, terms, factors, h, count, stages.rows_now(), stages.width(c));
}

// (a), of the stages that are known from `later` on
template <class X, class Step>
COSTATE_INLINE void seed_stage(const Method& m, Stages& stages, X& x, const Step& s, int i, int later, int end) {
    const Real* terms[most_stages + 1];
    Number factors[most_stages + 1];
    factors[0] = m.b[i];
    for (int j = later; j < end; ++j) factors[1 + j - later] = m.a[j * m.dense_stages + i];
    for (std::size_t c = 0; c < stages.components(); ++c) {
        terms[0] = x.lambda(c);
        for (int j = later; j < end; ++j) terms[1 + j - later] = stages.z_bar(c, j);
        combine_in(stages, c, stages.cotangent(c, i), terms, factors, s.h, 1 + end - later);
        x.add_within(stages.cotangent(c, i), i, s, c);
    }
}

// (a), (b) or (e), and (c) without its observations, of the stages before `end`
template <class X, class Step>
COSTATE_INLINE void transpose_stages(const Method& m, Stages& stages, StageSolver* solver, X& x, const Step& s,
                                     int end) {
    for (int i = end - 1, first = 0; i >= 0; i = first - 1) {
        first = m.start_of_block(i);
        for (int p = first; p <= i; ++p) seed_stage(m, stages, x, s, p, i + 1, end);
        if (m.is_equation(i))
            solver->reverse(first, way_of(s));
        else
            stages.reverse(i);
    }
    for (std::size_t c = 0; c < stages.components(); ++c)
        for (int i = 0; i < end; ++i) scale_add(x.lambda(c), 1, stages.z_bar(c, i), stages.entries(c));
}

}  // namespace costate::ode
