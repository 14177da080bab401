// A row of the registry that is gone at once.
// expect: static constexpr Operator row
#include "costate.hpp"

std::uint32_t mistake() { return costate::register_operator({.name = "follow"}); }
