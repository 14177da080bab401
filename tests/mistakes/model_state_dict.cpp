// model.state_dict().
// expect: model.save(path), model.load(path)
#include "nn/mlp.hpp"

auto mistake(const costate::nn::MLP& model) { return model.state_dict(); }
