// tests/autodiff/recorded_field.hpp — a field with its reverse part and parameter gradient, compiled as a solve compiles it
//   f(t, z) = tanh(z Wᵀ) + t,   z [rows, 2]
#pragma once
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "autodiff/program/program.hpp"

namespace costate::test {

struct RecordedField {
    explicit RecordedField(const Tensor& at) : z(tape.variable(at)), w(tape.variable(Tensor(at.shape(), Real(1)))) {}

    Tape tape;
    Parameter W{"W", Tensor({2, 2}, {0.5, -1, 2, 0.25})};
    Var t = tape.variable(Tensor::scalar(0.5)), z, w;
    Var f = tanh(matmul(z, tape.use(W), false, true)) + t;
    Vars back = vjp(Vars(&f, 1), std::vector<Var>{z, tape.use(W)}, Vars(&w, 1));
    Program program = compile(tape, {.constants = {},
                                     .times = Vars(&t, 1),
                                     .states = Vars(&z, 1),
                                     .cotangents = Vars(&w, 1),
                                     .forward = Vars(&f, 1),
                                     .reverse = back.subspan(0, 1),
                                     .summed = back.subspan(1, 1)});
};

inline Program recorded_field(Index rows) { return RecordedField(Tensor({rows, 2}, Real(0.5))).program; }

}  // namespace costate::test
