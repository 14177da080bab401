#include "core/kernels/sum_rows.hpp"

#include <algorithm>

#include "core/kernels/simd.hpp"  // brings: Vector, load, store, broadcast
#include "core/loops.hpp"         // brings: with_constant
#include "core/rows.hpp"          // brings: sum_block, pairwise_head, max_ranges

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::Vector;

// V vectors of columns, the last one with `width` of its lanes, stay in registers while the rows go by. `end` is where x
// ends: no row is read beyond it.
template <int V>
void sum_columns(const Real* x, const Real* end, Index rows, Index stride, Index width, const Real* weights, Real* y,
                 Into into) {
    constexpr Index all = V * simd::lanes;
    const Index last = all - simd::lanes;
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
        acc[V - 1] += weight * (end - x >= all ? simd::load(x + last) : load_some(x + last));
    }
    if (into == Into::add) {
        for (int v = 0; v + 1 < V; ++v) acc[v] = simd::load(y + v * simd::lanes) + acc[v];
        acc[V - 1] = load_some(y + last) + acc[V - 1];
    }
    for (int v = 0; v + 1 < V; ++v) simd::store(y + v * simd::lanes, acc[v]);
    for (Index l = 0; l < width; ++l) y[last + l] = acc[V - 1][l];
}

// The same for any number of rows, in the order of core/rows.hpp.
template <int V>
void sum_strip(const Real* x, const Real* end, Index rows, Index stride, Index width, const Real* weights, Real* y,
               Into into) {
    if (rows <= sum_block) return sum_columns<V>(x, end, rows, stride, width, weights, y, into);
    constexpr Index all = V * simd::lanes;
    const Index head = pairwise_head(rows), entries = all - simd::lanes + width;
    Real chain[all], part[all];
    Real* acc = into == Into::add ? chain : y;
    sum_strip<V>(x, end, head, stride, width, weights, acc, into == Into::add ? Into::assign : into);
    sum_strip<V>(x + head * stride, end, rows - head, stride, width, weights != nullptr ? weights + head : nullptr,
                 part, Into::assign);
    for (Index j = 0; j < entries; ++j) acc[j] += part[j];
    if (into == Into::add)
        for (Index j = 0; j < entries; ++j) y[j] += chain[j];
}

}  // namespace

void sum_rows(const View& x, Real* y, Into into, const Real* weights) {
    const Index rows = x.shape[0], columns = x.shape[1];
    const Real* end = x.data + rows * columns;
    for (Index j = 0; j < columns;) {
        const Index left = columns - j, vectors_left = (left + simd::lanes - 1) / simd::lanes;
        constexpr int widest = small_machine ? 1 : 2;
        const int doublings = vectors_left >= 4 ? 2 : vectors_left >= 2 ? 1 : 0;
        with_constant<0, widest>(std::min(doublings, widest), [&](auto log) {
            constexpr int V = 1 << log();
            constexpr Index most = V * simd::lanes;
            const Index taken = std::min(left, most), width = taken - (most - simd::lanes);
            sum_strip<V>(x.data + j, end, rows, columns, width, weights, y + j, into);
            j += taken;
        });
    }
}

void extend_column_sums(const Real* x, Index rows, Index length, const Real* weights, Real* y, Index apart) {
    const Index ranges = ranges_in(rows, length), shortest = rows - (ranges - 1) * length;
    const auto term = [&](Index row) { return weights != nullptr ? weights[row] * x[row] : x[row]; };
    Real sum[max_ranges];
    for (Index g = 0; g < max_ranges; ++g) sum[g] = y[std::min(g, ranges - 1) * apart];
    for (Index i = 0; i < shortest; ++i) {
#pragma GCC unroll 8
        for (Index g = 0; g < max_ranges; ++g)  // always as many: the last range stands for those that there are not
            sum[g] += term(std::min(g, ranges - 1) * length + i);
    }
    for (Index g = 0; g < ranges; ++g) {
        for (Index i = shortest; i < length && g + 1 < ranges; ++i) sum[g] += term(g * length + i);
        y[g * apart] = sum[g];
    }
}

}  // namespace costate::inline COSTATE_WIDTH
