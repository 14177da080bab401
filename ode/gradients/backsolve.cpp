// ode/gradients/backsolve.cpp — the continuous adjoint (Chen et al. 2018): one solve backwards, memory independent of the steps
//   dz/dt =  f(t, z, c)            z taken up again from each stored observation                               adjoint (1)
//   a     =  0                     after the last observation                                                  adjoint (2)
//   da/dt = −aᵀ ∂f/∂z              at the end  z̄0 = a(t_0)                                                     adjoint (3)
//   a     ←  a + w_i               the jump at each observation, w_i = ∂L/∂z(t_i)                              adjoint (4)
//   dg/dt = −aᵀ ∂f/∂c              a quadrature beside z and a; at the end  c̄ = g(t_0)                         adjoint (5)
// The signs are in ode/field/recording.cpp. The length of the steps lives on across observations: only a jumps there, the
// first stage is evaluated anew, and no new first step is searched.
// memory   one state and one adjoint, whatever the number of steps: z is not stored but solved backwards, and may drift
//          from the forward solution where the field contracts (ode/adjoint.md shows it).
#include <algorithm>
#include <cmath>

#include "core/kernels/combine.hpp"         // brings: scale_add
#include "ode/gradients/own_backsolve.hpp"  // brings: backsolve_own_rows
#include "ode/gradients/pull.hpp"
#include "ode/steps/check.hpp"  // brings: to_failure, outcome_of

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class BackwardSolve {
public:
    explicit BackwardSolve(const Pull& p)
        : p_(p),
          tiles_(p.memory.tiles),
          times_(p.memory.times),
          clock_(times_.back(), times_.front(), timing_in_vars(options_)) {
        // Where the forward solve's errors said nothing about its steps, those of z and a backwards will not, either; and
        // who wants the tangents' errors kept wants the gradient's.
        const bool full =
            options_.backward_norm == BackwardNorm::full || p.record.statistics.unlimited || options_.keeps_tangents();
        p.memory.stages.prepare(p.plan, p.x.captures, Quadrature::sets(options_, full));
        p.memory.quadrature.prepare(p.memory.stages, options_, p.capture_bars, full);
        tiles_.prepare(p.memory.stages, options_, &p.memory.quadrature, !options_.known_steps() && full);
        clock_.never_look_for_stiffness();
        for (std::size_t c = 0; c < n_; ++c) std::fill_n(a(c), entries(c), Real(0));  // adjoint (2)
    }

    void run() {
        for (std::size_t i = times_.size(); i-- > 0;) {
            jump(i);
            if (i > 0 && times_[i] != times_[i - 1]) solve_back(times_[i - 1]);
        }
        p_.memory.quadrature.finish();
        for (std::size_t c = 0; c < n_; ++c) std::copy_n(a(c), entries(c), p_.z_bars[c].data);
        Statistics& statistics = p_.record.statistics;
        statistics.backward_evaluations = tiles_.evaluations();
        statistics.backward_accepted = clock_.accepted();
        statistics.backward_rejected = clock_.rejected();
    }

private:
    void jump(std::size_t i) {
        for (std::size_t c = 0; c < n_; ++c) {
            const Index first = static_cast<Index>(i) * entries(c);
            std::copy_n(p_.x.observations[c].data + first, entries(c), tiles_.state(c));  // adjoint (1)
            scale_add(a(c), 1, p_.x.w[c].data + first, entries(c));                       // adjoint (4)
        }
    }

    void solve_back(double to) {  // adjoint (1), (3), (5)
        const double share = (clock_.t() - to) / (times_.back() - times_.front());
        const bool known = options_.known_steps();
        const int steps = steps_of_part(options_.steps, share);
        const Clock here = clock_;
        tiles_.each_segment(known, [&](Index, Index) {
            clock_ = here;
            clock_.aim(to, steps);
            Walk walk(tiles_, clock_);
            if (!known) walk.start();
            while (clock_.status() == Status::ok && walk.attempt(nothing_dense, nothing_seen)) {
            }
            if (clock_.status() != Status::ok) fail(p_.where, to_failure("backsolve", outcome_of(clock_), options_));
        });
    }

    static bool nothing_dense(const Interval&) { return false; }
    static void nothing_seen(const Interval&) {}
    Real* a(std::size_t c) const { return tiles_.state(n_ + c); }
    Index entries(std::size_t c) const { return p_.x.z0[c].size(); }

    const Pull& p_;
    const SolveOptions& options_ = p_.plan.options;
    Tiles& tiles_;
    const std::vector<double>& times_;
    const std::size_t n_ = p_.x.z0.size();
    Clock clock_;
};

}  // namespace

}  // namespace costate::ode

void costate::ode::rows::Backsolve::pull(const Pull& p) {
    if (p.plan.options.rows == independent) return backsolve_own_rows(p);
    BackwardSolve(p).run();
}
