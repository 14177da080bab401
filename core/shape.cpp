#include "core/shape.hpp"

#include <algorithm>

namespace costate {

Shape::Shape(std::initializer_list<Index> extents, Where at) {
    for (Index extent : extents) append(extent, at);
}

Shape Shape::of_rank(int rank, Index extent, Where at) {
    Shape shape;
    for (int axis = 0; axis < rank; ++axis) shape.append(extent, at);
    return shape;
}

bool Shape::fits(int axis, Index extent) const {
    Index size = std::max<Index>(extent, 1);
    for (int a = 0; a < rank_; ++a) {
        const Index other = extents_[a];
        if (a == axis || other == 0) continue;
        if (size > max_size / other) return false;
        size *= other;
    }
    return true;
}

bool Shape::can_append(std::uint64_t extent) const {
    return rank_ < max_rank && extent <= max_extent && fits(rank_, extent);
}

void Shape::require_extent(int axis, Index extent, Where at) const {
    if (extent < 0 || extent > max_extent)
        fail(at, {.what = "shape: an extent is out of range",
                  .got = text(extent, " for axis ", axis),
                  .expected = "0 or more, below 2^31",
                  .fix = "look at how it was computed: a negative difference, or a product that overflowed?"});
    if (!fits(axis, extent))
        fail(at, {.what = "shape: more entries than can be counted",
                  .got = text("an extent of ", extent, " for axis ", axis, " beside ", *this),
                  .expected = "fewer than 2^60 entries",
                  .fix = "split the data, and work on one part after the other"});
}

void Shape::append(Index extent, Where at) {
    if (rank_ == max_rank)
        fail(at, {.what = "shape: too many axes",
                  .got = text(*this, " and one more of extent ", extent),
                  .expected = text("at most ", max_rank, " axes"),
                  .fix = "merge axes with reshape"});
    put(rank_, extent, at);
    ++rank_;
}

Shape::Around Shape::around(int axis) const {
    Around from{.extent = (*this)[axis]};
    for (int a = 0; a < rank_; ++a)
        if (a != axis) (a < axis ? from.outer : from.inner) *= extents_[a];
    return from;
}

Index Shape::row_size() const {
    Index n = 1;
    for (int axis = 1; axis < rank_; ++axis) n *= extents_[axis];
    return n;
}

void Shape::fail_for_axis(const Axis& axis) const {
    checked_axis("shape", *this, axis.place, axis.at);
    __builtin_unreachable();  // there is no such axis
}

Shape Shape::with(int axis, Index extent, Where at) const {
    Shape shape = *this;
    shape.set(axis, extent, at);
    return shape;
}

Shape Shape::joined(const Shape& other, int first, Where at) const {
    Shape shape = *this;
    for (int axis = first; axis < other.rank(); ++axis) shape.append(other.extents_[axis], at);
    return shape;
}

Shape Shape::without(int axis) const {
    Shape shape;
    for (int a = 0; a < rank_; ++a)
        if (a != axis) shape.append((*this)[a]);
    return shape;
}

std::string to_text(const Shape& shape) {
    std::string text = "[";
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (axis > 0) text += ",";
        text += std::to_string(shape[axis]);
    }
    return text + "]";
}

int checked_axis(const char* what, const Shape& shape, int axis, Where at) {
    const int counted = axis < 0 ? axis + shape.rank() : axis;
    if (counted < 0 || counted >= shape.rank())
        fail(at, {.what = text(what, ": no such axis"),
                  .got = text("axis ", axis, " of shape ", shape),
                  .expected = shape.rank() == 0 ? text("a tensor with an axis: a scalar has none")
                                                : text("an axis from ", -shape.rank(), " to ", shape.rank() - 1,
                                                       " (negative: counted from the end)")});
    return counted;
}

bool can_broadcast(const Shape& from, const Shape& to) {
    if (from.rank() > to.rank()) return false;
    const int lead = to.rank() - from.rank();
    for (int axis = 0; axis < from.rank(); ++axis)
        if (from[axis] != 1 && from[axis] != to[lead + axis]) return false;
    return true;
}

Shape broadcast_shapes(const char* what, const Shape& a, const Shape& b, Where at) {
    if (a == b) return a;
    const int rank = std::max(a.rank(), b.rank());
    Shape out = Shape::of_rank(rank);
    for (int axis = 0; axis < rank; ++axis) {
        const int in_a = axis - (rank - a.rank()), in_b = axis - (rank - b.rank());
        const Index extent_a = in_a < 0 ? 1 : a[in_a], extent_b = in_b < 0 ? 1 : b[in_b];
        if (extent_a != extent_b && extent_a != 1 && extent_b != 1)
            fail(at, {.what = text(what, ": the shapes do not broadcast"),
                      .got = text(a, " with ", b),
                      .expected = text("extents that are equal or 1, aligned at the last axis; here ", extent_a,
                                       " meets ", extent_b),
                      .fix = "reshape one operand, e.g. [n] to [n,1] to repeat it along columns"});
        out.set(axis, extent_a == 1 ? extent_b : extent_a, at);
    }
    return out;
}

}  // namespace costate
