// core/kernels/into.hpp — what becomes of the entries that a sum finds in its result
//   assign   y = c               c = ((0 + r₀) + r₁) + ...   a chain of its own
//   add      y = y + c           the same chain, added at its end
//   extend   y = ((y + r₀) + r₁) + ...                       the chain goes on from y
// why      `extend` over one block of rows after the other gives the bits of one call over all of them; `add` joins chains.
#pragma once

namespace costate {

enum class Into { assign, add, extend };

}  // namespace costate
