// ode/batch/stages.hpp — evaluating a field at a step's stages, for a tile of the batch's rows, by replaying a plan's program
// A walk writes a stage's state, calls forward, reads its rates; a reverse sweep writes a stage's cotangent w, calls reverse,
// reads wᵀ∂f/∂z; accumulate adds the stages' wᵀ∂f/∂c, each times its weight, to a set of accumulators.
// A stage has a place in the workspace. Two of them may change places: the last stage of a step is the first of the next one.
// see      ode/batch/tiles.hpp · ode/gradients/reverse_sweep.hpp · ode/batch/quadrature.hpp
#pragma once
#include <algorithm>
#include <vector>

#include "autodiff/program/workspace.hpp"  // brings: Program, Workspace
#include "core/kernels/combine.hpp"        // brings: combine
#include "ode/field/plan.hpp"              // brings: SolvePlan

namespace costate::ode::inline COSTATE_PRECISION {

class Stages {
public:
    // Lays out the memory and binds the captures.
    void prepare(const SolvePlan& plan, std::span<const View> captures, int sets);
    void set_finite_check(bool on) { workspace_.set_finite_check(on); }

    Index rows() const { return rows_; }  // of the batch
    Index rows_of_tile() const { return most_; }
    std::size_t components() const { return widths_.size(); }
    Index width(std::size_t component) const { return widths_[component]; }  // numbers in a row of this component
    Index row_width() const { return row_width_; }                           // and of all of them
    // A list of all numbers has one component after the other: how long it is, where one begins.
    Index total() const { return rows_ * row_width_; }
    Index offset(std::size_t component) const { return offsets_[component]; }
    // Whether accumulate must follow each stage at once, because its kept values are overwritten by the next stage.
    bool sums_at_once() const { return sums_at_once_; }

    void begin_tile(Index first, Index rows);
    Index row() const { return row_; }             // where the tile begins
    Index rows_now() const { return tile_rows_; }  // of the tile
    Index entries(std::size_t c) const { return tile_rows_ * widths_[c]; }
    Index tile_offset(std::size_t c) const { return offsets_[c] + row_ * widths_[c]; }  // in a list of all numbers

    Real* state(std::size_t c, int stage) { return states_[c * places_.size() + static_cast<std::size_t>(stage)]; }
    const Real* const* rates(std::size_t c) const { return &rates_[c * places_.size()]; }
    Real* rate(std::size_t c, int stage) { return workspace_.forward_result(c, place(stage)); }
    Real* cotangent(std::size_t c, int stage) { return workspace_.cotangent(c, place(stage)); }
    Real* z_bar(std::size_t c, int stage) { return workspace_.reverse_result(c, place(stage)); }  // wᵀ∂f/∂z

    // The state of stage i, from what z(c) points to: the tile's rows of each component.
    template <class Z>
    void form(const Method& m, int i, double h, Z&& z) {
        for (std::size_t c = 0; c < components(); ++c)
            combine(state(c, i), z(c), rates(c), m.a + i * m.dense_stages, h, i, entries(c));
    }
    void forward(int stage, double t) {
        *workspace_.time(0, place(stage)) = static_cast<Real>(t);
        workspace_.forward(place(stage));
    }
    void reverse(int stage) { workspace_.reverse(place(stage)); }
    void swap(int i, int j);

    // Of rows with clocks of their own: a step's length and a stage's time for each row of the tile.
    template <class Z>
    void form(const Method& m, int i, const double* h, Z&& z) {
        for (std::size_t c = 0; c < components(); ++c)
            combine_rows(state(c, i), z(c), rates(c), m.a + i * m.dense_stages, h, i, tile_rows_, widths_[c]);
    }
    template <class Times>
    void forward_at(int stage, const Times& times) {
        Real* t = workspace_.state(components(), stage);
        for (Index row = 0; row < tile_rows_; ++row) t[row] = static_cast<Real>(times[row]);
        workspace_.forward(stage);
    }
    void forward_at(int stage, double t) {  // the same for all
        std::fill_n(workspace_.state(components(), stage), tile_rows_, static_cast<Real>(t));
        workspace_.forward(stage);
    }
    void accumulate_rows(int first, int stages, const double* weights, int set) {
        workspace_.accumulate_rows(first, stages, weights, set);
    }
    void swap_rows(Index i, Index j) { workspace_.swap_rows(i, j); }

    // The stages from `first` on, each times its weight (null: 1), in their order: a sum's bits do not depend on their places.
    void accumulate(int first, int end, const double* weights, int set);
    void clear(int set) { workspace_.clear(set); }
    void add_set(int from, int to) { workspace_.add_set(from, to); }
    void finish(int set) { workspace_.finish(set); }
    View summed(std::size_t capture) const { return workspace_.summed(capture); }  // of the set finished last
    void finish_into(std::span<const MutableView> sums, int set);

private:
    int place(int stage) const { return places_[static_cast<std::size_t>(stage)]; }

    Workspace workspace_;
    Index rows_ = 1, row_width_ = 0, most_ = 1, row_ = -1, tile_rows_ = 0;
    bool sums_at_once_ = false, tileable_ = true;
    std::vector<Index> widths_, offsets_;
    std::vector<int> places_;
    std::vector<Real*> states_;  // of the tile, component by component
    std::vector<const Real*> rates_;
};

}  // namespace costate::ode
