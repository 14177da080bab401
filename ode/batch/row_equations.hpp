// ode/batch/row_equations.hpp — the equations of implicit stages, row by row of a batch (internal to ode/)
//   (I − hγ J_r) Δ = f(t, Z)_r − k_r,   k_r ← k_r + Δ,   Z_r ← Z_r + hγ Δ            stiff (3), of each row r
// f is evaluated for all rows of a tile at once, as long as one of them is under way; who has come far enough stays where it
// is. Every row has factors, a rate of convergence and an end of its own, so its bits do not depend on the rows beside it: how
// far it came is a root mean square over its own numbers, whatever .norm measures the batch's errors.
// A mass matrix M stands in the place of I, and before k_r (ode/steps/mass.hpp).
// Stages that are one system (Radau, Gauss) are iterated together, by I − hA ⊗ J_r.
// Where a state is several groups of components (ode/batch/row_jacobians.hpp), what couples a group to those before it is left
// out of the matrix: that is nilpotent, so the iteration still converges, in a few steps more.
// An equation may have several solutions where h‖J‖ > 1. Where the steps are known, whoever takes one again, backwards or with
// tangents beside it, is to find that of the first time: the guess is of the step itself, J is kept from one to the next only
// where Θ < 10⁻³ says that there is no other solution near, and z, the first group, is iterated by itself. What follows it
// moves along, and goes on from there once z stays.
// source   Hairer & Wanner II, 2nd ed., §IV.8
#pragma once
#include <cmath>
#include <vector>

#include "ode/batch/row_mass.hpp"      // brings: RowStarts, RowJacobians
#include "ode/batch/stage_solver.hpp"  // brings: StageSolver, Way, Stages
#include "ode/steps/newton.hpp"        // brings: Newton

namespace costate::ode::inline COSTATE_PRECISION {

class RowEquations : public StageSolver {
public:
    void prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool known_steps,
                 std::size_t given) override;
    void begin_attempt(Index first, Index rows) override;
    void solve(int i, const Way& way, Begins z) override;
    void reverse(int i, const Way& way) override;
    void transpose(int i, const Way& way);  // w, in the stage's cotangent
    void want_first_rate(Index place) override { starts_.want(place); }
    void find_first_rates(const Way& way) override;
    const Inconsistency& inconsistency(Index place) const override { return starts_.inconsistency(place); }
    bool converged(Index place) const override { return rows_[static_cast<std::size_t>(place)].converged; }
    void hand_on(Index place, bool with_rate) override;
    void forget(Index place) override {
        rows_[static_cast<std::size_t>(place)].fresh = false;
        rows_[static_cast<std::size_t>(place)].h_before = 0;
        jacobians_.forget(place);
    }
    void swap(Index i, Index j) override;
    const Real* jacobian(Index place) const override { return jacobians_.kept(place); }
    long evaluations(Index place) const override { return rows_[static_cast<std::size_t>(place)].evaluations; }
    void report(Statistics& s, bool sum) const override;

private:
    struct Row {
        Index number;  // in the batch
        Newton newton;
        Number h = 0, h_before = 0;                // of the step tried last; of the one before, 0: not known
        bool fresh = false, slow = false;          // its Jacobian is that of this very step; no longer serves
        bool begun = false, converged = true;      // this attempt; all of its stages so far
        bool under_way = false, again = false;     // this stage; for the second time
        std::size_t solved = 0;                    // components before it stay as they are
        Newton followers;                          // of those behind the first group
        bool restarts = false, restarted = false;  // they: from their guess, with a J at z as it stays
        bool renewed = false, lent = false;        // J has been found elsewhere: for z; for what follows it
        long iterations = 0, evaluations = 0;
    };

    Row& row(Index r) { return rows_[static_cast<std::size_t>(stages_->row() + r)]; }  // of the tile
    Index place(Index r) const { return stages_->row() + r; }
    Index rows() const { return stages_->rows_now(); }
    std::size_t components() const { return stages_->components(); }
    Real* of_tile(Storage& x, std::size_t c, int p = 0) const {
        return x.data() + p * stages_->total() + stages_->tile_offset(c);
    }
    const Method& method() const { return plan_->options.method; }
    int block(int i) const { return method().end_of_block(i) - i; }  // stages that are solved at once
    Number a(int i, int j) const { return method().a[i * method().dense_stages + j]; }
    template <class Get, class Put>
    bool solve_groups(int i, std::size_t first, std::size_t asked, Index r, bool transposed, Get&& get, Put&& put) {
        bool solved = true;  // of the components before `asked`
        for (std::size_t c = first; c < components(); c += jacobians_.group())
            solved = jacobians_.solve(block(i), c, r, transposed, get, put) || c >= asked ? solved : false;
        return solved;
    }
    // Is the first group solved by itself, as where there is no other? And of a row: are those after it left?
    bool leads() const { return known_steps_ && given_ == 0 && components() > jacobians_.group(); }
    bool follows(const Row& r) const { return r.solved > given_; }
    std::size_t judged_end(const Row& r) const { return leads() && !follows(r) ? jacobians_.group() : components(); }
    Newton& newton(Row& r) { return follows(r) ? r.followers : r.newton; }
    void begin_following(Row& r);
    void end_following(Row& r, Newton::Verdict verdict);

    void begin(int i, const Way& way, Begins z);
    void renew_jacobians(const Way& way, Begins z);
    void start(int i, const Way& way, Index r);
    void iterate(int i, const Way& way, Begins z);
    // A step that cannot be made shorter, for the second time.
    bool renews(Index r) { return row(r).again && (known_steps_ || std::abs(row(r).h) <= plan_->options.min_step); }
    // The Jacobians of all stages that are solved at once, each at its own state; of the tile's rows that want them.
    void find_each(int i, const Way& way, const auto& wants) {
        for (int p = 0; p < block(i); ++p) {
            states_.clear();
            for (std::size_t c = 0; c < components(); ++c) states_.push_back(stages_->state(c, i + p));
            for (Index r = 0; r < rows(); ++r)
                if (wants(r)) jacobians_.want(place(r));
            jacobians_.find(way, method().c[i + p], states_, p);
        }
    }
    void renew_on_the_way(int i, const Way& way);
    void find_residual(int i, Index r);
    Newton::Verdict update(int i, Index r, Number h, Begins z);
    void measure(int i, Begins z);
    Newton::Verdict move(int i, Index r, Number h, Begins z);
    void end(Row& r, Newton::Verdict verdict);
    void refine(int i, const Way& way);

    Stages* stages_ = nullptr;
    const SolvePlan* plan_ = nullptr;
    RowJacobians jacobians_;
    RowStarts starts_;  // with a mass matrix
    bool known_steps_ = false;
    std::size_t given_ = 0;  // components that are not solved for
    std::vector<Row> rows_;
    Storage k_, base_, delta_;                           // of each stage that is solved at once, component by component
    Storage z_now_, rate_now_, z_before_, rate_before_;  // component by component, as a state
    std::vector<const Real*> states_;                    // of the stage that is transposed
};

}  // namespace costate::ode
