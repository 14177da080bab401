// ode/steps/check.hpp — what a solve in Vars is timed by, and refuses, before it starts and on its way (internal to ode/)
#pragma once
#include "ode/steps/growth.hpp"   // brings: Growth
#include "ode/steps/outcome.hpp"  // brings: Outcome, outcome_of, Clock, SolveOptions, Times

namespace costate::ode::inline COSTATE_PRECISION {

inline constexpr bool time_is_float = sizeof(Real) == sizeof(float);  // a field in Vars has a Real for t
inline Timing timing_in_vars(const SolveOptions& options, ListOfTimes observed = {}) {
    Timing timing = timing_of(options);
    timing.observed = observed;
    timing.as_float = time_is_float;
    return timing;
}

// Options and times that cannot be meant.
void require_options(const SolveOptions& options, Where at);
void require_tolerances(const SolveOptions& options, const Shape& z, Where at);       // a list of them fits the state
void require_mass(const SolveOptions& options, Index numbers, bool mixes, Where at);  // of so many in a row of z
void require_times(const Times& times, const SolveOptions& options, Where at, const Asked& asked);
inline void require_times(const Times& times, const SolveOptions& options, Where at) {
    require_times(times, options, at, asked_by(options));
}

void require_start(View z0, Where at, const Asked& asked = {});  // finite

// The clock that a field sees is a Real: far from 0 its last digit may be a good part of the whole solve.
bool is_resolved(Number t0, Number t1);
[[noreturn]] void fail_unresolved(Number t0, Number t1, const SolveOptions& options, Where at);

// Of steps that were chosen for so many numbers: did even the largest scaled error say nothing, as of a state at rest or on a
// straight line? Then nothing but the span limits the steps, and they may be too long for the gradient. But where z bends, at
// first, by more than a millionth of the tolerance within the span, its errors are that small because the span is short.
bool only_span_limits(const Clock& clock, Index numbers, Number span, const SolveOptions& options);
void warn_unlimited(Where at);

void warn_growth(const Growth& growth, const SolveOptions& options, Where at);

// Of a continuous adjoint's solve backwards.
Failure backwards_failure(const Outcome& outcome, const SolveOptions& options);

}  // namespace costate::ode
