// ode/gradients/reverse_sweep.hpp — a discrete solution's steps transposed, or taken again, tile by tile (internal to ode/)
// A step  k_i = f(t + c_i h, Z_i),  Z_i = z + h Σ_j a_ij k_j,  z⁺ = z + h Σ_i b_i k_i  and its observations
// p(θ) = z + h Σ_i b_i(θ) k_i, run backwards with λ⁺ = ∂L/∂z⁺ and the observations' cotangents u, is adjoint (7):
//   w_i = h ( b_i λ⁺ + Σ_{j>i} a_ji μ_j + Σ_obs b_i(θ) u )          the cotangent of k_i                               (a)
//   μ_i = w_iᵀ ∂f/∂z (Z_i)                                          the cotangent of Z_i                               (b)
//   λ   = λ⁺ + Σ_i μ_i + Σ_obs u                                                                                      (c)
//   c̄  += Σ_i w_iᵀ ∂f/∂c (Z_i)                                      all stages of a step at once                       (d)
// The stages are recomputed from z: what f keeps at them is what (b) and (d) read, so f is not evaluated twice. The steps are
// known, so a tile of rows runs backwards through all of them before the next one starts.
//   sweep.each_tile([&] { for (n = sweep.steps(); n-- > 0;) { sweep.load(n); sweep.reverse(n); } });
// The state at the start of a step stands where its first stage does: loaded from those that are kept, or advanced to.
// source   Hager 2000, "Runge–Kutta methods in optimal control and the transformed adjoint system"
// see      ode/gradients/discrete.cpp, which has every step's state · ode/gradients/checkpointed.cpp, which has a few
#pragma once
#include <algorithm>

#include "core/kernels/combine.hpp"    // brings: combine, scale_add
#include "ode/gradients/pull.hpp"      // brings: Pull, Stages, AnyTable, Interval
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

class ReverseSweep {
public:
    explicit ReverseSweep(const Pull& p)
        : p_(p), m_(p.plan.options.method), stages_(p.memory.stages), times_(p.memory.times) {
        p.record.statistics.backward_evaluations = 0;
        stages_.prepare(p.plan, p.x.captures, 1);
        offsets_.resize(stages_.components());
        stages_.clear(0);
        Index total = 0;
        for (std::size_t c = 0; c < stages_.components(); ++c) {
            offsets_[c] = total;
            total += stages_.rows() * stages_.width(c);
        }
    }

    std::size_t steps() const { return p_.record.grid.size() - 1; }
    // body() for each tile of rows: it reverses all steps, the last one first.
    template <class Body>
    COSTATE_INLINE void each_tile(Body&& body) {
        const Index rows = stages_.rows(), tile = stages_.rows_of_tile();
        for (row_ = 0; row_ < rows; row_ += tile) {
            stages_.begin_tile(row_, std::min(tile, rows - row_));
            for (std::size_t c = 0; c < stages_.components(); ++c) std::fill_n(lambda(c), entries(c), Real(0));
            seen_.start_from_end();
            body();
            for (std::size_t i = seen_.begin(); i-- > 0;) add_directly(i);  // observations at t0
        }
        stages_.finish_into(p_.capture_bars, 0);
    }

    void load(std::size_t slot) {
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
        seen_.retreat(s);
        for (std::size_t i = seen_.begin(); i < seen_.end(); ++i)
            if (times_[i] == s.end) add_directly(i);
        const int stages = seen_.are_dense(s) ? m_.dense_stages : m_.stages - (m_.fsal ? 1 : 0);
        take_stages(AnyTable{m_}, *this, s, 0, stages);
        for (int i = stages - 1; i >= 0; --i) {
            each([&](std::size_t c) { seed_stage(c, i, stages, s); });
            stages_.reverse(i);
        }
        each([&](std::size_t c) {  // (c)
            for (int i = 0; i < stages; ++i) scale_add(lambda(c), 1, stages_.z_bar(c, i), entries(c));
        });
        for (std::size_t i = seen_.begin(); i < seen_.end(); ++i)
            if (times_[i] != s.end) add_directly(i);
        stages_.accumulate(0, stages, nullptr, 0);  // (d)
        count(stages);
    }

    // What the recursion does to a tile.
    void form(const AnyTable& table, int i, const Interval& s) {
        if (i > 0) stages_.form(table.method, i, s.h, [&](std::size_t c) { return z(c); });
    }
    void evaluate(const AnyTable&, int i, double t) { stages_.forward(i, t); }

private:
    template <class Do>
    COSTATE_INLINE void each(Do&& component) {
        for (std::size_t c = 0; c < stages_.components(); ++c) component(c);
    }
    Interval interval(std::size_t step) const {
        const StepTimes& grid = p_.record.grid;
        return interval_between(grid[step], grid[step + 1], p_.plan.options.jump_t, times_.front(), times_.back(),
                                time_is_float);
    }
    void count(int evaluations) {
        if (row_ == 0) p_.record.statistics.backward_evaluations += evaluations;
    }
    Real* z(std::size_t c) const { return stages_.state(c, 0); }
    Real* kept(std::size_t slot, std::size_t c) const {
        return p_.record.trajectory[slot] + offsets_[c] + row_ * stages_.width(c);
    }
    Real* lambda(std::size_t c) const { return p_.z_bars[c].data + row_ * stages_.width(c); }
    Index entries(std::size_t c) const { return stages_.entries(c); }
    const Real* cotangent(std::size_t i, std::size_t c) const {
        return p_.x.w[c].data + (static_cast<Index>(i) * stages_.rows() + row_) * stages_.width(c);
    }

    void add_directly(std::size_t i) {
        each([&](std::size_t c) { scale_add(lambda(c), 1, cotangent(i, c), entries(c)); });
    }

    // (a): w_i from λ⁺, the later stages' μ and the observations within the step
    COSTATE_INLINE void seed_stage(std::size_t c, int i, int stages, const Interval& s) {
        terms_[0] = lambda(c);
        factors_[0] = m_.b[i];
        for (int j = i + 1; j < stages; ++j) {
            terms_[j - i] = stages_.z_bar(c, j);
            factors_[j - i] = m_.a[j * m_.dense_stages + i];
        }
        Real* w = stages_.seed(c, i);
        combine(w, nullptr, terms_, factors_, s.h, stages - i, entries(c));
        for (std::size_t o = seen_.begin(); o < seen_.end(); ++o)
            if (times_[o] != s.end)
                scale_add(w, static_cast<Real>(s.h * m_.weight(i, (times_[o] - s.t) / s.h)), cotangent(o, c),
                          entries(c));
    }

    const Pull& p_;
    const Method& m_;
    Stages& stages_;
    const std::vector<double>& times_;
    Observations<std::vector<double>> seen_{times_, times_.size()};
    std::vector<Index>& offsets_ = p_.memory.offsets;
    Index row_ = 0;
    const Real* terms_[most_stages + 1] = {};
    double factors_[most_stages + 1] = {};
};

}  // namespace costate::ode
