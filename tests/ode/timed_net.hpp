// tests/ode/timed_net.hpp — a field of t, z and two parameters, on which routes are held against one another
//   z' = W2 tanh(W1 z + 0.3 t)        z: [B,2], W1: [6,2], W2: [2,6]
#pragma once
#include <vector>

#include "tests/ode/solving.hpp"  // brings: waves, MakeField, Gradients

namespace costate::test {

struct TimedNet {
    Parameter W1, W2;

    TimedNet(double size1, double size2) : W1("W1", waves({6, 2}, size1)), W2("W2", waves({2, 6}, size2, 2.3)) {}
    Var operator()(Var t, Var z) const {
        Tape& tape = z.tape();
        return matmul(tanh(matmul(z, tape.use(W1), false, true) + 0.3 * t), tape.use(W2), false, true);
    }
    Gradients gradients(Tape& tape, const Tensor& z0, const std::vector<double>& times,
                        const ode::SolveOptions& options, bool time_vars = false) const {
        const MakeField make = [this](Tape&) -> ode::Field { return [this](Var t, Var z) { return (*this)(t, z); }; };
        return solve_and_differentiate(tape, make, {W1, W2}, z0, times, options, time_vars);
    }
};

}  // namespace costate::test
