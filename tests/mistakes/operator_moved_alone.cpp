// An operator whose plan is taken along to another tape, and never compared.
// expect: an operator with `moved`, for its plan, has `same`, too
#include "costate.hpp"

struct Follow {
    std::uint32_t plan;
    static constexpr const char* name = "follow";
    bool operator==(const Follow&) const = default;
    Follow moved(const costate::Plans& from, costate::Tape& onto) const { return {onto.add_plan(from[plan])}; }
};
std::uint32_t mistake() { return costate::operator_number<Follow>(); }
