#include "ode/tolerance.hpp"

#include "core/error.hpp"  // brings: spelled

namespace costate::ode {

std::string to_text(const Tolerance& tolerance) {
    if (tolerance.is_one()) return spelled(static_cast<Number>(tolerance));
    std::string list = "{";
    for (const Number one : tolerance.each()) list += spelled(list.size() > 1 ? ", " : "", one);
    return list + "}";
}

}  // namespace costate::ode
