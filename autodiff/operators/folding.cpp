#include "autodiff/operators/folding.hpp"

#include "autodiff/operators/shaping.hpp"  // brings: without_broadcast, is_transposed
#include "core/kernels/broadcast.hpp"      // brings: can_broadcast

namespace costate::inline COSTATE_PRECISION {

std::array<Var, 2> folded_factors(const Operand& a, const Operand& b) {
    Var x = a.var(), y = b.var();
    if (x.shape(a.at()) != y.shape(b.at())) return {x, y};
    if (can_broadcast(without_broadcast(x).shape(), y.shape())) x = without_broadcast(x);
    if (x.shape() == y.shape() && can_broadcast(without_broadcast(y).shape(), x.shape())) y = without_broadcast(y);
    return {x, y};
}

Operand folded_transpose(const Operand& X, bool& transposed) {
    if (!X.is_var()) return X;
    Var x = X.var();
    while (is_transposed(x, x)) transposed = !transposed;
    return {x, X.at()};
}

Var repeated_row(const Operand& X) {
    if (!X.is_var() || X.var().shape(X.at()).rank() != 2) return {};
    const Var row = without_broadcast(X.var());
    return row.index() != X.var().index() && row.shape() == X.var().shape().with(0, 1) ? row : Var{};
}

}  // namespace costate
