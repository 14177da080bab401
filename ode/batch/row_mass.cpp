// ode/batch/row_mass.cpp — what is left of the equations of a stage, and where they begin, row by row
#include "ode/batch/row_mass.hpp"

#include <algorithm>

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
    starts_.find(way, *stages_, jacobians_, plan_->options, of_tile(delta_, 0), [&](Index r) {
        ++row(r).evaluations;
        forget(place(r));
    });
}

}  // namespace costate::ode
