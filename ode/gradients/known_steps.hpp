// ode/gradients/known_steps.hpp — along the steps of a solve from the last one back, tile by tile (internal to ode/)
// The steps are known, so a tile of rows runs backwards through all of them before the next one starts:
//   sweep.each_tile([&] { for (n = sweep.steps(); n-- > 0;) ... });                      one after the other
//   sweep.each_part([](auto& part) { for (n = part.steps(); n-- > 0;) ... });            several at the same time
// What the sweeps have in common: a step's interval, the observations in it and their cotangents, λ = z̄0 in its place, the
// states that the solve kept, and where the tile's numbers lie.
// see      ode/gradients/reverse_sweep.hpp (methods that are tables) · ode/gradients/paired_steps.hpp (pairs)
#pragma once
#include <algorithm>

#include "core/kernels/combine.hpp"    // brings: combine, scale_add
#include "core/threads.hpp"            // brings: in_parts
#include "ode/gradients/pull.hpp"      // brings: Pull, Stages, Interval
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

class KnownSteps {
public:
    explicit KnownSteps(const Pull& p)
        : p_(p),
          m_(p.plan.options.method),
          are_kept_(p.record.keeps_stages(p.plan)),
          stages_(are_kept_ ? *p.record.stages : p.memory.stages),
          times_(p.memory.times) {
        p.record.statistics.backward_evaluations = 0;
        if (!are_kept_) stages_.prepare(p.plan, p.x.captures, 1);
        stages_.clear(0);
    }
    KnownSteps(const KnownSteps& all, int part)
        : p_(all.p_),
          m_(all.m_),
          are_kept_(all.are_kept_),
          stages_(all.stages_.part(part)),
          times_(all.times_),
          own_(p_.memory.parts[static_cast<std::size_t>(part)]) {
        own_.growth = all.own_.growth;
    }

    std::size_t steps() const { return p_.record.grid.size() - 1; }
    // body() for each tile of rows: it takes all steps, the last one first.
    template <class Body>
    COSTATE_INLINE void each_tile(Body&& body) {
        each_part_of(*this, false, [&](KnownSteps&) { body(); });
    }

    // Of a sweep that takes turns with another: body() for each tile takes the steps of one turn. λ stays in z̄0, and how far
    // the observations have been seen is handed on. `last`: it is the solve's last turn, which comes first; `first`: its first.
    using Seen = Observations<std::vector<Number>>;
    template <class Body>
    void each_tile_in_turn(Seen& seen, bool last, bool first, Body&& body) {
        stages_.each_tile(0, stages_.rows(), [&] {
            seen_ = seen;
            if (last) each([&](std::size_t c) { std::fill_n(lambda(c), entries(c), Real(0)); });
            body();
            for (std::size_t i = first ? seen_.begin() : 0; i-- > 0;) add_directly(i);
        });
        seen = seen_;
    }
    void add_sums() { stages_.add_into(p_.capture_bars, 0); }  // after its last turn

protected:
    // body(sweep) for each part of each tile, at the same time if alone: where a sweep writes nothing but what a KnownSteps has
    // for itself.
    template <class Sweep, class Body>
    COSTATE_INLINE void each_part_of(Sweep& all, bool alone, Body&& body) {
        stages_.each_tile(0, stages_.rows(), [&] {
            const int parts = !small_machine && alone ? stages_.parts() : 1;
            if (parts == 1) return go_through([&] { body(all); });
            stages_.begin_parts();
            if (p_.memory.parts.size() < static_cast<std::size_t>(parts)) p_.memory.parts.resize(parts);
            in_parts(parts, [&](int k) {
                Sweep part(all, k);
                part.go_through([&] { body(part); });
            });
            for (int k = 0; k < parts; ++k) own_.growth.join(p_.memory.parts[static_cast<std::size_t>(k)].growth);
        });
        stages_.finish_into(p_.capture_bars, 0);
    }
    template <class Body>
    COSTATE_INLINE void go_through(Body&& body) {
        each([&](std::size_t c) { std::fill_n(lambda(c), entries(c), Real(0)); });
        seen_.start_from_end();
        body();
        for (std::size_t i = seen_.begin(); i-- > 0;) add_directly(i);  // observations at t0
    }

    template <class Do>
    COSTATE_INLINE void each(Do&& component) const {
        for (std::size_t c = 0; c < stages_.components(); ++c) component(c);
    }
    // A step ends where the one behind it began, which was asked for before: of equal steps that saves a division.
    Interval interval(std::size_t step) {
        const StepTimes& grid = p_.record.grid;
        const Number end = step + 1 == step_ ? begin_ : grid[step + 1];
        step_ = step;
        begin_ = grid[step];
        return interval_between(begin_, end, p_.plan.options.jump_t, times_.front(), times_.back(), time_is_float);
    }
    bool jumps_at(Number t) const { return p_.plan.options.jump_t.holds(t, times_.front(), times_.back()); }
    void count(int evaluations) {
        if (stages_.row() == 0) p_.record.statistics.backward_evaluations += evaluations;
    }
    Index entries(std::size_t c) const { return stages_.entries(c); }
    Real* kept(std::size_t slot, std::size_t c) const { return p_.record.trajectory[slot] + stages_.tile_offset(c); }
    Real* lambda(std::size_t c) const { return p_.z_bars[c].data + stages_.row() * stages_.width(c); }
    const Real* cotangent(std::size_t i, std::size_t c) const {
        return p_.x.w[c].data + (static_cast<Index>(i) * stages_.rows() + stages_.row()) * stages_.width(c);
    }

    template <class State>
    COSTATE_INLINE void watch_growth(State&& z) {  // z(c): where λ is
        const bool last = step_ + 1 == steps();
        if (own_.growth.watches()) each([&](std::size_t c) { own_.growth.see(lambda(c), z(c), entries(c), last); });
    }

    // λ ← λ + u: of observation i; of those at the step's end, which is entered; of those within it
    void add_directly(std::size_t i) {
        each([&](std::size_t c) { scale_add(lambda(c), 1, cotangent(i, c), entries(c)); });
    }
    void enter(const Interval& s) {
        seen_.retreat(s);
        own_.thetas.clear();
        for (std::size_t i = seen_.begin(); i < seen_.end(); ++i) {
            own_.thetas.push_back((times_[i] - s.t) / s.h);
            if (times_[i] == s.end) add_directly(i);
        }
    }
    void add_within(const Interval& s) {
        for (std::size_t i = seen_.begin(); i < seen_.end(); ++i)
            if (times_[i] != s.end) add_directly(i);
    }
    // w ← w + h Σ b_i(θ) u over the observations within the step: what they are to k_i
    COSTATE_INLINE void add_within(Real* w, int i, const Interval& s, std::size_t c) const {
        for (std::size_t o = seen_.begin(); o < seen_.end(); ++o)
            if (times_[o] != s.end)
                scale_add(w, static_cast<Real>(s.h * m_.weight(i, own_.thetas[o - seen_.begin()])), cotangent(o, c),
                          entries(c));
    }

    const Pull& p_;
    const Method& m_;
    const bool are_kept_;  // the stages of all steps, as the solve left them
    Stages& stages_;
    const std::vector<Number>& times_;
    Seen seen_{times_, times_.size()};

private:
    SolveMemory::PartOfSweep& own_ = p_.memory.sweep;
    std::size_t step_ = 0;  // that was asked for last: 0 is behind no other
    Number begin_ = 0;
};

}  // namespace costate::ode
