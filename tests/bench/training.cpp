#include "tests/bench/training.hpp"

#include <algorithm>

namespace costate::bench {

std::vector<double> Training::first_gradient() {
    tape_.rewind();
    const Vars gradients = grad(loss(0), optimizer_->parameters());
    std::vector<View> views;
    for (const Var& g : gradients) views.push_back(tape_.view(g));
    return flat(views);
}

double Training::step(int k) {
    tape_.rewind();
    const Var l = loss(k);
    optimizer_->step(grad(l, optimizer_->parameters()));
    return static_cast<double>(tape_.view(l)[0]);
}

Evaluations Training::evaluations() const {
    if (solution_.z.is_zero()) return {};
    const ode::Statistics s = solution_.statistics();
    return {.forward = s.evaluations, .backward = s.backward_evaluations};
}

ode::Route exact_by(Variant variant) {
    constexpr double most = 256 << 20;
    return variant == Variant::kept ? ode::discrete_within(most) : ode::discrete;
}

ode::Route adjoint_by(Variant variant) {
    return variant == Variant::spec ? ode::backsolve : variant == Variant::direct ? ode::direct : exact_by(variant);
}

void set_numbers(const Parameter& parameter, std::span<const double> numbers) {
    auto edit = parameter.edit();
    std::copy(numbers.begin(), numbers.end(), edit.entries().begin());
}

nn::MLP network(const Layers& layers, nn::Activation activation) {
    std::vector<Index> widths{layers.front().in};
    for (const Layer& layer : layers) widths.push_back(layer.out);
    nn::MLP mlp(widths, activation, Rng{0});
    for (std::size_t i = 0; i < layers.size(); ++i) {
        set_numbers(mlp.parameters()[2 * i], layers[i].weight);
        set_numbers(mlp.parameters()[2 * i + 1], layers[i].bias);
    }
    return mlp;
}

Tensor rows_of(const Doubles& numbers, Index width) {
    return Tensor({static_cast<Index>(numbers.size()) / width, width}, std::span<const double>(numbers));
}

std::vector<double> flat(std::span<const View> gradients) {
    std::vector<double> numbers;
    for (const View& g : gradients) numbers.insert(numbers.end(), g.entries().begin(), g.entries().end());
    return numbers;
}

}  // namespace costate::bench
