// ode/field/programs.hpp — what a field's recording is compiled to (internal to ode/)
//   forward    z → f                                                     a solve, and of a tangent's field its tangent
//   reverse    z, w → f, wᵀ∂f/∂z; sums of wᵀ∂f/∂c                        discrete (1)
//   adjoint    z, a → f, −aᵀ∂f/∂z; sums of −aᵀ∂f/∂c                      adjoint (3), (5)
//   tangents   z, S_j → f, ∂f/∂z S_j + ∂f/∂c ċ_j                         discrete (2)
// The states of a program are a tile's rows, and behind them t, where rows have clocks of their own.
// see        ode/field/recording.hpp (the derivations) · ode/field/plan.hpp (who keeps them)
#pragma once
#include <memory>

#include "autodiff/program/program.hpp"  // brings: Program, ProgramSpec
#include "ode/field/recording.hpp"       // brings: Recording, Chosen
#include "ode/solve_options.hpp"         // brings: RowClocks

namespace costate::ode::inline COSTATE_PRECISION {

using SharedProgram = std::shared_ptr<const Program>;

// Of a recording that is the caller's own: as it is, or with its pullback, which is appended to it.
SharedProgram compiled(Recording& r, ProgramSpec spec, std::vector<Var> states, RowClocks rows);
SharedProgram with_pullback(Recording& r, const Chosen& captures, RowClocks rows);
// As it is, or as one whose rows are not apart where the other's are not.
SharedProgram with_rows_of(const Program& other, SharedProgram program);
SharedProgram forward_program(const Recording& field, RowClocks rows);
SharedProgram reverse_program(const Recording& field, const Chosen& captures, RowClocks rows);
SharedProgram adjoint_program(const Recording& field, const Chosen& captures, RowClocks rows);
SharedProgram tangents_program(const Recording& field, std::span<const InputDirection> directions, RowClocks rows);

// One for each entry, or one at random for each tensor. Rows that do not mix move all at once.
std::vector<InputDirection> directions_of(const Recording& field, const Chosen& captures, const Chosen& starts,
                                          bool mixes, bool each_entry);

}  // namespace costate::ode
