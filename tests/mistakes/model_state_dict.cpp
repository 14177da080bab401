// model.state_dict().
// expect: model.save(path), model.load(path)
#include "costate.hpp"

auto mistake(const costate::nn::MLP& model) { return model.state_dict(); }
