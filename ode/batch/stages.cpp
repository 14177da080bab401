#include "ode/batch/stages.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr Index tile_bytes = 1 << 20;  // what a tile's stages may keep: about one core's second-level cache

// Whole ranges of rows, as many as fit.
Index tile_for(Index rows, Index bytes_per_row) {
    const Index length = range_length(rows);
    const Index ranges = std::max<Index>(1, tile_bytes / std::max<Index>(1, bytes_per_row * length));
    return std::min(rows, ranges * length);
}

}  // namespace

void Stages::prepare(const SolvePlan& plan, std::span<const View> captures, int sets) {
    const Program& program = *plan.program;
    const int stages = plan.options.method.dense_stages;
    tileable_ = program.tileable;
    rows_ = program.tileable ? program.recorded_rows() : 1;
    widths_.clear();
    for (std::uint32_t v : program.at(Port::state))
        widths_.push_back(program.tileable ? program.values[v].shape.row_size() : program.values[v].shape.size());
    Workspace::Size size{
        .rows = program.recorded_rows(), .tile = program.recorded_rows(), .stages = stages, .sets = sets};
    if (program.tileable && plan.options.tiles) {
        const Index each = Workspace::bytes_per_row(program, stages, false);
        // A range whose stages do not fit together keeps one stage at a time, where the sums can be made at once.
        size.one_slot = plan.part == Part::adjoint && each * range_length(size.rows) > 2 * tile_bytes;
        size.tile = tile_for(size.rows, size.one_slot ? Workspace::bytes_per_row(program, stages, true) : each);
    }
    size.tile_by_tile = plan.part == Part::reverse;
    workspace_.prepare(program, size);
    tile_ = program.tileable ? workspace_.size().tile : 1;
    sums_at_once_ = size.one_slot;
    for (std::size_t i = 0; i < captures.size(); ++i) workspace_.bind(i, captures[i]);
    workspace_.prologue();
}

}  // namespace costate::ode
