// A function that takes a tape and not a reference to it.
// expect: hand it on as Tape&
#include "costate.hpp"

costate::Var start(costate::Tape tape);
costate::Var mistake(costate::Tape& tape) { return start(tape); }
