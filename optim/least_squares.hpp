// optim/least_squares.hpp — the few parameters of a law, fitted to data, and how well they are known
//   least |r(θ)|²,  J = ∂r/∂θ
//   (JᵀJ + λ D²) v = −Jᵀ r                    Levenberg–Marquardt; D: the norms of J's columns                 optim (10)
//   (JᵀJ + λ D²) a = −Jᵀ r″                   r″ = the second derivative of r along v: jvp of jvp                     (a)
//   θ⁺ = θ + v + a/2                          along the curve, not the tangent; no trial if 2 |D a| > 0.75 |D v|      (b)
//   |r(θ⁺)| ≤ |r(θ)|: θ⁺ is kept, λ ← λ/3;    otherwise λ ← 3λ           (but for rounding: |r|² may rise by 2 |r| ε |D θ|)
//   s² = |r|² / (N − P),   Cov = s² (JᵀJ)⁻¹,  standard errors: the roots of its diagonal                       optim (10)
//   Parameter rates("rates", Tensor({2}, {1, 0.5}));
//   const auto fit = optim::least_squares(rates, [&](Tape& tape) { return ode::solve(tape, law, z0, times).z - data; });
//   const auto fit = optim::least_squares(Tensor({2}, {1, 0.5}), [&](Var b) { return b[0] * exp(-b[1] * x) - y; });
// residuals Var(Tape&): they are recorded on the tape that is given, rewound before each call. Or, for one tensor of
//           parameters, Var(Var b). Afterwards the parameters are the estimates.
// rows      least_squares_rows: B problems at once, such as patients who share a law but not its numbers. Parameters [B,k],
//           residuals [B,...], row b of them depending on row b alone: J of all rows is made by K tangents. Each row has
//           its own λ and is done on its own.
// J         by P tangents (jvp), or by N cotangents (vjp) where they are fewer.
// ends      small_gradient: r's part along J's columns, a degree of freedom, is below tolerance · s: the estimates are known
//           to that part of their standard errors. small_change: the next step would change them by less than
//           tolerance/100 of their size (data without noise). iterations. stuck.
// errors    An Error of the residuals (a solve that blew up), or residuals that are not finite, within a trial: a step too
//           far, λ grows. At the start it is an error.
// digits    A triangle of J by reflections, never JᵀJ; in double also in a float build.
// source    Marquardt 1963 · Transtrum & Sethna 2012 (geodesic acceleration, λ × 3 and ÷ 3) · Bates & Watts 1988, §2.2
#pragma once
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "optim/optimizer.hpp"  // brings: Parameters, Var, Tape, Tensor
#include "optim/stop.hpp"       // brings: Stop

namespace costate::optim::inline COSTATE_PRECISION {

struct LeastSquaresOptions {
    int iterations = 200;  // trials
    Number tolerance = sizeof(Real) == 4 ? 3e-4 : 1e-8;
    Number damping = 1e-3;                                      // λ at first
    bool geodesic = true;                                       // (a), (b); without it a = 0, and a trial costs less
    Number max_step = std::numeric_limits<Number>::infinity();  // no parameter moves further in one step
};

struct Fit {
    Tensor estimates;        // [P], in the order of the parameters and their entries
    Tensor standard_errors;  // [P]; infinite where the data do not determine the parameters
    Tensor covariance;       // [P,P]
    Number sum_of_squares;   // |r|²
    Number residual_sd;      // s; nan where there are no more residuals than parameters
    int iterations;
    long evaluations;  // of the residuals
    Stop stop;
    std::string error;  // the last Error of the residuals within a trial; empty: there was none
};

class Residuals {  // a view of the caller's function
public:
    template <class F>
    requires std::is_invocable_r_v<Var, F&, Tape&> Residuals(F& f)
        : object_(&f),
          call_([](const void* g, Tape& tape) -> Var { return (*static_cast<F*>(const_cast<void*>(g)))(tape); }) {}
    Var operator()(Tape& tape) const { return call_(object_, tape); }

private:
    const void* object_;
    Var (*call_)(const void*, Tape&);
};

std::vector<Fit> fit_rows(bool independent_rows, const Parameters& parameters, const Residuals& residuals,
                          const LeastSquaresOptions& options, Where at);

template <class F>
requires std::is_constructible_v<Residuals, F&> Fit least_squares(Parameters parameters, F&& residuals,
                                                                  LeastSquaresOptions options = {}, Where at = {}) {
    return fit_rows(false, parameters, Residuals(residuals), options, at).front();
}
template <class F>
requires std::is_invocable_r_v<Var, F&, Var> Fit least_squares(const Tensor& start, F&& residuals,
                                                               LeastSquaresOptions options = {}, Where at = {}) {
    const Parameter b("b", start);
    return least_squares(
        b, [&](Tape& tape) -> Var { return residuals(tape.use(b)); }, options, at);
}
template <class F>
requires std::is_constructible_v<Residuals, F&> std::vector<Fit> least_squares_rows(Parameters parameters,
                                                                                    F&& residuals,
                                                                                    LeastSquaresOptions options = {},
                                                                                    Where at = {}) {
    return fit_rows(true, parameters, Residuals(residuals), options, at);
}

}  // namespace costate::optim
