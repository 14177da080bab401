#include "core/kernels/nest.hpp"

namespace costate {

// Tensors lie without gaps: a stride is the product of the extents further in along which the operand moves.
Nest::Nest(const Shape& shape, std::initializer_list<const Shape*> operands) : Nest() {
    Index span[max_operands] = {1, 1, 1};
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        const Index extent = shape[axis];
        if (extent == 1) continue;
        Index stride[max_operands] = {};
        for (std::size_t k = 0; k < operands.size(); ++k) {
            const Shape& operand = *operands.begin()[k];
            const int own = axis - (shape.rank() - operand.rank());
            if (own >= 0 && operand[own] != 1) {
                stride[k] = span[k];
                span[k] *= extent;
            }
        }
        enclose(extent, {stride[0], stride[1], stride[2]});
    }
}

}  // namespace costate
