#include "nn/sequential.hpp"

namespace costate::nn {
inline namespace COSTATE_PRECISION {

Layer::Layer(Var (*f)(const Operand&)) : call_([f](Var x, Where at) { return f(Operand(x, at)); }) {}

Layer::Layer(const char* name, Where at) : call_(activation(name, at)) {}

Sequential::Sequential(std::initializer_list<Layer> layers, Where at) : Sequential(std::vector<Layer>(layers), at) {}

Sequential::Sequential(std::vector<Layer> layers, Where at) : layers_(std::move(layers)) {
    if (layers_.size() == 1 && !layers_[0].parts().empty()) layers_ = std::vector<Layer>(layers_[0].parts());
    for (std::size_t i = 0; i < layers_.size(); ++i) add("layer" + std::to_string(i), layers_[i].module(), at);
}

Var Sequential::operator()(Var x, Where at) const {
    for (const Layer& layer : layers_) x = layer(x, at);
    return x;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
