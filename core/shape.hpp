// core/shape.hpp — the extents of a tensor
//   [2,3] has rank 2 and 6 entries, stored row by row (row-major): entry (i, j) lies at offset 3 i + j.
//   [] has rank 0 and one entry: a scalar.   [0,3] has no entry, and that is allowed.
// An extent lies below 2^31, on a small machine below 2^16, and all of them that are not 0, multiplied, are a count whose bytes
// an Index can count: whoever gives a shape another extent is told so, and no product of a shape's extents ever overflows.
// Broadcasting, core (2), as in NumPy: shapes are aligned at their last axis; an axis of extent 1, or a missing one, repeats.
//   [4,3] with [3] -> [4,3]      [4,1] with [1,3] -> [4,3]      [4,3] with [4] -> an error
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <type_traits>  // brings: std::conditional_t

#include "core/error.hpp"   // brings: fail, Where
#include "core/real.hpp"    // brings: Index
#include "core/small.hpp"   // brings: small_machine
#include "core/stream.hpp"  // brings: TextStream

namespace costate {

class Shape {
    using Extent =
        std::conditional_t<small_machine, std::uint16_t, int>;  // every operand has a shape, and every result

public:
    static constexpr int max_rank = 6;
    static constexpr Index max_extent = std::numeric_limits<Extent>::max(),
                           max_size = std::numeric_limits<Index>::max() / 8;

    Shape() = default;                                           // rank 0: a scalar
    Shape(std::initializer_list<Index> extents, Where at = {});  // more than max_rank of them: an error
    static Shape of_rank(int rank, Index extent = 1, Where at = {});
    // As a table of constants states it: not looked at.
    static constexpr Shape stated(int rank, std::array<int, max_rank> extents) {
        Shape shape;
        shape.rank_ = static_cast<Extent>(rank);
        for (std::size_t a = 0; a < max_rank; ++a) shape.extents_[a] = static_cast<Extent>(extents[a]);
        return shape;
    }

    int rank() const { return rank_; }
    struct Axis {  // counted from the end when negative, as an index that knows its line: but where code is dear
        int place;
        Where at;
        Axis(int axis, Where where = {}) : place(axis), at(small_machine ? Where::nowhere() : where) {}
    };
    Index operator[](Axis axis) const { return extents_[place_of(axis)]; }  // no such axis: an error

    Index size() const {  // number of entries
        Index n = 1;
        for (int a = 0; a < rank_; ++a) n *= extents_[static_cast<std::size_t>(a)];
        return n;
    }
    Index rows() const { return rank_ == 0 ? 1 : extents_[0]; }  // extent of axis 0
    Index row_size() const;                                      // entries of one row: size without axis 0
    void set(int axis, Index extent, Where at = {}) { put(place_of({axis, at}), extent, at); }
    void append(Index extent, Where at = {});
    bool can_append(std::uint64_t extent) const;  // as a file states it; append would be an error otherwise
    Shape with(int axis, Index extent, Where at = {}) const;
    Shape without(int axis) const;
    Shape joined(const Shape& other, int first = 0, Where at = {}) const;  // behind these its axes from `first` on

    // Seen from one axis, not counted from the end: outer × extent × inner entries lie around it.
    struct Around {
        Index outer = 1, extent = 1, inner = 1;
    };
    Around around(int axis) const;

    bool operator==(const Shape&) const = default;  // unused extents stay 0, so that equal shapes have equal bytes

private:
    std::size_t place_of(const Axis& axis) const {
        const int counted = axis.place < 0 ? axis.place + rank_ : axis.place;
        if (counted < 0 || counted >= rank_) [[unlikely]] {
            fail_for_axis(axis);
        }
        return static_cast<std::size_t>(counted);
    }
    void put(std::size_t place, Index extent, Where at) {
        Extent& now = extents_[place];
        const bool needs_look = extent < 0 || extent > now;  // a smaller one does not
        if (needs_look) require_extent(static_cast<int>(place), extent, at);
        now = static_cast<Extent>(extent);
    }
    [[noreturn]] void fail_for_axis(const Axis& axis) const;
    void require_extent(int axis, Index extent, Where at) const;  // or an error
    bool fits(int axis, Index extent) const;                      // are the entries few enough to be counted?

    std::array<Extent, max_rank> extents_{};
    Extent rank_ = 0;
};

std::string to_text(const Shape& shape);  // "[2,3]"
template <TextStream Stream>
Stream& operator<<(Stream& stream, const Shape& shape) {
    stream << to_text(shape).c_str();
    return stream;
}

// An axis counted from the end when negative: -1 is the last. Out of range: an error naming `what`.
int checked_axis(const char* what, const Shape& shape, int axis, Where at = {});

bool can_broadcast(const Shape& from, const Shape& to);  // does `from` broadcast to exactly `to`?
Shape broadcast_shapes(const char* what, const Shape& a, const Shape& b, Where at = {});

}  // namespace costate
