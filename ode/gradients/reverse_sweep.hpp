// ode/gradients/reverse_sweep.hpp — a discrete solution's steps transposed, or taken again, tile by tile (internal to ode/)
// The step is that of ode/gradients/transposed_step.hpp. What f keeps at the stages is what its sweep reads, by
// ode/gradients/transposed_step.hpp (b) and ode/gradients/transposed_step.hpp (d): recomputed from z, unless it is all kept.
//   sweep.each_part([](ReverseSweep& part) { for (n = part.steps(); n-- > 0;) { part.load(n); part.reverse(n); } });
// The state at the start of a step stands where its first stage does: loaded from those that are kept, or advanced to.
// see      ode/gradients/discrete.cpp, which has every step's state · ode/gradients/checkpointed.cpp, which has a few
#pragma once
#include "ode/gradients/known_steps.hpp"      // brings: KnownSteps, Pull, AnyTable
#include "ode/gradients/transposed_step.hpp"  // brings: transpose_stages

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
        transpose_stages(m_, stages_, solver_, *this, s, stages);
        if (m_.implicit()) require_transposed(*solver_, stages_, s, p_);
        if (m_.implicit()) pull_start(s);
        add_within(s);
        accumulate(stages_, m_, stages);  // ode/gradients/transposed_step.hpp (d)
        watch_growth([&](std::size_t c) { return z(c); });
    }

    // What the recursions do to a tile.
    using KnownSteps::lambda, KnownSteps::add_within;
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

    StageSolver* solver_;
    long evaluations_ = 0;  // its own, before this step
};

}  // namespace costate::ode
