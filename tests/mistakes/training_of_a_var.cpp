// The loss itself in place of the function that computes it.
// expect: what is trained is a loss Var(Tape& tape)
#include "optim/adam.hpp"
#include "optim/train.hpp"

void mistake(costate::optim::Adam& adam, costate::Var loss) { costate::optim::train(adam, loss); }
