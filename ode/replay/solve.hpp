// ode/replay/solve.hpp — a solve by known steps, and its gradient, within tables: loops that replay the tables of its field
//   for n:  for i:  Z_i = z + h Σ_{j<i} a_ij k_j,  k_i = f(t + c_i h, Z_i);   z ← z + h Σ_i b_i k_i                ode (1), (2)
//   for n, the last one first:  λ ← λ + u;  the stages again;
//     for i, the last one first:  w_i = h (b_i λ + Σ_{j>i} a_ji μ_j),  μ_i = w_iᵀ∂f/∂z;   λ ← λ + Σ_i μ_i       discrete (1)
// Everything about a step but its state is known, and stands here as numbers: its factors (Real)(h a_ij), the times of its
// stages, the observations that it makes, at its end or within it, by (Real)(h b_i(θ)), ode (6). They are printed, or made in
// memory, by ode/solve/in_tables.hpp.
// bits   Those of the library by BITS=same: the same sums in the same order, as a printed solve has them (ode/solve/print.cpp).
#pragma once
#include "autodiff/replay/replay.hpp"  // brings: Replay, Tables

namespace costate::ode::inline COSTATE_PRECISION {

struct SolveTables {
    const Tables* field = nullptr;  // f, and with a gradient wᵀ∂f/∂z and wᵀ∂f/∂c
    std::int32_t memory = 0;        // of the field, from there on in m
    std::int32_t starts = -1;       // and z at each step's start; -1: there is no gradient
    std::int32_t steps = 0;
    std::int32_t observations = 0, at_start = 0;  // as many of them are z0
    std::uint8_t stages = 0, end = 0,
                 swept = 0;  // of most steps: row `end` of the factors gives y⁺; so many are transposed
    std::uint8_t captures = 0;
    std::span<const Real> factors{};              // [lengths, stages + 1, stages]
    std::span<const std::uint16_t> length_of{};   // of each step; none: there is one
    std::span<const Real> times{};                // [steps, stages]; none: f does not read t
    std::span<const std::uint16_t> seen_after{};  // of each observation: as many steps
    std::span<const std::uint16_t> row_of{};      // 1 + its row of the weights, or 0: it is a step's end; none: all are
    std::span<const Real> weights{};              // [rows, stages]
    std::span<const std::uint8_t> stages_of{};    // of each step, transposed; none: `swept`
    std::span<const std::uint8_t> chosen{};       // of each capture: is its cotangent a result?
};

// Tasks. Operands are times, z0, captures; and of the gradient a token, the observations and their cotangents.
void replay_solve(const void* tables, const Replay& around, const Tables::Place* in, const Tables::Place* out);
void replay_gradient(const void* tables, const Replay& around, const Tables::Place* in, const Tables::Place* out);

}  // namespace costate::ode
