// ode/gradients/direct.cpp — backpropagation through the solver: the step's equations written in Vars
//   Z_i = z + h Σ_j a_ij k_j,   k_i = f(t + c_i h, Z_i),   z⁺ = z + h Σ_i b_i k_i,   p(θ) = z + h Σ_i b_i(θ) k_i       (1)
// An adaptive solve looks at the error of each step and cuts a rejected one off the tape again. So it reads numbers: what is
// recorded after it may depend on them, and no Program may replay it (it would freeze the steps).
// memory   O(steps · operations): nothing is recomputed, everything is kept. To study, and for short solves.
#include "ode/gradients/direct.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/combine.hpp"  // brings: scaled_square_sum, scale_floor_acts, all_finite
#include "ode/field/record.hpp"      // brings: require_rate
#include "ode/steps/check.hpp"
#include "ode/steps/clock.hpp"  // brings: Clock, equal_step

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct DirectSolves {  // of one tape, in one pass
    std::uint32_t pass = 0;
    bool warned = false;
    std::deque<Statistics> statistics;  // each stays where it is
};

class Direct {
public:
    Direct(Tape& tape, const FieldRef& field, Var z0, std::span<const double> times, const SolveOptions& options,
           Where at)
        : tape_(tape),
          field_(field),
          m_(options.method),
          times_(times),
          options_(options),
          at_(at),
          z0_(z0),
          z_(affine(z0, 1, 0)) {  // a Var of its own: the field may capture z0
        backwards_ = times.back() < times.front();
        while (observed_.size() < times_.size() && times_[observed_.size()] == times_[0]) observe(z0);
    }

    Var run() {
        const double t0 = times_.front(), t1 = times_.back();
        if (t0 == t1) {
        } else if (options_.steps > 0) {
            for (int n = 1; n <= options_.steps; ++n) {
                take(equal_step(t0, t1, n - 1, options_.steps), equal_step(t0, t1, n, options_.steps));
                require_finite(next_);
                show(0, true);
                keep();
            }
        } else {
            choose_steps(t0, t1);
        }
        return concatenate(observed_, 0, at_);
    }

    const Statistics& statistics() const { return statistics_; }

private:
    Var evaluate(double time, Var z) {
        const Var t = tape_.constant(time);
        const std::size_t values = tape_.values().size(), operands = tape_.operands().size();
        const Var rate = call(t, z);
        require_rate(rate, z.shape(), at_);
        if (statistics_.evaluations++ == 0) look_at(tape_.operands().subspan(operands), t, z, values);
        return tape_.bring(rate, at_);
    }

    // To a derivative that the field takes, t and z are variables, whatever they depend on.
    Var call(Var t, Var z) {
        const Tape::Floor floor(tape_);
        const While calling("calling the field of the solve", at_);
        return field_(t, z);
    }

    // What the field's first call reads: t, which then must be told apart, and Vars that were there before.
    void look_at(std::span<const std::uint32_t> read, Var t, Var z, std::size_t before) {
        for (std::uint32_t v : read) {
            captures_ = captures_ || (v < before && v != z.index() && tape_.values()[v].active);
            if (v == t.index() && !is_resolved(times_.front(), times_.back()))
                fail_to_solve("solve", {Status::clock_too_coarse, times_.front(), times_.back() - times_.front()},
                              options_, at_);
        }
    }

    // base + h Σ_i a_i k_i, in the order of i
    Var combined(Var base, const double* a, double h, int terms) {
        const std::span<Var> sum = tape_.list(static_cast<std::size_t>(terms) + 1);
        sum[0] = base;
        for (int i = 0; i < terms; ++i)
            if (a[i] != 0) sum[static_cast<std::size_t>(i) + 1] = affine(k_[static_cast<std::size_t>(i)], h * a[i], 0);
        return sum_of(sum);
    }

    void take(double t, double end) {  // (1), from t to end
        t_ = t;
        end_ = end;
        h_ = end - t;
        k_.clear();
        for (int i = 0; i < m_.dense_stages; ++i) {
            const Var Z = combined(z_, m_.a + i * m_.dense_stages, h_, i);
            k_.push_back(i == 0 && !first_.is_zero() ? first_ : evaluate(m_.c[i] == 1 ? end : t + m_.c[i] * h_, Z));
        }
        next_ = combined(z_, m_.b, h_, m_.stages);
    }

    void keep() {  // the step counts
        while (observed_.size() < times_.size()) {
            const double time = times_[observed_.size()];
            if (backwards_ ? time < end_ : time > end_) break;
            double weights[most_stages];
            for (int s = 0; s < m_.dense_stages; ++s) weights[s] = m_.weight(s, (time - t_) / h_);
            const Var z = time == end_ ? next_ : combined(z_, weights, h_, m_.dense_stages);
            require_finite(z);
            observe(z);
        }
        first_ = k_.back();  // the last stage is f(t⁺, z⁺), be it the method's or the interpolant's
        z_ = next_;
        ++statistics_.accepted;
    }

    void show(double error, bool kept) const {
        if (options_.on_step) options_.on_step({t_, h_, error, kept});
    }

    void choose_steps(double t0, double t1) {
        if (!tape_.evaluating())
            fail(at_, {.what = "solve: adaptive steps on a tape that only notes operations",
                       .got = ".gradient = ode::direct, steps = 0",
                       .expected = "numbers to choose the steps by",
                       .fix = ".steps = 100, or .gradient = ode::discrete, which chooses its steps when it is run"});
        tape_.taint(at_);
        Clock clock(t0, t1, timing_of(options_));
        first_ = evaluate(t0, z_);
        if (!is_finite(first_)) stop(Status::bad_start, clock);
        if (clock.wants_first_step()) choose_first_step(clock);
        bool unlimited = true;
        while (clock.next()) {
            const Tape::Mark mark = tape_.mark();
            take(clock.t(), clock.end());
            const double error = error_norm();
            unlimited = unlimited && is_rounding(error, options_.rtol);
            const bool kept = clock.judge(error);
            show(error, kept);
            if (kept) {
                keep();
            } else {
                tape_.cut_back(mark);
                ++statistics_.rejected;
            }
        }
        if (clock.status() != Status::ok) stop(clock.status(), clock);
        statistics_.unlimited = unlimited && z_.size() > 0 && options_.max_step >= std::abs(t1 - t0);
        DirectSolves& known = tape_.extension<DirectSolves>();
        if (statistics_.unlimited && (captures_ || (tape_.values()[z0_.index()].active && rests())) &&
            !std::exchange(known.warned, true))
            warn_unlimited(at_);
    }

    bool rests() const { return std::ranges::equal(tape_.view(z_).entries(), tape_.view(z0_).entries()); }

    void choose_first_step(Clock& clock) {
        const Tape::Mark mark = tape_.mark();
        const View z = tape_.view(z_), f = tape_.view(first_);
        const double d0 = norm(z, z, z), d1 = norm(f, z, z), h0 = clock.guess(d0, d1), ahead = clock.ahead(h0);
        const Var slope = evaluate(ahead, sum_of(std::array{z_, affine(first_, ahead < clock.t() ? -h0 : h0, 0)}));
        const Var change = slope - first_;
        clock.choose(h0, d1, norm(tape_.view(change), z, z) / h0);
        tape_.cut_back(mark);
    }

    double error_norm() {  // of h Σ (b_i − b̂_i) k_i
        rates_.clear();
        for (const Var& k : k_) rates_.push_back(tape_.view(k).data);
        error_.resize(z_.size());
        combine(error_.data(), nullptr, rates_.data(), m_.error, h_, m_.stages, error_.size());
        const View z = tape_.view(z_), next = tape_.view(next_);
        statistics_.floor_acted =
            statistics_.floor_acted || scale_floor_acts(z.data, next.data, options_.rtol, options_.atol, z.size());
        return norm({error_.data(), z.shape}, z, next);
    }

    double norm(View x, View z, View z_new) const {
        const double sum = scaled_square_sum(x.data, z.data, z_new.data, options_.rtol, options_.atol, x.size());
        return std::sqrt(sum / static_cast<double>(std::max<Index>(1, x.size())));
    }

    void observe(Var z) {
        Shape row = Shape::of_rank(z.shape().rank() + 1);
        for (int axis = 0; axis < z.shape().rank(); ++axis) row.set(axis + 1, z.shape()[axis]);
        observed_.push_back(reshape(z, row));
    }
    bool is_finite(Var v) const {
        const View numbers = tape_.view(v);
        return !numbers.data || all_finite(numbers.data, numbers.size());
    }
    void require_finite(Var v) const {
        if (!is_finite(v)) fail_to_solve("solve", {Status::not_finite, t_, h_}, options_, at_);
    }
    [[noreturn]] void stop(Status status, const Clock& clock) const {
        fail_to_solve("solve", {status, clock.t(), clock.length(), statistics_.accepted, statistics_.rejected},
                      options_, at_);
    }

    Tape& tape_;
    const FieldRef& field_;
    const Method& m_;
    std::span<const double> times_;
    const SolveOptions& options_;
    Where at_;
    Var z0_, z_, next_, first_;
    bool backwards_ = false, captures_ = false;
    double t_ = 0, end_ = 0, h_ = 0;
    std::vector<Var> k_, observed_;
    std::vector<const Real*> rates_;
    Storage error_;
    Statistics statistics_;
};

}  // namespace

Solution<Var> solve_direct(Tape& tape, const FieldRef& field, Var z0, std::span<const double> times,
                           const SolveOptions& options, Where at) {
    if (tape.view(z0).data) require_start(tape.view(z0), at);
    Direct solve(tape, field, z0, times, options, at);
    const Var z = solve.run();
    DirectSolves& known = tape.extension<DirectSolves>();
    if (known.pass != tape.pass()) known.statistics.clear();
    known.pass = tape.pass();
    return {z, &known.statistics.emplace_back(solve.statistics())};
}

void expect_no_gradient(Tape& tape) { tape.extension<DirectSolves>().warned = true; }

}  // namespace costate::ode
