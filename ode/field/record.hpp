// ode/field/record.hpp — calling a field: with leaves of a child tape, or at a stage (internal to ode/)
#pragma once
#include "ode/field.hpp"            // brings: FieldRef
#include "ode/field/recording.hpp"  // brings: Recording

namespace costate::ode::inline COSTATE_PRECISION {

// f at (t, z), t a number or one for each row, on the recording's tape, as a child of `outer`. A result without z's shape
// is an error, and so is a field that reads a value: what it does then may depend on the number, and a recording would
// freeze it.
void record_field(Recording& r, Tape& outer, const FieldRef& field, View t, View z, Where at);
bool can_be_replayed(Recording& r, Tape& outer, const FieldRef& field, View t, View z, Where at);  // records it, too
// The call alone: its result may have any shape.
Var record_call(Recording& r, Tape& outer, const FieldRef& f, View t, View z, const char* doing, Where at);
[[noreturn]] void fail_reads_value(const Recording& r, std::string_view who, const char* or_else, Where at);

// Lists the leaves that the field captured, in the order of recording, as captures: lifted Vars and constants. Appends
// what stands for them on the outer tape.
void find_captures(Recording& r, Tape& outer, std::vector<Var>& outer_captures);

// A field must be the same list of operations, on the same captures and numbers, whenever it is called: a second recording
// says so, or fails. `known`: how many values the outer tape had before the first; what came later the field may make anew.
void require_same_field(const Recording& first, Recording& second, Tape& outer, std::size_t known,
                        const FieldRef& field, View t0, View t, View z, Where at);

// The field at a stage, with Vars of `tape`: to a derivative that it takes, t and z are variables, whatever they depend on.
// shares: as in FieldRef.
Var call_field(Tape& tape, const FieldRef& field, Var t, Var z, const char* doing, Where at,
               FieldRef::Shares* shares = nullptr);

void require_rate(Var rate, const Shape& z, Where at, const char* whose = "solve: the field");

}  // namespace costate::ode
