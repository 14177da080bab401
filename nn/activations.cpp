#include "nn/activations.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

std::span<const NamedActivation> all_activations() {
    static constexpr NamedActivation list[] = {
        {"tanh", nn::tanh},         {"relu", nn::relu},
        {"sigmoid", nn::sigmoid},   {"softplus", nn::softplus},
        {"silu", nn::silu},         {"elu", nn::elu},
        {"sin", nn::sin},           {"leaky_relu", nn::leaky_relu},
        {"gelu", nn::gelu},         {"gelu_tanh", nn::gelu_tanh},
        {"identity", nn::identity},
    };
    return list;
}

Activation activation(std::string_view name, Where at) {
    std::string known;
    for (const NamedActivation& a : all_activations()) {
        if (name == a.name) return a.function;
        known.append(known.empty() ? "" : ", ").append(a.name);
    }
    fail(at, {.what = "activation: there is none of that name",
              .got = text("\"", name, "\""),
              .expected = text("one of ", known)});
}

}  // namespace costate::nn
