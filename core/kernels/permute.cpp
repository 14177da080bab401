#include "core/kernels/permute.hpp"

#include <algorithm>

#include "core/kernels/transpose.hpp"  // brings: transpose

namespace costate {

namespace {

struct Axis {
    Index extent, from, to;  // strides in x and in y
};

// y's axes, the innermost first, without those of extent 1, neighbours joined.
int joined_axes(const Shape& x, std::span<const std::int8_t> axes, const Shape& y, Axis* joined) {
    int depth = 0;
    Index to = 1;
    for (int i = y.rank() - 1; i >= 0; --i) {
        Index from = 1;
        for (int a = axes[static_cast<std::size_t>(i)] + 1; a < x.rank(); ++a) from *= x[a];
        if (y[i] == 1) continue;
        if (depth > 0 && joined[depth - 1].from * joined[depth - 1].extent == from)
            joined[depth - 1].extent *= y[i];
        else
            joined[depth++] = {y[i], from, to};
        to *= y[i];
    }
    return depth;
}

}  // namespace

void permute(const View& x, std::span<const std::int8_t> axes, const MutableView& y) {
    if (y.size() == 0) return;
    Axis axis[Shape::max_rank + 1];
    int depth = joined_axes(x.shape, axes, y.shape, axis);
    if (depth == 0) axis[depth++] = {1, 1, 1};
    const Axis inner = axis[0];  // of y: neighbours there
    Axis plane = inner;
    if (inner.from != 1) {  // then another axis has neighbours in x
        Axis* found = std::find_if(axis + 1, axis + depth, [](const Axis& a) { return a.from == 1; });
        plane = *found;
        std::copy(found + 1, axis + depth--, found);
    }
    Index place[Shape::max_rank] = {};
    const Real* from = x.data;
    Real* to = y.data;
    for (int k = 0; k < depth;) {
        if (inner.from == 1)
            std::copy_n(from, inner.extent, to);
        else
            transpose(from, inner.from, to, plane.to, inner.extent, plane.extent);
        for (k = 1; k < depth; ++k) {  // the next plane, like an odometer
            from += axis[k].from;
            to += axis[k].to;
            if (++place[k] < axis[k].extent) break;
            from -= axis[k].from * axis[k].extent;
            to -= axis[k].to * axis[k].extent;
            place[k] = 0;
        }
    }
}

}  // namespace costate
