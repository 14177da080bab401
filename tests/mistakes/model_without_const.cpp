// A model whose operator() is not const, looked at with numbers.
// expect: of a model by a const operator()
#include "costate.hpp"

struct Model : costate::nn::Module {
    costate::Parameter g = add("g", 1.0);
    costate::Var operator()(costate::Var x) { return g * x; }
};

costate::Tensor mistake(const Model& model) { return costate::nn::evaluate(model, costate::Tensor({2})); }
