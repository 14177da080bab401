// examples/chapters/nn.cpp — what is a neural network, once derivatives are free?
// Look for: names and shapes, copies that share their numbers, and what a first guess does ten layers deep.
#include <cmath>
#include <cstdio>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients, grad
#include "nn/batches.hpp"                  // brings: Batches, take_rows
#include "nn/losses.hpp"                   // brings: mse
#include "nn/mlp.hpp"                      // brings: MLP, Linear, initialisers
#include "nn/sequential.hpp"               // brings: Sequential

using namespace costate;

namespace {

double deviation_after_ten_layers(nn::Initialiser init) {
    Tape tape;
    Rng rng(1);
    Tensor input({64, 64});
    rng.fill_normal(input.entries());  // deviation 1
    Var x = tape.constant(input);
    for (int layer = 0; layer < 10; ++layer) x = nn::Linear(64, 64, rng, {.init = init})(x);
    double squares = 0;
    for (const Real entry : x.value().entries()) squares += static_cast<double>(entry) * static_cast<double>(entry);
    return std::sqrt(squares / static_cast<double>(x.size()));
}

void depth() {
    const auto show = [](const char* what, nn::Initialiser init) {
        std::printf("%-22s %.1g\n", what, deviation_after_ten_layers(init));
    };
    show("W ~ N(0, 0.01^2)", [](MutableView w, MutableView, Rng& rng) { rng.fill_normal(w.entries(), 0, 0.01); });
    show("W ~ N(0, 1)", [](MutableView w, MutableView, Rng& rng) { rng.fill_normal(w.entries(), 0, 1); });
    show("glorot_normal", nn::glorot_normal);
}

}  // namespace

int main() {
    // [program]
    const nn::MLP field({2, 16, 2}, nn::tanh, Rng{0});
    for (const std::string& name : field.names())
        std::printf("%-14s %s\n", name.c_str(), to_text(field.parameter(name).shape()).c_str());
    std::printf("%td numbers\n", field.count());

    const nn::MLP same = field, other = clone(field);  // handles to the same numbers; new numbers
    same.parameter("layer1.bias").edit()[0] = 7;
    std::printf("field %g, same %g, other %.6f\n", static_cast<double>(field.parameter("layer1.bias").value()[0]),
                static_cast<double>(same.parameter("layer1.bias").value()[0]),
                static_cast<double>(other.parameter("layer1.bias").value()[0]));

    const Tensor x({3, 2}, {1, 0, 0, 1, 1, 1}), target({3, 2}, {0, 1, -1, 0, -1, 1});
    const auto loss = [&](Tape& tape) { return nn::mse(other(tape.constant(x)), target); };
    Tape tape;
    const Vars gradients = grad(loss(tape), other);
    std::printf("loss %.4f, %zu gradients, %s\n", static_cast<double>(loss(tape).item()), gradients.size(),
                check_gradients(loss, other).ok() ? "as differences say" : "wrong");
    // [/program]

    // [batches]
    nn::Sequential model{nn::Linear(2, 16, Rng{1}), nn::tanh, nn::Linear(16, 2, Rng{2})};
    nn::Batches batches(3, 2, Rng{3});  // of 3 examples, 2 at a time
    const std::span<const Index> rows = batches.next();
    std::printf("mse %.3f of all", nn::mse(model(x), target));  // of Tensors, a number
    std::printf(", %.3f of a batch\n", nn::mse(model(nn::take_rows(x, rows)), nn::take_rows(target, rows)));
    // [/batches]

    std::puts("");
    depth();
    std::puts("");
    try {
        const Var y = tape.constant(Tensor({3, 1})), wanted = tape.constant(Tensor({3}));
        nn::mse(y, wanted);  // y − wanted would broadcast to [3,3]
    } catch (const Error& error) {
        std::printf("%s\n", error.what());
    }
}
