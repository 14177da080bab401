// x.shape(0).
// expect: the extent of an axis: x.size(0), x.shape()[0]
#include "costate.hpp"

costate::Shape mistake(costate::Var x) { return x.shape(0); }
