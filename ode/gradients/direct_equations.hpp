// ode/gradients/direct_equations.hpp — the equations of implicit stages in Vars (internal to ode/)
//   k_p = f(t_p, Z_p),   Z_p = base_p + h Σ_q a_pq k_q                        of the m stages that are solved at once
// They are solved with numbers, by Newton's iteration with a Jacobian by vjps at every step. What is recorded is not that, but
//   k ← k + M⁻¹ (f(Z(k)) − k),    M = I − h A ⊗ J,  twice, from the solution as constants                             (a)
// where f and Z are Vars and M⁻¹ is a constant. At the solution (a) changes nothing but to rounding; its derivative there is
// that of the implicit function theorem, dk = M⁻¹ ∂f/∂Z dbase, and by the second time the second derivative is right, too.
// A Rosenbrock method's equations are linear, M x = r with M = I − hγJ (ode/rosenbrock.hpp (c)), J and ∂f/∂t Vars of the step's
// start. Recorded is  x ← x + M⁻¹ (r − M x)  twice, with M⁻¹ a constant.                                             (b)
// shapes   n numbers in z; M: [mn, mn]. To study: the Jacobian costs n vjps an iteration.
// see      ode/gradients/direct.cpp (who asks)
#pragma once
#include <functional>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars
#include "ode/method.hpp"                 // brings: Method
#include "ode/statistics.hpp"             // brings: Statistics
#include "ode/steps/interval.hpp"         // brings: Interval

namespace costate::ode::inline COSTATE_PRECISION {

class DirectEquations {
public:
    using Rate = std::function<Var(Var t, Var z)>;
    DirectEquations(Tape& tape, const Method& method, Rate rate, Statistics& statistics)
        : tape_(tape), m_(method), rate_(std::move(rate)), statistics_(statistics) {}

    // k and Z of the stages from i on; false: the iteration did not converge, and k is the guess.
    bool solve(int i, const Interval& s, std::span<const Var> base, Var guess, std::span<Var> k, std::span<Var> Z);
    // k of stage i, whose state is Z, in a step from z. False: the matrix is singular.
    bool solve_linear(int i, const Interval& s, Var z, Var Z, std::span<Var> k);
    void filter(double h, Real* error);  // (I − hγJ)⁻¹ e, J at the last stage that was solved for

private:
    Index n() const { return n_; }
    Index width() const { return static_cast<Index>(base_.size()) * n_; }
    double a(std::size_t p, std::size_t q) const { return h_ * m_.a[(i_ + p) * m_.dense_stages + i_ + q]; }  // h a_pq
    bool linearize(const Interval& s, Var z);
    bool find_solution(const Interval& s);
    void look(const Interval& s);  // f(Z) − k and J at the iterate
    Tensor inverse() const;
    Var rate_at(double t, Var z) const { return rate_(tape_.constant(t), z); }
    Var Z_of(std::size_t p, std::span<const Var> k) const;

    Tape& tape_;
    const Method& m_;
    const Rate rate_;
    Statistics& statistics_;
    std::vector<Var> base_;
    Index n_ = 0;
    std::size_t i_ = 0;  // the first of the stages
    double h_ = 0;
    std::vector<Real> k_, Z_, left_, J_, lu_, pivots_;  // J_: [m, n, n]
    Var jacobian_, time_rate_, inverse_;                // of a step's start, of a linear method
};

}  // namespace costate::ode
