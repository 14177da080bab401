// autodiff/tape/row_rules.hpp — which values of a program belong to the rows of a batch?
// Axis 0 of the rows' inputs (the state z of a solve) carries the label, and operators pass it on; it is never guessed from
// an extent, since a hidden width and a batch may be equal:
//   row      axis 0 is the batch, and row i depends on row i of its row operands only
//   shared   does not depend on the rows at all: parameters, t
//   row_sum  a sum over the rows: every row contributes, all see the same result
//   coupled  anything else that mixes rows: its program runs all rows at once
// see      autodiff/program/program.hpp (what is done with the labels)
#pragma once
#include <cstdint>
#include <span>

#include "core/shape.hpp"  // brings: Shape

namespace costate {

enum class Rows : std::uint8_t { shared, row, row_sum, coupled };

struct RowOperand {
    Rows rows;
    Shape shape;
    bool aligned =
        false;  // set by a rule: this shared operand holds a row for each row of the batch, and is read with it
};

// An operator's rule gives its result's label, and says which shared operands are aligned with the rows: a tile of rows
// needs the matching slice of them. It is also asked about shared operands alone: could axis 0 of the result be the
// rows? Then `row` says yes, if the operands it marks hold rows too (none marked: for any number of rows);
// `shared` or `row_sum`: no, axis 0 is something else; `coupled`: that cannot be told.

// For operators that work entry by entry with broadcasting.
inline Rows elementwise_rows(std::span<RowOperand> in, const Shape& out) {
    for (RowOperand& x : in) {
        const bool aligned = x.shape.rank() == out.rank() && out.rank() > 0 && x.shape[0] == out[0];
        if (x.rows == Rows::row && !aligned) return Rows::coupled;
        x.aligned = x.rows == Rows::shared && aligned && out[0] != 1;
    }
    return Rows::row;
}

// For operators that keep axis 0 as it is and work within a row of their first operand.
inline Rows within_rows(std::span<RowOperand> in, const Shape& out) {
    if (in[0].shape.rank() == 0 || out.rank() == 0 || out[0] != in[0].shape[0]) return Rows::coupled;
    in[0].aligned = in[0].rows == Rows::shared;
    return Rows::row;
}

}  // namespace costate
