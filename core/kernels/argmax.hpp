// core/kernels/argmax.hpp — where along an axis is the largest entry?
//   argmax(x)         of each row of [B,C]: B numbers from 0 to C − 1
//   argmax(x, 0)      of each column
// Of equals it is the first; a nan counts as the largest (as NumPy's does). The result lists the other axes' entries row by
// row. An axis without entries, where there is a result to give, and a scalar are errors.
#pragma once
#include <vector>

#include "core/tensor.hpp"  // brings: View

namespace costate::inline COSTATE_PRECISION {

std::vector<Index> argmax(View x, int axis = -1, Where at = {});

}  // namespace costate
