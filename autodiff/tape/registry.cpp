#include "autodiff/tape/registry.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace costate::inline COSTATE_PRECISION {

namespace {

std::vector<const Operator*>& registry() {  // workspaces point at the rows, too
    static std::vector<const Operator*> rows;
    return rows;
}

}  // namespace

std::uint32_t register_operator(const Operator& op) {
    registry().push_back(&op);
    return registered_operators() - 1;
}

const Operator& operator_of(std::uint32_t number) { return *registry()[number]; }

std::uint32_t registered_operators() { return static_cast<std::uint32_t>(registry().size()); }

void require_finite(const Operator& op, std::span<const View> in, std::span<const MutableView> out, Where where) {
    const auto all_finite = [](View v) {
        return std::all_of(v.entries().begin(), v.entries().end(), [](Real x) { return std::isfinite(x); });
    };
    for (const View& v : in)
        if (!all_finite(v)) return;  // not the first
    for (const MutableView& v : out)
        if (!all_finite(v)) {
            std::string operands;
            for (const View& x : in) operands += text(operands.empty() ? " " : ", ", x.shape);
            fail(where, {.what = text(op.name, ": the first operation with a result that is not finite"),
                         .got = text("finite operands", operands),
                         .expected = "finite numbers",
                         .fix = "look at its operands: a division by 0, the log of 0, or an exp of a large number"});
        }
}

}  // namespace costate
