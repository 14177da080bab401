// ode/backsolve.cpp — the continuous adjoint (Chen et al. 2018): one solve backwards, memory independent of the steps
//   dz/dt =  f(t, z, c)                      z taken up again from each stored observation                             (1)
//   da/dt = −aᵀ ∂f/∂z                        at each observation  a += w_i = ∂L/∂z(t_i);  at the end  z̄0 = a(t_0)      (2)
//   dg/dt = −aᵀ ∂f/∂c                        g(t_last) = 0;  at the end  c̄ = g(t_0)                                   (3)
//   t̄_i   = ⟨w_i, f(t_i, z(t_i))⟩                                                                                     (4)
// The signs are in ode/field.cpp. g is a quadrature: it takes no part in the stages. It is summed with the step's weights
// as Σ_i h b_i (dg/dt)_i, and by default takes no part in the error norm either. The step size lives on across
// observations: only a jumps there, the first stage is evaluated anew, and no new first step is searched.
// memory   one state and one adjoint, whatever the number of steps: z is not stored but solved backwards, and may drift
//          from the forward solution where the field contracts (ode/adjoint.md shows it).
#include <algorithm>
#include <cmath>

#include "core/combine.hpp"  // brings: scaled_square_sum
#include "ode/solve_op.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

namespace {

class Quadrature : public Watcher {  // (3) and (4)
public:
    Quadrature(const Pull& p, Stages& stages, bool adaptive) : p_(p), stages_(stages), adaptive_(adaptive) {
        full_ = adaptive && p.plan.options.backward_norm == BackwardNorm::full;
    }

    void begin_stretch(Index from_observation) {
        observation_ = from_observation;
        time_bar_ = 0;
    }

    void begin_attempt() override {
        if (!adaptive_) return;
        stages_.clear(1);
        if (full_) stages_.clear(2);
        time_bar_ = 0;
    }

    void stage_done(Integrator& solver, const Step& step, int stage) override {
        if (!stages_.sums_at_once()) return;
        weigh(solver, step);
        stages_.accumulate(solver.place(stage), 1, weights_, adaptive_ ? 1 : 0);
        if (full_) stages_.accumulate(solver.place(stage), 1, errors_, 2);
    }

    void tile_done(Integrator& solver, const Step& step) override {
        if (!stages_.sums_at_once()) {
            weigh(solver, step);
            stages_.accumulate(0, solver.method().stages, weights_, adaptive_ ? 1 : 0);
            if (full_) stages_.accumulate(0, solver.method().stages, errors_, 2);
        }
        if (step.first && p_.time_bars.data) add_time_cotangent(solver, step);
    }

    void accepted(Integrator&, const Step& step) override {
        if (adaptive_) stages_.add_set(1, 0);
        if (step.first && p_.time_bars.data && is_inner()) p_.time_bars[observation_] = static_cast<Real>(time_bar_);
    }

    // The largest mean square among the captures' gradients: torchdiffeq's full norm.
    double extra_error(Integrator&, const Step&) override {
        if (!full_) return 0;
        std::vector<std::vector<Real>> before, after;
        const std::size_t n = p_.capture_bars.size();
        const auto sums_of = [&](int set) {
            stages_.finish(set);
            std::vector<std::vector<Real>> sums;
            for (std::size_t i = 0; i < n; ++i) {
                const View v = stages_.summed(i);
                sums.emplace_back(v.data, v.data + p_.capture_bars[i].size());
            }
            return sums;
        };
        before = sums_of(0);
        after = sums_of(1);
        const std::vector<std::vector<Real>> errors = sums_of(2);
        double largest = 0;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < before[i].size(); ++j) after[i][j] += before[i][j];
            const Index count = static_cast<Index>(errors[i].size());
            const double sum = scaled_square_sum(errors[i].data(), before[i].data(), after[i].data(),
                                                 p_.plan.options.rtol, p_.plan.options.atol, count);
            largest = std::max(largest, sum / static_cast<double>(std::max<Index>(1, count)));
        }
        return largest;
    }

private:
    bool is_inner() const { return observation_ > 0 && observation_ + 1 < p_.time_bars.size(); }

    void weigh(const Integrator& solver, const Step& step) {  // by the stages' places
        const Method& m = solver.method();
        for (int i = 0; i < m.stages; ++i) {
            weights_[solver.place(i)] = step.h * m.b[i];
            errors_[solver.place(i)] = m.error ? step.h * m.error[i] : 0;
        }
    }

    void add_time_cotangent(Integrator& solver, const Step& step) {
        const std::size_t n = p_.x.z0.size();
        for (std::size_t c = 0; c < n; ++c) {
            const Index width = stages_.width(c);
            const Real* f = stages_.rate(c, solver.place(0));
            const Real* w = p_.w[c].data + (observation_ * stages_.rows() + step.row) * width;
            for (Index j = 0; j < step.rows * width; ++j)
                time_bar_ += static_cast<double>(f[j]) * static_cast<double>(w[j]);
        }
    }

    const Pull& p_;
    Stages& stages_;
    bool adaptive_, full_ = false;
    double weights_[16] = {}, errors_[16] = {};
    Index observation_ = 0;  // at which the present stretch began
    double time_bar_ = 0;
};

}  // namespace

void pull_backsolve(const Pull& p) {
    const SolveOptions& options = p.plan.options;
    if (p.derivative > 0)
        fail({.what = "backsolve: second derivatives with respect to observation times",
              .got = "a cotangent of dz/dt at an observation",
              .expected = "first derivatives with respect to times, or any with respect to the rest",
              .fix = "use .gradient = ode::discrete"},
             p.plan.where);
    const std::vector<double>& times = p.workspace.times;
    const std::size_t n = p.x.z0.size();
    const bool adaptive = options.steps == 0, full = options.backward_norm == BackwardNorm::full;
    Stages& stages =
        prepare_stages(p.plan, p.workspace, p.record, Part::adjoint, p.x.captures, adaptive ? (full ? 3 : 2) : 1);
    stages.clear(0);
    Integrator& solver = p.workspace.integrator;
    solver.prepare(stages, options.method, true);
    StepSize size(options.control, options.method.embedded_order);
    Integrator::Adaptive settings{{options.rtol, options.atol}, options.max_steps, options.first_step, full};
    Quadrature quadrature(p, stages, adaptive);
    std::vector<double>& grid = p.workspace.grid;
    if (p.time_bars.data) std::fill_n(p.time_bars.data, p.time_bars.size(), Real(0));

    for (std::size_t c = 0; c < n; ++c) std::fill_n(solver.state(n + c), p.x.z0[c].size(), Real(0));
    for (std::size_t i = times.size(); i-- > 0;) {
        for (std::size_t c = 0; c < n; ++c) {  // (1) z from the observation, (2) the jump of a
            const Index entries = p.x.z0[c].size(), at = static_cast<Index>(i) * entries;
            std::copy_n(p.observations[c].data + at, entries, solver.state(c));
            scale_add(solver.state(n + c), 1, p.w[c].data + at, entries);
        }
        if (i == 0 || times[i] == times[i - 1]) continue;
        solver.forget_first_rate();
        quadrature.begin_stretch(static_cast<Index>(i));
        if (adaptive) {
            const Outcome outcome = solver.adapt(times[i], times[i - 1], size, settings, quadrature);
            if (outcome != Outcome::done) fail_to_solve(p.plan, outcome, solver, "backsolve");
            continue;
        }
        const double share = (times[i] - times[i - 1]) / (times.back() - times.front());
        const int steps = std::max(1, static_cast<int>(std::ceil(options.steps * share - 1e-9)));
        grid.resize(static_cast<std::size_t>(steps) + 1);
        for (int s = 0; s <= steps; ++s)
            grid[static_cast<std::size_t>(s)] = times[i] + s * (times[i - 1] - times[i]) / steps;
        grid.back() = times[i - 1];
        solver.follow(grid, quadrature);
    }
    stages.finish(0);
    for (std::size_t c = 0; c < n; ++c) std::copy_n(solver.state(n + c), p.z_bars[c].size(), p.z_bars[c].data);
    for (std::size_t i = 0; i < p.capture_bars.size(); ++i)
        std::copy_n(stages.summed(i).data, p.capture_bars[i].size(), p.capture_bars[i].data);
    p.statistics.backward_evaluations = solver.counts().evaluations;
    p.statistics.backward_accepted = solver.counts().accepted;
    p.statistics.backward_rejected = solver.counts().rejected;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
