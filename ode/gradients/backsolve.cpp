// ode/gradients/backsolve.cpp — the continuous adjoint (Chen et al. 2018): one solve backwards, memory independent of the steps
//   dz/dt =  f(t, z, c)                      z taken up again from each stored observation                             (1)
//   da/dt = −aᵀ ∂f/∂z                        at each observation  a += w_i = ∂L/∂z(t_i);  at the end  z̄0 = a(t_0)      (2)
//   dg/dt = −aᵀ ∂f/∂c                        g(t_last) = 0;  at the end  c̄ = g(t_0)                                   (3)
// The signs are in ode/field/recording.cpp. g is a quadrature: it takes no part in the stages. It is summed with the
// step's weights as Σ_i h b_i (dg/dt)_i, and by default takes no part in the error norm either. The step size lives on across
// observations: only a jumps there, the first stage is evaluated anew, and no new first step is searched.
// memory   one state and one adjoint, whatever the number of steps: z is not stored but solved backwards, and may drift
//          from the forward solution where the field contracts (ode/adjoint.md shows it).
#include <algorithm>
#include <cmath>

#include "core/kernels/combine.hpp"  // brings: scaled_square_sum
#include "ode/gradients/pull.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// Where the forward solve's errors said nothing about its steps, those of the backward solve's z and a will not, either.
bool measures_all(const Pull& p) {
    return p.plan.options.backward_norm == BackwardNorm::full || p.record.statistics.unlimited;
}

class Quadrature : public Watcher {  // (3)
public:
    Quadrature(const Pull& p, Stages& stages, bool adaptive) : p_(p), stages_(stages), adaptive_(adaptive) {
        full_ = adaptive && measures_all(p);
    }

    void begin_attempt() override {
        if (!adaptive_) return;
        stages_.clear(1);
        if (full_) stages_.clear(2);
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
            accumulate(solver, weights_, adaptive_ ? 1 : 0);
            if (full_) accumulate(solver, errors_, 2);
        }
    }

    bool accepted(Integrator&, const Step&) override {
        if (adaptive_) stages_.add_set(1, 0);
        return true;
    }

    // The largest mean square among the captures' gradients: torchdiffeq's full norm.
    double extra_error(Integrator&, const Step&) override {
        if (!full_) return 0;
        const std::size_t n = p_.capture_bars.size();
        for (int set = 0; set < 3; ++set) {  // g before the step, its growth, its error
            std::vector<Real>& sums = p_.memory.sums[static_cast<std::size_t>(set)];
            sums.clear();
            stages_.finish(set);
            for (std::size_t i = 0; i < n; ++i) {
                const Real* sum = stages_.summed(i).data;
                sums.insert(sums.end(), sum, sum + p_.capture_bars[i].size());
            }
        }
        const Real *before = p_.memory.sums[0].data(), *errors = p_.memory.sums[2].data();
        Real* after = p_.memory.sums[1].data();
        double largest = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const Index count = p_.capture_bars[i].size();
            for (Index j = 0; j < count; ++j) after[j] += before[j];
            const SolveOptions& options = p_.plan.options;
            const double sum = scaled_square_sum(errors, before, after, options.rtol, options.atol, count);
            before += count;
            after += count;
            errors += count;
            largest = std::max(largest, sum / static_cast<double>(std::max<Index>(1, count)));
        }
        return largest;
    }

private:
    void weigh(const Integrator& solver, const Step& step) {  // by the stages' places
        const Method& m = solver.method();
        for (int i = 0; i < m.stages; ++i) {
            weights_[solver.place(i)] = step.h * m.b[i];
            errors_[solver.place(i)] = m.error ? step.h * m.error[i] : 0;
        }
    }

    // The stages in their order, wherever they lie: a sum's bits do not depend on which ones changed places.
    void accumulate(const Integrator& solver, const double* weights, int set) {
        const int last = solver.method().stages - 1;
        if (solver.place(0) == 0) return stages_.accumulate(0, last + 1, weights, set);
        stages_.accumulate(last, 1, weights, set);
        stages_.accumulate(1, last - 1, weights, set);
        stages_.accumulate(0, 1, weights, set);
    }

    const Pull& p_;
    Stages& stages_;
    bool adaptive_, full_ = false;
    double weights_[most_stages] = {}, errors_[most_stages] = {};
};

}  // namespace

void pull_backsolve(const Pull& p) {
    const SolveOptions& options = p.plan.options;
    const std::vector<double>& times = p.memory.times;
    const std::size_t n = p.x.z0.size();
    const bool adaptive = options.steps == 0, full = measures_all(p);
    Stages& stages = p.memory.stages;
    stages.prepare(p.plan, p.x.captures, adaptive ? (full ? 3 : 2) : 1);
    stages.clear(0);
    Integrator& solver = p.memory.integrator;
    solver.prepare(stages, options.method, true);
    Clock clock(times.back(), times.front(), timing_of(options));
    Quadrature quadrature(p, stages, adaptive);
    std::vector<double>& grid = p.memory.grid;

    for (std::size_t c = 0; c < n; ++c) std::fill_n(solver.state(n + c), p.x.z0[c].size(), Real(0));
    for (std::size_t i = times.size(); i-- > 0;) {
        for (std::size_t c = 0; c < n; ++c) {  // (1) z from the observation, (2) the jump of a
            const Index entries = p.x.z0[c].size(), at = static_cast<Index>(i) * entries;
            std::copy_n(p.observations[c].data + at, entries, solver.state(c));
            scale_add(solver.state(n + c), 1, p.w[c].data + at, entries);
        }
        if (i == 0 || times[i] == times[i - 1]) continue;
        solver.forget_first_rate();
        Status status = Status::ok;
        if (adaptive) {
            clock.aim(times[i - 1]);
            status = solver.adapt(clock, {options.rtol, options.atol}, full, quadrature);
        } else {
            const double share = (times[i] - times[i - 1]) / (times.back() - times.front());
            const int steps = std::max(1, static_cast<int>(std::ceil(options.steps * share - 1e-9)));
            equal_grid(grid, times[i], times[i - 1], steps);
            status = solver.follow(grid, quadrature);
        }
        if (status != Status::ok) fail_to_solve("backsolve", solver.stopped(status), options, p.where);
    }
    stages.finish(0);
    for (std::size_t c = 0; c < n; ++c) std::copy_n(solver.state(n + c), p.z_bars[c].size(), p.z_bars[c].data);
    for (std::size_t i = 0; i < p.capture_bars.size(); ++i)
        std::copy_n(stages.summed(i).data, p.capture_bars[i].size(), p.capture_bars[i].data);
    p.record.statistics.backward_evaluations = solver.counts().evaluations;
    p.record.statistics.backward_accepted = solver.counts().accepted;
    p.record.statistics.backward_rejected = solver.counts().rejected;
}

}  // namespace costate::ode
