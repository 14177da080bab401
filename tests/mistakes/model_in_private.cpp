// A class that derives from nn::Module in private, as classes do unless they say public.
// expect: a class Model : public nn::Module
#include "costate.hpp"

class Model : costate::nn::Module {
public:
    costate::nn::Linear layer = add("layer", costate::nn::Linear(2, 2, costate::Rng{0}));
};

void mistake() {
    Model model;
    costate::optim::Adam adam(model, {.lr = 1e-2});
}
