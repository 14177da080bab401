// examples/chapters/nn.cpp — what is a neural network, once derivatives are free?
// Look for: names and shapes, copies that share their numbers, and what a first guess does ten layers deep.
#include <cmath>
#include <cstdio>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients, grad
#include "nn/losses.hpp"                   // brings: mse
#include "nn/mlp.hpp"                      // brings: MLP, Linear

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

// All signs of a layer W = ± deviation, 3 numbers to 2: what becomes of E[x²] = 1 forwards, of E[ȳ²] = 1 backwards?
void all_signs() {
    constexpr int in = 3, out = 2, layers = 1 << (in * out);
    const double variance = 2. / (in + out);             // (3)
    const double x[in] = {1, -1, 1}, gy[out] = {-1, 1};  // of size 1, as E says nothing of signs
    double forwards = 0, backwards = 0;
    for (int signs = 0; signs < layers; ++signs) {
        const auto W = [&](int i, int j) { return (signs >> (i * in + j) & 1 ? 1 : -1) * std::sqrt(variance); };
        for (int i = 0; i < out; ++i) {
            double y = 0;
            for (int j = 0; j < in; ++j) y += W(i, j) * x[j];
            forwards += y * y / (out * layers);
        }
        for (int j = 0; j < in; ++j) {
            double gx = 0;
            for (int i = 0; i < out; ++i) gx += W(i, j) * gy[i];
            backwards += gx * gx / (in * layers);
        }
    }
    std::printf("3 to 2, all 64 signs   E[y^2] = %.6f   E[gx^2] = %.6f   their mean %.6f\n", forwards, backwards,
                (forwards + backwards) / 2);
}

// E[σ(y)²] of a normal y with variance 1, by the trapezoid rule; and of so many layers, each y normal with what came through
template <class F>
double passed_on(F sigma, int layers = 1) {
    double variance = 1;
    for (int layer = 0; layer < layers; ++layer) {
        double sum = 0;
        for (int i = -8000; i <= 8000; ++i) {
            const double x = i / 1000., density = std::exp(-x * x / 2) / std::sqrt(2 * 3.141592653589793);
            const double passed = sigma(std::sqrt(variance) * x);
            sum += passed * passed * density / 1000;
        }
        variance = sum;
    }
    return variance;
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

    std::puts("");
    depth();
    std::puts("");
    all_signs();
    const auto relu = [](double y) { return y > 0 ? y : 0; };
    const auto tanh = [](double y) { return std::tanh(y); };
    std::printf("of E[y^2] = 1 comes through relu %.6f, tanh %.6f; through ten layers %.6f, %.6f\n", passed_on(relu),
                passed_on(tanh), passed_on(relu, 10), passed_on(tanh, 10));
}
