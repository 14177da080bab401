// ode/models/collocation.hpp — gradient matching: fit a field to the slopes of the data, without a solve
//   g: the smoothing spline of the data (core/smoothing_spline.hpp)
//   L(θ) = mean over times and components of (f(t_i, g(t_i); θ) − g′(t_i))²                                        (a)
//   const ode::Collocation c = ode::collocation(times, data);
//   Var loss = ode::mismatch(tape, field, c);                // one call of the field, for all times at once
//   const ode::Collocation batch = c.rows(batches.next());   // or for some
// shapes   data [T,D], or [T,N,D] for N orbits seen at the same times. t [P,1], z and dzdt [P,D], a row for each time and
//          orbit; the field is told a time for each row.
// why      A start, not an end: a solve asks for hundreds of evaluations, (a) for one, and its loss has no hills. But slopes
//          are smoothed, so they are too small where the curve bends most, and least sure at both ends. Solve afterwards.
// source   Varah 1982; Ramsay & Silverman; "collocation" for neural ODEs: Roesch, Rackauckas & Stumpf 2021
#pragma once
#include "core/indices.hpp"           // brings: Indices
#include "core/smoothing_spline.hpp"  // brings: SmoothingSpline, SmoothingOptions
#include "ode/field.hpp"              // brings: FieldRef
#include "ode/times.hpp"              // brings: Times

namespace costate::ode::inline COSTATE_PRECISION {

struct CollocationOptions {
    SmoothingOptions smoothing = {};  // λ: found by cross validation, for each component, unless given
    Index points = 0;                 // > 0: so many times at equal distances in place of those of the data
};

struct Collocation {
    Tensor t, z, dzdt;                                    // [P,1], [P,D], [P,D]
    Collocation rows(Indices rows, Where at = {}) const;  // these alone, in batches
};

Collocation collocation(const Times& times, View data, const CollocationOptions& options = {}, Where at = {});

Var mismatch(Tape& tape, FieldRef field, const Collocation& c, Where at = {});

}  // namespace costate::ode
