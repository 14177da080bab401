// ode/batch/integrate.hpp — stepping a batch through time with an explicit Runge–Kutta method
//   k_i = f(t + c_i h, z + h Σ_j a_ij k_j)        stages                                                              (1)
//   z⁺  = z + h Σ_i b_i k_i                       one step                                                            (2)
//   err = h Σ_i (b_i − b̂_i) k_i                   the error estimate of an adaptive step                              (3)
// The batch takes its steps jointly, in tiles of rows. Where the steps are known beforehand a tile runs through all of
// them before the next one starts; where they are chosen on the way all tiles take a step, and one decision is made for
// all. Sums over rows for the error are made range by range (core/rows.hpp), so tiles do not change a digit.
// memory   the state of the whole batch twice, and its first and last rate; stages live in the tile (ode/batch/stages.hpp).
// see      ode/steps/clock.hpp (when a step is taken) · ode/method.hpp (c, a, b)
#pragma once
#include <vector>

#include "ode/batch/stages.hpp"  // brings: Stages
#include "ode/method.hpp"        // brings: Method
#include "ode/steps/check.hpp"   // brings: Stop
#include "ode/steps/clock.hpp"   // brings: Clock, Status

namespace costate::ode::inline COSTATE_PRECISION {

struct Tolerances {
    double rtol = 1e-6, atol = 1e-9;
};

struct Counts {
    long evaluations = 0, accepted = 0, rejected = 0;
    bool unlimited = true;     // no step was limited: every error estimate was rounding
    bool floor_acted = false;  // an error was measured in units of rounding, the tolerance being finer
};

// A step, as whoever watches the integration sees it: from t to `end`, for one tile. h = end − t.
struct Step {
    double t, end, h;
    bool first;       // of this integration
    int n;            // number of the step
    Index row, rows;  // the tile
};

class Integrator;

class Watcher {  // is shown every step
public:
    virtual ~Watcher() = default;
    virtual void begin_attempt() {}                            // adaptive: before the tiles take a step
    virtual bool wants_dense(const Step&) { return false; }    // is the extra stage of the interpolant needed?
    virtual void stage_done(Integrator&, const Step&, int) {}  // after each stage of a tile
    virtual void tile_done(Integrator&, const Step&) {}        // after a tile's stages: rates and new state can be read
    virtual double extra_error(Integrator&, const Step&) { return 0; }  // another mean square that must stay below 1
    virtual void attempted(const StepReport&) {}                        // all tiles have taken the step: is it kept?
    virtual bool accepted(Integrator&, const Step&) {
        return true;
    }  // the step counts; false: what it saw is not finite
};

class Integrator {
public:
    void prepare(Stages& stages, const Method& method, bool keeps_stages);
    // The state at the start, of the whole batch; its rates may be given, for all components, when they are known.
    void set_state(std::size_t component, const Real* from);
    void set_first_rate(std::size_t component, const Real* from);
    void forget_first_rate() { first_ = First::unknown; }
    void evaluate_first(double t);  // f at the state, which is then the next step's first stage
    const Real* first_rate(std::size_t component) const { return batch(first_rate_, component); }
    Real* state(std::size_t component) { return batch(z_, component); }
    const Real* new_state(std::size_t component) const { return batch(z_new_, component); }

    Status follow(std::span<const double> grid, Watcher& watcher);  // known steps
    // Until the clock's goal. largest_component: the error is the largest of the components', not their common mean.
    Status adapt(Clock& clock, const Tolerances& tolerances, bool largest_component, Watcher& watcher);

    const Stages& stages() const { return *stages_; }
    const Method& method() const { return *method_; }
    const Counts& counts() const { return counts_; }
    Counts& counts() { return counts_; }
    Stop stopped(Status status) const { return {status, failed_t_, failed_h_, counts_.accepted, counts_.rejected}; }
    // The stage's place in the workspace: FSAL methods hand their last stage on as the next step's first.
    int place(int stage) const { return places_[static_cast<std::size_t>(stage)]; }
    const Real* const* rates(std::size_t component) const {
        return &rates_[component * static_cast<std::size_t>(method_->dense_stages)];
    }
    Index offset(std::size_t component) const { return offsets_[component]; }
    Index total() const { return total_; }

private:
    void begin_tile(Index row, Index rows);
    void take_step(const Step& step, Watcher& watcher);
    void begin_step(double t);
    void add_squared_errors(const Step& step, const Tolerances& tolerances);
    double mean_square(bool largest_component) const;
    double norm_of(const Real* x, const Real* scale_by, const Tolerances& tolerances);
    void choose_first(Clock& clock, const Tolerances& tolerances);
    bool rates_are_finite() const;
    void store_rate(int stage, Storage& to);
    void pass_on_last();
    void find_stages();
    Real* state_at(std::size_t c, int stage) {
        return states_[c * static_cast<std::size_t>(method_->dense_stages) + static_cast<std::size_t>(stage)];
    }
    Real* batch(Storage& s, std::size_t c) { return s.data() + offsets_[c]; }
    const Real* batch(const Storage& s, std::size_t c) const { return s.data() + offsets_[c]; }

    Stages* stages_ = nullptr;
    const Method* method_ = nullptr;
    enum class First { unknown, stored, in_place } first_ = First::unknown;  // where the first stage's rate is
    bool keeps_stages_ = false;  // what the first stage kept is needed too, not only its rate
    bool one_tile_ = false;      // stages survive from one step to the next
    Storage z_, z_new_, first_rate_, last_rate_, error_;
    std::vector<Index> offsets_;
    std::vector<int> places_;
    std::vector<const Real*> rates_;  // where the tile's stages lie
    std::vector<Real*> states_;
    std::vector<double> squares_;  // of the scaled errors of each component
    Index total_ = 0, row_ = 0, tile_rows_ = 0;
    Counts counts_;
    double failed_t_ = 0, failed_h_ = 0;
};

}  // namespace costate::ode
