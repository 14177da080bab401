// ode/batch/stages.hpp — evaluating a field at a step's stages, for a tile of the batch's rows, by replaying a plan's program
// A walk writes a stage's state, calls forward, reads its rates; a reverse sweep writes a stage's cotangent w, calls reverse,
// reads wᵀ∂f/∂z; accumulate adds the stages' wᵀ∂f/∂c, each times its weight, to a set of accumulators.
// A stage has a place in the workspace. Where one step has room, its last stage changes places with its first, and is the next
// step's first one. Where many have, they lie one behind the other, and what f kept at every stage is still there when the
// gradient comes:   step n's stage i at n s + i,   its last one at (n + 1) s, the place of step n + 1's first one.
// parts    Each part of a tile's rows can try a step by itself, on a thread of its own, or where steps are known, take all of
//          them: part(k) is those rows, as Stages that share the workspace, and have what belongs to one thread's way: where
//          its stages' numbers lie, and which of the steps it is at.
// see      ode/batch/tiles.hpp · ode/gradients/reverse_sweep.hpp · ode/batch/quadrature.hpp
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "autodiff/program/workspace.hpp"  // brings: Program, Workspace
#include "core/kernels/combine.hpp"        // brings: combine
#include "ode/field/plan.hpp"              // brings: SolvePlan

namespace costate::ode::inline COSTATE_PRECISION {

// What a part of a tile's rows does by itself, on a thread of its own, before it hears of the others: each more than the last.
enum class PartTakes { stages, attempts, all_steps };

class Stages {
public:
    // Lays out the memory and binds the captures. steps > 1: room for so many steps of all rows, whose stages are kept.
    void prepare(const SolvePlan& plan, std::span<const View> captures, int sets, int steps = 1);
    // For how many steps so many bytes have room; and here.
    static Number steps_within(const SolvePlan& plan, Number bytes);
    int steps() const { return workspace().size().steps; }
    std::size_t bytes() const { return static_cast<std::size_t>(workspace().bytes()); }
    void set_finite_check(bool on) { workspace().set_finite_check(on); }
    bool finite_check() const { return workspace().finite_check(); }

    Index rows() const { return shapes_.rows; }  // of the batch
    Index rows_of_tile() const { return most_; }
    std::size_t components() const { return shapes_.widths.size(); }
    // Numbers in a row of this component, and of all of them.
    Index width(std::size_t component) const { return shapes_.widths[component]; }
    Index row_width() const { return shapes_.row_width; }
    // A list of all numbers has one component after the other: how long it is, where one begins.
    Index total() const { return rows() * row_width(); }
    Index offset(std::size_t component) const { return shapes_.offsets[component]; }
    // Whether accumulate must follow each stage at once, because its kept values are overwritten by the next stage.
    bool sums_at_once() const { return workspace().size().one_slot; }

    void begin_tile(Index first, Index rows);
    template <class Body>
    COSTATE_INLINE void each_tile(Index first, Index end, Body&& body) {  // body() for each of these rows' tiles
        for (Index row = first; row < end; row += most_) {
            begin_tile(row, std::min(most_, end - row));
            body();
        }
    }
    // Of the tile: in how many parts its rows may go their ways, and one of them, until another tile begins. It has no tiles,
    // and no sums over all of the rows.
    int parts() const { return shapes_.tileable ? workspace().parts() : 1; }
    PartTakes part_takes() const { return part_takes_; }  // at most: who walks may let them take less
    // Is it worth while for so many steps? Observations may lie close together.
    bool pays_alone(const SolvePlan& plan, int steps) const;
    Stages& part(int k) { return *parts_[static_cast<std::size_t>(k)]; }
    void begin_parts();

    Index row() const { return row_; }             // where the tile begins
    Index rows_now() const { return tile_rows_; }  // of the tile
    Index entries(std::size_t c) const { return tile_rows_ * width(c); }
    Index tile_offset(std::size_t c) const { return offset(c) + row_ * width(c); }  // in a list of all numbers

    Real* state(std::size_t c, int stage) { return states_[at(c, stage)]; }
    Real* rate(std::size_t c, int stage) { return rates_[at(c, stage)]; }
    const Real* const* rates(std::size_t c) const { return &rates_[at(c, 0)]; }
    Real* cotangent(std::size_t c, int stage) { return cotangents_[at(c, stage)]; }
    Real* z_bar(std::size_t c, int stage) { return z_bars_[at(c, stage)]; }  // wᵀ∂f/∂z

    // The state of stage i, from what z(c) points to: the tile's rows of each component. Of those that are solved for at once
    // with i, too: what is known of them.
    template <class Z>
    void form(const Method& m, int i, Number h, Z&& z) {
        for (int p = i; p < m.end_of_block(i); ++p)
            for (std::size_t c = 0; c < components(); ++c)
                combine(state(c, p), z(c), rates(c), m.a + p * m.dense_stages, h, i, entries(c));
    }
    void forward(int stage, Number t) {
        if (is_part()) return forward_alone(stage, t);
        workspace().set_time(0, place(stage), static_cast<Real>(t));
        workspace().forward(place(stage));
    }
    void reverse(int stage) {
        if (is_part()) return workspace().reverse(place(stage), {part_, step_});
        workspace().reverse(place(stage));
    }
    void swap(int i, int j);
    void to_step(int n);                // of those that are kept
    void to_next_step(int last_stage);  // there, or where there is no room, to this step's own places

    // Of rows with clocks of their own: a step's length and a stage's time for each row of the tile.
    template <class Z>
    void form(const Method& m, int i, const Number* h, Z&& z) {
        for (int p = i; p < m.end_of_block(i); ++p)
            for (std::size_t c = 0; c < components(); ++c)
                combine_rows(state(c, p), z(c), rates(c), m.a + p * m.dense_stages, h, i, tile_rows_, width(c));
    }
    template <class Times>
    void forward_at(int stage, const Times& times) {
        Real* t = workspace().state(components(), stage);
        for (Index row = 0; row < tile_rows_; ++row) t[row] = static_cast<Real>(times[row]);
        workspace().forward(stage);
    }
    void forward_at(int stage, Number t) {  // the same for all
        std::fill_n(workspace().state(components(), stage), tile_rows_, static_cast<Real>(t));
        workspace().forward(stage);
    }
    void accumulate_rows(int first, int stages, const Number* weights, int set) {
        workspace().accumulate_rows(first, stages, weights, set);
    }
    void swap_rows(Index i, Index j) { workspace().swap_rows(i, j); }
    void swap_rows(Real* x, Index i, Index j) const {  // of numbers that lie as the states of all rows do
        for (std::size_t c = 0; c < components(); ++c) {
            Real* from = x + offset(c);
            std::swap_ranges(from + i * width(c), from + (i + 1) * width(c), from + j * width(c));
        }
    }

    // The stages from `first` on, each times its weight (null: 1), in their order: a sum's bits do not depend on their places.
    void accumulate(int first, int end, const Number* weights, int set);
    void clear(int set) { workspace().clear(set); }
    void add_set(int from, int to) { workspace().add_set(from, to); }
    void finish(int set) { workspace().finish(set); }
    View summed(std::size_t capture) const { return workspace().summed(capture); }  // of the set finished last
    void finish_into(std::span<const MutableView> sums, int set);
    void add_into(std::span<const MutableView> sums, int set);

private:
    struct Shapes {  // of the batch
        Index rows = 1, row_width = 0;
        bool tileable = true;
        std::vector<Index> widths, offsets;

        void read(const SolvePlan& plan);
    };

    int place(int stage) const { return places_[static_cast<std::size_t>(stage)]; }
    std::size_t at(std::size_t c, int stage) const { return c * places_.size() + static_cast<std::size_t>(stage); }

    bool is_part() const { return !small_machine && whole_; }
    void find_places();
    void forward_alone(int stage, Number t);

    Workspace& workspace() { return is_part() ? whole_->own_ : own_; }
    const Workspace& workspace() const { return is_part() ? whole_->own_ : own_; }

    Workspace own_;
    Stages* whole_ = nullptr;  // whose part this is
    int part_ = 0;             // and its number
    int step_ = 0;             // of those that are kept
    Shapes shapes_;
    Index most_ = 1, row_ = -1, tile_rows_ = 0;
    PartTakes part_takes_ = PartTakes::stages;
    std::vector<std::unique_ptr<Stages>> parts_;
    std::vector<int> places_;
    // Where the tile's numbers lie: component by component, the stages of a step in their order.
    std::vector<Real*> states_, rates_, cotangents_, z_bars_;
};

}  // namespace costate::ode
