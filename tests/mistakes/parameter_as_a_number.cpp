// The number of a parameter.
// expect: Parameter
#include "costate.hpp"

double mistake(const costate::Parameter& p) { return p; }
