// A const model as a field, whose operator() is not const.
// expect: a const module: by a const operator()
#include "costate.hpp"

struct Model : costate::nn::Module {
    costate::Parameter g = add("g", 1.0);
    costate::Var operator()(costate::Var, costate::Var z) { return g * z; }
};

void mistake(const Model& model) { costate::ode::solve(model, costate::Tensor({2}), {0, 1}); }
