// ode/solve/eval.cpp — running a solve: steps, observations, stored states
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/kernels/combine.hpp"  // brings: combine, all_finite
#include "ode/solve/operator.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

double time_at(const View& times, Index i) {
    const Index count = times.shape[times.shape.rank() - 1];
    double t = 0;
    for (Index part = times.size() / count; part-- > 0;)  // from the smallest on: their sum is exact
        t += static_cast<double>(times[part * count + i]);
    return t;
}

namespace {

SolveOperands operands_of(const SolvePlan& plan, std::span<const View> in) {
    return {in[0], in.subspan(1, plan.components()), in.subspan(1 + plan.components(), plan.capture_count())};
}

void read_times(const View& times, std::vector<double>& t) {
    t.resize(static_cast<std::size_t>(times.shape[times.shape.rank() - 1]));
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = time_at(times, static_cast<Index>(i));
}

// Writes the observations that lie within each step, by the method's dense output; keeps grid and states.
class Observe : public Watcher {
public:
    Observe(std::span<const double> times, std::span<const MutableView> out, std::vector<double>* grid,
            std::vector<Real>* states, SolveRecord* second, const StepObserver* on_step)
        : times_(times), out_(out), grid_(grid), states_(states), second_(second), on_step_(on_step) {
        backwards_ = times.back() < times.front();
    }

    bool wants_dense(const Step& step) override {
        if (step.first) next_ = 0;
        for (std::size_t i = next_; i < times_.size() && within(i, step); ++i)
            if (times_[i] != step.t && times_[i] != step.end) return true;
        return false;
    }

    void tile_done(Integrator& solver, const Step& step) override {
        for (std::size_t i = next_; i < times_.size() && within(i, step); ++i)
            for (std::size_t c = 0; c < out_.size(); ++c) write(solver, step, i, c);
    }

    void attempted(const StepReport& report) override {
        if (on_step_ && *on_step_) (*on_step_)(report);
    }

    bool accepted(Integrator& solver, const Step& step) override {
        const std::size_t before = next_;
        while (next_ < times_.size() && within(next_, step)) ++next_;
        const std::size_t total = static_cast<std::size_t>(solver.total()), n = static_cast<std::size_t>(step.n) + 1;
        if (grid_) grid_->push_back(step.end);
        if (states_) {
            if (states_->size() < (n + 1) * total) states_->resize((n + 1) * total);
            for (std::size_t c = 0; c < solver.stages().components(); ++c) {  // the tile's rows, or all of them
                const Index width = solver.stages().width(c), first = grid_ ? 0 : step.row;
                const Index rows = grid_ ? solver.stages().rows() : step.rows;
                std::copy_n(solver.state(c) + first * width, rows * width,
                            states_->data() + n * total + static_cast<std::size_t>(solver.offset(c) + first * width));
            }
        }
        if (step.first && second_ && step.row + step.rows >= solver.stages().rows()) {
            second_->second_t = step.end;
            second_->second_z.assign(solver.state(0), solver.state(0) + out_[0].size() / out_[0].shape[0]);
        }
        return observed_finite(solver, step, before);
    }

private:
    bool within(std::size_t i, const Step& step) const {
        return backwards_ ? times_[i] >= step.end : times_[i] <= step.end;
    }

    void write(Integrator& solver, const Step& step, std::size_t i, std::size_t c) {
        const Method& m = solver.method();
        const Index width = solver.stages().width(c), count = step.rows * width;
        Real* out = place(solver, step, i, c);
        const Real* z = solver.state(c) + step.row * width;
        if (times_[i] == step.end) {
            std::copy_n(solver.new_state(c) + step.row * width, count, out);
        } else if (times_[i] == step.t) {
            std::copy_n(z, count, out);
        } else {
            double weights[most_stages];
            const double theta = (times_[i] - step.t) / step.h;
            for (int s = 0; s < m.dense_stages; ++s) weights[s] = m.weight(s, theta);
            combine(out, z, solver.rates(c), weights, step.h, m.dense_stages, count);
        }
    }

    Real* place(const Integrator& solver, const Step& step, std::size_t i, std::size_t c) const {
        return out_[c].data + (static_cast<Index>(i) * solver.stages().rows() + step.row) * solver.stages().width(c);
    }

    // The states of a kept step are finite; what lies between them need not be, where its extra stage is not.
    bool observed_finite(const Integrator& solver, const Step& step, std::size_t begin) const {
        const Index row = grid_ ? 0 : step.row, rows = grid_ ? solver.stages().rows() : step.rows;
        const Step whole{step.t, step.end, step.h, step.first, step.n, row, rows};
        for (std::size_t i = begin; i < next_; ++i)
            for (std::size_t c = 0; c < out_.size(); ++c)
                if (times_[i] != step.end && times_[i] != step.t &&
                    !all_finite(place(solver, whole, i, c), rows * solver.stages().width(c)))
                    return false;
        return true;
    }

    std::span<const double> times_;
    std::span<const MutableView> out_;
    bool backwards_ = false;
    std::size_t next_ = 0;
    std::vector<double>* grid_;
    std::vector<Real>* states_;
    SolveRecord* second_;  // where the end of the first step is kept
    const StepObserver* on_step_;
};

SolveRecord& record_of(const View& token, const Evaluation& e) {
    return e.objects.at<SolveRecord>(static_cast<std::size_t>(token[0]));
}

// The forward solve: observations into `out`, one for each component; steps and states into the record.
void run_solve(const SolvePlan& plan, SolveMemory& w, SolveRecord& record, const SolveRecord* steps_of,
               const SolveOperands& x, std::span<const MutableView> out, Where where) {
    const SolveOptions& options = plan.options;
    read_times(x.times, w.times);
    require_times(w.times, options, where);
    const double t0 = w.times.front(), t1 = w.times.back();
    Integrator& solver = w.integrator;
    w.stages.prepare(plan, x.captures, 1);
    solver.prepare(w.stages, options.method, false);
    if (!is_resolved(t0, t1) && plan.uses_time())
        fail_to_solve("solve", {Status::clock_too_coarse, t0, t1 - t0}, options, where);
    for (std::size_t c = 0; c < x.z0.size(); ++c) {
        require_start(x.z0[c], where);
        solver.set_state(c, x.z0[c].data);
    }
    for (std::size_t c = 0; c < record.first_rate.size(); ++c) solver.set_first_rate(c, record.first_rate[c].data);

    const bool known = steps_of || options.steps > 0, keeps = options.gradient == discrete;
    std::vector<Real>& states = record.trajectory;
    states.resize(keeps ? static_cast<std::size_t>(solver.total()) : 0);
    for (std::size_t c = 0; c < x.z0.size(); ++c) {
        const Index entries = x.z0[c].size();
        if (keeps) std::copy_n(x.z0[c].data, entries, states.data() + solver.offset(c));
        for (Index i = 0; i < out[c].shape[0] && t0 == t1; ++i)  // times that are all the same: no step is taken
            std::copy_n(x.z0[c].data, entries, out[c].data + i * entries);
    }

    record.statistics = {};
    record.statistics.evaluations = record.first_rate.empty() ? 0 : 1;
    record.second_z.clear();
    Observe observe(w.times, out, known ? nullptr : &record.grid, keeps ? &states : nullptr,
                    record.first_rate.empty() ? nullptr : &record, record.on_step);
    Status status = Status::ok;
    if (known) {
        if (steps_of)
            record.grid = steps_of->grid;
        else
            equal_grid(record.grid, t0, t1, t0 == t1 ? 0 : options.steps);
        if (keeps) states.resize(record.grid.size() * static_cast<std::size_t>(solver.total()));
        status = solver.follow(record.grid, observe);
    } else {
        record.grid.assign(1, t0);
        Clock clock(t0, t1, timing_of(options));
        if (t0 != t1) status = solver.adapt(clock, {options.rtol, options.atol}, false, observe);
    }
    if (status != Status::ok) fail_to_solve("solve", solver.stopped(status), options, where);
    record.statistics.evaluations += solver.counts().evaluations;
    record.statistics.accepted = solver.counts().accepted;
    record.statistics.rejected = solver.counts().rejected;
    record.statistics.floor_acted = solver.counts().floor_acted;
    record.statistics.unlimited =
        !known && t0 != t1 && solver.total() > 0 && options.max_step >= std::abs(t1 - t0) && solver.counts().unlimited;
}

void warn_once(SolveMemory& memory, Where where) {
    if (!std::exchange(memory.warned, true)) warn_unlimited(where);
}

}  // namespace

void Solve::eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation& e) const {
    const SolvePlan& p = e.plan<SolvePlan>(plan);
    SolveRecord& record = e.objects.at<SolveRecord>(e.object);
    const SolveRecord* steps = takes_steps ? &record_of(in.back(), e) : nullptr;
    SolveMemory& memory = e.memory.of<SolveMemory>(e.plans[plan]);
    memory.stages.set_finite_check(e.finite_check);
    if (steps && steps->statistics.unlimited) warn_once(memory, where);  // a tangent
    run_solve(p, memory, record, steps, operands_of(p, in), out.first(p.components()), where);
    if (steps) record.statistics.unlimited = steps->statistics.unlimited;
    out.back()[0] = static_cast<Real>(e.object);
}

void SolveVjp::eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation& e) const {
    const SolvePlan& p = e.plan<SolvePlan>(plan);
    const std::size_t n = p.components(), token = 1 + n + p.capture_count();
    SolveRecord& record = record_of(in[token], e);
    SolveMemory& memory = e.memory.of<SolveMemory>(e.plans[plan]);
    memory.stages.set_finite_check(e.finite_check);
    read_times(in[0], memory.times);
    if (record.statistics.unlimited && p.part == Part::reverse) warn_once(memory, where);
    const Pull pull{p,
                    record,
                    memory,
                    operands_of(p, in),
                    in.subspan(token + 1, n),
                    in.subspan(token + 1 + n, n),
                    out.first(n),
                    out.subspan(n),
                    where};
    p.part == Part::adjoint ? pull_backsolve(pull) : pull_discrete(pull);
}

}  // namespace costate::ode
