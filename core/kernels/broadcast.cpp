#include "core/kernels/broadcast.hpp"

#include "core/kernels/map.hpp"     // brings: map_over
#include "core/kernels/reduce.hpp"  // brings: sum_ranged

namespace costate {

unsigned repeated_axes(const Shape& from, const Shape& to) {
    unsigned axes = 0;
    for (int axis = 0; axis < to.rank(); ++axis) {
        const int own = axis - (to.rank() - from.rank());
        if (to[axis] != 1 && (own < 0 || from[own] == 1)) axes |= 1u << axis;
    }
    return axes;
}

void broadcast_to(const View& x, const MutableView& y) {
    mapping::map_over([](Real entry) { return entry; }, y, x);
}

void sum_to(const View& x, const MutableView& y) { sum_ranged(x, repeated_axes(y.shape, x.shape), y); }

}  // namespace costate
