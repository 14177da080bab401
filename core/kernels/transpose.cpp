// core/kernels/transpose.cpp — three ways to transpose, by shape
//   both sides at least one vector   squares of lanes x lanes, in registers; the last square of a row or a column
//                                    overlaps its neighbour instead of leaving a tail, and writes the same values twice
//   a dense side of 1..4             plain loops with that number known, which the compilers turn into shuffles
//   anything else, small machines    plain loops
#include "core/kernels/transpose.hpp"

#include <algorithm>  // brings: std::min

#include "core/kernels/simd.hpp"  // brings: Vector, load, store, transpose_lanes
#include "core/loops.hpp"         // brings: with_constant
#include "core/small.hpp"         // brings: small_machine

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::lanes;

void square(const Real* A, Index a_stride, Real* At, Index at_stride) {
    simd::Vector x[lanes];
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i) x[i] = simd::load(A + i * a_stride);
    simd::transpose_lanes(x);
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i) simd::store(At + i * at_stride, x[i]);
}

template <int columns>
void from_dense(const Real* __restrict A, Real* __restrict At, Index at_stride, Index rows) {
    for (Index i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) At[j * at_stride + i] = A[i * columns + j];
}

template <int rows>
void to_dense(const Real* __restrict A, Index a_stride, Real* __restrict At, Index columns) {
    for (Index j = 0; j < columns; ++j)
        for (int i = 0; i < rows; ++i) At[j * rows + i] = A[i * a_stride + j];
}

}  // namespace

void transpose(const Real* A, Index a_stride, Real* At, Index at_stride, Index rows, Index columns) {
    if (lanes > 1 && rows >= lanes && columns >= lanes) {
        for (Index i = 0; i < rows; i += lanes)
            for (Index j = 0; j < columns; j += lanes) {
                const Index i0 = std::min(i, rows - lanes), j0 = std::min(j, columns - lanes);
                square(A + i0 * a_stride + j0, a_stride, At + j0 * at_stride + i0, at_stride);
            }
        return;
    }
    if constexpr (!small_machine) {
        const auto few_columns = [&](auto known) { from_dense<known()>(A, At, at_stride, rows); };
        const auto few_rows = [&](auto known) { to_dense<known()>(A, a_stride, At, columns); };
        if (a_stride == columns && with_constant<1, 4>(columns, few_columns)) return;
        if (at_stride == rows && with_constant<1, 4>(rows, few_rows)) return;
    }
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < columns; ++j) At[j * at_stride + i] = A[i * a_stride + j];
}

void transpose(const Real* A, Real* At, Index rows, Index columns) { transpose(A, columns, At, rows, rows, columns); }

}  // namespace costate::inline COSTATE_WIDTH
