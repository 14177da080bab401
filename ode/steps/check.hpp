// ode/steps/check.hpp — what a solve refuses, before it starts and on its way (internal to ode/)
#pragma once
#include "ode/solve_options.hpp"  // brings: SolveOptions, Where
#include "ode/steps/clock.hpp"    // brings: Status, timing_of
#include "ode/times.hpp"          // brings: Times, View

namespace costate::ode::inline COSTATE_PRECISION {

// Options and times that cannot be meant.
void require_options(const SolveOptions& options, Where at);
void require_times(const Times& times, const SolveOptions& options, Where at);

void require_start(View z0, Where at);  // finite

// The clock that a field sees is a Real: far from 0 its last digit may be a good part of the whole solve.
bool is_resolved(double t0, double t1);

struct Stop {  // where a solve stopped, and what it had done
    Status status;
    double t, h;
    long accepted = 0, rejected = 0;
};
[[noreturn]] void fail_to_solve(const char* what, const Stop& stop, const SolveOptions& options, Where at);

// A scaled error that says nothing about a step: that of a state at rest or on a straight line. Where all are, nothing but
// the span limits the steps, and they may be too long for the gradient.
bool is_rounding(double error, double rtol);
void warn_unlimited(Where at);

}  // namespace costate::ode
