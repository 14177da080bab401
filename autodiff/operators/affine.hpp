// autodiff/operators/affine.hpp — a x + b with numbers that belong to an operator (internal to autodiff/)
// Without a shift the sign of a zero is that of a x: what is added is then −0, for 0 + −0 is 0, and −x at 0 would be 0.
#pragma once
#include <string>
#include <string_view>

#include "autodiff/operators/printed.hpp"  // brings: CCode
#include "autodiff/tape/operator.hpp"      // brings: ExactNumber

namespace costate::inline COSTATE_PRECISION {

struct AffineNumbers {
    ExactNumber scale = 1, shift = 0;
    bool operator==(const AffineNumbers&) const = default;

    auto of_number() const {
        const Real a = static_cast<Real>(scale), b = Number(shift) == 0 ? -Real(0) : static_cast<Real>(shift);
        return [a, b](Real x) -> Real { return a * x + b; };
    }
    std::string in_c(std::string_view x) const {
        const std::string product = CCode::number(scale) + " * " + std::string(x);
        return Number(shift) == 0 ? product : product + " + " + CCode::number(shift);
    }
};

}  // namespace costate
