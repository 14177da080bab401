// tests/ode/laws_in_vars.hpp — laws of tests/support/laws.hpp in Vars: of one state or of rows, with coefficients of any kind
#pragma once
#include "autodiff/operators.hpp"  // brings: Operand, column, concatenate

namespace costate::test {

inline Var lotka_volterra(Var z, const Operand& alpha, const Operand& beta, const Operand& delta,
                          const Operand& gamma) {
    const Var x = column(z, 0), y = column(z, 1);
    return concatenate({alpha * x - beta * x * y, delta * x * y - gamma * y}, -1);
}

inline Var van_der_pol(Var z, const Operand& mu, const Operand& force = 0) {
    const Var x = column(z, 0), v = column(z, 1);
    return concatenate({v, mu * (1 - square(x)) * v - x + force}, -1);
}

inline Var robertson(Var y, const Operand& k1 = 0.04, const Operand& k2 = 3e7, const Operand& k3 = 1e4) {
    const Var a = column(y, 0), b = column(y, 1), c = column(y, 2);
    const Var r1 = k1 * a, r3 = k3 * b * c, r2 = k2 * square(b);
    return concatenate({r3 - r1, r1 - r3 - r2, r2}, -1);
}
inline Var robertson_of_logs(Var y, Var k) {  // k: the log of the rates over their usual values
    const Var rates = exp(k);
    return robertson(y, 0.04 * column(rates, 0), 3e7 * column(rates, 1), 1e4 * column(rates, 2));
}

}  // namespace costate::test
