#include "nn/batches.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace costate::nn::inline COSTATE_PRECISION {

Batches::Batches(Index examples, Index batch_size, Rng rng, BatchOptions options, Where at)
    : batch_size_(batch_size), options_(options), start_(rng), rng_(rng) {
    if (examples > Shape::max_extent)
        fail(at, {.what = "Batches: more examples than an axis can hold",
                  .got = text(examples),
                  .expected = "fewer than 2^31"});
    if (examples < 1 || batch_size < 1 || (options.drop_last && batch_size > examples))
        fail(at, {.what = "Batches: there would be no batch",
                  .got = text(examples, " examples in batches of ", batch_size,
                              (options.drop_last ? ", the last one dropped" : "")),
                  .expected = "at least one example a batch, and one full batch where shorter ones are dropped"});
    order_.resize(examples);
    shuffle();
}

void Batches::shuffle() {
    rng_ = start_;
    rng_.permutation(order_);
}

Index Batches::per_epoch() const {
    const Index examples = order_.size();
    return options_.drop_last ? examples / batch_size_ : 1 + (examples - 1) / batch_size_;
}

std::span<const Index> Batches::next() {
    if (taken_ == per_epoch()) {
        start_ = rng_;
        shuffle();
        ++epoch_;
        taken_ = 0;
    }
    const Index first = batch_size_ * taken_++;
    const Index count = std::min(batch_size_, std::ssize(order_) - first);
    return std::span<const Index>(order_).subspan(first, count);
}

void Batches::write(TensorFile& file, const std::string& prefix, Where at) const {
    nn::write(file, prefix + "rng.", start_, at);
    file.add_integer(prefix + "epoch", epoch_, at);
    file.add_integer(prefix + "taken", taken_, at);
    file.add_integer(prefix + "examples", order_.size(), at);
    file.add_integer(prefix + "batch_size", batch_size_, at);
    file.add_integer(prefix + "drop_last", options_.drop_last, at);
}

void Batches::read(const TensorFile& file, const std::string& prefix, Where at) {
    const auto integer = [&](const char* name) -> Index { return file.integer(prefix + name, at); };
    const Rng start = read_rng(file, prefix + "rng.", at);
    const Index epoch = integer("epoch"), taken = integer("taken");
    const Index examples = integer("examples"), batch_size = integer("batch_size"), drop_last = integer("drop_last");
    const auto dropped = [](bool on) { return on ? ", the last one dropped" : ""; };
    if (examples != std::ssize(order_) || batch_size != batch_size_ || drop_last != options_.drop_last || epoch < 0 ||
        taken < 0 || taken > per_epoch())
        fail(at, {.what = "Batches: the file belongs to other batches",
                  .got = text(taken, " batches of ", batch_size, " taken from ", examples, " examples in epoch ", epoch,
                              dropped(drop_last != 0)),
                  .expected = text(order_.size(), " examples in batches of ", batch_size_, dropped(options_.drop_last)),
                  .fix = "continue with the data and the batch size with which the run began"});
    start_ = start;
    shuffle();
    epoch_ = epoch;
    taken_ = taken;
}

namespace {
void copy_rows(View from, const Indices& rows, Tensor& into) {
    const Index row_size = from.shape.row_size();
    Real* to = into.data();
    for (Index i = 0; i < rows.size(); ++i) to = std::copy_n(from.data + rows[i] * row_size, row_size, to);
}

void require_rows(const Indices& rows, Index count, const std::string& of, Where at) {
    for (Index i = 0; i < rows.size(); ++i)
        if (rows[i] < 0 || rows[i] >= count)
            fail(at, {.what = "take_rows: there is no such row",
                      .got = text("row ", rows[i], " of ", of),
                      .expected = "rows from 0 to the extent of axis 0, less one"});
}
}  // namespace

void take_rows(View from, Indices rows, Tensor& into, Where at) {
    const Shape shape = from.shape.rank() == 0 ? from.shape : from.shape.with(0, rows.size(), at);
    require_rows(rows, from.shape.rank() == 0 ? 0 : from.shape[0], to_text(from.shape), at);
    const std::less<const Real*> before;  // of any two addresses
    const bool overlap = before(from.data, into.data() + into.size()) && before(into.data(), from.data + from.size());
    if (overlap || into.shape() != shape) {
        Tensor fresh(shape, 0, at);
        copy_rows(from, rows, fresh);
        into = std::move(fresh);
    } else {
        copy_rows(from, rows, into);
    }
}

Tensor take_rows(View from, Indices rows, Where at) {
    Tensor taken;
    take_rows(from, std::move(rows), taken, at);
    return taken;
}

std::vector<Index> take_rows(Indices from, Indices rows, Where at) {
    require_rows(rows, from.size(), text("a list of ", from.size()), at);
    std::vector<Index> taken;
    for (Index i = 0; i < rows.size(); ++i) taken.push_back(from[rows[i]]);
    return taken;
}

void write(TensorFile& file, const std::string& prefix, const Rng& rng, Where at) {
    file.add_integer(prefix + "seed", rng.state().seed, at);
    file.add_integer(prefix + "counter", rng.state().counter, at);
}

Rng read_rng(const TensorFile& file, const std::string& prefix, Where at) {
    return Rng(Rng::State{.seed = file.integer(prefix + "seed", at), .counter = file.integer(prefix + "counter", at)});
}

}  // namespace costate::nn
