// ode/gradients/direct_equations.hpp — the equations of implicit stages in Vars (internal to ode/)
//   k_p = f(t_p, Z_p),   Z_p = base_p + h Σ_q a_pq k_q                        of the m stages that are solved at once
// They are solved with numbers as by the other routes, row by row of z: by one J, of the step's start, and where that does not
// converge by one at every iterate (ode/batch/row_equations.hpp). What is recorded is not that, but
//   k ← k + M⁻¹ (f(Z(k)) − k),    M = I − h A ⊗ J,  twice, from the solution as constants                             (a)
// where f and Z are Vars and M⁻¹ is a constant. At the solution (a) changes nothing but to rounding; its derivative there is
// that of the implicit function theorem, dk = M⁻¹ ∂f/∂Z dbase, and by the second time the second derivative is right, too.
// A Rosenbrock method's equations are linear, M x = r with M = I − hγJ (ode/tables/rosenbrock.hpp (c)), J and ∂f/∂t Vars of
// the step's start. Recorded is  x ← x + M⁻¹ (r − M x)  twice, with M⁻¹ a constant.                                      (b)
// Where there is a mass matrix (ode/steps/mass.hpp) it stands in the place of I, and before k and v.
// shapes   n numbers in z; M: [mn, mn]. To study: a Jacobian costs n vjps.
// see      ode/gradients/direct.cpp (who asks)
#pragma once
#include <functional>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars
#include "ode/solve_options.hpp"          // brings: SolveOptions, Method
#include "ode/statistics.hpp"             // brings: Statistics
#include "ode/steps/interval.hpp"         // brings: Interval
#include "ode/steps/mass.hpp"             // brings: Mass, Inconsistency
#include "ode/steps/newton.hpp"           // brings: Newton, InRoundings

namespace costate::ode::inline COSTATE_PRECISION {

class DirectEquations {
public:
    using Rate = std::function<Var(Var t, Var z)>;
    DirectEquations(Tape& tape, const SolveOptions& options, Rate rate, Statistics& statistics)
        : tape_(tape), options_(options), m_(options.method), rate_(std::move(rate)), statistics_(statistics) {}

    // k and Z of the stages from i on; false: the iteration did not converge, and k is the guess.
    // z: where the step begins.
    bool solve(int i, const Interval& s, Var z, std::span<const Var> base, Var guess, std::span<Var> k,
               std::span<Var> Z);
    // k of stage i, whose state is Z, in a step from z. False: the matrix is singular.
    bool solve_linear(int i, const Interval& s, Var z, Var Z, std::span<Var> k);
    // With a mass matrix, the rate at the start, as a constant; of a solve that goes on to t + reach.
    Var first_rate(Number t, Number reach, Var z);
    const Inconsistency& inconsistency() const { return inconsistency_; }

private:
    Index n() const { return n_; }
    Index width() const { return static_cast<Index>(base_.size()) * n_; }
    Number a(std::size_t p, std::size_t q) const { return h_ * m_.a[(i_ + p) * m_.dense_stages + i_ + q]; }  // h a_pq
    bool linearize(const Interval& s, Var z);
    struct Row {
        Newton newton;
        bool under_way = true, again = false;
        void begin(bool again_) {
            under_way = true;
            again = again_;
            newton.begin(true, again_);
        }
    };
    Index row_width() const { return n_ / static_cast<Index>(rows_.size()); }
    void begin_step(const Interval& s, Var z);
    bool find_solution(const Interval& s, const Real* start);
    bool move(Index row, const Real* start, const std::vector<Real>& guess);
    void look(const Interval& s, bool with_J);
    template <class Wants>
    bool factor(Wants&& wants);
    Tensor inverse() const;
    Var rate_at(Number t, Var z) const { return rate_(tape_.constant(t), z); }
    Tensor mass_tensor() const;
    Var weighted(Var k, Var M) const;  // M k as a column, or k
    Var Z_of(std::size_t p, std::span<const Var> k) const;

    Mass mass() const { return mass_; }
    void repeat_mass();

    Tape& tape_;
    const SolveOptions& options_;
    const Method& m_;
    const Rate rate_;
    Statistics& statistics_;
    std::vector<Var> base_;
    Index n_ = 0;
    std::size_t i_ = 0;  // the first of the stages
    Number h_ = 0;
    Inconsistency inconsistency_;
    std::vector<Number> mass_;                                    // [n, n], or empty
    std::vector<Row> rows_;                                       // one, of all numbers, where rows mix
    std::vector<Real> k_, Z_, left_, J_, lu_, pivots_, start_J_;  // J_: [m, n, n]; start_J_: of the step's start
    Var jacobian_, time_rate_, inverse_, weights_;                // of a step's start, of a linear method; weights_: M
};

}  // namespace costate::ode
