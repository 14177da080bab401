#include "tests/support/long_numbers.hpp"

namespace costate::ode {
COSTATE_STEPS_OF_ANY(, long double)
}
