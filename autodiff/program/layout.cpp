#include "autodiff/program/layout.hpp"

#include <algorithm>
#include <limits>

namespace costate::inline COSTATE_PRECISION {

Index in_lines(Index count) {
    constexpr Index line = line_bytes / sizeof(Real);
    return (count + line - 1) / line * line;
}

namespace {

// Values of one size take turns in the scratch of one phase: a stretch of it is free again after the last reading of its
// value, to one whose rows lie as its own did: a run that is done block by block (Workspace::find_runs) then overwrites rows
// of it no sooner than they have been read. How much of it there must be.
Index lay_out_scratch(const Program& p, const LayoutSize& size, Phase phase, MemoryMap& map) {
    const auto code = p.code_of(phase);
    const Arena::Borrowed borrowed(map.offset.get_allocator().arena);
    List<std::size_t> last(p.values.size(), 0, map.offset.get_allocator());
    for (std::size_t i = 0; i < code.size(); ++i) {
        for (std::uint32_t v : p.in(code[i])) last[v] = i;
        for (std::uint32_t v : code[i].results()) last[v] = i;
    }
    for (const Program::Total& s : p.totals) last[s.value] = code.size();
    struct Stretch {
        Index offset, size, row;  // row: entries of one, or 0 of a value without rows
        std::size_t until;
    };
    const bool merged = phase == Phase::sums && map.merges;
    const Index ranges = ranges_in(size.tile, map.range_rows);
    const Index most = (ranges + size.parts - 1) / size.parts * map.range_rows;  // of a part
    const Index rows = std::min(size.tile, most) * (merged ? size.stages : 1);
    List<Stretch> stretches(map.offset.get_allocator());
    Index top = 0;
    for (std::size_t i = 0; i < code.size(); ++i)
        for (std::uint32_t v : code[i].results()) {
            if (p.values[v].home != Program::Home::scratch) continue;
            const Index count = in_lines(entries(p, size, v, rows));
            const Index row = is_row(p, v) ? p.values[v].shape.row_size() : 0;
            auto free = std::find_if(stretches.begin(), stretches.end(),
                                     [&](const Stretch& s) { return s.until < i && s.size == count && s.row == row; });
            if (free == stretches.end()) {
                free = stretches.insert(stretches.end(), Stretch{top, count, row, 0});
                top += count;
            }
            map.offset[v] = free->offset;
            free->until = last[v];
        }
    return top;
}

}  // namespace

Number steps_within(const Program& p, const LayoutSize& size, Number bytes) {
    Number of_a_step = 0, of_all = 0;
    for (std::uint32_t v = 0; v < p.values.size(); ++v) {
        if (p.values[v].home != Program::Home::slot) continue;
        const Number place =
            Number(apart(p, size, v, size.tile, may_merge(p, size))) * copies_of(p, size, v) * sizeof(Real);
        const bool many = lasts(p, v) && !is_one_slot(p, size, v);
        of_a_step += many ? place * (size.stages - 1) : 0;
        of_all += many ? place : place * size.stages;
    }
    const auto most = std::numeric_limits<int>::max() / size.stages;  // whole steps
    return std::min((bytes - of_all) / of_a_step, Number(most));
}

MemoryMap lay_out(const Program& p, const LayoutSize& size, Arena* arena) {
    MemoryMap l{.offset = List<Index>(arena)};
    l.offset.assign(p.values.size(), 0);
    l.range_rows = range_rows_of(p, size);
    l.merges = may_merge(p, size);
    const Index in_accumulators = size.tile_by_tile ? size.tile : size.rows;
    const Index ranges = ranges_in(in_accumulators, l.range_rows);
    l.ranges_at_once = static_cast<int>(std::max<Index>(1, ranges));
    Index zeros = 0;
    const auto give = [](Index& end, Index& offset, Index count) { offset = std::exchange(end, end + count); };
    for (std::uint32_t v = 0; v < p.values.size(); ++v) {
        const Program::Home home = p.values[v].home;
        const Index whole = in_lines(entries(p, size, v, size.rows)), tile = in_lines(entries(p, size, v, size.tile));
        zeros = std::max(zeros, tile);
        if (home == Program::Home::sum) give(l.sums_size, l.offset[v], whole);
        if (home == Program::Home::once) give(l.end, l.offset[v], whole);
        if (home == Program::Home::slot) give(l.end, l.offset[v], copies_of(p, size, v) * size_of_slot(p, size, v));
    }
    bool absent = false;
    for (const Port port : {Port::forward, Port::reverse, Port::summed})
        for (const std::uint32_t v : p.at(port)) absent = absent || v == Program::none;
    give(l.end, l.zeros, absent ? zeros : 0);
    for (Phase phase : {Phase::forward, Phase::reverse, Phase::sums})
        l.scratch_size = std::max(l.scratch_size, lay_out_scratch(p, size, phase, l));
    for (std::uint32_t v = 0; v < p.values.size(); ++v)
        if (p.values[v].home == Program::Home::scratch) l.offset[v] += l.end;
    l.sums = l.end + size.parts * l.scratch_size;
    l.set_size = (1 + l.ranges_at_once) * l.sums_size;
    l.end = l.sums + size.sets * l.set_size;
    return l;
}

}  // namespace costate
