// examples/course/mine/adapter.hpp — the library in place of steps 1 to 8 of mine.hpp, by the same names
#pragma once
#include "costate.hpp"                     // brings: Tape, Var, grad, exp, ode::solve, optim::Adam
#include "examples/course/mine/given.hpp"  // brings: List, Path, Numbers
namespace mine {
using namespace costate;
using Vars = List<Var>;
inline double value(Var x) { return x.item(); }
inline std::size_t nodes(const Tape& tape) { return tape.values().size(); }
inline Numbers numbers(View x) { return Numbers(x.entries().begin(), x.entries().end()); }
inline Var stack(Var z) { return z; }  // beside that of a list of Vars

Path<> solve(const auto& f, const Numbers& z0, const Numbers& theta, const Numbers& times, int n) {
    const auto slopes = [&](double t, auto z, auto dz) { std::ranges::copy(f(t, z, theta), dz.begin()); };
    return ode::solve(slopes, z0, times, {.method = ode::rk4_classic, .steps = n * int(times.size() - 1)}).z;
}
Var solve(const auto& f, const auto& z0, const auto& theta, const Numbers& times, int n, ode::Route r = ode::discrete) {
    const auto slopes = [&](Var t, Var z) { return stack(f(t, z, theta)); };
    const int steps = n * int(times.size() - 1);  // the times are equally far apart
    return ode::solve(slopes, stack(z0), times, {.method = ode::rk4_classic, .gradient = r, .steps = steps}).z;
}
Numbers adjoint(const auto& f, const Path<>& z, const Numbers& theta, const Numbers& times, const Path<>& jumps,
                int n) {
    Tape tape;
    const Var z0 = tape.variable(Tensor(z[0])), p = tape.variable(Tensor(theta));
    const Var path = solve(f, z0, p, times, n, ode::backsolve);
    Var loss = tape.constant(0);
    for (Index i = 0; i < std::ssize(jumps); ++i) loss = loss + sum(path[i] * Tensor(jumps[i]));
    return numbers(concatenate(grad(loss, {z0, p}), 0).value());
}
struct Adam {
    Parameter x;
    optim::Adam adam;
    Adam(const Numbers& start, double lr) : x("x", Tensor(start)), adam(x, {.lr = lr}) {}
    Numbers step(const Numbers& g) {
        Tape tape;
        return adam.step(tape.constant(Tensor(g))), numbers(x.value());
    }
};
}  // namespace mine
