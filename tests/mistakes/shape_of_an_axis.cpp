// x.shape(0).
// expect: the extent of an axis: x.size(0), x.shape()[0]
#include "autodiff/tape.hpp"

costate::Shape mistake(costate::Var x) { return x.shape(0); }
