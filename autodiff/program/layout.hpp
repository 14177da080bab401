// autodiff/program/layout.hpp — where a program's values lie in a workspace's memory: program × size → a table of offsets
//   once-values | stage slots | zeros | scratch of forward, reverse and sums (they share it) | sets of accumulators
// Each of the parts in which a tile is worked on has a scratch of its own.
// A set of accumulators is their total, and behind it a part for each range of rows (core/rows.hpp) that has its own.
#pragma once
#include <algorithm>

#include "autodiff/program/program.hpp"  // brings: Program, Phase
#include "core/arena.hpp"                // brings: Arena, List
#include "core/rows.hpp"                 // brings: range_length, sum_block

namespace costate::inline COSTATE_PRECISION {

struct LayoutSize {
    Index rows = 1;  // of the whole batch
    Index tile = 0;  // most rows of one tile: whole ranges, or all rows, which 0 stands for
    int parts = 1;   // that a tile's ranges are worked on in, at the same time
    int stages = 1;  // of a step
    int steps = 1;   // of which what forward keeps is kept: the last stage of one has the place of the next one's first
    int sets = 1;    // of accumulators: a second one for a step that may be rejected, a third for its error
    bool one_slot = false;      // what is kept for a later phase is overwritten by the next stage: less memory
    bool tile_by_tile = false;  // each tile is begun once: accumulators for the ranges of one tile will do
    bool in_turn = false;  // stages are too short to be shared out: its parts take turns, where they do not go alone
    bool operator==(const LayoutSize&) const = default;
};

struct MemoryMap {
    List<Index> offset;      // of each value: in the memory, or in a set of accumulators
    Index zeros = 0;         // where a result lies that is always 0
    Index scratch_size = 0;  // of one part; those of the other parts lie behind it
    Index sums = 0;          // where the first set of accumulators begins
    Index sums_size = 0;     // of the accumulators of one range, or of their total
    Index set_size = 0;
    Index range_rows = 1;
    int ranges_at_once = 1;  // that have accumulators of their own
    bool merges = false;     // the sums phase takes the rows of all stages as more rows
    Index end = 0;           // so many Reals
};

MemoryMap lay_out(const Program& program, const LayoutSize& size, Arena* arena = nullptr);

// Does every row of the batch, or of a tile, have a row of this value?
inline bool is_row(const Program& p, std::uint32_t value) { return p.tileable && p.values[value].rows == Rows::row; }
// Is it kept in one place for all stages, although it is made at each?
inline bool is_one_slot(const Program& p, const LayoutSize& size, std::uint32_t value) {
    return size.one_slot && !p.values[value].per_stage;
}
// Is it there for as many steps as there are? So is what forward makes; what reverse makes and reads alone is of one step.
inline bool lasts(const Program& p, std::uint32_t value) { return p.values[value].phase <= Phase::forward; }
// How many places has it, one for each stage; and how many copies of them? What is the same for all rows of a stage each part
// has for itself, as another one may still be reading, or be at another step.
inline Index places_of(const Program& p, const LayoutSize& size, std::uint32_t value) {
    if (is_one_slot(p, size, value)) return 1;
    return lasts(p, value) ? static_cast<Index>(size.steps) * (size.stages - 1) + 1 : size.stages;
}
inline int copies_of(const Program& p, const LayoutSize& size, std::uint32_t value) {
    const Program::Value& v = p.values[value];
    return v.home == Program::Home::slot && !is_row(p, value) ? size.parts : 1;
}
// The entries of a value in so many rows of a tile.
inline Index entries(const Program& p, const LayoutSize& size, std::uint32_t value, Index rows) {
    const Program::Value& v = p.values[value];
    return is_row(p, value) ? rows * v.shape.row_size() : v.aligned ? size.rows * v.shape.row_size() : v.shape.size();
}
inline Index range_rows_of(const Program& p, const LayoutSize& size) {
    return p.tileable ? range_length(size.rows) : std::max<Index>(1, size.rows);
}
// May the sums phase take the rows of all stages as more rows? Where a tile is one range, as its sum is one chain then.
inline bool may_merge(const Program& p, const LayoutSize& size) {
    return p.merges_stages && !size.one_slot && size.tile <= range_rows_of(p, size);
}
Index in_lines(Index count);  // rounded up to cache lines
// From one stage's place to the next: without a gap where stages merge; else what has many entries lies in whole cache lines,
// as a vector that crosses one takes twice as long.
inline Index apart(const Program& p, const LayoutSize& size, std::uint32_t value, Index rows, bool merges) {
    constexpr Index many = 8 * line_bytes / static_cast<Index>(sizeof(Real));
    const Index count = entries(p, size, value, rows);
    return merges || count < many ? count : in_lines(count);
}
// What the places of a value in a slot take: of one copy, one place behind the other.
inline Index size_of_slot(const Program& p, const LayoutSize& size, std::uint32_t value) {
    return in_lines(places_of(p, size, value) * apart(p, size, value, size.tile, may_merge(p, size)));
}
// For how many steps so many bytes have room, if they hold what is kept of stages and nothing else.
Number steps_within(const Program& p, const LayoutSize& size, Number bytes);

}  // namespace costate
