// autodiff/operators/product_then.hpp — what programs make of a product and the operation that alone reads it (internal)
//   (a b) c     a b + c     a b − c     c − a b     s (a b) + t        in one pass over memory, with the roundings of two
// shapes   a, b, c broadcast to the result's; s and t are numbers of the operator, those of affine
// see      autodiff/program/fuse.cpp · autodiff/operators/compiled.hpp (other operations that only programs have)
#pragma once
#include <cstdint>
#include <optional>

#include "core/real.hpp"  // brings: COSTATE_PRECISION

namespace costate::inline COSTATE_PRECISION {

bool is_mul(std::uint32_t op);  // known by their numbers: a user's operator may have the same name
bool is_add(std::uint32_t op);

// The operator that does a product and, of its result and one more operand, `op`; product_first: it is the first of op's two.
std::optional<std::uint32_t> product_then(std::uint32_t op, bool product_first);
// The same for an `op` of the product alone. Its attributes are those of the new one.
std::optional<std::uint32_t> product_then(std::uint32_t op);

}  // namespace costate
