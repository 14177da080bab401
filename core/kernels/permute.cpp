#include "core/kernels/permute.hpp"

#include <algorithm>

#include "core/kernels/nest.hpp"       // brings: Nest
#include "core/kernels/transpose.hpp"  // brings: transpose

namespace costate {

namespace {

Nest over_axes(const Shape& x, std::span<const std::int8_t> axes, const Shape& y) {  // operands: x, y
    Nest nest;
    Index to = 1;
    for (int i = y.rank() - 1; i >= 0; --i) {
        Index from = 1;
        for (int a = axes[i] + 1; a < x.rank(); ++a) from *= x[a];
        nest.enclose(y[i], {from, to});
        to *= y[i];
    }
    return nest;
}

}  // namespace

void permute(const View& x, std::span<const std::int8_t> axes, const MutableView& y) {
    if (y.size() == 0) return;
    Nest nest = over_axes(x.shape, axes, y.shape);
    const auto neighbours = [](const Nest::Loop& loop) { return loop.stride[0] == 1; };  // in x
    Nest::Loop &inner = nest.loops[0], *outer = nest.loops + 1;
    const bool as_it_lies = nest.depth == 0 || neighbours(inner);
    if (!as_it_lies) {
        Nest::Loop* end = nest.loops + nest.depth;
        Nest::Loop* found = std::find_if(outer, end, neighbours);
        std::rotate(outer, found, found + 1);
    }
    Index place[Shape::max_rank] = {}, offset[2] = {};
    do {
        const Real* from = x.data + offset[0];
        Real* to = y.data + offset[1];
        if (!as_it_lies) transpose(from, inner.stride[0], to, outer->stride[1], inner.extent, outer->extent);
        for (Index i = 0; as_it_lies && i < outer->extent; ++i)
            std::copy_n(from + i * outer->stride[0], inner.extent, to + i * outer->stride[1]);
    } while (nest.next(2, place, offset));
}

}  // namespace costate
