#include "ode/multistep/nordsieck_adjoint.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/kernels/combine.hpp"  // brings: scale_add
#include "ode/batch/gauss.hpp"       // brings: gauss_legendre

namespace costate::ode::inline COSTATE_PRECISION {

NordsieckOptions steps_by(const SolveOptions& o) {
    return {.method = o.method.implicit() ? bdf : adams,
            .rtol = o.rtol,
            .atol = o.atol,
            .most_order = o.method.order,
            .first_step = o.first_step,
            .max_step = o.max_step,
            .min_step = o.min_step,
            .max_steps = o.max_steps,
            .step_t = o.step_t,
            .jump_t = o.jump_t,
            .norm = o.norm};
}

NordsieckSteps steps_of_batch(NordsieckMemory& memory, const NordsieckOptions& options, std::span<const Real> y,
                              Number from, Number to) {
    const Index size = nordsieck_size(adams, options.highest(), std::ssize(y));  // the field solves its systems itself
    memory.work.resize(static_cast<std::size_t>(size));
    return NordsieckSteps(memory.field, y, {from, to}, options, memory.work);
}

namespace {

class Backwards {
public:
    explicit Backwards(const Pull& p) : p_(p) {
        const bool along = options_.gradient.keeps_curve;
        Curve& curve = p.record.curve;
        if (along && p.record.grid.size() > 1) curve.open(p.record.grid, 0, p.record.grid.size() - 1);
        memory_.field.prepare(p.plan, p.x.captures, stages_, along ? &curve : nullptr);
        stages_.clear(0);
        memory_.y.assign(static_cast<std::size_t>(2 * n_), 0);  // adjoint (2)
    }

    void run() {
        statistics_.backward_evaluations = statistics_.backward_accepted = statistics_.backward_rejected = 0;
        statistics_.parameter_vjps = 0;
        std::size_t last = times_.size();
        while (last > 0 && !is_observed(last - 1)) --last;
        Number t = last > 0 ? times_[last - 1] : times_[0];
        for (std::size_t i = last; i-- > 0;) {
            if (i > 0 && !is_observed(i)) continue;
            while (t != times_[i]) t = solve_back(t, times_[i]);
            take_up(i);
        }
        stages_.finish_into(p_.capture_bars, 0);
        std::copy_n(a(), n_, p_.z_bars[0].data);
    }

private:
    Real* a() { return memory_.y.data() + n_; }
    const Real* cotangent(std::size_t i) const { return p_.x.w[0].data + static_cast<Index>(i) * n_; }
    bool is_observed(std::size_t i) const {
        return std::any_of(cotangent(i), cotangent(i) + n_, [](Real w) { return w != 0; });
    }
    void take_up(std::size_t i) {
        std::copy_n(p_.x.observations[0].data + static_cast<Index>(i) * n_, n_, memory_.y.data());  // adjoint (1)
        scale_add(a(), 1, cotangent(i), n_);                                                        // adjoint (4)
    }

    // To the goal, or what is landed on before it.
    Number solve_back(Number t, Number goal) {
        const Number end = options_.jump_t.after(t, options_.step_t.after(t, goal));
        const Interval way = interval_between(t, end, options_.jump_t, times_.front(), times_.back(), time_is_float);
        memory_.field.go(way);
        NordsieckOptions options = steps_by(options_);
        options.step_t = options.jump_t = {};
        NordsieckSteps steps = steps_of_batch(memory_, options, memory_.y, 0, std::abs(way.h));
        while (steps.step()) add_integral(steps);
        std::ranges::copy(steps.z(), memory_.y.begin());
        Outcome outcome = steps.outcome();
        outcome.t = t + memory_.field.direction() * outcome.t;
        outcome.goal = end;
        if (outcome.status != Status::ok) fail_at(outcome);
        statistics_.backward_evaluations += outcome.statistics.evaluations;
        statistics_.backward_accepted += outcome.statistics.accepted;
        statistics_.backward_rejected += outcome.statistics.rejected;
        return end;
    }

    [[noreturn]] void fail_at(const Outcome& outcome) const { fail(p_.where, backwards_failure(outcome, options_)); }

    void add_integral(NordsieckSteps& steps) {  // adjoint (5), of the step that was kept
        if (p_.capture_bars.empty()) return;
        const Interval s = steps.interval();
        const int count = (steps.order() + 1) / 2;
        if (count != count_) gauss_legendre(count_ = count, nodes_, weights_);
        for (int i = 0; i < count; ++i)
            memory_.field.add_sums(s.t + nodes_[i] * s.h, steps.at(nodes_[i]).data(), s.h * weights_[i]);
        statistics_.parameter_vjps += count;
    }

    const Pull& p_;
    const SolveOptions& options_ = p_.plan.options;
    Statistics& statistics_ = p_.record.statistics;
    NordsieckMemory& memory_ = p_.memory.other.as<NordsieckMemory>();
    Stages& stages_ = p_.memory.stages;
    const std::vector<Number>& times_ = p_.memory.times;
    const Index n_ = p_.x.z0[0].size();
    int count_ = 0;
    Number nodes_[most_multistep_order], weights_[most_multistep_order];  // of one step of the last count
};

}  // namespace

void pull_nordsieck(const Pull& p) {
    const Norm& norm = p.plan.options.norm;
    if (norm != rms_norm && norm != max_norm)
        fail(p.where, {.what = "solve_nordsieck: a norm of yours is one of the state, not of state and adjoint",
                       .got = ".norm = a function, and a gradient",
                       .expected = "ode::rms_norm or ode::max_norm",
                       .fix = "tolerances for each component: .atol = {1e-9, 1e-12}"});
    if (p.record.statistics.unlimited && p.memory.warns_first()) warn_unlimited(p.where);
    Backwards(p).run();
}

}  // namespace costate::ode
