#include "ode/batch/stages.hpp"

#include <algorithm>
#include <numeric>

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr Index tile_bytes = 1 << 20;  // what a part's stages may keep: about one core's second-level cache

// Whole ranges of rows: for each part as many as fit.
Index tile_for(Index rows, Index bytes_per_row, int parts) {
    const Index length = range_length(rows);
    const Index ranges = std::max<Index>(1, tile_bytes / std::max<Index>(1, bytes_per_row * length));
    return std::min(rows, parts * ranges * length);
}

}  // namespace

void Stages::prepare(const SolvePlan& plan, std::span<const View> captures, int sets) {
    const Program& program = *plan.program;
    const int stages = plan.options.method.dense_stages;
    tileable_ = program.tileable;
    rows_ = program.tileable ? program.recorded_rows() : 1;
    widths_.clear();
    const bool joint_rows = plan.options.rows == joint;  // else the last of the states is t, one for each row
    for (std::uint32_t v : program.at(Port::state))
        widths_.push_back(program.tileable ? program.values[v].shape.row_size() : program.values[v].shape.size());
    if (!joint_rows) widths_.pop_back();
    offsets_.clear();
    row_width_ = 0;
    for (const Index width : widths_) {
        offsets_.push_back(rows_ * row_width_);
        row_width_ += width;
    }
    Workspace::Size size{
        .rows = program.recorded_rows(), .tile = program.recorded_rows(), .stages = stages, .sets = sets};
    if (program.tileable && plan.options.tiles) {
        const Index each = Workspace::bytes_per_row(program, stages, false);
        // A range whose stages do not fit together keeps one stage at a time, where the sums can be made at once.
        size.one_slot = joint_rows && plan.part == Part::adjoint && each * range_length(size.rows) > 2 * tile_bytes;
        size.parts = Workspace::parts_for(program, size.rows);
        size.tile =
            tile_for(size.rows, size.one_slot ? Workspace::bytes_per_row(program, stages, true) : each, size.parts);
    }
    size.tile_by_tile = joint_rows && plan.part == Part::reverse;
    workspace_.prepare(program, size);
    most_ = program.tileable ? workspace_.size().tile : 1;
    sums_at_once_ = size.one_slot;
    for (std::size_t i = 0; i < captures.size(); ++i) workspace_.bind(i, captures[i]);
    workspace_.prologue();
    places_.resize(stages);
    std::iota(places_.begin(), places_.end(), 0);
    row_ = -1;
}

void Stages::begin_tile(Index first, Index rows) {
    if (first == row_ && rows == tile_rows_) return;
    if (tileable_) workspace_.begin_tile(first, rows);
    row_ = first;
    tile_rows_ = rows;
    states_.clear();
    rates_.clear();
    for (std::size_t c = 0; c < components(); ++c)
        for (const int place : places_) {
            states_.push_back(workspace_.state(c, place));
            rates_.push_back(workspace_.forward_result(c, place));
        }
}

void Stages::finish_into(std::span<const MutableView> sums, int set) {
    finish(set);
    for (std::size_t i = 0; i < sums.size(); ++i) std::copy_n(summed(i).data, sums[i].size(), sums[i].data);
}

void Stages::swap(int i, int j) {
    const std::size_t a = i, b = j, n = places_.size();
    std::swap(places_[a], places_[b]);
    for (std::size_t c = 0; c < components(); ++c) {
        std::swap(states_[c * n + a], states_[c * n + b]);
        std::swap(rates_[c * n + a], rates_[c * n + b]);
    }
}

void Stages::accumulate(int first, int end, const double* weights, int set) {
    double by_place[most_stages] = {};
    for (int i = first; i < end && weights; ++i) by_place[place(i)] = weights[i];
    for (int i = first, next; i < end; i = next) {  // those that lie side by side at once
        for (next = i + 1; next < end && place(next) == place(next - 1) + 1;) ++next;
        workspace_.accumulate(place(i), next - i, weights ? by_place : nullptr, set);
    }
}

}  // namespace costate::ode
