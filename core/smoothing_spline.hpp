// core/smoothing_spline.hpp — a smooth curve through noisy numbers, and its slope
//   g minimises  Σ_i (y_i − g(t_i))² + λ ∫ g″(t)² dt                                                              (a)
//   It is a natural cubic spline: cubic between the knots t_i, with g, g′, g″ continuous there, a line beyond the ends.
//   h_i = t_{i+1} − t_i,  g_i = g(t_i),  γ_i = g″(t_i), 0 at both ends; inside
//       (R + λ QᵀQ) γ = Qᵀ y,      g = y − λ Q γ                                                                  (b)
//       R_ii = (h_{i−1} + h_i)/3,  R_{i,i+1} = h_i/6;      (Qᵀy)_i = (y_{i+1} − y_i)/h_i − (y_i − y_{i−1})/h_{i−1}
//   λ = 0 is the spline through all numbers, λ → ∞ the straight line of least squares. Not given, λ minimises
//       GCV(λ) = n Σ_i (y_i − g_i)² / tr(I − A)²,      A: the matrix that makes g of y                              (c)
//   the generalised cross validation: what it costs to predict each number from the others, nearly.
// shapes   times [T], increasing; data [T, ...]: each entry of a row has a curve and a λ of its own. At N times: [N, ...].
// cost     O(T) for one λ: (b) has five bands, and so much of its inverse as tr(I − A) asks for. In double throughout.
// errors   Times that do not increase; another number of rows; numbers that are not finite; fewer than two, by GCV five.
// source   (a), (b): Reinsch 1967; Green & Silverman 1994 · (c): Craven & Wahba 1979, its trace: Hutchinson & de Hoog
//          1985
// why      A difference quotient multiplies noise by 1/h. The spline's slope errs by the noise over √(numbers that it spans).
#pragma once
#include <span>
#include <vector>

#include "core/tensor.hpp"  // brings: Tensor, View

namespace costate::inline COSTATE_PRECISION {

inline constexpr Number by_cross_validation = -1;

struct SmoothingOptions {
    Number lambda = by_cross_validation;  // 0 or more: given
};

class SmoothingSpline {
public:
    SmoothingSpline(std::span<const Number> times, View data, SmoothingOptions options = {}, Where at = {});

    Tensor operator()(std::span<const Number> times) const { return at_times(times, 0); }
    Tensor slope(std::span<const Number> times) const { return at_times(times, 1); }
    Number lambda(Index column = 0) const {
        return lambdas_[static_cast<std::size_t>(column)];
    }  // of that entry of a row

private:
    Tensor at_times(std::span<const Number> times, int order) const;

    std::vector<Number> knots_, values_, curvatures_;  // t, g, γ; one column after the other
    std::vector<Number> lambdas_;
    Shape row_;
};

}  // namespace costate
