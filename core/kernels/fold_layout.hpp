// core/kernels/fold_layout.hpp — x as a reduction sees it: loops over its results, and loops over what is folded into one
//   [5,4,3,2] over axes 1, 2 is kept: 5 lines of width 2; folded: 12 strips, 2 entries apart
// see      core/kernels/reduce.cpp (which runs them) · autodiff/operators/printed.cpp (which prints them as C)
#pragma once
#include "core/kernels/nest.hpp"  // brings: Nest, Shape, Index
#include "core/width.hpp"         // brings: COSTATE_WIDTH

namespace costate::inline COSTATE_WIDTH {

struct FoldLayout {
    Nest kept, folded;
    bool by_rows;  // axis 0 is folded: it stays apart from the other axes, because rows go in order
    Index rows = 1, row_size = 0;
    Index width = 1, line = 1;  // the innermost axis: `width` neighbours kept or `line` neighbours folded
    int lines = 0, strips = 0;  // the loops of kept and folded around it begin there
    Index iterations;           // of the folded ones

    FoldLayout(const Shape& shape, unsigned axes) : by_rows(shape.rank() > 0 && (axes & 1) != 0) {
        Index span = 1;
        for (int axis = shape.rank() - 1; axis >= (by_rows ? 1 : 0); --axis) {
            ((axes >> axis & 1) != 0 ? folded : kept).enclose(shape[axis], {span});
            span *= shape[axis];
        }
        if (kept.loops[0].stride[0] == 1) width = kept.loops[lines++].extent;
        if (folded.loops[0].stride[0] == 1) line = folded.loops[strips++].extent;
        iterations = folded.iterations(strips);
        if (by_rows) {
            rows = shape[0];
            row_size = span;
        }
    }
};

}  // namespace costate::inline COSTATE_WIDTH
