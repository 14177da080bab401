// core/kernels/nest.hpp — a handful of axes becomes a short nest of loops: so maps, sums and permutations walk over tensors
//   y [5,4,3] = a [5,1,1] + b [4,3]   is   for 5: for 12: y = a + b,   where a moves with the outer loop, b with the inner
// Axes are given from the innermost on, each with the stride of every operand along it, 0 where it repeats. Neighbours
// along which all operands go on as they began are one loop, axes of extent 1 are none.
// why      A kernel then needs only its innermost loops and a way to visit the others: equal shapes, a single number, a
//          bias for each column, a factor for each row, a transpose and a sum over some axes are nests of depth one to three.
// see      core/kernels/map.hpp · core/kernels/permute.cpp · core/kernels/reduce.cpp
#pragma once
#include <algorithm>  // brings: std::min, copy

#include "core/shape.hpp"  // brings: Shape, Index

namespace costate {

struct Nest {
    static constexpr int max_operands = 3;
    struct Loop {
        Index extent, stride[max_operands];
    };
    Loop loops[Shape::max_rank];  // the innermost first; the first two have one iteration if there are fewer axes
    int depth = 0;

    Nest() { loops[0] = loops[1] = {1, {}}; }
    Nest(const Shape& shape, std::initializer_list<const Shape*> operands);  // broadcast to `shape`

    void enclose(Index extent, std::initializer_list<Index> strides) {  // one axis more, around the others
        if (extent == 1) return;
        bool goes_on = depth > 0;
        const Loop& inside = loops[goes_on ? depth - 1 : 0];
        const Index* own = inside.stride;
        for (const Index stride : strides) goes_on &= stride == *own++ * inside.extent;
        if (goes_on) {
            loops[depth - 1].extent *= extent;
        } else {
            Loop& loop = loops[depth++] = {extent, {}};
            std::copy(strides.begin(), strides.end(), loop.stride);
        }
    }

    Index iterations(int inner) const {  // of the loops from `inner` on
        Index iterations = 1;
        for (int d = inner; d < depth; ++d) iterations *= loops[d].extent;
        return iterations;
    }

    // From one iteration of the loops below `inner` to the next: moves `place`, zeros at first, and the offset of each
    // operand; false after the last one.
    template <int operands>
    bool next(int inner, Index* place, Index (&offset)[operands]) const {
        for (int d = inner; d < depth; ++d) {
            const Loop& loop = loops[d];
            for (int k = 0; k < operands; ++k) offset[k] += loop.stride[k];
            if (++place[d] < loop.extent) return true;
            for (int k = 0; k < operands; ++k) offset[k] -= loop.stride[k] * loop.extent;
            place[d] = 0;
        }
        return false;
    }

    // Iterations first .. last - 1 of the loops from `inner` on: body(offset of operand 0, count), for `count` of loop
    // `inner` that follow each other.
    template <class Body>
    void visit(int inner, Index first, Index last, Body body) const {
        const Loop& loop = loops[inner];
        if (first == last) return;
        if (depth <= inner + 1) return body(first * loop.stride[0], last - first);
        Index place[Shape::max_rank] = {}, offset[1] = {};
        int d = inner;
        for (Index rest = first; rest > 0; rest /= loops[d++].extent) {
            place[d] = rest % loops[d].extent;
            offset[0] += place[d] * loops[d].stride[0];
        }
        while (first < last) {
            const Index count = std::min(loop.extent - place[inner], last - first);
            body(offset[0], count);
            first += count;
            offset[0] -= place[inner] * loop.stride[0];
            place[inner] = 0;
            next(inner + 1, place, offset);
        }
    }
};

}  // namespace costate
