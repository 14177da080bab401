// ode/gradients/pull.hpp — what a gradient route is given, and what a solve leaves behind for it (internal to ode/)
//   pull    (z̄0, c̄) = (∂S/∂(z0, c))ᵀ w      of the observations' cotangents w: equation (2) of ode/solve/operator.hpp
// see      ode/gradients/discrete.cpp · ode/gradients/backsolve.cpp
#pragma once
#include <vector>

#include "ode/batch/tiles.hpp"  // brings: Tiles, Stages, Quadrature
#include "ode/field/plan.hpp"   // brings: SolvePlan
#include "ode/statistics.hpp"   // brings: Statistics

namespace costate::ode::inline COSTATE_PRECISION {

// What one solve leaves behind for its derivatives: the object of its token.
struct SolveRecord {
    std::vector<double> grid;      // t_0, ..., t_N
    std::vector<Real> trajectory;  // the state at each of them, where the gradient route asks for it
    Statistics statistics;
    // Of a solve that is being recorded: who watches; its first stage is the value of the recording, and what its field
    // is recorded at a second time, the end of the first accepted step.
    std::vector<View> first_rate;
    const StepObserver* on_step = nullptr;
    double second_t = 0;
    std::vector<Real> second_z;  // empty: no step was taken
};

// The memory in which a plan runs: one for an evaluator, used by one solve after the other.
struct SolveMemory {
    Stages stages;
    Tiles tiles;
    Quadrature quadrature;
    std::vector<double> times;
    std::vector<Index> offsets;  // of the state's components
    bool warned = false;
};

// The i-th of a solve's times, given as a Var or in parts.
double time_at(const View& times, Index i);

// A solve's operands by name.
struct SolveOperands {
    View times;
    std::span<const View> z0, captures;
};

// A gradient route: from the cotangents w of the observations to z̄0 and c̄. Each in a file of its own.
struct Pull {
    const SolvePlan& plan;
    SolveRecord& record;
    SolveMemory& memory;
    SolveOperands x;
    std::span<const View> observations, w;
    std::span<const MutableView> z_bars, capture_bars;
    Where where;
};
inline void pull(const Pull& p) {
    rows::Routes::each([&](auto row) {
        if constexpr (requires { row.pull(p); })
            if (row.route == p.plan.options.gradient) row.pull(p);
    });
}

}  // namespace costate::ode
