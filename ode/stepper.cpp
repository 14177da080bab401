#include "ode/stepper.hpp"

namespace costate::ode {

COSTATE_STEPS_OF_ANY(, float)
COSTATE_STEPS_OF_ANY(, double)

}  // namespace costate::ode
