// core/kernels/reduce_layout.hpp — x, as a reduction sees it: neighbouring axes of the same kind, kept or folded, are one
//   [5,4,3,2] over axes 1, 2   kept: 5 lines of width 2;   folded: 12 strips, 2 entries apart
// see      core/kernels/reduce.cpp
#pragma once
#include <algorithm>  // brings: std::min

#include "core/shape.hpp"  // brings: Shape, Index

namespace costate::reduction {

struct Loops {
    int depth = 0;
    Index extent[3] = {1, 1, 1}, stride[3] = {};  // six axes, every other one: three at most; the innermost first
};

// Passes first .. last - 1 of the loops: body(at, count), for `count` passes of the innermost one that follow each other.
template <class Body>
inline void visit(const Loops& loops, const Real* x, Index first, Index last, Body body) {
    if (first == last) return;
    if (last == 1) return body(x, 1);
    Index a = first, b = 0, c = 0;
    if (a >= loops.extent[0]) b = a / loops.extent[0], a %= loops.extent[0];
    if (b >= loops.extent[1]) c = b / loops.extent[1], b %= loops.extent[1];
    while (first < last) {
        const Index count = std::min(loops.extent[0] - a, last - first);
        body(x + c * loops.stride[2] + b * loops.stride[1] + a * loops.stride[0], count);
        first += count;
        a = 0;
        if (++b == loops.extent[1]) b = 0, ++c;
    }
}

struct Layout {
    Loops kept, folded;
    bool by_rows;  // axis 0 is folded: it stays apart from the other axes, because rows go in order
    Index rows = 1, row_size = 0;
    Index passes = 1;           // of the folded loops
    Index width = 1, line = 1;  // the innermost axis: `width` neighbours kept or `line` neighbours folded

    Layout(const Shape& shape, unsigned axes) : by_rows(shape.rank() > 0 && (axes & 1) != 0) {
        Index span = 1;
        Index* extent = nullptr;
        bool previous = false;
        for (int axis = shape.rank() - 1; axis >= (by_rows ? 1 : 0); --axis) {
            if (shape[axis] == 1) continue;
            const bool fold = (axes >> axis & 1) != 0;
            if (extent == nullptr) {
                extent = fold ? &line : &width;
            } else if (fold != previous) {
                Loops& loops = fold ? folded : kept;
                loops.stride[loops.depth] = span;
                extent = &loops.extent[loops.depth++];
            }
            *extent *= shape[axis];
            span *= shape[axis];
            previous = fold;
        }
        passes = folded.extent[0] * folded.extent[1] * folded.extent[2];
        if (by_rows) {
            rows = shape[0];
            row_size = span;
        }
    }
};

}  // namespace costate::reduction
