#include "core/kernels/nest.hpp"

namespace costate {

Nest::Nest(const Shape& shape, std::initializer_list<const Shape*> operands)
    : operands_(static_cast<int>(operands.size())) {
    Index span[max_operands] = {1, 1, 1};
    const auto enclose = [&](Index extent, unsigned moves) {
        Loop& loop = loops[depth++];
        loop.extent = extent;
        loop.moves = moves;
        for (int k = 0; k < operands_; ++k) loop.stride[k] = (moves >> k & 1) ? span[k] : 0;
    };
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        const Index extent = shape[axis];
        if (extent == 1) continue;
        unsigned moves = 0, bit = 1;
        for (const Shape* operand : operands) {
            const int own = axis - (shape.rank() - operand->rank());
            if (own >= 0 && (*operand)[own] != 1) moves |= bit;
            bit <<= 1;
        }
        if (depth > 0 && loops[depth - 1].moves == moves) {
            loops[depth - 1].extent *= extent;
        } else {
            enclose(extent, moves);
        }
        for (int k = 0; k < operands_; ++k) {
            if (moves >> k & 1) span[k] *= extent;
        }
    }
    while (depth < 2) enclose(1, 0);
}

bool Nest::next(Index* offset) {
    for (int d = 2; d < depth; ++d) {
        for (int k = 0; k < operands_; ++k) offset[k] += loops[d].stride[k];
        if (++count_[d] < loops[d].extent) return true;
        for (int k = 0; k < operands_; ++k) offset[k] -= loops[d].stride[k] * count_[d];
        count_[d] = 0;
    }
    return false;
}

}  // namespace costate
