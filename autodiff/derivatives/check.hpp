// autodiff/derivatives/check.hpp — is this gradient right? The tape's derivatives against differences, entry by entry
//   D(h) = (f(x + h e_i) − f(x − h e_i)) / 2h                                  error: h² f'''/6 + rounding ε/h      (a)
//   ∂f/∂x_i ≈ (4 D(h/2) − D(h)) / 3                                            error: h⁴ f⁗'/480 + a few ε/h       (b)
// Both errors of (b) meet at h ≈ ε^(1/5): 7e-4 in double, 4e-2 in float, for numbers of size 1; |x_i| larger: h |x_i|.
// shapes   f may return any shape: its entries are weighed with fixed random numbers w, and Σ w y is differentiated.
// source   (b): Richardson extrapolation, operators (2)
// errors   none for a wrong gradient: the report says what differs. A kink within h of x looks like a wrong gradient.
// see      autodiff/tape/operator.hpp (writing an operator) · tests/autodiff/laws_test.cpp (laws without differences)
#pragma once
#include <functional>
#include <string>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars, Parameter

namespace costate::inline COSTATE_PRECISION {

struct GradientReport {
    Number tolerance = 0;
    Number largest_error = 0;  // |analytic − numeric| / max(1, |numeric|); NaN counts as infinite
    std::size_t input = 0;     // where that is: which input, and which of its entries in storage order
    Index entry = 0;
    Number analytic = 0, numeric = 0;  // there
    Index compared = 0;                // number of entries

    bool ok() const { return compared > 0 && largest_error <= tolerance; }
};

std::string to_text(const GradientReport& report);

inline constexpr Number check_tolerance = sizeof(Real) == 8 ? 1e-8 : 2e-3;

GradientReport check_gradients(const std::function<Var(Var)>& f, const Tensor& x, Number tolerance = check_tolerance);
GradientReport check_gradients(const std::function<Var(Vars)>& f, std::span<const Tensor> xs,
                               Number tolerance = check_tolerance);
// With respect to parameters, which are moved and put back; f records with tape.use(parameter).
GradientReport check_gradients(const std::function<Var(Tape&)>& f, Parameters parameters,
                               Number tolerance = check_tolerance);

}  // namespace costate
