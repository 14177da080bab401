#include "nn/metrics.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

Number accuracy(View logits, Indices labels, Where at) {
    if (logits.shape.rank() != 2 || logits.shape[0] != labels.size() || logits.size() == 0)
        fail(at, {.what = "accuracy: the labels do not fit the logits",
                  .got = text("logits ", logits.shape, ", ", labels.size(), " labels"),
                  .expected = "logits [B,C], with at least one row, and a label for each row"});
    const std::vector<Index> guesses = argmax(logits, -1, at);
    Index right = 0;
    for (Index b = 0; b < labels.size(); ++b) {
        if (labels[b] < 0 || labels[b] >= logits.shape[1])
            fail(at, {.what = "accuracy: there is no such class",
                      .got = text(labels[b], " in row ", b),
                      .expected = text("whole numbers from 0 to ", logits.shape[1] - 1)});
        right += guesses[b] == labels[b] ? 1 : 0;
    }
    return static_cast<Number>(right) / static_cast<Number>(labels.size());
}

Number accuracy(const Var& logits, Indices labels, Where at) {
    return accuracy(logits.value(at), std::move(labels), at);
}

}  // namespace costate::nn
