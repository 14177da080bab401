// ode/stages.hpp — evaluating a field at the stages of a step, for a tile of the batch's rows
// An integrator writes a stage's state, calls forward, reads its rates; a reverse sweep writes a stage's seed w, calls
// reverse, reads wᵀ∂f/∂z; accumulate adds the stages' wᵀ∂f/∂c, each times its weight, to a set of accumulators.
//   ProgramStages   replays a Program: no recording, no allocation
//   TaintedStages   (ode/tainted.hpp) records the field anew at every evaluation
// see      ode/integrate.hpp · ode/discrete.cpp · ode/backsolve.cpp
#pragma once
#include <vector>

#include "autodiff/workspace.hpp"  // brings: Program, Workspace
#include "ode/field.hpp"           // brings: FieldPlan

namespace costate::ode {
inline namespace COSTATE_PRECISION {

enum class Part { forward, reverse, adjoint };  // which program of a plan

class Stages {
public:
    virtual ~Stages() = default;

    Index rows() const { return rows_; }       // of the batch
    Index tile_rows() const { return tile_; }  // most rows of a tile
    bool tiled() const { return tile_ < rows_; }
    std::size_t components() const { return widths_.size(); }
    Index width(std::size_t component) const { return widths_[component]; }  // numbers in a row of this component
    // Whether accumulate must follow each stage at once, because its kept values are overwritten by the next stage.
    bool sums_at_once() const { return sums_at_once_; }

    virtual void begin_tile(Index first, Index rows) = 0;
    virtual Real* state(std::size_t component, int stage) = 0;
    virtual Real* rate(std::size_t component, int stage) = 0;
    virtual Real* seed(std::size_t component, int stage) = 0;
    virtual Real* pulled(std::size_t component, int stage) = 0;  // wᵀ∂f/∂z
    virtual void forward(int stage, double t) = 0;
    virtual void reverse(int stage) = 0;
    virtual void accumulate(int first, int stages, const double* weights, int set) = 0;
    virtual void clear(int set) = 0;
    virtual void add_set(int from, int to) = 0;
    virtual void finish(int set) = 0;
    virtual View summed(std::size_t capture) const = 0;  // of the differentiable captures, in the set finished last

protected:
    Index rows_ = 1, tile_ = 1;
    bool sums_at_once_ = false;
    std::vector<Index> widths_;
};

class ProgramStages final : public Stages {
public:
    // Lays out the memory and binds the captures. `whole` runs all rows as one tile.
    void prepare(const FieldPlan& plan, Part part, std::span<const View> captures, int stages, int sets, bool whole);

    void begin_tile(Index first, Index rows) override {
        if (tileable_) workspace_.begin_tile(first, rows);
    }
    Real* state(std::size_t c, int stage) override { return workspace_.state(c, stage); }
    Real* rate(std::size_t c, int stage) override { return workspace_.forward_result(c, stage); }
    Real* seed(std::size_t c, int stage) override { return workspace_.seed(c, stage); }
    Real* pulled(std::size_t c, int stage) override { return workspace_.reverse_result(c, stage); }
    void forward(int stage, double t) override {
        *workspace_.time(0, stage) = static_cast<Real>(t);
        workspace_.forward(stage);
    }
    void reverse(int stage) override { workspace_.reverse(stage); }
    void accumulate(int first, int stages, const double* weights, int set) override {
        workspace_.accumulate(first, stages, weights, set);
    }
    void clear(int set) override { workspace_.clear(set); }
    void add_set(int from, int to) override { workspace_.add_set(from, to); }
    void finish(int set) override { workspace_.finish(set); }
    View summed(std::size_t capture) const override { return workspace_.summed(capture); }

private:
    Workspace workspace_;
    bool tileable_ = true;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
