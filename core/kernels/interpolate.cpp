#include "core/kernels/interpolate.hpp"

#include <algorithm>

namespace costate::inline COSTATE_PRECISION {

namespace {

// The derivatives of order 0 to 3 by s of H₀₀ and H₁₀, H₁₁ (H₀₁ is 1 − H₀₀): coefficients of 1, s, s², s³.
constexpr Number h00[4][4] = {{1, 0, -3, 2}, {0, -6, 6, 0}, {-6, 12, 0, 0}, {12, 0, 0, 0}};
constexpr Number h10[4][4] = {{0, 1, -2, 1}, {1, -4, 3, 0}, {-4, 6, 0, 0}, {6, 0, 0, 0}};
constexpr Number h11[4][4] = {{0, 0, -1, 1}, {0, -2, 3, 0}, {-2, 6, 0, 0}, {6, 0, 0, 0}};
Number at(const Number (&c)[4], Number s) { return c[0] + s * (c[1] + s * (c[2] + s * c[3])); }

// The slope at x of the parabola through p₀, p₁, p₂: that of Lagrange's polynomials.
void add_parabola_slope(const Real* p, Number x, Number factor, Number* weight) {
    for (int i = 0; i < 3; ++i) {
        const Number pi = Number(p[i]), pj = Number(p[(i + 1) % 3]), pk = Number(p[(i + 2) % 3]);
        weight[i] += factor * ((x - pj) + (x - pk)) / ((pi - pj) * (pi - pk));
    }
}

void require_increase(const Real* knots, const Stencil& s) {
    for (Index k = s.first; k + 1 < s.first + s.count; ++k)
        if (!(knots[k] < knots[k + 1]))
            fail(Where::nowhere(),
                 {.what = "interp: the knots do not increase",
                  .got = text(Number(knots[k]), " and then ", Number(knots[k + 1]), ", at places ", k, " and ", k + 1),
                  .expected = "each knot after the one before"});
}

}  // namespace

Stencil stencil(Curve curve, const Real* knots, Index count, Number t, int order) {
    const Number first = Number(knots[0]), last = Number(knots[count - 1]);
    const bool inside = t >= first && t <= last && count > 1;
    if (t != t) return {0, 1, {t}};
    if (!inside) return {t > last ? count - 1 : 0, 1, {order > 0 ? Number(0) : Number(1)}};
    const Index k = std::min<Index>(std::upper_bound(knots, knots + count, t) - knots, count - 1) - 1;
    const Number left = Number(knots[k]), h = Number(knots[k + 1]) - left, s = (t - left) / h;
    Stencil result{k, 2, {}};
    if (curve == Curve::linear || count == 2) {
        require_increase(knots, result);
        const Number weight = order == 0 ? s : order == 1 ? 1 / h : 0.0;
        result.weight[0] = order == 0 ? 1 - s : -weight;
        result.weight[1] = weight;
        return result;
    }
    const Index m0 = std::clamp<Index>(k - 1, 0, count - 3), m1 = std::min(k, count - 3);  // where the parabolas begin
    result.first = m0;
    result.count = static_cast<int>(m1 - m0) + 3;
    require_increase(knots, result);
    Number by_h = 1;  // d/dt = d/ds / h
    for (int i = 0; i < order; ++i) by_h /= h;
    const Number of_u = by_h * at(h00[order], s), of_m = by_h * h;
    result.weight[k - m0] += of_u;
    result.weight[k + 1 - m0] += order == 0 ? 1 - of_u : -of_u;
    add_parabola_slope(knots + m0, left, of_m * at(h10[order], s), result.weight);
    add_parabola_slope(knots + m1, left + h, of_m * at(h11[order], s), result.weight + (m1 - m0));
    return result;
}

}  // namespace costate
