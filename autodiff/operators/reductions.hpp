// autodiff/operators/reductions.hpp — operators that make few entries of many
//   sum        y = Σ x                jvp  ẏ = Σ ẋ                 vjp  x̄ = ȳ repeated
//   mean       y = Σ x / n            (of nothing: an error)
//   max        y = max x              vjp  x̄ = ȳ where x is the maximum, shared equally by ties   (of nothing: an error)
//   logsumexp  y = ln Σ e^x           jvp  ẏ = Σ e^(x−y) ẋ         vjp  x̄ = e^(x−y) ȳ           (of nothing: ln 0 = −∞)
//   norm       y = √Σ x²              derivative 0 at 0
//              Σ x² must be in the range of Real, |x| between 1e-153 and 1e153, in float between 1e-18 and 1e18: larger is
//              inf with a gradient of 0, smaller 0 or of few digits with second derivatives that may be inf. Scale x first,
//              or hypot, which knows no such limits.
//   dot        y = Σ a b over the last axis
// axes     0, or a list {0, -1}; negative from the end; none given: all of them. keep = true leaves them with extent 1.
//          max takes lists only: max(x, {0}) is the largest along axis 0, max(x, 0) compares every entry with 0.
// Sums over axis 0 are made in the ranges of core/rows.hpp, so a replay in tiles gives the same bits.
#pragma once
#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <vector>

#include "autodiff/tape/tape.hpp"  // brings: Tape, Var, record

namespace costate::inline COSTATE_PRECISION {

class Axes {  // one axis or a list of them
public:
    Axes(int axis) : list_{axis}, count_(1) {}
    Axes(std::span<const int> axes) : count_(std::min(axes.size(), list_.size())) {
        std::copy_n(axes.begin(), count_, list_.begin());
    }
    Axes(std::initializer_list<int> axes) : Axes(std::span(axes.begin(), axes.size())) {}
    Axes(const std::vector<int>& axes) : Axes(std::span(axes)) {}

    std::size_t size() const { return count_; }
    int operator[](std::size_t i) const { return list_[i]; }

private:
    // One more than a tensor has: a longer list is wrong within these already.
    std::array<int, Shape::max_rank + 1> list_{};
    std::size_t count_;
};

Var sum(const Operand& x);
Var sum(const Operand& x, Axes axes, bool keep = false);
Var mean(const Operand& x);
Var mean(const Operand& x, Axes axes, bool keep = false);
Var max(const Operand& x);
Var max(const Operand& x, std::initializer_list<int> axes, bool keep = false);
Var max(const Operand& x, std::span<const int> axes, bool keep = false);
Var min(const Operand& x) = delete;                                   // -max(-x)
Var min(const Operand& x, std::initializer_list<int> axes) = delete;  // -max(-x, {0})
Var logsumexp(const Operand& x);
Var logsumexp(const Operand& x, Axes axes, bool keep = false);
Var norm(const Operand& x);
Var norm(const Operand& x, Axes axes, bool keep = false);
Var dot(const Operand& a, const Operand& b);  // [B,D] with [B,D] or [D]: [B]; last axes of unlike extents: an error
Var log_softmax(const Operand& x, int axis = -1);  // x − logsumexp(x) along one axis
Var softmax(const Operand& x, int axis = -1);      // e^(x − logsumexp(x)) along one axis

}  // namespace costate
