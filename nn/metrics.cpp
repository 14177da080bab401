#include "nn/metrics.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

double accuracy(View logits, Indices labels, Where at) {
    if (logits.shape.rank() != 2 || logits.shape[0] != labels.size() || logits.size() == 0)
        fail(at, {.what = "accuracy: the labels do not fit the logits",
                  .got = "logits " + to_text(logits.shape) + ", " + std::to_string(labels.size()) + " labels",
                  .expected = "logits [B,C], with at least one row, and a label for each row"});
    const std::vector<Index> guesses = argmax(logits, -1, at);
    Index right = 0;
    for (Index b = 0; b < labels.size(); ++b) {
        if (labels[b] < 0 || labels[b] >= logits.shape[1])
            fail(at, {.what = "accuracy: there is no such class",
                      .got = std::to_string(labels[b]) + " in row " + std::to_string(b),
                      .expected = "whole numbers from 0 to " + std::to_string(logits.shape[1] - 1)});
        right += guesses[static_cast<std::size_t>(b)] == labels[b] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

double accuracy(const Var& logits, Indices labels, Where at) {
    return accuracy(logits.value(at), std::move(labels), at);
}

}  // namespace costate::nn
