// ode/gradients/discrete.cpp — the exact gradient of the discrete solution: the Runge–Kutta step, transposed
// A step  k_i = f(t + c_i h, Z_i),  Z_i = z + h Σ_j a_ij k_j,  z⁺ = z + h Σ_i b_i k_i  and its observations
// p(θ) = z + h Σ_i b_i(θ) k_i, run backwards with λ⁺ = ∂L/∂z⁺ and the observations' cotangents u:
//   w_i = h ( b_i λ⁺ + Σ_{j>i} a_ji μ_j + Σ_obs b_i(θ) u )          the cotangent of k_i                               (1)
//   μ_i = w_iᵀ ∂f/∂z (Z_i)                                          the cotangent of Z_i                               (2)
//   λ   = λ⁺ + Σ_i μ_i + Σ_obs u                                                                                      (3)
//   c̄  += Σ_i w_iᵀ ∂f/∂c (Z_i)                                      all stages of a step at once                       (4)
// The stages are recomputed from the stored z: what f keeps at them is what (2) and (4) read, so f is not evaluated twice.
// The steps are known, so a tile of rows runs backwards through all of them before the next one starts.
// source   Hager 2000, "Runge–Kutta methods in optimal control and the transformed adjoint system"
#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: combine, scale_add
#include "ode/gradients/pull.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class ReverseSweep {
public:
    explicit ReverseSweep(const Pull& p)
        : p_(p), m_(p.plan.options.method), stages_(p.memory.stages), times_(p.memory.times) {
        stages_.prepare(p.plan, p.x.captures, 1);
        backwards_ = times_.back() < times_.front();
        offsets_.resize(stages_.components());
        stages_.clear(0);
        for (std::size_t c = 0; c < stages_.components(); ++c) {
            offsets_[c] = total_;
            total_ += stages_.rows() * stages_.width(c);
        }
    }

    void run() {
        const std::vector<double>& grid = p_.record.grid;
        const Index rows = stages_.rows(), tile = stages_.tile_rows();
        for (row_ = 0; row_ < rows; row_ += tile) {
            count_ = std::min(tile, rows - row_);
            stages_.begin_tile(row_, count_);
            for (std::size_t c = 0; c < stages_.components(); ++c) std::fill_n(lambda(c), entries(c), Real(0));
            next_ = static_cast<Index>(times_.size()) - 1;
            for (std::size_t n = grid.size() - 1; n-- > 0;) reverse_step(n, grid[n], grid[n + 1]);
            for (; next_ >= 0; --next_) add_directly(next_);  // observations at t0
        }
        stages_.finish(0);
        for (std::size_t i = 0; i < p_.capture_bars.size(); ++i)
            std::copy_n(stages_.summed(i).data, p_.capture_bars[i].size(), p_.capture_bars[i].data);
    }

private:
    Real* lambda(std::size_t c) const { return p_.z_bars[c].data + row_ * stages_.width(c); }
    Index entries(std::size_t c) const { return count_ * stages_.width(c); }
    const Real* cotangent(Index i, std::size_t c) const {
        return p_.w[c].data + (i * stages_.rows() + row_) * stages_.width(c);
    }
    bool after(double time, double t) const { return backwards_ ? time < t : time > t; }

    void add_directly(Index i) {
        for (std::size_t c = 0; c < stages_.components(); ++c) scale_add(lambda(c), 1, cotangent(i, c), entries(c));
    }

    void reverse_step(std::size_t n, double t, double t_next) {
        const double h = t_next - t;
        const Index last = next_;
        while (next_ >= 0 && after(times_[static_cast<std::size_t>(next_)], t)) --next_;
        bool dense = false;  // is an observation within the step, not at its end?
        for (Index i = next_ + 1; i <= last; ++i) {
            const bool at_end = times_[static_cast<std::size_t>(i)] == t_next;
            if (at_end) add_directly(i);
            dense = dense || !at_end;
        }
        const int stages = dense ? m_.dense_stages : m_.stages - (m_.fsal ? 1 : 0);
        recompute(n, t, t_next, stages);
        for (int i = stages - 1; i >= 0; --i) {
            for (std::size_t c = 0; c < stages_.components(); ++c)
                seed_stage(c, i, stages, h, dense ? last : next_, t, t_next);
            stages_.reverse(i);
        }
        for (std::size_t c = 0; c < stages_.components(); ++c)  // (3)
            for (int i = 0; i < stages; ++i) scale_add(lambda(c), 1, stages_.pulled(c, i), entries(c));
        for (Index i = next_ + 1; i <= last; ++i)
            if (times_[static_cast<std::size_t>(i)] != t_next) add_directly(i);
        stages_.accumulate(0, stages, nullptr, 0);  // (4)
        if (row_ == 0) p_.record.statistics.backward_evaluations += stages;
    }

    void recompute(std::size_t n, double t, double t_next, int stages) {
        const double h = t_next - t;
        for (int i = 0; i < stages; ++i) {
            for (std::size_t c = 0; c < stages_.components(); ++c) {
                const Real* z = p_.record.trajectory.data() + static_cast<Index>(n) * total_ + offsets_[c] +
                                row_ * stages_.width(c);
                for (int j = 0; j < i; ++j) terms_[j] = stages_.rate(c, j);
                combine(stages_.state(c, i), z, terms_, m_.a + i * m_.dense_stages, h, i, entries(c));
            }
            stages_.forward(i, m_.c[i] == 1 ? t_next : t + m_.c[i] * h);
        }
    }

    // (1): w_i from λ⁺, the later stages' μ and the observations next_ + 1 ... last within the step
    void seed_stage(std::size_t c, int i, int stages, double h, Index last, double t, double t_next) {
        terms_[0] = lambda(c);
        factors_[0] = m_.b[i];
        for (int j = i + 1; j < stages; ++j) {
            terms_[j - i] = stages_.pulled(c, j);
            factors_[j - i] = m_.a[j * m_.dense_stages + i];
        }
        Real* w = stages_.seed(c, i);
        combine(w, nullptr, terms_, factors_, h, stages - i, entries(c));
        for (Index o = next_ + 1; o <= last; ++o) {
            const double time = times_[static_cast<std::size_t>(o)];
            if (time == t_next) continue;
            scale_add(w, static_cast<Real>(h * m_.weight(i, (time - t) / h)), cotangent(o, c), entries(c));
        }
    }

    const Pull& p_;
    const Method& m_;
    Stages& stages_;
    const std::vector<double>& times_;
    bool backwards_ = false;
    std::vector<Index>& offsets_ = p_.memory.offsets;
    Index total_ = 0, row_ = 0, count_ = 0, next_ = 0;
    const Real* terms_[most_stages + 1] = {};
    double factors_[most_stages + 1] = {};
};

}  // namespace

void pull_discrete(const Pull& p) {
    p.record.statistics.backward_evaluations = 0;
    ReverseSweep(p).run();
}

}  // namespace costate::ode
