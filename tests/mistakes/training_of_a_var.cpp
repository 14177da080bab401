// The loss itself in place of the function that computes it.
// expect: what is trained is a loss Var(Tape& tape)
#include "costate.hpp"

void mistake(costate::optim::Adam& adam, costate::Var loss) { costate::optim::train(adam, loss); }
