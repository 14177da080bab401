// examples/support/trajectory.hpp — a law and a beginning, both to be found from one observed trajectory
//   dz/dt = field(t, z),  z(times[0]) = z0         trajectory.solve(tape, times, options).z: [T,1,D]
// z0 is trained beside the field: a first observation has as much noise as the others.
// see      examples/lynx_hare.cpp · examples/fit_csv.cpp
#pragma once
#include "nn/module.hpp"  // brings: Module, Parameter
#include "ode/solve.hpp"  // brings: solve, SolveOptions

namespace costate::support {

template <class Field>
struct Trajectory : nn::Module {
    Trajectory(Field law, View first)  // first: D numbers, where the search for z0 begins
        : field(add("field", std::move(law))),
          z0(add("z0", Parameter("z0", Tensor(first).reshaped({1, first.size()})))) {}

    ode::Solution<Var> solve(Tape& tape, const ode::Times& times, const ode::SolveOptions& options) const {
        return ode::solve(tape, field, z0, times, options);
    }
    Tensor path(const ode::Times& times, const ode::SolveOptions& options) const {
        return ode::solve(field, z0, times, options).z;
    }
    Tensor slopes(const Tensor& z) const {  // field at many states [N,D] and time 0: a picture of the law
        Tape tape;
        return Tensor(field(tape.constant(0), tape.constant(z)).value());
    }

    Field field;
    Parameter z0;
};

}  // namespace costate::support
