// tests/examples/tick_labels.hpp — what stands at the ticks of an axis
#pragma once
#include <string>
#include <vector>

#include "examples/support/axis.hpp"  // brings: Axis, ticks

namespace costate::support {

using Labels = std::vector<std::string>;

inline Labels labels(const Axis& axis, double spacing) {
    Labels out;
    for (const Tick& tick : ticks(axis, spacing)) out.push_back(tick.label);
    return out;
}

}  // namespace costate::support
