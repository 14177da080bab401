#include "ode/tolerance.hpp"

#include "core/error.hpp"  // brings: text

namespace costate::ode {

std::string to_text(const Tolerance& tolerance) {
    if (tolerance.is_one()) return text(static_cast<double>(tolerance));
    std::string list = "{";
    for (const double one : tolerance.each()) list += text(list.size() > 1 ? ", " : "", one);
    return list + "}";
}

}  // namespace costate::ode
