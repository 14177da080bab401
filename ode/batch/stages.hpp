// ode/batch/stages.hpp — evaluating a field at a step's stages, for a tile of the batch's rows, by replaying a plan's program
// An integrator writes a stage's state, calls forward, reads its rates; a reverse sweep writes a stage's seed w, calls
// reverse, reads wᵀ∂f/∂z; accumulate adds the stages' wᵀ∂f/∂c, each times its weight, to a set of accumulators.
// see      ode/batch/integrate.hpp · ode/gradients/discrete.cpp · ode/gradients/backsolve.cpp
#pragma once
#include <vector>

#include "autodiff/program/workspace.hpp"  // brings: Program, Workspace
#include "ode/field/plan.hpp"              // brings: SolvePlan

namespace costate::ode::inline COSTATE_PRECISION {

class Stages {
public:
    // Lays out the memory and binds the captures.
    void prepare(const SolvePlan& plan, std::span<const View> captures, int sets);
    void set_finite_check(bool on) { workspace_.set_finite_check(on); }

    Index rows() const { return rows_; }       // of the batch
    Index tile_rows() const { return tile_; }  // most rows of a tile
    bool tiled() const { return tile_ < rows_; }
    std::size_t components() const { return widths_.size(); }
    Index width(std::size_t component) const { return widths_[component]; }  // numbers in a row of this component
    // Whether accumulate must follow each stage at once, because its kept values are overwritten by the next stage.
    bool sums_at_once() const { return sums_at_once_; }

    void begin_tile(Index first, Index rows) {
        if (tileable_) workspace_.begin_tile(first, rows);
    }
    Real* state(std::size_t c, int stage) { return workspace_.state(c, stage); }
    Real* rate(std::size_t c, int stage) { return workspace_.forward_result(c, stage); }
    Real* seed(std::size_t c, int stage) { return workspace_.seed(c, stage); }
    Real* pulled(std::size_t c, int stage) { return workspace_.reverse_result(c, stage); }  // wᵀ∂f/∂z
    void forward(int stage, double t) {
        *workspace_.time(0, stage) = static_cast<Real>(t);
        workspace_.forward(stage);
    }
    void reverse(int stage) { workspace_.reverse(stage); }
    void accumulate(int first, int stages, const double* weights, int set) {
        workspace_.accumulate(first, stages, weights, set);
    }
    void clear(int set) { workspace_.clear(set); }
    void add_set(int from, int to) { workspace_.add_set(from, to); }
    void finish(int set) { workspace_.finish(set); }
    View summed(std::size_t capture) const { return workspace_.summed(capture); }  // of the set finished last

private:
    Workspace workspace_;
    Index rows_ = 1, tile_ = 1;
    bool sums_at_once_ = false, tileable_ = true;
    std::vector<Index> widths_;
};

}  // namespace costate::ode
