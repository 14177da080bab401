// autodiff/labels.hpp — which values of a program belong to the rows of a batch?
// Axis 0 of the rows' inputs (the state z of a solve) carries the label, and operators pass it on; it is never guessed from
// an extent, since a hidden width and a batch may be equal:
//   row      axis 0 is the batch, and row i depends on row i of its row operands only
//   shared   does not depend on the rows at all: parameters, t
//   row_sum  a sum over the rows: every row contributes, all see the same result
//   coupled  anything else that mixes rows: its program runs all rows at once
// see      autodiff/program.hpp (what is done with the labels)
#pragma once
#include <cstdint>
#include <span>

#include "core/shape.hpp"  // brings: Shape

namespace costate {

enum class Rows : std::uint8_t { shared, row, row_sum, coupled };

struct RowOperand {
    Rows rows;
    Shape shape;
};

// An operator's answer: its result's label, and which shared operands it reads aligned with the rows (bit i: operand i
// holds one row for every row of the batch, so a tile of rows needs the matching slice of it).
struct RowRule {
    Rows result = Rows::coupled;
    unsigned sliced = 0;
};

// For operators that work entry by entry with broadcasting.
inline RowRule elementwise_rows(std::span<const RowOperand> in, const Shape& out) {
    RowRule rule{.result = Rows::row};
    for (std::size_t i = 0; i < in.size(); ++i) {
        const bool aligned = in[i].shape.rank() == out.rank() && out.rank() > 0 && in[i].shape[0] == out[0];
        if (in[i].rows == Rows::row && !aligned) return {};
        if (in[i].rows == Rows::shared && aligned && out[0] != 1) rule.sliced |= 1u << i;
    }
    return rule;
}

// For operators that keep axis 0 as it is and work within a row.
inline RowRule within_rows(std::span<const RowOperand> in, const Shape& out) {
    return in[0].rows == Rows::row && out.rank() > 0 && out[0] == in[0].shape[0] ? RowRule{.result = Rows::row}
                                                                                 : RowRule{};
}

}  // namespace costate
