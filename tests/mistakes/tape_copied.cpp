// A second tape as a copy of the first.
// expect: hand it on as Tape&
#include "costate.hpp"

void mistake(costate::Tape& tape) { costate::Tape second = tape; }
