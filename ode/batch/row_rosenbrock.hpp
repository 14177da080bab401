// ode/batch/row_rosenbrock.hpp — the linear equations of a Rosenbrock method's stages, row by row of a batch (internal to ode/)
//   (I − hγJ) x_i = f(t_i, Z_i) + v_i + γ_i h ∂f/∂t,   k_i = x_i − v_i,   v_i = Σ_{j<i} γ_ij k_j / γ
// as in ode/tables/rosenbrock.hpp (c).
// J and ∂f/∂t are those of the step's start; of a step that is tried again the same. J as for Newton's iteration, by
// ode/batch/row_jacobians.hpp; ∂f/∂t, and J of what a state's later groups owe to the earlier ones, by a run of the plan's
// `linearized`, (z, u) → ∂f/∂z u, ∂f/∂t: the groups (z, ż) of a tangent's solve are solved one after the other.
// Transposed, from the cotangents κ_i of k_i, to which those of the later stages' v are added:                           (a)
//   w_i = (I − hγJ)⁻ᵀ κ_i  of f(t_i, Z_i),   w_i − κ_i  of v_i,   hγ w_i x_iᵀ  of J,   γ_i h w_i  of ∂f/∂t
// With a mass matrix M for I, v_i on the right is M v_i, and Mᵀ w_i − κ_i its cotangent. Where a step begins stages read f;
// where a solve begins y' stands there (ode/steps/mass.hpp), and f is asked once more.
// The last two are second derivatives of f: the pullback of `linearized`, for λ and for the captures' sums.
// source   Hairer & Wanner II, 2nd ed., §IV.7; (a) is ours
#pragma once
#include <vector>

#include "ode/batch/row_mass.hpp"      // brings: RowStarts, RowJacobians
#include "ode/batch/stage_solver.hpp"  // brings: StageSolver, Way, Stages

namespace costate::ode::inline COSTATE_PRECISION {

class RowRosenbrock : public StageSolver {
public:
    void prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool known_steps,
                 std::size_t given) override;
    void begin_attempt(Index first, Index rows) override;
    void solve(int i, const Way& way, Begins z) override;
    void reverse(int i, const Way& way) override;
    void pull_start(const Way& way, Rows lambda) override;
    void add_sums(std::span<const MutableView> sums) override;
    bool converged(Index place) const override { return rows_[static_cast<std::size_t>(place)].regular; }
    bool begins(Index place) const override { return !rows_[static_cast<std::size_t>(place)].begun; }
    void want_first_rate(Index place) override { starts_.want(place); }
    void find_first_rates(const Way& way) override;
    const Inconsistency& inconsistency(Index place) const override { return starts_.inconsistency(place); }
    void hand_on(Index place, bool) override {
        Row& r = rows_[static_cast<std::size_t>(place)];
        r.fresh = r.at_start = false;
    }
    void forget(Index place) override { rows_[static_cast<std::size_t>(place)].forget(); }
    void swap(Index i, Index j) override;
    const Real* jacobian(Index place) const override { return jacobians_.kept(place); }
    long evaluations(Index place) const override { return rows_[static_cast<std::size_t>(place)].evaluations; }
    void report(Statistics& s, bool sum) const override;

private:
    struct Row {
        bool fresh = false, regular = true;    // J is that of this very step; and I − hγJ
        bool begun = false, at_start = false;  // with a mass matrix: its start is known; its rate is no f
        long evaluations = 0;
        void forget() { fresh = begun = at_start = false; }
    };

    Row& row(Index r) { return rows_[static_cast<std::size_t>(stages_->row() + r)]; }  // of the tile
    Index rows() const { return stages_->rows_now(); }
    std::size_t components() const { return stages_->components(); }
    const Method& method() const { return plan_->options.method; }
    Number gamma(int i, int j) const { return method().gamma[i * method().dense_stages + j]; }
    Number gamma() const { return gamma(1, 1); }
    // A tile's numbers in a list of all; of stage i, in one of as many as there are stages.
    Real* of_tile(Storage& x, std::size_t c, int i = 0) const {
        return x.data() + i * stages_->total() + stages_->tile_offset(c);
    }
    template <class Do>  // number(component, its place in the tile's component, the row)
    void each_number(Do&& number) const {
        for (std::size_t c = 0; c < components(); ++c)
            for (Index r = 0, at = 0; r < rows(); ++r)
                for (Index e = 0; e < stages_->width(c); ++e, ++at) number(c, at, r);
    }
    // Groups that can be solved for at once, as none depends on another: from `first` on, and up to `end`.
    std::size_t end_of_level(std::size_t first) const {
        return two_levels_ && first > 0 ? components() : first + jacobians_.group();
    }
    std::size_t start_of_level(std::size_t end) const {
        return two_levels_ && end > jacobians_.group() ? jacobians_.group() : end - jacobians_.group();
    }
    void begin(const Way& way, Begins z);
    void find_first_f(const Way& way);
    void add_weighted(const Real* from, Real* to, bool transposed = false);  // with a mass matrix
    // f's linearization at z, for a u that is 0 but in these components, where it is stage i of a list; and its pullback there.
    void look(const Way& way, std::size_t first, std::size_t end, Storage& u, int i);
    void pull(const auto& of_product, const auto& of_time);
    void solve_level(std::size_t first, bool transposed, Storage& x, int i);  // in its place

    Stages* stages_ = nullptr;
    const SolvePlan* plan_ = nullptr;
    bool sweeps_ = false, two_levels_ = false;
    RowJacobians jacobians_;
    RowStarts starts_;
    Stages linear_;  // of the plan's `linearized`
    std::vector<Row> rows_;
    Storage z_, v_, time_rate_;  // component by component, as a state
    Storage x_, w_, of_v_;       // of each stage; of a solve x of one, the last two of a sweep: w and v's cotangent
};

}  // namespace costate::ode
