// ode/batch/batch_in_numbers.hpp — a batch's field as one of a list of numbers, void(t, y, dydt), for ode/multistep/
//   y = z                      of a solve:      f                              by the Program of a plan
//   y = (z, a)                 of an adjoint:   f, −aᵀ∂f/∂z; and sums of −aᵀ∂f/∂c where they are asked for    adjoint (3), (5)
//   (I − hγJ) x = r            row by row where rows do not mix, by factors of each row's own; of a by −Jᵀ       multistep (5)
// Along a curve z is given: f is asked there, and z's rate is the curve's own, whose error limits the steps as the curve
// bends. (f there would have J times what the curve errs by: of a stiff field much, and nothing that steps could mend.)
// On a way (go) the list's time is the distance s from its start: however far that is from 0, steps may be short beside it, as
// they must be where a has jumped; and f is not asked beyond the way, where it may jump.
// shapes   y: the components one after the other, each [rows, numbers of a row]
// see      ode/steps/corrector.hpp (who solves by it) · ode/multistep/nordsieck_in_vars.cpp
#pragma once
#include <span>

#include "ode/batch/curve.hpp"          // brings: Curve
#include "ode/batch/row_jacobians.hpp"  // brings: RowJacobians, Stages, SolvePlan

namespace costate::ode::inline COSTATE_PRECISION {

class BatchInNumbers {
public:
    // along: where z is given, or null
    void prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, Curve* along);
    void go(const Interval& way) { way_ = way; }  // s = 0 is at its start; dy/ds = ± dy/dt
    Number direction() const { return way_.h < 0 ? -1 : 1; }

    void operator()(Number t, std::span<const Real> y, std::span<Real> rates);
    void add_sums(Number t, const Real* y, Number weight);  // to the stages' accumulators

    void linearize(Number t, const Real* y);
    bool factor(Number h_gamma);
    void solve(Real* x);

private:
    Number time_at(Number s) const;
    void evaluate(Number t, const Real* y);  // of the tile
    void place(const Real* y);
    bool is_given(std::size_t c) const { return curve_ && 2 * c < stages_->components(); }

    Stages* stages_ = nullptr;
    Curve* curve_ = nullptr;
    RowJacobians jacobians_;
    Interval way_;
    Number diagonal_ = 0;  // of the method that a plan's matrices are made by
};

}  // namespace costate::ode
