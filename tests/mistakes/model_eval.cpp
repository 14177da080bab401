// model.eval(), model.train().
// expect: no layer behaves differently in training: leave it out
#include "costate.hpp"

void mistake(costate::nn::MLP& model) { model.eval(); }
