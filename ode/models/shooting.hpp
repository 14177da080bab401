// ode/models/shooting.hpp — multiple shooting: many short solves in place of a long one
//   times, data of one orbit  ──►  segments of `length` intervals, as rows of a batch, each with a start of its own
//   const ode::Segments s = ode::segments(times, data, 5);
//   Var z = ode::shoot(tape, field, s);                      // from the data: [6,B,D]
//   adam.minimise(nn::mse(z, s.states));
//
//   Parameter starts("starts", s.starts);                    // noisy data: the starts are trained, too, and the ends of
//   Var z = ode::shoot(field, tape.use(starts), s);          // segments are to meet the starts that follow
//   Var loss = nn::mse(z, s.states) + weight * mean(square(ode::defects(z, starts, s)));          neural (4)
// shapes   data [T,D], or [T,N,D] for N orbits seen at the same times; B = N · segments, orbit by orbit within a segment.
// times    Segments begin at 0 on a clock of their own. The field is told the data's time, a number for each row:
//          t [B,1], or [B,1,1] beside z [B,N,D]. `.step_t` and `.jump_t` are errors: segments are at different times at once.
//          Unequal intervals: the segments are followed an interval at a time, on s in [0, 1] for every row,
//          dz/ds = Δ f(t + s Δ, z) with the row's own Δ.                                                           (a)
//          `.step`, `.max_step`, ... are then lengths where Δ is longest, and shorter in all other rows.
// why      What a law does within 5 intervals depends on its parameters almost linearly; after 500 a small change has
//          shifted the phase, and the loss has a valley for every turn. Short solves also run side by side.
// source   Bock & Plitt 1984; Stoer & Bulirsch, Introduction to Numerical Analysis, §7.3.5
#pragma once
#include <vector>

#include "autodiff/tape/operand.hpp"  // brings: Operand
#include "core/indices.hpp"           // brings: Indices
#include "ode/solve.hpp"              // brings: solve, SolveOptions, FieldRef, Times

namespace costate::ode::inline COSTATE_PRECISION {

struct Segments {
    std::vector<Number> times;  // [length + 1], from 0: where intervals are equal. Else in intervals: 0, 1, 2, ...
    Tensor starts;              // [B, ...]
    Tensor states;              // [length + 1, B, ...]: what was observed, the start first
    Tensor begins;              // [B,1]: the data's time there
    Tensor gaps;                // [length, B, 1]: of unequal intervals, else of no entries
    std::vector<Index> meets;   // where in [length + 1, B] row N, N + 1, ... of starts is met by the segment before

    Index length() const { return static_cast<Index>(times.size()) - 1; }
    bool are_equal() const { return gaps.size() == 0; }
    Segments rows(Indices rows, Where at = {}) const;  // these alone, in batches: they follow on nothing
};

// One begins every `stride` intervals (0: every `length`, so that each begins where another ends). The last one begins
// where it ends with the data, and overlaps the one before if need be: every observation is in one.
Segments segments(const Times& times, View data, Index length, Index stride = 0, Where at = {});

// [length + 1, B, ...]: the segments' solutions at their times. `.steps`, if given, is the number for a whole segment.
Var shoot(FieldRef field, Var starts, const Segments& segments, const SolveOptions& options = {}, Where at = {});
Var shoot(Tape& tape, FieldRef field, const Segments& segments, const SolveOptions& options = {}, Where at = {});

// How far each segment ends from where the next one starts: [B − N, ...], zeros for one orbit.
Var defects(const Operand& z, const Operand& starts, const Segments& segments);

}  // namespace costate::ode
