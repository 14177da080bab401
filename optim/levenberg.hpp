// optim/levenberg.hpp — the numbers of one least-squares problem, from step to step
//   arrive      at a new θ, of J and r: D, [R Qᵀr], and whether this is the end
//   find_...    the step for the present λ: v, a, v + a/2
//   judge       of |r|² at θ + step: is it kept? λ grows or shrinks
#pragma once
#include <string>
#include <vector>

#include "optim/least_squares.hpp"  // brings: Fit, Stop

namespace costate::optim::inline COSTATE_PRECISION {

struct Problem {
    std::vector<Number> theta, step;       // θ [P], and the step that is tried
    std::vector<Number> velocity, bend;    // v, a
    std::vector<Number> J, residuals;      // [N,P] column by column, [N]: at θ
    std::vector<Number> triangle, damped;  // [R Qᵀr] of J; of J above √λ D
    std::vector<Number> scale;             // D
    Number cost = 0, trial_cost = 0;       // |r|²
    Number allowance = 0;                  // that rounding may add to it
    Number lambda = 0;
    Stop stop = Stop::not_yet;
    bool tried = false, accepted = false;
    int iterations = 0;

    Index P() const { return theta.size(); }
    Index N() const { return residuals.size(); }
    Index rows() const { return std::max(N(), P()); }  // of the triangle's columns

    void resize(Index N);
    void arrive(Number tolerance);
    void find_velocity();                // optim (10): v
    void find_bend(const Real* second);  // optim/least_squares.hpp (a), of r″ [N]
    void find_step(Number max_step);     // optim/least_squares.hpp (b)
    void judge();
    Fit fit(long evaluations, const std::string& error) const;  // optim (10): Cov

private:
    Number along_columns() const;                       // how much of r lies along J's
    bool determined() const;                            // has R no zero on its diagonal, but for rounding?
    Number scaled(const std::vector<Number>& v) const;  // |D v|
};

}  // namespace costate::optim
