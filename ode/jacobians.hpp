// ode/jacobians.hpp — how the states of a solution answer to its parameters and its start: ∂z(t_i)/∂θ, ∂z(t_i)/∂z0, as numbers
//   const ode::Jacobians J = ode::solve_jacobians(field, z0, times, {rates}, {.rtol = 1e-8});
//   J.z             [T, ...z0]         the states
//   J.parameters    [T, ...z0, P]      by each entry of the parameters, in their order (that of optim::Fit)
//   J.start         [T, ...z0, D]      by each entry of z0; where rows do not mix, of a row's own z0 alone: D of them
// All columns are solved at once, by one Program, on the steps of the solution: 2 + P + D times its cost, memory for the
// results alone. So they are exact for the states as computed, whatever their error is; with
// .forward_norm = ode::ForwardNorm::state_and_tangents the steps keep the error of every column, too.
// To Gauss and Newton, J is the design: least |z + J v − data|, Cov = s² (JᵀJ)⁻¹       (optim/least_squares.hpp does both).
// As more tape, differentiable again, and by the times: jacobian(z, x) of autodiff/derivatives/grad.hpp, a solve a column.
#pragma once
#include "ode/solve.hpp"  // brings: FieldRef, Times, SolveOptions, Tensor, Parameters

namespace costate::ode::inline COSTATE_PRECISION {

struct Jacobians {
    Tensor z, parameters, start;
    Statistics statistics;
};

// field captures numbers and Parameters; by one that it does not read the column is 0. options.gradient is not asked.
Jacobians solve_jacobians(FieldRef field, View z0, const Times& times, Parameters parameters, SolveOptions options = {},
                          Where at = {});

}  // namespace costate::ode
