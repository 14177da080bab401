// ode/steps/measure.hpp — errors of a list of numbers, in units of the tolerance
//   err = sqrt( mean_i ( e_i / scale_i )² ),  or the user's norm of the e_i / scale_i       ode (4), ode/tolerance.hpp
// shapes   e, y, next: [n], y at the step's start and next at its end: scale_i is of the larger one
// see      ode/steps/numbers.hpp, ode/multistep/nordsieck.hpp (who ask)
#pragma once
#include <cmath>

#include "ode/solve_options.hpp"  // brings: SolveOptions, Tolerance, Norm, tolerated, error_over_scale, Index

namespace costate::ode::plain {

// Are n numbers finite? 0 times one that is not is no number.
template <class T>
bool are_finite(Index n, const T* x) {
    T zero = 0;
    for (Index i = 0; i < n; ++i) zero += 0 * x[i];
    return zero == 0;
}

template <class T>
class Measure {
public:
    explicit Measure(const SolveOptions& options)
        : rtol_(options.rtol),
          atol_(options.atol),
          by_component_(!options.measures_alike()),
          rtols_(options.rtol),
          atols_(options.atol),
          norm_(options.norm) {}

    bool floor_acted() const { return floor_acted_; }

    Number scale_of(Index i, T y, T next) { return tolerated(y, next, rtols_.of(i), atols_.of(i), floor_acted_); }
    Number unit(Index i, T y) const { return unit_of(y, i, rtols_, atols_); }
    Number norm(Index n, const T* e, const T* y, const T* next) {
        if (by_component_) return own_norm(n, e, y, next);
        Number sum = 0;
        for (Index i = 0; i < n; ++i) {
            const Number ratio = error_over_scale(e[i], y[i], next[i], rtol_, atol_, floor_acted_);
            sum += ratio * ratio;
        }
        return n > 0 ? std::sqrt(sum / static_cast<Number>(n)) : 0;
    }

private:
    [[gnu::noinline]] Number own_norm(Index n, const T* e, const T* y, const T* next) {  // of the user, or by component
        return norm_.finite(ScaledErrors(n, [&](Index i) {
            return error_over_scale(e[i], y[i], next[i], rtols_.of(i), atols_.of(i), floor_acted_);
        }));
    }

    const Number rtol_, atol_;  // where one of each holds for all,
    const bool by_component_;   // or else
    const Tolerance rtols_, atols_;
    const Norm norm_;
    bool floor_acted_ = false;
};

}  // namespace costate::ode::plain
