// core/indices.hpp — a list of whole numbers as an argument: places on an axis, classes, rows
//   gather(x, {0, 2, 5}, 1);   gather(x, list, 1)   with a std::vector<int>, a std::vector<Index>, a span of either
// It looks at somebody else's list and is never stored.
#pragma once
#include <initializer_list>
#include <span>
#include <vector>

#include "core/real.hpp"  // brings: Index

namespace costate {

class Indices {
public:
    Indices(std::span<const Index> list) : longs_(list.data()), size_(static_cast<Index>(list.size())) {}
    Indices(std::initializer_list<Index> list) : Indices(std::span<const Index>(list.begin(), list.size())) {}
    Indices(std::span<const int> list) : ints_(list.data()), size_(static_cast<Index>(list.size())) {}
    Indices(const std::vector<Index>& list) : longs_(list.data()), size_(static_cast<Index>(list.size())) {}
    Indices(const std::vector<int>& list) : ints_(list.data()), size_(static_cast<Index>(list.size())) {}

    Index size() const { return size_; }
    Index operator[](Index i) const { return ints_ ? ints_[i] : longs_[i]; }

private:
    const Index* longs_ = nullptr;
    const int* ints_ = nullptr;
    Index size_ = 0;
};

}  // namespace costate
