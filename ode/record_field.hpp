// ode/record_field.hpp — calling a field with leaves of a child tape (internal to ode/)
#pragma once
#include "ode/field.hpp"  // brings: Recording, Field

namespace costate::ode {
inline namespace COSTATE_PRECISION {

// f at (t, z) on the recording's tape, as a child of `outer`. A result without z's shape is an error.
void record_field(Recording& r, Tape& outer, const Field& field, double t, View z, Where at);

// The leaves that the field captured, in the order of recording: lifted Vars (differentiable where they depend on a
// parameter or variable) and constants. Returns what stands for them on the outer tape.
void find_captures(Recording& r, Tape& outer, std::vector<Var>& outer_captures);

// For a field that is recorded at every evaluation: its captures are these Vars of the outer tape, used or not. One that
// is not among them is an error. Numbers that the field makes on the way are no captures: they are made anew.
void bring_captures(Recording& r, Tape& outer, std::span<const Var> outer_captures, Where at);

// Adds to `outer_captures` the Vars that this recording lifted and that are not yet there.
void gather_captures(const Recording& r, Tape& outer, std::vector<Var>& outer_captures);

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
