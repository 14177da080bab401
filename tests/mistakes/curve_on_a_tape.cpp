// A solve's curve as something to differentiate
// expect: is no operation on a tape: solve(field, z0, {t0, t, t1})
#include "costate.hpp"

auto mistake(costate::Var z0) {
    const auto decay = [](costate::Var, costate::Var z) { return -z; };
    return costate::ode::solve_dense(decay, z0, {0, 1});
}
