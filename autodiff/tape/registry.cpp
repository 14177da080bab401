#include "autodiff/tape/registry.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace costate::inline COSTATE_PRECISION {

namespace {

constinit std::array<const Operator*, library_operators.size()> of_the_library{};

std::vector<const Operator*>& of_others() {  // workspaces point at the rows, too
    static std::vector<const Operator*> rows;
    return rows;
}

const Operator* find(std::uint32_t number) {
    return number < of_the_library.size() ? of_the_library[number] : of_others()[number - of_the_library.size()];
}

}  // namespace

std::uint32_t register_operator(const Operator& op) {
    of_others().push_back(&op);
    return registered_operators() - 1;
}

std::uint32_t register_operator(const Operator& op, std::uint32_t number) {
    of_the_library[number] = &op;
    return number;
}

const Operator& operator_of(std::uint32_t number) { return *find(number); }

bool is_registered(std::uint32_t number) { return find(number) != nullptr; }

std::uint32_t registered_operators() { return static_cast<std::uint32_t>(of_the_library.size() + of_others().size()); }

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
