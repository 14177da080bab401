// The number of a parameter.
// expect: Parameter
#include "autodiff/parameter.hpp"

double mistake(const costate::Parameter& p) { return p; }
