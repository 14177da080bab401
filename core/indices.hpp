// core/indices.hpp — a list of whole numbers as an argument: places on an axis, classes, rows
//   gather(x, {0, 2, 5}, 1);   gather(x, list, 1)   with a std::vector, a std::array or a span of integers of any width
// lifetime  It looks at somebody else's list: an argument, made in the call. A variable of this type would look at a list in
//           braces that is gone, so none can be handed on.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "core/real.hpp"  // brings: Index

namespace costate {

template <class List>
using IntegerIn = typename decltype(std::span(std::declval<const List&>()))::value_type;
template <class List>
concept IntegerList =
    std::integral<IntegerIn<List>> && !std::same_as<IntegerIn<List>, bool> && !std::same_as<IntegerIn<List>, char>;

class Indices {
public:
    Indices(std::initializer_list<Index> list) : Indices(list.begin(), list.size()) {}
    template <IntegerList List>
    Indices(const List& list) : Indices(std::data(list), std::size(list)) {}
    Indices(const Indices&) = delete;  // an argument, made in the call: keep a std::vector<int>
    Indices(Indices&&) = default;

    Index size() const { return size_; }
    Index operator[](Index i) const { return entry_(list_, i); }
    std::vector<Index> list() const {  // to be kept
        std::vector<Index> list(static_cast<std::size_t>(size_));
        for (Index i = 0; i < size_; ++i) list[static_cast<std::size_t>(i)] = (*this)[i];
        return list;
    }

private:
    template <class Integer>
    Indices(const Integer* list, std::size_t size)
        : list_(list),
          entry_([](const void* from, Index i) { return static_cast<Index>(static_cast<const Integer*>(from)[i]); }),
          size_(static_cast<Index>(size)) {}

    const void* list_;
    Index (*entry_)(const void* list, Index i);
    Index size_;
};

}  // namespace costate
