// ode/gradients/own_backsolve.hpp — the continuous adjoint of rows with clocks of their own (internal to ode/)
#pragma once
#include "core/real.hpp"  // brings: COSTATE_PRECISION

namespace costate::ode::inline COSTATE_PRECISION {

struct Pull;
void backsolve_own_rows(const Pull& p);

}  // namespace costate::ode
