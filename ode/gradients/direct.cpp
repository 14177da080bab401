// ode/gradients/direct.cpp — backpropagation through the solver: the step's equations written in Vars
//   Z_i = z + h Σ_j a_ij k_j,   k_i = f(t + c_i h, Z_i)        z⁺ = z + h Σ_i b_i k_i                       ode (1), (2)
//   p(θ) = z + h Σ_i b_i(θ) k_i                                                                           ode (6)
// and those of ode/methods/reversible_heun.hpp (a) and ode/methods/asynchronous_leapfrog.hpp (a).
// An adaptive solve looks at the error of each step and cuts a rejected one off the tape again. So it reads numbers: what is
// recorded after it may depend on them, and no Program may replay it (it would freeze the steps).
// memory   O(steps · operations): nothing is recomputed, everything is kept. To study, and for short solves.
#include "ode/gradients/direct.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/combine.hpp"            // brings: scaled_square_sum, scale_floor_acts, all_finite
#include "ode/field/record.hpp"                // brings: call_field, require_rate
#include "ode/gradients/direct_equations.hpp"  // brings: DirectEquations
#include "ode/gradients/pull.hpp"              // brings: require_on_ends
#include "ode/steps/check.hpp"                 // brings: to_failure, outcome_of, require_mass
#include "ode/steps/observations.hpp"          // brings: Observations
#include "ode/steps/walk.hpp"                  // brings: Walk, Clock

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct Warned {  // once for a tape
    bool already = false;
};

class Direct {  // a walk's state (ode/steps/walk.hpp)
public:
    Direct(Tape& tape, const FieldRef& field, Var z0, std::span<const Number> times, const SolveOptions& options,
           Where at)
        : tape_(tape),
          field_(field),
          m_(options.method),
          times_(times),
          options_(options),
          at_(at),
          z0_(z0),
          z_(affine(z0, 1, 0)),  // a Var of its own: the field may capture z0
          k_(options.method.dense_stages),
          equations_(
              tape, options, [this](Var t, Var z) { return m_.is_additive() ? share(t, z, true) : evaluate(t, z); },
              statistics_) {}

    Var run() {
        if ((!options_.known_steps() || m_.implicit()) && times_.front() != times_.back()) allow_choice();
        require_tolerances(options_, z_.shape(), at_);
        const bool is_of_all = std::ssize(options_.mass.numbers()) == z_.size() * z_.size();
        require_mass(options_, is_of_all ? z_.size() : z_.shape().row_size(), false, at_);
        Clock clock(times_.front(), times_.back(), timing_in_vars(options_, ListOfTimes::of(times_)));
        Walk walk(*this, clock);
        walk.watch(options_.on_step);
        Observations seen(times_, times_.size());
        for (std::size_t i = 0; i < seen.begin(); ++i) observe(z0_);
        if (!clock.on_grid() && !clock.arrived()) walk.start();
        const auto is_dense = [&](const Interval& s) {
            seen.enter(s);
            return seen.are_dense(s);
        };
        while (clock.status() == Status::ok && walk.attempt(is_dense, [](const auto&, const Interval&) {})) {
            if (!clock.kept()) continue;
            for (std::size_t i = seen.begin(); i < seen.end(); ++i)
                if (!observe(state_at(times_[i], clock.step()))) clock.stop(Status::not_finite);
            seen.leave();
        }
        if (clock.status() != Status::ok) fail_at(clock);
        clock.report(statistics_);
        look_for_limits(clock);
        return concatenate(observed_, 0, at_);
    }

    const Statistics& statistics() const { return statistics_; }

    const Method& method() const { return m_; }
    void begin_attempt(const Interval& s) {
        first(s.first);
        if (std::exchange(at_start_, false)) k_[0] = evaluate(s.first, z_), has_begun_ = true;
        converged_ = true;
        mark_ = tape_.mark();
    }
    void reject() { tape_.cut_back(mark_); }
    template <class Attempt>
    void each_tile(const Attempt& attempt) {
        attempt.all(*this, AnyTable{m_});
    }
    void count(int) {}  // evaluate does
    bool awaits_start() const { return options_.has_mass() && k_[0].is_zero() && !(m_.is_linear() && has_begun_); }
    bool consistent() const { return !equations_.inconsistency().found; }
    void first(Number t, Number reach = 0) {
        if (!k_[0].is_zero()) return;
        hat_ = z_;
        at_start_ = awaits_start() && m_.is_linear();
        k_[0] = awaits_start() ? equations_.first_rate(t, reach, z_) : evaluate(t, z_);
    }
    bool evaluate_first(Number t, Number reach) { return first(t, reach), is_finite(k_[0]) && consistent(); }
    void form(const AnyTable& table, int i, const Interval& s) {
        if (m_.start_of_block(i) != i) return;
        if (m_.is_equation(i) && !m_.is_linear()) return solve_block(i, s);
        const Var base = m_.pair == Pair::states ? mirrored(z_, hat_) : z_;
        (i == m_.last ? asked_ : trial_) = combined(base, table.method.a + i * m_.dense_stages, s.h, i);
        if (i == m_.last && m_.pair != Pair::states) next_ = asked_;
        if (m_.is_equation(i)) converged_ = converged_ && equations_.solve_linear(i, s, z_, trial_, k_);
    }
    void evaluate(const AnyTable&, int i, Number t) {
        if (m_.mirrors(i))
            k_[i] = mirrored(k_[i - 1], k_[0]);
        else if (!m_.is_equation(i))
            k_[i] = evaluate(t, i == m_.last ? asked_ : trial_);
    }
    void form_next(const AnyTable& table, const Interval& s) { next_ = combined(z_, table.method.b, s.h, m_.stages); }
    void finish(const AnyTable&, const Interval& s, bool chosen) {  // the error, as numbers
        if (!chosen) return;
        rates_.clear();
        for (int i = 0; i < m_.stages; ++i) rates_.push_back(tape_.view(k_[i]).data);
        const View z = tape_.view(z_), next = tape_.view(next_);
        statistics_.floor_acted =
            statistics_.floor_acted || scale_floor_acts(z.data, next.data, options_.rtol, options_.atol, z.size());
        scaled_error_ = joint_error(m_, norm_of(m_.error, s.h), norm_of(m_.second_error, s.h));
    }
    void compare_last(const AnyTable&, Apart& apart) const {
        const View before = tape_.view(trial_), z = tape_.view(next_);
        apart.add(tape_.view(k_[0]).data, tape_.view(k_[m_.last]).data, tape_.view(k_[m_.last - 1]).data, z.data,
                  before.data, z.size(), [&](Index i) { return unit_of(z[i], i, options_.rtol, options_.atol); });
    }
    Number error() const { return converged_ ? scaled_error_ : HUGE_VAL; }
    bool is_finite() const { return converged_ && is_finite(next_); }
    bool converged() const { return converged_; }
    void hand_on(bool with_rate) {
        z_ = next_;
        hat_ = asked_;
        k_[0] = with_rate ? k_[m_.last] : Var{};
    }
    void forget_first() { k_[0] = {}, has_begun_ = false; }
    Number size() { return norm(tape_.view(z_), tape_.view(z_), tape_.view(z_)); }
    Number rate_size() { return norm(tape_.view(k_[0]), tape_.view(z_), tape_.view(z_)); }
    Number euler(Number h, Number t) {
        if (options_.has_mass()) return 0;  // f is not a rate
        const Tape::Mark mark = tape_.mark();
        const Var change = evaluate(t, sum_of(std::array{z_, affine(k_[0], h, 0)})) - k_[0];
        const Number size = norm(tape_.view(change), tape_.view(z_), tape_.view(z_));
        tape_.cut_back(mark);
        return size;
    }

private:
    Var evaluate(Number t, Var z) { return evaluate(tape_.constant(t), z); }
    Var evaluate(Var t, Var z) {
        const std::size_t values = tape_.values().size(), operands = tape_.operands().size();
        const Var rate = call_field(tape_, field_, t, z, "calling the field of the solve", at_);
        require_rate(rate, z.shape(), at_);
        if (statistics_.evaluations++ == 0) look_at(tape_.operands().subspan(operands), t, z, values);
        return tape_.bring(rate, at_);
    }

    // One half of an additive method's field: all is stiff where there is but one.
    Var share(Var t, Var z, bool stiff) {
        FieldRef::Shares shares;
        const Var rate = call_field(tape_, field_, t, z, "calling the field of the solve", at_, &shares);
        ++statistics_.evaluations;
        if (stiff) return tape_.bring(shares.stiff.is_zero() ? rate : shares.stiff, at_);
        return shares.rest.is_zero() ? Var{} : tape_.bring(shares.rest, at_);
    }

    // What the field's first call reads: t, which then must be told apart, and Vars that were there before.
    void look_at(std::span<const std::uint32_t> read, Var t, Var z, std::size_t before) {
        for (std::uint32_t v : read) {
            captures_ = captures_ || (v < before && v != z.index() && tape_.values()[v].active);
            if (v == t.index() && !is_resolved(times_.front(), times_.back()))
                fail_unresolved(times_.front(), times_.back(), options_, at_);
        }
    }

    // Stage i, which is an equation, and those that are one system with it.
    void solve_block(int i, const Interval& s) {
        const int end = m_.end_of_block(i);
        std::vector<Var> base, Z(static_cast<std::size_t>(end - i));
        for (int p = i; p < end; ++p) base.push_back(combined(z_, m_.a + p * m_.dense_stages, s.h, i));
        if (m_.is_additive()) {
            if (i == 1) rest_.assign(1, share(tape_.constant(s.first), z_, false));
            for (int j = 0; j < i; ++j)
                if (const Number d = m_.difference[i * m_.dense_stages + j]; d != 0 && !rest_[j].is_zero())
                    base[0] = base[0] + affine(rest_[j], s.h * d, 0);
        }
        const Var guess = m_.is_additive() ? k_[i - 1] - rest_[i - 1] : k_[i - 1];
        converged_ = equations_.solve(i, s, z_, base, guess, std::span(k_).subspan(i, Z.size()), Z) && converged_;
        if (m_.is_additive()) k_[i] = k_[i] + rest_.emplace_back(share(tape_.constant(s.at(m_.c[i])), Z[0], false));
        if (i <= m_.last && m_.last < end) next_ = asked_ = Z[static_cast<std::size_t>(m_.last - i)];
    }

    // base + h Σ_i a_i k_i, in the order of i
    Var combined(Var base, const Number* a, Number h, int terms) {
        const std::span<Var> sum = tape_.list(terms + 1);
        sum[0] = base;
        for (int i = 0; i < terms; ++i)
            if (a[i] != 0) sum[i + 1] = affine(k_[i], h * a[i], 0);
        return sum_of(sum);
    }

    Var state_at(Number time, const Interval& s) {
        if (time == s.end) return next_;
        require_on_ends(true, s, options_, at_);
        return combined(z_, m_.weights((time - s.t) / s.h).data(), s.h, m_.dense_stages);
    }

    void allow_choice() {
        if (!tape_.evaluating())
            fail(at_, {.what = m_.implicit() ? "solve: an implicit method on a tape that only notes operations"
                                             : "solve: adaptive steps on a tape that only notes operations",
                       .got = text(".gradient = ode::direct, .method = ode::", m_.name, ", steps = ", options_.steps),
                       .expected = "numbers to choose the steps by, or to solve the stages",
                       .fix = ".gradient = ode::discrete, which does both when it is run; or .steps = 100 with an "
                              "explicit method"});
        tape_.taint(at_);
    }

    void fail_at(const Clock& clock) {
        Outcome outcome = outcome_of(clock);
        if (const View z = tape_.view(z_); z.data) outcome.tell(z.data, z.size());
        if (outcome.status == Status::inconsistent) outcome.tell(equations_.inconsistency());
        fail(at_, to_failure("solve", outcome, options_));
    }

    void look_for_limits(const Clock& clock) {
        statistics_.unlimited = only_span_limits(clock, z_.size(), times_.back() - times_.front(), options_);
        if (statistics_.unlimited && (captures_ || (tape_.values()[z0_.index()].active && rests())) &&
            !std::exchange(tape_.extension<Warned>().already, true))
            warn_unlimited(at_);
    }

    bool rests() const { return std::ranges::equal(tape_.view(z_).entries(), tape_.view(z0_).entries()); }

    Number norm_of(const Number* error, Number h) {  // h Σ (b_i − b̂_i) k_i; 0 where there is no such row
        if (!error) return 0;
        error_.resize(z_.size());
        combine(error_.data(), nullptr, rates_.data(), error, h, m_.stages, error_.size());
        return norm({error_.data(), z_.shape()}, tape_.view(z_), tape_.view(next_));
    }
    Number norm(View x, View z, View z_new) {
        if (!options_.measures_alike()) return measured(x.data, z.data, z_new.data, x.size());
        const Number sum = scaled_square_sum(x.data, z.data, z_new.data, options_.rtol, options_.atol, x.size());
        return std::sqrt(sum / static_cast<Number>(std::max<Index>(1, x.size())));
    }

    Number measured(const Real* x, const Real* z, const Real* z_new, Index n) {  // by the user's norm and tolerances
        return options_.norm.finite(ScaledErrors(n, [&](Index i) {
            return error_over_scale(x[i], z[i], z_new[i], options_.rtol.of(i), options_.atol.of(i),
                                    statistics_.floor_acted);
        }));
    }

    bool observe(Var z) {
        observed_.push_back(reshape(z, Shape{1}.joined(z.shape())));
        return is_finite(z);
    }
    bool is_finite(Var v) const {
        const View numbers = tape_.view(v);
        return !numbers.data || all_finite(numbers.data, numbers.size());
    }

    Tape& tape_;
    const FieldRef& field_;
    const Method& m_;
    std::span<const Number> times_;
    const SolveOptions& options_;
    Where at_;
    Var z0_, z_, next_, trial_;  // next_: z⁺; trial_: Z of another stage
    Var hat_, asked_;            // where f is asked: at the step's start and at its end, z and z⁺ or ẑ and ẑ⁺
    bool captures_ = false;
    Statistics statistics_;
    std::vector<Var> k_, observed_, rest_;  // the last: of an additive method its other half's rates
    DirectEquations equations_;             // of an implicit method
    bool converged_ = true, has_begun_ = false, at_start_ = false;  // the last: k_0 is y', where M and a step want f
    Tape::Mark mark_;
    std::vector<const Real*> rates_;
    Storage error_;
    Number scaled_error_ = 0;
};

}  // namespace

Solution<Var> solve_direct(Tape& tape, const FieldRef& field, Var z0, std::span<const Number> times,
                           const SolveOptions& options, Where at) {
    if (tape.view(z0).data) require_start(tape.view(z0), at);
    Direct solve(tape, field, z0, times, options, at);
    const Var z = solve.run();
    return kept_by(tape, z, solve.statistics());
}

void expect_no_gradient(Tape& tape) { tape.extension<Warned>().already = true; }

}  // namespace costate::ode
