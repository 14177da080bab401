// examples/short/digits.cpp — handwritten digits of 8 × 8 pixels: a layer, a layer whose depth is time, a layer
#include <cstdio>

#include "costate.hpp"
#include "examples/support/csv.hpp"
using namespace costate;

int main() {
    const Tensor table = support::read_table("examples/data/digits_8x8.csv").values;  // [1797,65]: pixels 0–16, label
    std::vector<Index> labels;
    for (Index row = 0; row < table.shape()[0]; ++row) labels.push_back(static_cast<Index>(table(row, 64)));
    Tape tape;
    const Tensor pixels(slice(tape.constant(table), 1, 0, 64).value());
    Rng rng(0);
    const nn::MLP field({32, 32, 32}, nn::tanh, rng);
    const ode::NeuralODE flow(field, {0, 1}, {.rtol = 1e-3, .atol = 1e-3});
    const nn::Sequential model{nn::Linear(64, 32, rng), flow, nn::Linear(32, 10, rng)};
    optim::Adam adam(model, {.lr = 3e-3});
    nn::Batches batches(1400, 64, rng);  // the rows behind them are for the test
    while (batches.epoch() < 20) {
        const auto rows = batches.next();
        tape.rewind();
        Var logits = model(tape.constant(nn::take_rows(pixels, rows)) / 16);
        adam.minimise(nn::cross_entropy_with_logits(logits, nn::take_rows(labels, rows)));
    }
    const Tensor logits = model(Tensor(pixels.rows(1400, 397)));
    std::printf("test_accuracy = %.3f\n", nn::accuracy(logits, std::span<const Index>(labels).subspan(1400)));
}
