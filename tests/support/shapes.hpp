// tests/support/shapes.hpp — random shapes and tensors, and the slow, obvious way to visit the entries of a broadcast
#pragma once
#include <array>
#include <cstdint>

#include "core/random.hpp"  // brings: Rng
#include "core/tensor.hpp"  // brings: Tensor, Shape

namespace costate::test {

using Place = std::array<Index, Shape::max_rank>;  // an index for each axis

inline Shape random_shape(Rng& rng, Index most = 5) {  // rank 0..6, extents 0..most, 0 the rarest
    const int rank = static_cast<int>(rng.below(Shape::max_rank + 1));
    Shape shape = Shape::of_rank(rank);
    for (int axis = 0; axis < rank; ++axis) {
        shape.set(axis, rng.below(30) == 0 ? 0 : 1 + rng.below(most));
    }
    return shape;
}

inline Shape random_operand(Rng& rng, const Shape& to) {  // a shape that broadcasts to `to`
    const int missing = static_cast<int>(rng.below(to.rank() + 1)) * static_cast<int>(rng.below(2));
    Shape shape = Shape::of_rank(to.rank() - missing);
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (rng.below(2) == 0) shape.set(axis, to[axis + missing]);
    }
    return shape;
}

inline Tensor random_tensor(Rng& rng, const Shape& shape) {
    Tensor x(shape);
    rng.fill_uniform(x.entries(), -1, 1);
    return x;
}
inline Tensor normal_tensor(const Shape& shape, std::uint64_t seed) {
    Tensor x(shape);
    Rng(seed).fill_normal(x.entries());
    return x;
}

template <class Body>
void for_each_place(const Shape& shape, Body body) {  // body(place, i): i counts in storage order
    const Index size = shape.size();
    for (Index i = 0; i < size; ++i) {
        Place place{};
        Index rest = i;
        for (int axis = shape.rank() - 1; axis >= 0; --axis) {
            place[static_cast<std::size_t>(axis)] = rest % shape[axis];
            rest /= shape[axis];
        }
        body(place, i);
    }
}

// Where the entry at `place` of the shape `to` comes from in an operand that broadcasts to it.
inline Index offset_in(const Shape& operand, const Shape& to, const Place& place) {
    Index offset = 0;
    for (int axis = 0; axis < operand.rank(); ++axis) {
        const int outer = axis + to.rank() - operand.rank();
        offset = offset * operand[axis] + (operand[axis] == 1 ? 0 : place[static_cast<std::size_t>(outer)]);
    }
    return offset;
}

}  // namespace costate::test
