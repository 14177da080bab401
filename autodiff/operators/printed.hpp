// autodiff/operators/printed.hpp — sums and copies as C99, in the order that BITS=same has (internal to autodiff/)
#pragma once
#include "autodiff/tape/c_code.hpp"  // brings: CCode, Shape, Into
#include "core/kernels/gemm.hpp"     // brings: GemmShape
#include "core/kernels/nest.hpp"     // brings: Nest

namespace costate::inline COSTATE_PRECISION {

// y = op(a) op(b), and c[j] added to each row: core/kernels/gemm.hpp, core/kernels/dots.hpp
void print_product(CCode& c, const GemmShape& shape, bool with_row);
// Of a sum over rows that is printed as one chain: they are no more than one range of core/rows.hpp.
void require_one_range(const CCode& c, Index rows);
// The sum, the largest entry, or log Σ exp along axes of x: core/kernels/reduce.hpp. Of rows, range by range (core/rows.hpp).
enum class Fold { sum, max, logsumexp };
void print_fold(CCode& c, Fold fold, unsigned axes);
// An entry of a table between its knots, or of the derivative of that order; transposed: what belongs to the table's entries.
struct InterpInC {
    bool cubic, each, transposed;  // each: a table for each row
    int order;
};
void print_interp(CCode& c, const InterpInC& how);
// y[to + o to_step + i] = of[from + o from_step + i] for `outer` o and `count` i
struct Blocks {
    Index outer, count, from, from_step, to, to_step;
};
void print_blocks(CCode& c, const Blocks& blocks, std::string_view of = "x");
// y [columns,rows] = x [rows,columns] turned
void print_transposed(CCode& c, Index rows, Index columns);
// y[0], y[1], ... = the entries of x in the order of a walk through it
void print_walk(CCode& c, const Nest& nest);
// y[i] = value for all of y
void print_fill(CCode& c, double value);

}  // namespace costate
