// ode/batch/row_transposed.cpp — the equations of implicit stages transposed, row by row: stiff (4), at the stages' own states
#include "ode/batch/row_equations.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

void RowEquations::reverse(int i, const Way& way) {
    transpose(i, way);
    for (int p = i; p < i + block(i); ++p) stages_->reverse(p);
}

// With J at the stages' own states; f is evaluated there once more, for what its pullback reads.
void RowEquations::transpose(int i, const Way& way) {
    for (int p = i; p < i + block(i); ++p) evaluate(*stages_, p, way, method().c[p]);
    find_each(i, way, [](Index) { return true; });
    for (Index r = 0; r < rows(); ++r) {
        const bool solved = jacobians_.factor(place(r), i, way[r].h, true) &&
                            solve_groups(
                                i, 0, components(), r, true,
                                [&](int p, std::size_t c, Index at) {
                                    return of_tile(base_, c, p)[at] = stages_->cotangent(c, i + p)[at];
                                },
                                [&](int p, std::size_t c, Index at, Real w) { stages_->cotangent(c, i + p)[at] = w; });
        row(r).converged = row(r).converged && solved;
    }
    for (std::size_t groups = components() / jacobians_.group(); groups > 1; groups /= 2) refine(i, way);
}

// Where groups lie behind one another: w ← w + M⁻ᵀ (w̃ − w + h Σ_q a_qp J_qᵀ w_q), J of all of them as the pullback has it.
void RowEquations::refine(int i, const Way& way) {
    for (int p = i; p < i + block(i); ++p) stages_->reverse(p);
    for (Index r = 0; r < rows(); ++r)
        row(r).converged = solve_groups(
                               i, 0, components(), r, true,
                               [&](int p, std::size_t c, Index at) {
                                   Real left = of_tile(base_, c, p)[at] - stages_->cotangent(c, i + p)[at];
                                   for (int q = 0; q < block(i); ++q)
                                       left +=
                                           static_cast<Real>(way[r].h * a(i + q, i + p)) * stages_->z_bar(c, i + q)[at];
                                   return left;
                               },
                               [&](int p, std::size_t c, Index at, Real w) { of_tile(delta_, c, p)[at] = w; }) &&
                           row(r).converged;
    for (int p = 0; p < block(i); ++p)
        for (std::size_t c = 0; c < components(); ++c)
            for (Index at = 0; at < stages_->entries(c); ++at)
                stages_->cotangent(c, i + p)[at] += of_tile(delta_, c, p)[at];
}

}  // namespace costate::ode
