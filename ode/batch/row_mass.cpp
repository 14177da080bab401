// ode/batch/row_mass.cpp — what is left of the equations of a stage, and where a solve with a mass matrix begins, row by row
//   M k_r = f(t, z)_r     of a state of one component                          ode/steps/mass.hpp
#include <algorithm>
#include <utility>

#include "ode/batch/row_equations.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

void RowEquations::find_residual(int i, Index r) {  // f − k, or f − M k
    for (int p = 0; p < block(i); ++p)
        for (std::size_t c = given_; c < components(); ++c) {
            const Index width = stages_->width(c), at = r * width;
            const Real *f = stages_->rate(c, i + p) + at, *k = of_tile(k_, c, p) + at;
            Real* left = of_tile(delta_, c, p) + at;
            std::copy_n(f, width, left);
            subtract_rate(jacobians_.mass(), width, k, left);
        }
}

void RowEquations::find_first_rates(const Way& way) {
    evaluate(*stages_, 0, way, 1);
    std::copy_n(stages_->rate(0, 0), stages_->entries(0), of_tile(delta_, 0));
    evaluate(*stages_, 0, way, 0);
    const Index n = stages_->width(0);
    for (Index r = 0; r < rows(); ++r)
        if (row(r).wants_rate) jacobians_.want(place(r));
    states_.assign(1, stages_->state(0, 0));
    jacobians_.find(way, 0, states_);
    for (Index r = 0; r < rows(); ++r) {
        Row& of = row(r);
        if (!std::exchange(of.wants_rate, false)) continue;
        ++of.evaluations;
        Real *f = stages_->rate(0, 0) + r * n, *f_t = of_tile(delta_, 0) + r * n;
        of.inconsistency = jacobians_.find_first_rate(r, f, f_t, way[r].h, [&](Index j) {
            return tolerated_at_start(stages_->state(0, 0)[r * n + j], of.number * n + j, plan_->options.rtol,
                                      plan_->options.atol);
        });
        forget(place(r));
    }
}

}  // namespace costate::ode
