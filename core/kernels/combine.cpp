#include "core/kernels/combine.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "core/loops.hpp"            // brings: COSTATE_INDEPENDENT, with_constant
#include "core/scale.hpp"            // brings: larger_size, is_floor, error_scale
#include "core/small.hpp"            // brings: small_machine

namespace costate::inline COSTATE_WIDTH {
namespace {

constexpr int most_terms = 7;  // at once: a longer sum goes on from where the last terms ended
constexpr int any = -1;        // number of terms: where code is dear, one loop does for all

template <class T>
bool is_zero(T x) {  // also -0; by the bits where doubles are computed by calls
    if constexpr (small_machine && sizeof(T) == sizeof(std::uint64_t))
        return std::bit_cast<std::uint64_t>(x) << 1 == 0;
    else
        return x == 0;
}

// The sums of `known` terms, or of `given` where that is any.
template <int known, bool from_zero>
void add_terms(int given, Real* out, const Real* y, const Real* const* k, const Real* c, Index count) {
    const int terms = known == any ? given : known;
    const Real* stage[most_terms];
    Real weight[most_terms];
    for (int j = 0; j < terms; ++j) stage[j] = k[j], weight[j] = c[j];
    COSTATE_INDEPENDENT
    for (Index i = 0; i < count; ++i) {
        Real sum = from_zero ? 0 : y[i];
        for (int j = 0; j < terms; ++j) sum += weight[j] * stage[j][i];
        out[i] = sum;
    }
}

// The terms whose a_j is not 0, most_terms at a time: add(known, n, from_zero, y, stages, weight_of(a_j)), the first from y on,
// if there is one, the others from what is in out. Inline, as a call more costs short states 2 % of a whole training step.
template <class Weight, class Add>
COSTATE_INLINE void in_groups(Real* out, const Real* y, const Real* const* k, const Number* a, int terms,
                              Weight&& weight_of, Add&& add) {
    const Real* stage[most_terms];
    decltype(weight_of(a[0])) weight[most_terms];
    int j = 0;
    do {
        int n = 0;
        for (; j < terms && n < most_terms; ++j) {
            if (is_zero(a[j])) continue;
            stage[n] = k[j];
            weight[n++] = weight_of(a[j]);
        }
        const auto add_all = [&](auto known) {
            if (y == nullptr)
                add(known, n, std::true_type(), y, stage, weight);
            else
                add(known, n, std::false_type(), y, stage, weight);
        };
        if constexpr (small_machine)
            add_all(std::integral_constant<int, any>());
        else
            with_constant<0, most_terms>(n, add_all);
        y = out;
    } while (j < terms);
}

// The same where h is another for each entry: rows of a few numbers are not worth a loop each.
template <int known, bool from_zero>
void add_terms_by(int given, const Number* h, Real* out, const Real* y, const Real* const* k, const Number* a,
                  Index count) {
    const int terms = known == any ? given : known;
    const Real* stage[most_terms];
    Number weight[most_terms];
    for (int j = 0; j < terms; ++j) stage[j] = k[j], weight[j] = a[j];
    COSTATE_INDEPENDENT
    for (Index i = 0; i < count; ++i) {
        Real sum = from_zero ? 0 : y[i];
        for (int j = 0; j < terms; ++j) sum += static_cast<Real>(h[i] * weight[j]) * stage[j][i];
        out[i] = sum;
    }
}

// As many rows at once as there is room for their h, entry by entry.
template <int known, bool from_zero>
void add_terms_of_rows(int given, Real* out, const Real* y, const Real* const* k, const Number* a, const Number* h,
                       Index rows, Index width) {
    const int terms = known == any ? given : known;
    constexpr Index entries = 256;
    Number each[entries];
    const Index at_once = width <= 8 ? entries / std::max<Index>(1, width) : 1;
    const Real* stage[most_terms];
    Real c[most_terms];
    for (Index row = 0; row < rows; row += at_once) {
        const Index some = std::min(at_once, rows - row), first = row * width;
        for (int j = 0; j < terms; ++j) stage[j] = k[j] + first;
        if (at_once > 1) {
            for (Index r = 0; r < some; ++r) std::fill_n(each + r * width, width, h[row + r]);
            add_terms_by<known, from_zero>(terms, each, out + first, y + first, stage, a, some * width);
        } else {
            for (int j = 0; j < terms; ++j) c[j] = static_cast<Real>(h[row] * a[j]);
            add_terms<known, from_zero>(terms, out + first, y + first, stage, c, width);
        }
    }
}

// For a few numbers a loop over them takes longer to begin than they do: they are summed side by side, term by term.
constexpr int few = 4;
template <int count>
void combine_few(Real* out, const Real* y, const Real* const* k, const Number* a, Number h, int terms) {
    Real sum[count];
    for (int i = 0; i < count; ++i) sum[i] = y ? y[i] : 0;
    for (int j = 0; j < terms; ++j) {
        if (a[j] == 0) continue;
        const Real weight = static_cast<Real>(h * a[j]);
        for (int i = 0; i < count; ++i) sum[i] += weight * k[j][i];
    }
    std::copy_n(sum, count, out);
}

// Not inlined: what it puts onto the stack takes as long as a few numbers.
[[gnu::noinline]] void combine_many(Real* out, const Real* y, const Real* const* k, const Number* a, Number h,
                                    int terms, Index count) {
    in_groups(
        out, y, k, a, terms, [h](Number of) { return static_cast<Real>(h * of); },
        [&](auto known, int n, auto from_zero, const Real* from, const Real* const* stage, const Real* c) {
            add_terms<known(), from_zero()>(n, out, from, stage, c, count);
        });
}

}  // namespace

void combine(Real* out, const Real* y, const Real* const* k, const Number* a, Number h, int terms, Index count) {
    const auto combine_known = [&](auto n) { combine_few<n()>(out, y, k, a, h, terms); };
    if (!small_machine && with_constant<1, few>(count, combine_known)) return;
    combine_many(out, y, k, a, h, terms, count);
}

void combine_rows(Real* out, const Real* y, const Real* const* k, const Number* a, const Number* h, int terms,
                  Index rows, Index width) {
    in_groups(
        out, y, k, a, terms, [](Number of) { return of; },
        [&](auto known, int n, auto from_zero, const Real* from, const Real* const* stage, const Number* weight) {
            add_terms_of_rows<known(), from_zero()>(n, out, from_zero() ? out : from, stage, weight, h, rows, width);
        });
}

void scale_add(Real* y, Real s, const Real* x, Index count) {
    COSTATE_INDEPENDENT
    for (Index i = 0; i < count; ++i) y[i] += s * x[i];
}

Number scaled_square_sum(const Real* err, const Real* y0, const Real* y1, Number rtol, Number atol, Index count) {
    const auto square = [=](Index i) {
        const Number m = larger_size(y0[i], y1[i]);
        const Real finite = (y0[i] - y0[i]) + (y1[i] - y1[i]);  // 0, or nan beside an infinity or a nan
        const Number ratio = Number(err[i] + finite) / error_scale<Real>(m, rtol, atol);
        return ratio * ratio;
    };
    constexpr Index lanes = 8;
    Number lane[lanes] = {};
    Index i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (Index l = 0; l < lanes; ++l) lane[l] += square(i + l);
    }
    Number rest = 0;
    for (; i < count; ++i) rest += square(i);
    for (Index half = lanes / 2; half > 0; half /= 2) {
        for (Index l = 0; l < half; ++l) lane[l] += lane[l + half];
    }
    return lane[0] + rest;
}

bool scale_floor_acts(const Real* y0, const Real* y1, Number rtol, Number atol, Index count) {
    if (atol >= scale_floor<Real>(0) && rtol >= scale_floor<Real>(1)) return false;  // for no state
    for (Index i = 0; i < count; ++i)
        if (is_floor<Real>(larger_size(y0[i], y1[i]), rtol, atol)) return true;
    return false;
}

bool all_finite(const Real* x, Index count) {
    constexpr Real most = std::numeric_limits<Real>::max();
    int others = 0;  // a count, because a branch or a sum of Reals would keep the loop from being vectorised
    for (Index i = 0; i < count; ++i) others += !(std::abs(x[i]) <= most);
    return others == 0;
}

}  // namespace costate::inline COSTATE_WIDTH
