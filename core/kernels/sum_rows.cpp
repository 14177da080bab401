#include "core/kernels/sum_rows.hpp"

#include <algorithm>

#include "core/kernels/simd.hpp"  // brings: Vector, load, store, broadcast
#include "core/loops.hpp"         // brings: with_constant
#include "core/rows.hpp"          // brings: sum_block, pairwise_head, max_ranges
#include "core/small.hpp"         // brings: small_machine

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::Vector;

// V vectors of columns, the last one with `width` of its lanes, stay in registers while the rows go by. `end` is where x
// ends: no row is read beyond it.
template <int V>
struct Vectors {
    static constexpr Index most = V * simd::lanes;
    static void add(const Real* x, const Real* end, Index rows, Index stride, Index width, const Real* weights, Real* y,
                    Into into) {
        const Index last = most - simd::lanes;
        const auto load_some = [&](const Real* from) {
            Real some[simd::lanes] = {};
            std::copy_n(from, width, some);
            return simd::load(some);
        };
        Vector acc[V] = {};
        if (into == Into::extend) {
            for (int v = 0; v + 1 < V; ++v) acc[v] = simd::load(y + v * simd::lanes);
            acc[V - 1] = load_some(y + last);
        }
        for (Index i = 0; i < rows; ++i, x += stride) {
            const Vector weight = simd::broadcast(weights != nullptr ? weights[i] : Real(1));
            for (int v = 0; v + 1 < V; ++v) acc[v] += weight * simd::load(x + v * simd::lanes);
            acc[V - 1] += weight * (end - x >= most ? simd::load(x + last) : load_some(x + last));
        }
        if (into == Into::add) {
            for (int v = 0; v + 1 < V; ++v) acc[v] = simd::load(y + v * simd::lanes) + acc[v];
            acc[V - 1] = load_some(y + last) + acc[V - 1];
        }
        for (int v = 0; v + 1 < V; ++v) simd::store(y + v * simd::lanes, acc[v]);
        for (Index l = 0; l < width; ++l) y[last + l] = acc[V - 1][l];
    }
};

// Of one column or two, number by number: to fill some lanes of a vector takes as long as ten additions.
template <int columns>
struct Few {
    static constexpr Index most = columns;
    static void add(const Real* x, const Real*, Index rows, Index stride, Index, const Real* weights, Real* y,
                    Into into) {
        Real acc[columns] = {};
        if (into == Into::extend) std::copy_n(y, columns, acc);
        for (Index i = 0; i < rows; ++i, x += stride)
            for (int j = 0; j < columns; ++j) acc[j] += (weights != nullptr ? weights[i] : Real(1)) * x[j];
        for (int j = 0; j < columns; ++j) y[j] = into == Into::add ? y[j] + acc[j] : acc[j];
    }
};

// The same for any number of rows, in the order of core/rows.hpp.
template <class Columns>
void sum_strip(const Real* x, const Real* end, Index rows, Index stride, Index width, const Real* weights, Real* y,
               Into into) {
    if (rows <= sum_block) return Columns::add(x, end, rows, stride, width, weights, y, into);
    const Index head = pairwise_head(rows);
    Real chain[Columns::most], part[Columns::most];
    Real* acc = into == Into::add ? chain : y;
    sum_strip<Columns>(x, end, head, stride, width, weights, acc, into == Into::add ? Into::assign : into);
    sum_strip<Columns>(x + head * stride, end, rows - head, stride, width,
                       weights != nullptr ? weights + head : nullptr, part, Into::assign);
    const Index entries = Columns::most - simd::lanes + width;
    for (Index j = 0; j < entries; ++j) acc[j] += part[j];
    if (into == Into::add)
        for (Index j = 0; j < entries; ++j) y[j] += chain[j];
}

}  // namespace

void sum_rows(const View& x, Real* y, Into into, const Real* weights) {
    const Index rows = x.shape[0], columns = x.shape[1];
    const Real* end = x.data + rows * columns;
    const auto sum_few = [&](auto count) {  // as wide as a vector is, so that all columns are entries of the strip
        sum_strip<Few<count()>>(x.data, end, rows, columns, simd::lanes, weights, y, into);
    };
    if (!small_machine && with_constant<1, 2>(columns, sum_few)) return;
    for (Index j = 0; j < columns;) {
        const Index left = columns - j, vectors_left = (left + simd::lanes - 1) / simd::lanes;
        constexpr int widest = small_machine ? 1 : 2;
        const int doublings = vectors_left >= 4 ? 2 : vectors_left >= 2 ? 1 : 0;
        with_constant<0, widest>(std::min(doublings, widest), [&](auto log) {
            constexpr int V = 1 << log();
            const Index taken = std::min(left, Vectors<V>::most), width = taken - (Vectors<V>::most - simd::lanes);
            sum_strip<Vectors<V>>(x.data + j, end, rows, columns, width, weights, y + j, into);
            j += taken;
        });
    }
}

namespace {

// The chains of as many ranges, row by row: one alone waits for each of its additions. Each number is read by itself, lest
// g++ make vectors of what lies apart, with which eight chains take twice as long.
template <int ranges, bool weighted>
void extend_together(const Real* x, Index rows, Index length, const Real* weights, Real* y, Index apart) {
    Real sum[ranges];
#pragma GCC unroll 8
    for (int g = 0; g < ranges; ++g) sum[g] = y[g * apart];
    for (Index i = 0; i < rows; ++i) {
#pragma GCC unroll 8
        for (int g = 0; g < ranges; ++g) {
            const Real term = simd::alone(x + g * length + i);
            sum[g] += weighted ? weights[g * length + i] * term : term;
        }
    }
#pragma GCC unroll 8
    for (int g = 0; g < ranges; ++g) y[g * apart] = sum[g];
}

template <bool weighted>
void extend_all(const Real* x, Index rows, Index length, const Real* weights, Real* y, Index apart) {
    const Index ranges = ranges_in(rows, length), shortest = rows - (ranges - 1) * length;
    with_constant<1, max_ranges>(
        ranges, [&](auto count) { extend_together<count(), weighted>(x, shortest, length, weights, y, apart); });
    for (Index g = 0; g + 1 < ranges; ++g) {  // what the last range does not have
        const Index first = g * length + shortest;
        Few<1>::add(x + first, nullptr, length - shortest, 1, 1, weighted ? weights + first : nullptr, y + g * apart,
                    Into::extend);
    }
}

}  // namespace

void extend_column_sums(const Real* x, Index rows, Index length, const Real* weights, Real* y, Index apart) {
    if (weights != nullptr) return extend_all<true>(x, rows, length, weights, y, apart);
    extend_all<false>(x, rows, length, weights, y, apart);
}

}  // namespace costate::inline COSTATE_WIDTH
