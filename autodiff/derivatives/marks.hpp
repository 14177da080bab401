// autodiff/derivatives/marks.hpp — what lies between xs and ys on a tape, and which y depends on which x
#pragma once
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars

namespace costate::inline COSTATE_PRECISION {
namespace walking {

// Of each value, as bits: it depends on an x; a y depends on it.
inline constexpr std::uint8_t from_x = 1, to_y = 2;
using Marks = std::vector<std::uint8_t>;

struct Stretch {  // of the tape: operations begin ... end − 1
    std::size_t begin, end;
};

// Marks all values, and returns the operations between the first x and the last y.
Stretch mark_between(const Tape& tape, Vars xs, Vars ys, Marks& marks);

// Was y computed from x, as a walk sees it? Both lie on one tape.
bool depends(Var y, Var x);

// Do rows of y surely depend on other rows of x than their own (autodiff/tape/row_rules.hpp)? Only a sum over the rows
// that meets them again says so: what a rule calls coupled may well keep them apart, as two transposes do.
bool mixes_rows(Var y, Var x);

}  // namespace walking
}  // namespace costate
