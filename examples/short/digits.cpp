// examples/short/digits.cpp — handwritten digits of 8 × 8 pixels: a layer, a layer whose depth is time, a layer
#include <cstdio>

#include "costate.hpp"
#include "examples/support/csv.hpp"
using namespace costate;

int main() {
    Rng rng(0);
    std::vector<Index> order(1797), labels;
    rng.permutation(order);
    const Tensor table = nn::take_rows(support::read_table("examples/data/digits_8x8.csv").values, order);
    for (Index row = 0; row < 1797; ++row) labels.push_back(static_cast<Index>(table(row, 64)));
    Tape tape;
    const Tensor pixels((slice(tape.constant(table), 1, 0, 64) / 16).value());

    const ode::NeuralODE flow(nn::MLP({32, 32, 32}, nn::tanh, rng), {0, 1}, {.rtol = 1e-3, .atol = 1e-3});
    const nn::Sequential model{nn::Linear(64, 32, rng), flow, nn::Linear(32, 10, rng)};
    optim::Adam adam(model, {.lr = 1e-2});
    for (nn::Batches batches(1400, 64, rng); batches.epoch() < 20;) {  // the rows behind them are for the test
        const auto rows = batches.next();
        tape.rewind();
        Var logits = model(tape.constant(nn::take_rows(pixels, rows)));
        adam.minimise(nn::cross_entropy_with_logits(logits, nn::take_rows(labels, rows)));
    }
    const Tensor logits = model(Tensor(pixels.rows(1400, 397)));
    std::printf("test_accuracy = %.3f\n", nn::accuracy(logits, std::span<const Index>(labels).subspan(1400)));
}
