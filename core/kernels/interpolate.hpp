// core/kernels/interpolate.hpp — a curve through a table u_0 ... u_{K−1} at the knots t_0 < ... < t_{K−1}, and its derivatives
//   y(t) = Σ_j w_j(t) u_{first+j}             at most four entries of the table take part: its stencil
//   linear   between two knots, h = t_{k+1} − t_k, s = (t − t_k)/h:    y = (1 − s) u_k + s u_{k+1}                (a)
//   cubic    y = H₀₀(s) u_k + H₁₀(s) h m_k + H₀₁(s) u_{k+1} + H₁₁(s) h m_{k+1}                                   (b)
//            H₀₀ = 1 − 3s² + 2s³,  H₁₀ = s − 2s² + s³,  H₀₁ = 3s² − 2s³,  H₁₁ = s³ − s²      (cubic Hermite)
//            m_k: the slope at t_k of the parabola through (t, u) at k−1, k, k+1; at the ends, through the last three
// Before t_0 and after t_{K−1} the end value is held, and derivatives are 0. At a knot they are those to its right (at the
// last one, to its left). Of two knots the cubic is the line, of one knot both are the value. At a nan all are nan.
// source   (b): de Boor, A Practical Guide to Splines, chapter IV, piecewise cubic Bessel interpolation.
// why      The cubic is once continuously differentiable, exact for parabolas, in error O(h³). A natural spline is twice
//          differentiable, but every entry of it depends on the whole table through a system of equations; here an entry
//          depends on its neighbours, data that come later change nothing that lies further back, and the curve is linear
//          in the table with weights that are at hand: a table for each row costs no more than one for all.
// cost     A search among the knots, O(log K), then the stencil.
#pragma once
#include <cstdint>

#include "core/tensor.hpp"  // brings: Real, Index

namespace costate::inline COSTATE_PRECISION {

enum class Curve : std::uint8_t { linear, cubic };
constexpr int degree(Curve curve) { return curve == Curve::linear ? 1 : 3; }  // the derivative of the next order is 0

struct Stencil {
    Index first = 0;
    int count = 0;
    Number weight[4] = {};
};

// The weights of the derivative of that order (0: the value itself). Knots beside t that do not increase: an error.
Stencil stencil(Curve curve, const Real* knots, Index count, Number t, int order);

}  // namespace costate
