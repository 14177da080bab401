#include "core/kernels/nest.hpp"

namespace costate {

// Tensors lie without gaps: a stride is the product of the extents further in along which the operand moves.
Nest::Nest(const Shape& shape, std::initializer_list<const Shape*> operands) : Nest() {
    Index span[max_operands] = {1, 1, 1};
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        Index stride[max_operands] = {};
        int k = 0;
        for (const Shape* operand : operands) {
            const int own = axis - (shape.rank() - operand->rank());
            if (own >= 0 && (*operand)[own] != 1) {
                stride[k] = span[k];
                span[k] *= shape[axis];
            }
            ++k;
        }
        enclose(shape[axis], {stride[0], stride[1], stride[2]});
    }
}

}  // namespace costate
