#include "ode/tolerance.hpp"

#include "core/error.hpp"  // brings: spelled

namespace costate::ode {

std::string to_text(const Tolerance& tolerance) {
    if (tolerance.is_one()) return spelled(static_cast<double>(tolerance));
    std::string list = "{";
    for (const double one : tolerance.each()) list += spelled(list.size() > 1 ? ", " : "", one);
    return list + "}";
}

}  // namespace costate::ode
