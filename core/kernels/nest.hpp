// core/kernels/nest.hpp — a handful of axes becomes a short nest of loops
//   y [5,4,3] = a [5,1,1] + b [4,3]   is   for 5: for 12: y = a + b,   where a moves with the outer loop, b with the inner
// Neighbouring axes along which the same operands move are one loop, axes of extent 1 are none. Tensors lie without gaps,
// so an operand's stride is the product of the inner extents along which it moves, and 0 where it repeats.
// why      A kernel then needs only its innermost loop and a way to visit the others: equal shapes, a single number, a
//          bias for each column and a factor for each row are all nests of depth one or two.
#pragma once
#include "core/shape.hpp"  // brings: Shape, Index

namespace costate {

struct Nest {
    static constexpr int max_operands = 3;
    struct Loop {
        Index extent;
        unsigned moves;  // bit k: operand k moves along this loop; otherwise it repeats
        Index stride[max_operands];
    };
    Loop loops[Shape::max_rank];  // the innermost first
    int depth = 0;

    // Operands of these shapes, broadcast to `shape`; two loops or more.
    Nest(const Shape& shape, std::initializer_list<const Shape*> operands);

    // Offset of each operand at the next pass over the two inner loops; false when there is none.
    bool next(Index* offset);

private:
    Index count_[Shape::max_rank] = {};
    int operands_;
};

}  // namespace costate
