// ode/field/recording.hpp — the right-hand side of dz/dt = f(t, z; c) as a recording, and what is derived from it
//   recording   f on a child tape: leaves t, z and the captures c (parameters, outer Vars, constants); results f
//   tangent     the field of (z, ż):  ( f,  ∂f/∂z ż + ∂f/∂c ċ )                                              discrete (2)
//   tangents    the same along many directions at once:  z, S_1, ..., S_p,  dS_j/dt = ∂f/∂z S_j + ∂f/∂c ċ_j
//   pullback    wᵀ∂f/∂z, wᵀ∂f/∂c                                                                              adjoint (3), (5)
// Each is more tape behind a recording. The minus signs of the adjoint equations stand here and nowhere else.
// A field's state is a list of components: one for a user's z, two for its tangent (z, ż), four for the tangent's tangent,
// 1 + p for (z, S_1, ..., S_p).
// Which captures take part in a derivative is chosen by whoever asks for it: a constant that nobody differentiates by
// costs nothing, and a gradient by any leaf that is asked for is right.
// see      ode/field/plan.hpp (what they are compiled to) · ode/field/record.hpp (calling it) · ode/field.hpp (what one is)
#pragma once
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars
#include "ode/field.hpp"                  // brings: FieldRef, whose shares they are

namespace costate::ode::inline COSTATE_PRECISION {

using Chosen = std::vector<std::uint8_t>;  // captures, by their places

// A field as operations. Vars are leaves and results on `tape`; a zero Var among the rates is a rate that is always 0.
struct Recording {
    Tape tape;
    Var t;
    std::vector<Var> z, captures, rates;
    FieldRef::Shares shares;  // of the only rate, where the field is a list

    void copy(const Recording& other);  // its operations, without numbers
    std::vector<Var> chosen(const Chosen& which) const;
};

// Two recordings are equal when they hold the same operations on the same shapes and give the same results.
bool same_field(const Recording& a, const Recording& b);
std::string difference(const Recording& a, const Recording& b);  // what differs, or nothing

// The derivations, as operations appended to a recording that only notes them. `cotangents` are leaves for w or a.
struct Pullback {
    std::vector<Var> cotangents, z_bars, capture_bars;
};
Pullback append_pullback(Recording& r, const Chosen& captures, bool minus);  // adjoint (3), (5)
void append_tangent(Recording& r, const Chosen& captures);  // discrete (2): captures ċ of the chosen ones

// What moves: an entry of a component of z at the start, or of a capture. Where rows do not mix, that of every row.
struct InputDirection {
    static constexpr Index all = -1;  // as an entry: every one, by a random number of its own

    bool at_start, by_rows;  // z, or a capture; every row's entry at once
    std::size_t place;
    Index entry, entries;  // of so many
    bool operator==(const InputDirection&) const = default;
    void fill(Real* out, Index count) const;  // its tangent's numbers, row after row the same
};
void append_tangents(Recording& r, std::span<const InputDirection> directions);
// ode/tables/rosenbrock.hpp: of (z, u, ·) the rates f, ∂f/∂z u and ∂f/∂t. Nothing reads what stands beside the last.
void append_linearized(Recording& r);

// The field's rates at other leaves: its operations once more, on the tape of those.
std::span<const Var> append_field(const Recording& r, Var t, std::span<const Var> z, std::span<const Var> captures);

}  // namespace costate::ode
