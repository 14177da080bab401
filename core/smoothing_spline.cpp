#include "core/smoothing_spline.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/elementary/elementary.hpp"  // brings: exp, log

namespace costate::inline COSTATE_PRECISION {

namespace {

using Numbers = std::vector<Number>;

// (b) for one column: its matrices band by band, its factor, and what follows from it for one λ.
class Reinsch {
public:
    Reinsch(std::span<const Number> t, std::span<const Number> y)
        : y_(y), n_(t.size()), m_(n_ - 2), h_(n_ - 1), second_(m_), d_(m_), l1_(m_), l2_(m_), g_(n_), curvature_(n_) {
        for (std::size_t i = 0; i + 1 < n_; ++i) h_[i] = t[i + 1] - t[i];
        for (std::size_t i = 0; i < m_; ++i) second_[i] = (y[i + 2] - y[i + 1]) / h_[i + 1] - (y[i + 1] - y[i]) / h_[i];
    }

    void solve(Number lambda) {
        factor(lambda);
        Number* x = curvature_.data() + 1;  // γ inside: L D Lᵀ x = Qᵀ y
        for (std::size_t i = 0; i < m_; ++i)
            x[i] = second_[i] - (i > 0 ? l1_[i - 1] * x[i - 1] : 0) - (i > 1 ? l2_[i - 2] * x[i - 2] : 0);
        for (std::size_t i = m_; i-- > 0;)
            x[i] = x[i] / d_[i] - (i + 1 < m_ ? l1_[i] * x[i + 1] : 0) - (i + 2 < m_ ? l2_[i] * x[i + 2] : 0);
        for (std::size_t i = 0; i < n_; ++i) g_[i] = y_[i] - lambda * times_q(i);
    }
    Number cross_validation(Number lambda) {  // (c)
        solve(lambda);
        Number squares = 0;
        for (std::size_t i = 0; i < n_; ++i) squares += (y_[i] - g_[i]) * (y_[i] - g_[i]);
        const Number trace = trace_of_rest(lambda);
        return static_cast<Number>(n_) * squares / (trace * trace);
    }
    const Numbers& values() const { return g_; }
    const Numbers& curvatures() const { return curvature_; }

private:
    // Column i of Q has three entries, at knots i, i + 1 and i + 2.
    Number q(std::size_t i, int k) const {
        const Number before = 1 / h_[i], after = 1 / h_[i + 1];
        return k == 0 ? before : k == 1 ? -before - after : after;
    }
    Number times_q(std::size_t knot) const {  // (Q γ) at a knot
        Number sum = 0;
        for (int k = 0; k < 3; ++k)
            if (const std::size_t i = knot - k; i < m_) sum += q(i, k) * curvature_[i + 1];
        return sum;
    }
    Number gram(std::size_t i, int off) const {  // (QᵀQ)_{i,i+off}
        Number sum = 0;
        for (int k = off; k < 3; ++k) sum += q(i, k) * q(i + off, k - off);
        return sum;
    }
    void factor(Number lambda) {  // R + λ QᵀQ = L D Lᵀ with two bands below L's diagonal
        for (std::size_t i = 0; i < m_; ++i) {
            Number d = (h_[i] + h_[i + 1]) / 3 + lambda * gram(i, 0);
            if (i > 0) d -= l1_[i - 1] * l1_[i - 1] * d_[i - 1];
            if (i > 1) d -= l2_[i - 2] * l2_[i - 2] * d_[i - 2];
            d_[i] = d;
            if (i + 1 < m_) {
                const Number a = h_[i + 1] / 6 + lambda * gram(i, 1);
                l1_[i] = (a - (i > 0 ? l2_[i - 1] * d_[i - 1] * l1_[i - 1] : 0)) / d;
            }
            if (i + 2 < m_) l2_[i] = lambda * gram(i, 2) / d;
        }
    }
    // tr(I − A) = λ tr((R + λ QᵀQ)⁻¹ QᵀQ): three bands b of the inverse, from the last row up.
    Number trace_of_rest(Number lambda) const {
        Number trace = 0, b00 = 0, b01 = 0, b11 = 0;  // of the rows below: (i+1,i+1), (i+1,i+2), (i+2,i+2)
        for (std::size_t i = m_; i-- > 0;) {
            const Number l1 = i + 1 < m_ ? l1_[i] : 0, l2 = i + 2 < m_ ? l2_[i] : 0;
            const Number first = -l1 * b00 - l2 * b01, second = -l1 * b01 - l2 * b11;
            const Number own = 1 / d_[i] - l1 * first - l2 * second;
            trace += own * gram(i, 0);
            if (i + 1 < m_) trace += 2 * first * gram(i, 1);
            if (i + 2 < m_) trace += 2 * second * gram(i, 2);
            b11 = b00, b00 = own, b01 = first;
        }
        return lambda * trace;
    }

    std::span<const Number> y_;
    std::size_t n_, m_;  // knots; those inside
    Numbers h_, second_, d_, l1_, l2_, g_, curvature_;
};

// The smallest value of (c): tried on a grid in ln λ, then by golden section between the neighbours of the best.
Number best_lambda(Reinsch& spline, Number gap, std::size_t n) {
    const auto score = [&](Number log_lambda) { return spline.cross_validation(elementary::exp(log_lambda)); };
    const Number scale = 3 * elementary::log(gap), step = 1;
    const Number low = scale - 14, high = scale + 4 * elementary::log(static_cast<Number>(n)) + 5;  // nearly (0, ∞)
    Number best = low, least = score(low);
    for (Number x = low + step; x <= high; x += step)
        if (const Number s = score(x); s < least) best = x, least = s;
    constexpr Number golden = 0.6180339887498949;
    Number a = std::max(low, best - step), b = std::min(high, best + step);
    Number x1 = b - golden * (b - a), x2 = a + golden * (b - a), s1 = score(x1), s2 = score(x2);
    const Number enough =
        std::max<Number>(1e-7, 8 * std::numeric_limits<Number>::epsilon() * std::max(std::abs(a), std::abs(b)));
    while (b - a > enough) {
        if (s1 < s2) {
            b = x2, x2 = x1, s2 = s1;
            s1 = score(x1 = b - golden * (b - a));
        } else {
            a = x1, x1 = x2, s1 = s2;
            s2 = score(x2 = a + golden * (b - a));
        }
    }
    return elementary::exp((a + b) / 2);
}

void check(std::span<const Number> t, View data, Number lambda, Where at) {
    const Index rows = data.shape.rank() == 0 ? 0 : data.shape[0], least = lambda == by_cross_validation ? 5 : 2;
    if (!(lambda == by_cross_validation || (lambda >= 0 && std::isfinite(lambda))))
        fail(at, {.what = "SmoothingSpline: lambda is out of range",
                  .got = text("lambda = ", lambda),
                  .expected = "0 or more, or by_cross_validation"});
    if (std::ssize(t) != rows || rows < least)
        fail(at, {.what = "SmoothingSpline: there are too few numbers, or not one row for each time",
                  .got = text(t.size(), " times, data ", data.shape),
                  .expected = "data [T, ...] at T times, at least two; at least five where lambda is to be found"});
    for (std::size_t i = 0; i < t.size(); ++i)
        if (!std::isfinite(t[i]) || (i > 0 && !(t[i] > t[i - 1])))
            fail(at, {.what = "SmoothingSpline: the times do not increase",
                      .got = text(t[i], " at place ", i),
                      .expected = "finite times, each later than the one before",
                      .fix = "sort the rows by time; take the mean of rows of one time"});
    for (Index i = 0; i < data.size(); ++i)
        if (!std::isfinite(data[i]))
            fail(at, {.what = "SmoothingSpline: a number is not finite",
                      .got = text(data[i], " in row ", i / data.shape.row_size()),
                      .expected = "finite numbers",
                      .fix = "leave rows out that were not observed"});
}

}  // namespace

SmoothingSpline::SmoothingSpline(std::span<const Number> times, View data, SmoothingOptions options, Where at)
    : knots_(times.begin(), times.end()) {
    check(times, data, options.lambda, at);
    row_ = Shape().joined(data.shape, 1);
    const std::size_t n = times.size(), columns = data.shape.row_size();
    const Number gap = (knots_.back() - knots_.front()) / static_cast<Number>(n - 1);
    Numbers y(n);
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<Number>(data.data[i * columns + c]);
        Reinsch spline(times, y);
        lambdas_.push_back(options.lambda == by_cross_validation ? best_lambda(spline, gap, n) : options.lambda);
        spline.solve(lambdas_.back());
        values_.insert(values_.end(), spline.values().begin(), spline.values().end());
        curvatures_.insert(curvatures_.end(), spline.curvatures().begin(), spline.curvatures().end());
    }
}

Tensor SmoothingSpline::at_times(std::span<const Number> times, int order) const {
    const std::size_t n = knots_.size(), columns = lambdas_.size();
    Tensor result(Shape{std::ssize(times)}.joined(row_));
    Real* to = result.data();
    for (const Number t : times) {
        const std::size_t above = std::upper_bound(knots_.begin(), knots_.end(), t) - knots_.begin();
        const std::size_t i = std::clamp<std::size_t>(above, 1, n - 1) - 1;
        const Number h = knots_[i + 1] - knots_[i];
        const Number inside = std::clamp(t, knots_.front(), knots_.back()), beyond = t - inside;
        const Number a = (inside - knots_[i]) / h, b = 1 - a;  // shares of the right and of the left knot
        for (std::size_t c = 0; c < columns; ++c) {
            const Number *g = &values_[c * n + i], *k = &curvatures_[c * n + i];
            const Number slope = (g[1] - g[0]) / h + h / 6 * ((3 * a * a - 1) * k[1] - (3 * b * b - 1) * k[0]);
            const Number value =
                a * g[1] + b * g[0] - h * h / 6 * a * b * ((1 + a) * k[1] + (1 + b) * k[0]) + beyond * slope;
            *to++ = static_cast<Real>(order == 0 ? value : slope);
        }
    }
    return result;
}

}  // namespace costate
