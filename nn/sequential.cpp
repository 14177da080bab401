#include "nn/sequential.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

Layer::Layer(Var (*f)(const Operand&)) : Layer(Activation(f)) {}

Layer::Layer(const char* name, Where at) : Layer(activation(name, at)) {}

void Layer::require_time(Var t, Where at) {
    if (t.is_zero())
        fail(at, {.what = "Sequential: one of the layers takes the time as well",
                  .got = "x alone",
                  .expected = "t and z: a field",
                  .fix = "model(t, z), or solve(model, z0, times)"});
}

Sequential::Sequential(std::initializer_list<Layer> layers, Where at) : Sequential(std::vector<Layer>(layers), at) {}

Sequential::Sequential(std::vector<Layer> layers, Where at) : layers_(std::move(layers)) {
    if (layers_.size() == 1 && !layers_[0].parts().empty()) layers_ = std::vector<Layer>(layers_[0].parts());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        names_.push_back(spelled("layer", i));
        add(names_.back(), layers_[i].module(), at);
    }
}

Var Sequential::operator()(Var t, Var z, Where at) const {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const While calling("calling nn::Sequential's ", names_[i].c_str(), at, Where::nowhere());
        z = layers_[i](t, z, at);
    }
    return z;
}

}  // namespace costate::nn
