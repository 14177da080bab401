#include "core/kernels/combine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "core/loops.hpp"            // brings: COSTATE_INDEPENDENT, with_constant

namespace costate {
namespace {

constexpr int most_terms = 7;  // at once: a longer sum goes on from where the last terms ended

template <int terms, bool from_zero>
void add_terms(Real* out, const Real* y, const Real* const* k, const Real* c, Index count) {
    const Real* stage[terms + 1];
    Real weight[terms + 1];
    for (int j = 0; j < terms; ++j) stage[j] = k[j], weight[j] = c[j];
    COSTATE_INDEPENDENT
    for (Index i = 0; i < count; ++i) {
        Real sum = from_zero ? 0 : y[i];
        for (int j = 0; j < terms; ++j) sum += weight[j] * stage[j][i];
        out[i] = sum;
    }
}

// The terms whose a_j is not 0, most_terms at a time: add(n, from_zero, y, stages, weight_of(a_j)), the first from y on, if
// there is one, the others from what is in out. Inline, as a call more costs short states 2 % of a whole training step.
template <class Weight, class Add>
COSTATE_INLINE void in_groups(Real* out, const Real* y, const Real* const* k, const double* a, int terms,
                              Weight&& weight_of, Add&& add) {
    const Real* stage[most_terms];
    decltype(weight_of(a[0])) weight[most_terms];
    int j = 0;
    do {
        int n = 0;
        for (; j < terms && n < most_terms; ++j) {
            if (a[j] == 0) continue;
            stage[n] = k[j];
            weight[n++] = weight_of(a[j]);
        }
        with_constant<0, most_terms>(n, [&](auto known) {
            if (y == nullptr)
                add(known, std::true_type(), y, stage, weight);
            else
                add(known, std::false_type(), y, stage, weight);
        });
        y = out;
    } while (j < terms);
}

// The same where h is another for each entry: rows of a few numbers are not worth a loop each.
template <int terms, bool from_zero>
void add_terms_by(const double* h, Real* out, const Real* y, const Real* const* k, const double* a, Index count) {
    const Real* stage[terms + 1];
    double weight[terms + 1];
    for (int j = 0; j < terms; ++j) stage[j] = k[j], weight[j] = a[j];
    COSTATE_INDEPENDENT
    for (Index i = 0; i < count; ++i) {
        Real sum = from_zero ? 0 : y[i];
        for (int j = 0; j < terms; ++j) sum += static_cast<Real>(h[i] * weight[j]) * stage[j][i];
        out[i] = sum;
    }
}

// As many rows at once as there is room for their h, entry by entry.
template <int terms, bool from_zero>
void add_terms_of_rows(Real* out, const Real* y, const Real* const* k, const double* a, const double* h, Index rows,
                       Index width) {
    constexpr Index entries = 256;
    double each[entries];
    const Index at_once = width <= 8 ? entries / std::max<Index>(1, width) : 1;
    const Real* stage[terms + 1];
    Real c[terms + 1];
    for (Index row = 0; row < rows; row += at_once) {
        const Index some = std::min(at_once, rows - row), first = row * width;
        for (int j = 0; j < terms; ++j) stage[j] = k[j] + first;
        if (at_once > 1) {
            for (Index r = 0; r < some; ++r) std::fill_n(each + r * width, width, h[row + r]);
            add_terms_by<terms, from_zero>(each, out + first, y + first, stage, a, some * width);
        } else {
            for (int j = 0; j < terms; ++j) c[j] = static_cast<Real>(h[row] * a[j]);
            add_terms<terms, from_zero>(out + first, y + first, stage, c, width);
        }
    }
}

}  // namespace

void combine(Real* out, const Real* y, const Real* const* k, const double* a, double h, int terms, Index count) {
    in_groups(
        out, y, k, a, terms, [h](double of) { return static_cast<Real>(h * of); },
        [&](auto n, auto from_zero, const Real* from, const Real* const* stage, const Real* c) {
            add_terms<n(), from_zero()>(out, from, stage, c, count);
        });
}

void combine_rows(Real* out, const Real* y, const Real* const* k, const double* a, const double* h, int terms,
                  Index rows, Index width) {
    in_groups(
        out, y, k, a, terms, [](double of) { return of; },
        [&](auto n, auto from_zero, const Real* from, const Real* const* stage, const double* weight) {
            add_terms_of_rows<n(), from_zero()>(out, from_zero() ? out : from, stage, weight, h, rows, width);
        });
}

void scale_add(Real* y, Real s, const Real* x, Index count) {
    COSTATE_INDEPENDENT
    for (Index i = 0; i < count; ++i) y[i] += s * x[i];
}

namespace {

double larger_size(Real a, Real b) { return std::max(std::abs(double(a)), std::abs(double(b))); }

double scale_floor(double m) {
    using Limits = std::numeric_limits<Real>;
    return std::max(2 * double(Limits::epsilon()) * m, double(Limits::min()));
}

}  // namespace

double scaled_square_sum(const Real* err, const Real* y0, const Real* y1, double rtol, double atol, Index count) {
    const auto square = [=](Index i) {
        const double m = larger_size(y0[i], y1[i]);
        const double scale = std::max(atol + rtol * m, scale_floor(m));
        const Real finite = (y0[i] - y0[i]) + (y1[i] - y1[i]);  // 0, or nan beside an infinity or a nan
        const double ratio = double(err[i] + finite) / scale;
        return ratio * ratio;
    };
    constexpr Index lanes = 8;
    double lane[lanes] = {};
    Index i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (Index l = 0; l < lanes; ++l) lane[l] += square(i + l);
    }
    double rest = 0;
    for (; i < count; ++i) rest += square(i);
    for (Index half = lanes / 2; half > 0; half /= 2) {
        for (Index l = 0; l < half; ++l) lane[l] += lane[l + half];
    }
    return lane[0] + rest;
}

bool scale_floor_acts(const Real* y0, const Real* y1, double rtol, double atol, Index count) {
    using Limits = std::numeric_limits<Real>;
    if (rtol >= 2 * double(Limits::epsilon()) && atol >= double(Limits::min())) return false;  // for no state
    for (Index i = 0; i < count; ++i) {
        const double m = larger_size(y0[i], y1[i]);
        if (scale_floor(m) > atol + rtol * m) return true;
    }
    return false;
}

bool all_finite(const Real* x, Index count) {
    constexpr Real most = std::numeric_limits<Real>::max();
    int others = 0;  // a count, because a branch or a sum of Reals would keep the loop from being vectorised
    for (Index i = 0; i < count; ++i) others += !(std::abs(x[i]) <= most);
    return others == 0;
}

}  // namespace costate
