// ode/gradients/reversible.cpp — the exact gradient of reversible Heun, with its states stored (discrete) or found again
// A step  ẑ⁺ = 2z − ẑ + h k,  z⁺ = z + h Σ_i b_i k_i  with  k = f(t, ẑ), k⁺ = f(t + h, ẑ⁺)  and observations
// p(θ) = z + h Σ_i b_i(θ) k_i, run backwards with the cotangents λ⁺ of z⁺, λ̂⁺ of ẑ⁺, κ⁺ of k⁺ and u of the observations:
//   κ⁺ ← κ⁺ + h b_1 λ⁺ + Σ_obs h b_1(θ) u          k⁺ belongs to this step and to the next                            (a)
//   λ̂⁺ ← λ̂⁺ + κ⁺ᵀ ∂f/∂z (ẑ⁺)                       c̄ ← c̄ + κ⁺ᵀ ∂f/∂c (ẑ⁺)                                            (b)
//   κ  = h (b_0 λ⁺ + a_10 λ̂⁺) + Σ_obs h b_0(θ) u                                                                      (c)
//   λ  = λ⁺ + 2 λ̂⁺ + Σ_obs u                        λ̂ = −λ̂⁺                                                           (d)
// Where a pair begins, ẑ = z: there (b) once more, and λ + λ̂ is the cotangent of z.
// The step is symmetric: with −h for h it leads back, ẑ from (z⁺, ẑ⁺, k⁺), and z as soon as (b) knows k. So `reversible`
// costs the evaluations that `discrete` costs, one and its pullback for each step, and keeps the pair at the end alone. Its
// numbers are those of stored states but for rounding, which grows as ẑ − z would.
// source   Kidger, Foster, Li & Lyons 2021, "Efficient and accurate gradients for neural SDEs", algorithm 2
// see      ode/reversible_heun.hpp · ode/gradients/discrete.cpp (methods that are tables) · ode/solve/eval.cpp (keep_pair)
#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: combine, scale_add
#include "ode/gradients/pull.hpp"
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class PairSweep {  // stage 0: the later end of a step, stage 1: the earlier one
public:
    explicit PairSweep(const Pull& p) : p_(p) {
        stages_.prepare(p.plan, p.x.captures, 1);
        stages_.clear(0);
        offsets_.clear();
        for (std::size_t c = 0; c < stages_.components(); ++c) {
            offsets_.push_back(total_);
            total_ += stages_.rows() * stages_.width(c);
        }
        p.memory.pair.resize(2 * total_);
    }

    void run() {
        const StepTimes& grid = p_.record.grid;
        const Index rows = stages_.rows(), tile = stages_.rows_of_tile();
        for (row_ = 0; row_ < rows; row_ += tile) {
            stages_.begin_tile(row_, std::min(tile, rows - row_));
            place_ = p_.record.states_of_pair;
            each([&](std::size_t c) { std::fill_n(lambda(c), entries(c), Real(0)); });
            seen_.start_from_end();
            Interval later;
            for (std::size_t n = grid.size() - 1; n-- > 0;) {
                const Interval s = interval(grid[n], grid[n + 1]);
                const bool ends = n + 2 == grid.size() || jumps_at(s.end), begins = n == 0 || jumps_at(s.t);
                if (ends) take_pair();
                pull_rate(s, ends ? nullptr : &later);
                step_back(s, begins);
                if (begins) join(s);
                later = s;
            }
            for (std::size_t i = seen_.begin(); i-- > 0;) add_directly(i);  // observations at t0
        }
        stages_.finish_into(p_.capture_bars, 0);
    }

private:
    template <class Body>
    void each(Body&& body) {
        for (std::size_t c = 0; c < stages_.components(); ++c) body(c);
    }
    bool jumps_at(double t) const { return options_.jump_t.holds(t, times_.front(), times_.back()); }
    Interval interval(double t, double end) const {
        return interval_between(t, end, options_.jump_t, times_.front(), times_.back(), time_is_float);
    }
    Index entries(std::size_t c) const { return stages_.entries(c); }
    Index first_of(std::size_t c) const { return offsets_[c] + row_ * stages_.width(c); }
    Real* lambda(std::size_t c) const { return p_.z_bars[c].data + row_ * stages_.width(c); }
    Real* lambda_hat(std::size_t c) const { return p_.memory.pair.data() + total_ + first_of(c); }
    Real* z(std::size_t c) const { return p_.memory.pair.data() + first_of(c); }
    const Real* stored(std::size_t place, std::size_t c) const { return p_.record.trajectory[place] + first_of(c); }
    const Real* cotangent(std::size_t i, std::size_t c) const {
        return p_.x.w[c].data + (static_cast<Index>(i) * stages_.rows() + row_) * stages_.width(c);
    }
    void add_directly(std::size_t i) {
        each([&](std::size_t c) { scale_add(lambda(c), 1, cotangent(i, c), entries(c)); });
    }

    // Where a pair ends: z and ẑ; nothing behind it depends on ẑ or on k.
    void take_pair() {
        place_ -= 2;
        each([&](std::size_t c) {
            std::copy_n(stored(place_ + 1, c), entries(c), z(c));
            std::copy_n(stored(place_, c), entries(c), stages_.state(c, 0));
            std::fill_n(lambda_hat(c), entries(c), Real(0));
            std::fill_n(stages_.seed(c, 0), entries(c), Real(0));
        });
    }

    // (a), (b); with k⁺, z⁺ is found from the end of the step after, if that is the same pair's.
    void pull_rate(const Interval& s, const Interval* later) {
        seen_.retreat(s);
        for (std::size_t i = seen_.begin(); i < seen_.end(); ++i)
            if (times_[i] == s.end) add_directly(i);
        evaluate(s.final);
        each([&](std::size_t c) {
            if (later && finds_) combine(z(c), z(c), stages_.rates(c), m_.b, -later->h, 2, entries(c));
            scale_add(stages_.seed(c, 0), static_cast<Real>(s.h * m_.b[1]), lambda(c), entries(c));
            add_within(stages_.seed(c, 0), s, c, 1);
        });
        reverse();
    }

    // (c), (d) and the state before
    void step_back(const Interval& s, bool begins) {
        if (!begins && !finds_) --place_;
        each([&](std::size_t c) {
            const Real* terms[] = {lambda(c), lambda_hat(c)};
            const double factors[] = {m_.b[0], m_.a[2]};
            Real* kappa = stages_.seed(c, 1);
            combine(kappa, nullptr, terms, factors, s.h, 2, entries(c));
            add_within(kappa, s, c, 0);
            scale_add(lambda(c), 2, lambda_hat(c), entries(c));
            for (Index i = 0; i < entries(c); ++i) lambda_hat(c)[i] = -lambda_hat(c)[i];

            Real* before = stages_.state(c, 1);
            if (begins)
                std::copy_n(s.t == times_.front() ? p_.x.z0[c].data + row_ * stages_.width(c) : stored(place_ - 1, c),
                            entries(c), before);
            else if (!finds_)
                std::copy_n(stored(place_, c), entries(c), before);
            else {
                for (Index i = 0; i < entries(c); ++i) before[i] = mirrored(z(c)[i], stages_.state(c, 0)[i]);
                combine(before, before, stages_.rates(c), m_.a + 2, -s.h, 1, entries(c));
            }
        });
        for (std::size_t i = seen_.begin(); i < seen_.end(); ++i)
            if (times_[i] != s.end) add_directly(i);
        stages_.swap(0, 1);
    }

    void join(const Interval& s) {  // ẑ = z
        evaluate(s.first);
        reverse();
        each([&](std::size_t c) { scale_add(lambda(c), 1, lambda_hat(c), entries(c)); });
    }

    void evaluate(double t) {
        stages_.forward(0, t);
        if (row_ == 0) ++p_.record.statistics.backward_evaluations;
    }
    void reverse() {
        stages_.reverse(0);
        stages_.accumulate(0, 1, nullptr, 0);
        each([&](std::size_t c) { scale_add(lambda_hat(c), 1, stages_.z_bar(c, 0), entries(c)); });
    }
    void add_within(Real* kappa, const Interval& s, std::size_t c, int i) {  // Σ_obs h b_i(θ) u
        for (std::size_t o = seen_.begin(); o < seen_.end(); ++o)
            if (times_[o] != s.end)
                scale_add(kappa, static_cast<Real>(s.h * m_.weight(i, (times_[o] - s.t) / s.h)), cotangent(o, c),
                          entries(c));
    }

    const Pull& p_;
    const SolveOptions& options_ = p_.plan.options;
    const Method& m_ = options_.method;
    const bool finds_ = !options_.gradient.keeps_states;  // states again
    Stages& stages_ = p_.memory.stages;
    const std::vector<double>& times_ = p_.memory.times;
    Observations<std::vector<double>> seen_{times_, times_.size()};
    std::vector<Index>& offsets_ = p_.memory.offsets;
    Index total_ = 0, row_ = 0;
    std::size_t place_ = 0;  // in what is kept, behind what was not read yet
};

}  // namespace

void pull_pair(const Pull& p) {
    p.record.statistics.backward_evaluations = 0;
    PairSweep(p).run();
}

}  // namespace costate::ode

void costate::ode::rows::Reversible::pull(const Pull& p) { pull_pair(p); }
