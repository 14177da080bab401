// ode/gradients/states.hpp — states that a solve keeps for its gradient, by their numbers (internal to ode/)
// They lie in blocks that stay where they are: nothing is moved as more come, and less than a block is kept beyond need.
#pragma once
#include <algorithm>
#include <vector>

#include "core/tensor.hpp"  // brings: Storage

namespace costate::ode::inline COSTATE_PRECISION {

class States {
public:
    void begin(Index size) {  // how many numbers each has
        size_ = size;
        in_block_ = static_cast<std::size_t>(std::max<Index>(1, block / std::max<Index>(1, size)));
        used_ = 0;
    }
    Index size() const { return size_; }
    std::size_t bytes() const { return used_ * in_block_ * static_cast<std::size_t>(size_) * sizeof(Real); }
    Real* operator[](std::size_t n) {
        while (n / in_block_ >= used_) {
            if (used_ == blocks_.size()) blocks_.emplace_back();
            blocks_[used_++].resize(static_cast<Index>(in_block_) * size_);
        }
        return blocks_[n / in_block_].data() + static_cast<Index>(n % in_block_) * size_;
    }

    const Real* operator[](std::size_t n) const {  // one that there is
        return blocks_[n / in_block_].data() + static_cast<Index>(n % in_block_) * size_;
    }

private:
    static constexpr Index block = small_machine ? 64 : 1024;  // numbers, or one state

    Index size_ = 0;
    std::size_t in_block_ = 1, used_ = 0;
    std::vector<Storage> blocks_;
};

}  // namespace costate::ode
