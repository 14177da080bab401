// ode/steps/direction.hpp — the direction in which a power iteration begins (ode/steps/switching.hpp): any that no field knows
#pragma once
#include <cstdint>

#include "core/real.hpp"  // brings: Index

namespace costate::ode {

// Of its i-th number, by 2⁶⁴ over the golden ratio.
inline double drawn_sign(Index i) {
    const std::uint64_t mixed = (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15u;
    return mixed >> 63 ? 1 : -1;
}

}  // namespace costate::ode
