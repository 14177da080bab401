// core/kernels/combine.hpp — the three sums that a Runge–Kutta step is made of
//   combine, combine_rows
//                      out_i = y_i + Σ_j c_j k_ji,   c_j = (Real)(h a_j)      stage values, y⁺ and the error estimate
//   scale_add          y_i  += s x_i
//   scaled_square_sum  Σ_i (e_i / scale_i)²                                        scale_i of y_i and y⁺_i: core/scale.hpp
// h a_j is formed in double and rounded once; the terms are added in the order j = 0, 1, ..., starting from y, and those
// with a_j = 0 are left out (their k_j may then be anything). The scaled squares are formed and added in double, in eight
// lanes: lane l takes the entries l, l + 8, ...; what is left of them at the end is added in order and last.
// why      Every k is read once, by a loop for each number of terms: at 2 entries a step is all overhead, at a
//          million it is all memory.
#pragma once
#include "core/real.hpp"   // brings: Real, Index
#include "core/width.hpp"  // brings: COSTATE_WIDTH

namespace costate::inline COSTATE_WIDTH {

// y null: taken as 0. out may be y, and must not overlap any k.
void combine(Real* out, const Real* y, const Real* const* k, const Number* a, Number h, int terms, Index count);

// The same for each row by a length h of its own: out, y and k hold `rows` rows of `width` numbers.
void combine_rows(Real* out, const Real* y, const Real* const* k, const Number* a, const Number* h, int terms,
                  Index rows, Index width);

void scale_add(Real* y, Real s, const Real* x, Index count);

// Not finite when any of the three is not: a state that left the range of Real never looks accurate.
Number scaled_square_sum(const Real* err, const Real* y0, const Real* y1, Number rtol, Number atol, Index count);

// Is one of those scales a floor, because the tolerance is finer than rounding there?
bool scale_floor_acts(const Real* y0, const Real* y1, Number rtol, Number atol, Index count);

bool all_finite(const Real* x, Index count);

}  // namespace costate::inline COSTATE_WIDTH
