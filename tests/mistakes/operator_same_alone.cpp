// An operator whose plan is compared, and left behind where the tape is copied.
// expect: an operator with `same`, for its plan, has `moved`, too
#include "costate.hpp"

struct Follow {
    std::uint32_t plan;
    static constexpr const char* name = "follow";
    bool operator==(const Follow&) const = default;
    bool same(const costate::Plans& mine, const Follow& other, const costate::Plans& its) const {
        return mine[plan] == its[other.plan];
    }
};
std::uint32_t mistake() { return costate::operator_number<Follow>(); }
