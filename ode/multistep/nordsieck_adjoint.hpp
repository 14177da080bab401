// ode/multistep/nordsieck_adjoint.hpp — the steps of a batch by BDF or Adams, and the adjoint by such steps (internal to ode/)
// see      ode/multistep/nordsieck_in_vars.hpp (the equations, who asks) · ode/gradients/pull.hpp
#pragma once
#include <vector>

#include "ode/batch/batch_in_numbers.hpp"  // brings: BatchInNumbers
#include "ode/gradients/pull.hpp"          // brings: Pull
#include "ode/multistep/nordsieck.hpp"     // brings: Nordsieck

namespace costate::ode::inline COSTATE_PRECISION {

struct NordsieckMemory {  // of a plan
    BatchInNumbers field;
    std::vector<Real> work, y;
};
using NordsieckSteps = Nordsieck<BatchInNumbers&, std::span<const Real>, std::span<Real>>;

// Of memory.field, which is prepared. options: those of a plan, made from NordsieckOptions.
NordsieckOptions steps_by(const SolveOptions& options);
NordsieckSteps steps_of_batch(NordsieckMemory& memory, const NordsieckOptions& options, std::span<const Real> y,
                              Number from, Number to);

void pull_nordsieck(const Pull& p);

}  // namespace costate::ode
