// nn/batches.hpp — minibatches: every example once an epoch, in an order drawn from a seed
//   nn::Batches batches(1000, 32, Rng{7});
//   for (int step = 0; step < 500; ++step) {
//       const auto rows = batches.next();
//       nn::take_rows(inputs, rows, x);                    // x: the rows of this batch, [32,D]
//       const auto of_batch = nn::take_rows(labels, rows); // 32 of a std::vector<int>
//   }
// An epoch is one permutation of 0 ... examples − 1, cut into pieces; the last one may be shorter, or is dropped.
// state    (random state before the permutation, batches taken of it, epoch): it is drawn again, not stored.
// why      Without replacement: an epoch's mean gradient is the gradient of the whole data. The permutation, not the
//          batch, is the unit of chance, so that a resumed run continues in the middle of an epoch.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/files/tensor_file.hpp"  // brings: TensorFile, Tensor, View
#include "core/indices.hpp"            // brings: Indices
#include "core/random.hpp"             // brings: Rng

namespace costate::nn::inline COSTATE_PRECISION {

struct BatchOptions {
    bool drop_last = false;  // leave out the examples that do not fill a batch: another few every epoch
};

class Batches {
public:
    Batches(Index examples, Index batch_size, Rng rng, BatchOptions options = {}, Where at = {});

    std::span<const Index> next();          // the examples of the next batch; valid until the next call
    Index per_epoch() const;                // batches
    Index epoch() const { return epoch_; }  // of the batch that next() gave last, counted from 0
    Index taken() const { return taken_; }  // batches of this epoch so far

    void write(TensorFile& file, const std::string& prefix, Where at = {}) const;
    void read(const TensorFile& file, const std::string& prefix, Where at = {});

private:
    void shuffle();

    Index batch_size_;
    BatchOptions options_;
    Rng start_, rng_;  // before and after the permutation of this epoch was drawn
    Index epoch_ = 0, taken_ = 0;
    std::vector<Index> order_;
};

// The given rows (places on axis 0) of `from`, or the entries of a list at these places. `into` is made anew only if its
// shape has to change, or if `from` lies in it.
Tensor take_rows(View from, Indices rows, Where at = {});
std::vector<Index> take_rows(Indices from, Indices rows, Where at = {});
void take_rows(View from, Indices rows, Tensor& into, Where at = {});

// A generator in a file: its two integers.
void write(TensorFile& file, const std::string& prefix, const Rng& rng, Where at = {});
Rng read_rng(const TensorFile& file, const std::string& prefix, Where at = {});

}  // namespace costate::nn
