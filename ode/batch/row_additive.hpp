// ode/batch/row_additive.hpp — the stages of an additive method, row by row of a batch (internal to ode/)
//   Z_i = B_i + hγ f_s(t_i, Z_i),   B_i = z + h Σ_{j<i} a_ij k_j + h Σ_{j<i} (â_ij − a_ij) k^n_j   ode/tables/additive.hpp (a)
//   k^n_i = f_n(t_i, Z_i),   k_i = f_s(t_i, Z_i) + k^n_i
// The equation is the implicit method's own (ode/batch/row_equations.hpp), in stages of f_s; f_n is evaluated once in each
// stage, in stages of its own. Transposed, from the cotangents κ_i of k_i and with those of Z_j, μ_j, for j > i:      (b)
//   n_i = κ_i + h Σ_{j>i} (â_ji − a_ji) μ_j      of k^n_i           q = n_iᵀ ∂f_n/∂z
//   (I − hγ ∂f_s/∂z)ᵀ s_i = κ_i + hγ q           of f_s             μ_i = s_iᵀ ∂f_s/∂z + q
// source   Kennedy & Carpenter 2003; (b) is ours, by discrete (1)
#pragma once
#include <vector>

#include "ode/batch/row_equations.hpp"  // brings: RowEquations, StageSolver, Way, Stages

namespace costate::ode::inline COSTATE_PRECISION {

class RowAdditive : public StageSolver {
public:
    void prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool known_steps,
                 std::size_t given) override;
    void begin_attempt(Index first, Index rows) override { equations_.begin_attempt(first, rows); }
    void solve(int i, const Way& way, Begins z) override;
    void reverse(int i, const Way& way) override;
    void pull_start(const Way& way, Rows lambda) override;
    void add_sums(std::span<const MutableView> sums) override;
    bool converged(Index place) const override { return equations_.converged(place); }
    void hand_on(Index place, bool with_rate) override { equations_.hand_on(place, with_rate); }
    void forget(Index place) override { equations_.forget(place); }
    void swap(Index i, Index j) override;
    long evaluations(Index place) const override {
        return equations_.evaluations(place) + evaluations_[static_cast<std::size_t>(place)];
    }
    void report(Statistics& s, bool sum) const override { equations_.report(s, sum); }

private:
    const Method& method() const { return plan_->options.method; }
    Number difference(int i, int j) const { return method().difference[i * method().dense_stages + j]; }
    std::size_t components() const { return stages_->components(); }
    void evaluate_rest(int i, const Way& way);
    // to_c + h Σ_j d(j) x_cj for the stages from first to end, row by row
    void add(std::size_t c, Real* to, int first, int end, const Way& way, const auto& d, const auto& x);

    Stages* stages_ = nullptr;
    const SolvePlan* plan_ = nullptr;
    std::size_t given_ = 0;
    Stages stiff_, rest_;
    RowEquations equations_;         // of the stiff half
    std::vector<long> evaluations_;  // of f_n, for each row
};

}  // namespace costate::ode
