// ode/gradients/reverse_sweep.hpp — a discrete solution's steps transposed, or taken again, tile by tile (internal to ode/)
// A step  k_i = f(t + c_i h, Z_i),  Z_i = z + h Σ_j a_ij k_j,  z⁺ = z + h Σ_i b_i k_i  and its observations
// p(θ) = z + h Σ_i b_i(θ) k_i, run backwards with λ⁺ = ∂L/∂z⁺ and the observations' cotangents u, is discrete (1):
//   w_i = h ( b_i λ⁺ + Σ_{j>i} a_ji μ_j + Σ_obs b_i(θ) u )          the cotangent of k_i                               (a)
//   μ_i = w_iᵀ ∂f/∂z (Z_i)                                          the cotangent of Z_i                               (b)
//   λ   = λ⁺ + Σ_i μ_i + Σ_obs u                                                                                      (c)
//   c̄  += Σ_i w_iᵀ ∂f/∂c (Z_i)                                      all stages of a step at once                       (d)
// Where stage i is an equation, k_i = f(t_i, Z_i) with hγ k_i in Z_i, the implicit function theorem has for w_i, from the
// right side w̃_i of (a), by one linear solve and without the iterations that found k_i:
//   (I − hγ ∂f/∂z (Z_i))ᵀ w_i = w̃_i            or where stages are one system, w_i − h Σ_j a_ji ∂f/∂z (Z_j)ᵀ w_j = w̃_i   (e)
// With a mass matrix M for I in (e). Then nothing is made of k_0, but what lies within a step.
// What f keeps at the stages is what (b) and (d) read. They are recomputed from z, unless the solve has kept them all.
//   sweep.each_part([](ReverseSweep& part) { for (n = part.steps(); n-- > 0;) { part.load(n); part.reverse(n); } });
// The state at the start of a step stands where its first stage does: loaded from those that are kept, or advanced to.
// source   Hager 2000, "Runge–Kutta methods in optimal control and the transformed adjoint system"
// see      ode/gradients/discrete.cpp, which has every step's state · ode/gradients/checkpointed.cpp, which has a few
#pragma once
#include "ode/gradients/known_steps.hpp"  // brings: KnownSteps, Pull, AnyTable

namespace costate::ode::inline COSTATE_PRECISION {

class ReverseSweep : public KnownSteps {
public:
    explicit ReverseSweep(const Pull& p)
        : KnownSteps(p), solver_(prepared(p.memory.solver, p.plan, p.x.captures, stages_, true)) {}
    ReverseSweep(const ReverseSweep& all, int part) : KnownSteps(all, part), solver_(nullptr) {}

    template <class Body>
    COSTATE_INLINE void each_tile(Body&& body) {
        KnownSteps::each_tile(body);
        if (m_.implicit()) solver_->add_sums(p_.capture_bars);
    }
    // Of steps whose states are kept; solvers have memory for one.
    template <class Body>
    COSTATE_INLINE void each_part(Body&& body) {
        each_part_of(*this, !m_.implicit(), body);
        if (m_.implicit()) solver_->add_sums(p_.capture_bars);
    }

    void add_sums() {
        KnownSteps::add_sums();
        if (m_.implicit()) solver_->add_sums(p_.capture_bars);
    }

    void load(std::size_t slot) {
        if (are_kept_) return stages_.to_step(static_cast<int>(slot));
        each([&](std::size_t c) { std::copy_n(kept(slot, c), entries(c), z(c)); });
    }
    void keep(std::size_t slot) {
        each([&](std::size_t c) { std::copy_n(z(c), entries(c), kept(slot, c)); });
    }

    // To the state at the step's end: the bits of the solve.
    void advance(std::size_t step) {
        const Interval s = interval(step);
        take_stages(AnyTable{m_}, *this, s, 0, m_.last);
        form(AnyTable{m_}, m_.last, s);
        each([&](std::size_t c) { std::copy_n(stages_.state(c, m_.last), entries(c), z(c)); });
        count(m_.last);
    }

    COSTATE_INLINE void reverse(std::size_t step) {
        const Interval s = interval(step);
        enter(s);
        const int stages = m_.swept_stages(seen_.are_dense(s));
        require_on_ends(seen_.are_dense(s), s, p_.plan.options, p_.where);
        if (m_.implicit()) begin_anew();
        if (!are_kept_) {
            take_stages(AnyTable{m_}, *this, s, 0, stages);
            count(stages);
        }
        if (m_.implicit()) require_converged(s);
        for (int i = stages - 1, first = 0; i >= 0; i = first - 1) {
            first = m_.start_of_block(i);
            for (int p = first; p <= i; ++p) each([&](std::size_t c) { seed_stage(c, p, i + 1, stages, s); });
            if (m_.is_equation(i))
                solver_->reverse(first, {&s, false});  // (e)
            else
                stages_.reverse(i);
        }
        if (m_.implicit()) require_transposed(*solver_, stages_, s, p_);
        each([&](std::size_t c) {  // (c)
            for (int i = 0; i < stages; ++i) scale_add(lambda(c), 1, stages_.z_bar(c, i), entries(c));
        });
        if (m_.implicit()) pull_start(s);
        add_within(s);
        accumulate(stages_, m_, stages);  // (d)
        watch_growth([&](std::size_t c) { return z(c); });
    }

    // What the recursion does to a tile.
    void form(const AnyTable& table, int i, const Interval& s) {
        if (i == 0 || table.method.start_of_block(i) != i) return;
        stages_.form(table.method, i, s.h, [&](std::size_t c) { return z(c); });
        if (table.method.is_equation(i)) solver_->solve(i, {&s, false}, p_.memory.starts);
    }
    void evaluate(const AnyTable& table, int i, Number t) {
        if (!table.method.is_equation(i)) stages_.forward(i, t);
    }

private:
    Real* z(std::size_t c) const { return stages_.state(c, 0); }

    void begin_anew() {
        ode::begin_anew(*solver_, stages_.row(), stages_.rows_now());
        p_.memory.starts.clear();
        each([&](std::size_t c) { p_.memory.starts.push_back(z(c)); });
        evaluations_ = solver_->evaluations(stages_.row());
    }
    void pull_start(const Interval& s) {
        p_.memory.lambdas.clear();
        each([&](std::size_t c) { p_.memory.lambdas.push_back(lambda(c)); });
        solver_->pull_start({&s, false}, p_.memory.lambdas);
    }
    void require_converged(const Interval& s) {
        count(static_cast<int>(solver_->evaluations(stages_.row()) - evaluations_));
        require_sweep_converged(*solver_, stages_, s, p_);
    }

    // (a): w_i from λ⁺, the μ of the stages from `later` on and the observations within the step
    COSTATE_INLINE void seed_stage(std::size_t c, int i, int later, int stages, const Interval& s) {
        terms_[0] = lambda(c);
        factors_[0] = m_.b[i];
        for (int j = later; j < stages; ++j) {
            terms_[1 + j - later] = stages_.z_bar(c, j);
            factors_[1 + j - later] = m_.a[j * m_.dense_stages + i];
        }
        Real* w = stages_.cotangent(c, i);
        combine(w, nullptr, terms_, factors_, s.h, 1 + stages - later, entries(c));
        add_within(w, i, s, c);
    }

    const Real* terms_[most_stages + 1] = {};
    Number factors_[most_stages + 1] = {};
    StageSolver* solver_;
    long evaluations_ = 0;  // its own, before this step
};

}  // namespace costate::ode
