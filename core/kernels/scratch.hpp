// core/kernels/scratch.hpp — memory of a kernel that stays from call to call (internal to core/kernels/)
// why      Not a vector of Reals: what the compiler leaves of its functions for the linker to share would be compiled for this
//          width, and run on processors that have a narrower one (core/width.hpp).
#pragma once
#include "core/real.hpp"   // brings: Real, Index
#include "core/width.hpp"  // brings: COSTATE_WIDTH

namespace costate::inline COSTATE_WIDTH {

class ScratchMemory {
public:
    ScratchMemory() = default;
    ScratchMemory(const ScratchMemory&) = delete;
    ScratchMemory& operator=(const ScratchMemory&) = delete;
    ~ScratchMemory() { delete[] data_; }

    Real* of_size(Index size) {  // or larger; what was in it is gone where it grows
        if (size_ < size) {
            delete[] data_;
            data_ = new Real[size]();
            size_ = size;
        }
        return data_;
    }

private:
    Real* data_ = nullptr;
    Index size_ = 0;
};

}  // namespace costate::inline COSTATE_WIDTH
