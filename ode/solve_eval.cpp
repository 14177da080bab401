// ode/solve_eval.cpp — running a solve: steps, observations, stored states
#include <algorithm>
#include <cmath>

#include "core/combine.hpp"  // brings: combine
#include "ode/solve_op.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

SolveOperands operands_of(const SolvePlan& plan, std::span<const View> in) {
    const std::size_t n = plan.field->components();
    return {in[0], in.subspan(1, n), in.subspan(1 + n, plan.field->captures())};
}

void read_times(const SolvePlan& plan, const View& times, std::vector<double>& t) {
    const Index count = times.shape[times.shape.rank() - 1];
    t.resize(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i)
        t[static_cast<std::size_t>(i)] =
            static_cast<double>(times[i]) + (plan.times_are_vars ? 0.0 : static_cast<double>(times[count + i]));
}

namespace {

// Writes the observations that lie within each step, by the method's dense output; keeps grid and states.
class Observe : public Watcher {
public:
    Observe(std::span<const double> times, std::span<const MutableView> out, int derivative, std::vector<double>* grid,
            std::vector<Real>* states)
        : times_(times), out_(out), derivative_(derivative), grid_(grid), states_(states) {
        backwards_ = times.back() < times.front();
    }

    std::function<void(double, const Real*)> after_first;

    bool wants_dense(const Step& step) override {
        if (step.first) next_ = 0;
        if (derivative_ > 0) return true;
        for (std::size_t i = next_; i < times_.size() && within(i, step); ++i)
            if (times_[i] != step.t && times_[i] != step.end) return true;
        return false;
    }

    void tile_done(Integrator& solver, const Step& step) override {
        for (std::size_t i = next_; i < times_.size() && within(i, step); ++i)
            for (std::size_t c = 0; c < out_.size(); ++c) write(solver, step, i, c);
    }

    void accepted(Integrator& solver, const Step& step) override {
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
        if (step.first && after_first && step.row + step.rows >= solver.stages().rows())
            after_first(step.end, solver.state(0));
    }

private:
    bool within(std::size_t i, const Step& step) const {
        return backwards_ ? times_[i] >= step.end : times_[i] <= step.end;
    }

    void write(Integrator& solver, const Step& step, std::size_t i, std::size_t c) {
        const Method& m = solver.method();
        const Index width = solver.stages().width(c), count = step.rows * width;
        Real* out = out_[c].data + (static_cast<Index>(i) * solver.stages().rows() + step.row) * width;
        const Real* z = solver.state(c) + step.row * width;
        if (derivative_ == 0 && times_[i] == step.end) {
            std::copy_n(solver.new_state(c) + step.row * width, count, out);
        } else if (derivative_ == 0 && times_[i] == step.t) {
            std::copy_n(z, count, out);
        } else {
            double weights[16];
            const double theta = (times_[i] - step.t) / step.h;
            for (int s = 0; s < m.dense_stages; ++s) weights[s] = m.weight(s, theta, derivative_);
            combine(out, derivative_ == 0 ? z : nullptr, solver.rates(c), weights, std::pow(step.h, 1 - derivative_),
                    m.dense_stages, count);
        }
    }

    std::span<const double> times_;
    std::span<const MutableView> out_;
    int derivative_;
    bool backwards_ = false;
    std::size_t next_ = 0;
    std::vector<double>* grid_;
    std::vector<Real>* states_;
};

void equal_steps(std::vector<double>& grid, double t0, double t1, int steps) {
    grid.resize(static_cast<std::size_t>(steps) + 1);
    for (int n = 0; n <= steps; ++n) grid[static_cast<std::size_t>(n)] = t0 + n * (t1 - t0) / steps;
    grid.back() = t1;
}

}  // namespace

Stages& prepare_stages(const SolvePlan& plan, SolveWorkspace& w, const SolveRecord& record, Part part,
                       std::span<const View> captures, int sets) {
    const int stages = plan.options.method.dense_stages;
    if (plan.field->tainted) {
        w.tainted_stages.prepare(*plan.field, part, record.tainted, captures, stages, sets);
        return w.tainted_stages;
    }
    ProgramStages& programs = part == Part::forward   ? w.forward_stages
                              : part == Part::reverse ? w.reverse_stages
                                                      : w.adjoint_stages;
    programs.prepare(*plan.field, part, captures, stages, sets, !plan.options.tiles);
    return programs;
}

void run_solve(const SolvePlan& plan, SolveWorkspace& w, SolveRecord& record, const SolveRecord* steps_of,
               const SolveOperands& x, int derivative, std::span<const MutableView> out) {
    const SolveOptions& options = plan.options;
    read_times(plan, x.times, w.times);
    const double t0 = w.times.front(), t1 = w.times.back();
    Integrator& solver = w.integrator;
    solver.prepare(prepare_stages(plan, w, record, Part::forward, x.captures, 1), options.method, false);
    for (std::size_t c = 0; c < x.z0.size(); ++c) solver.set_state(c, x.z0[c].data);
    for (std::size_t c = 0; c < record.first_rate.size(); ++c) solver.set_first_rate(c, record.first_rate[c].data);

    const bool known = steps_of || options.steps > 0, keeps = options.gradient == Gradient::discrete;
    std::vector<Real>& states = record.trajectory;
    states.resize(keeps ? static_cast<std::size_t>(solver.total()) : 0);
    for (std::size_t c = 0; c < x.z0.size(); ++c) {
        const Index entries = x.z0[c].size();
        if (keeps) std::copy_n(x.z0[c].data, entries, states.data() + solver.offset(c));
        for (Index i = 0; i < out[c].shape[0] && t0 == t1; ++i)  // times that are all the same: no step is taken
            std::copy_n(x.z0[c].data, entries, out[c].data + i * entries);
    }

    record.run = (record.run + 1) % (1 << 20);
    record.statistics = {};
    record.statistics.forward_evaluations = record.first_rate.empty() ? 0 : 1;
    if (plan.field->tainted) {
        record.statistics.recorded_every_time = plan.field->tainted->where.file;
        record.statistics.recorded_line = plan.field->tainted->where.line;
    }
    Observe observe(w.times, out, derivative, known ? nullptr : &record.grid, keeps ? &states : nullptr);
    observe.after_first = record.second_recording;
    if (known) {
        if (steps_of && steps_of != &record)
            record.grid = steps_of->grid;
        else if (!steps_of)
            equal_steps(record.grid, t0, t1, t0 == t1 ? 0 : options.steps);
        if (keeps) states.resize(record.grid.size() * static_cast<std::size_t>(solver.total()));
        solver.follow(record.grid, observe);
    } else {
        record.grid.assign(1, t0);
        StepSize size(options.control, options.method.embedded_order);
        Integrator::Adaptive adaptive{{options.rtol, options.atol}, options.max_steps, options.first_step};
        const Outcome outcome = solver.adapt(t0, t1, size, adaptive, observe);
        if (outcome != Outcome::done) fail_to_solve(plan, outcome, solver, "solve");
    }
    record.statistics.forward_evaluations += solver.counts().evaluations;
    record.statistics.accepted = solver.counts().accepted;
    record.statistics.rejected = solver.counts().rejected;
}

void Solve::eval(std::span<const View> in, std::span<const MutableView> out, Resources& r) const {
    const SolvePlan& p = *static_cast<const SolvePlan*>(r.plans[plan].get());
    SolveWorkspace& w = r.state<SolveWorkspace>(p.workspace);
    const SolveRecord* steps = steps_of == own ? nullptr : &r.state<SolveRecord>(steps_of);
    SolveRecord& result = r.state<SolveRecord>(record);
    if (steps && p.field->tainted) result.tainted = steps->tainted;
    run_solve(p, w, result, steps, operands_of(p, in), static_cast<int>(derivative), out.first(p.field->components()));
    out.back()[0] = static_cast<Real>(result.run);
}

void SolveVjp::eval(std::span<const View> in, std::span<const MutableView> out, Resources& r) const {
    const SolvePlan& p = *static_cast<const SolvePlan*>(r.plans[plan].get());
    SolveWorkspace& w = r.state<SolveWorkspace>(p.workspace);
    const SolveOperands x = operands_of(p, in);
    read_times(p, x.times, w.times);
    const std::size_t n = x.z0.size(), at = 1 + n + x.captures.size() + 1;
    const std::size_t c_bars = p.field->source.differentiable_count();
    SolveRecord& solved = r.state<SolveRecord>(record);
    const int run = static_cast<int>(in[at - 1][0]);
    if (run != solved.run && p.options.gradient == Gradient::discrete) {
        if (steps_of != Solve::own && p.options.steps == 0)
            fail({.what = "solve: second derivatives through an adaptive solve within another solve's field",
                  .got = "a tangent solve whose steps belong to another stage",
                  .expected = "known steps, or another route",
                  .fix = "give the inner solve .steps, or .gradient = ode::backsolve or ode::direct"},
                 p.where);
        w.again.clear();
        for (std::size_t c = 0; c < n; ++c) w.again.emplace_back(in[at + c].shape);
        std::vector<MutableView> observed;
        for (Tensor& t : w.again) observed.push_back(t.view());
        run_solve(p, w, solved, nullptr, x, static_cast<int>(derivative), observed);
        solved.run = run;
    }
    const Pull pull{p,
                    solved,
                    w,
                    x,
                    in.subspan(at, n),
                    in.subspan(at + n, n),
                    derivative,
                    out.first(n),
                    out.subspan(n, c_bars),
                    p.times_are_vars ? out[n + c_bars] : MutableView{},
                    solved.statistics};
    p.options.gradient == Gradient::backsolve ? pull_backsolve(pull) : pull_discrete(pull);
}

void fail_to_solve(const SolvePlan& plan, Outcome outcome, const Integrator& solver, const char* what) {
    const std::string t = number_text(solver.failed_t()), h = number_text(solver.failed_h());
    const std::string counts = std::to_string(solver.counts().accepted) + " steps accepted, " +
                               std::to_string(solver.counts().rejected) + " rejected";
    if (outcome == Outcome::too_many_steps)
        fail({.what = std::string(what) + ": too many steps, stopped at t = " + t,
              .got = counts + "; the next step would be " + h,
              .expected = "at most " + std::to_string(plan.options.max_steps) + " (max_steps)",
              .likely = "a stiff problem, tolerances tighter than the arithmetic allows, or a very long time",
              .fix = "raise max_steps, loosen rtol and atol, or look at the solution near t"},
             plan.where);
    if (outcome == Outcome::not_finite)
        fail({.what = std::string(what) + ": the field is not finite at t = " + t,
              .got = counts,
              .expected = "a finite rate at the start",
              .fix = "look at z0 and the parameters; tape.set_finite_check(true) names the operation"},
             plan.where);
    fail({.what = std::string(what) + ": the step shrank to nothing at t = " + t,
          .got = "h = " + h + "; " + counts,
          .expected = "a step that moves t",
          .likely = "the solution blows up here, or the field has a jump or is not finite",
          .fix = "plot z near t; loosen rtol; more max_steps will not help"},
         plan.where);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
