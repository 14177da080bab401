// examples/course/mine/mine.hpp — yours: an autodiff engine, a solver, an adjoint and a fit, in nine steps      make mine
//   Nothing is right yet: what says "yours" gives zeros. Names and arguments are what the steps call; all else may change.
//   README.md beside it says what each step needs, hints.md has two hints for each.
#pragma once
#include "examples/course/mine/given.hpp"  // brings: List, Path, Numbers, part

namespace mine {
#ifndef COSTATE  // leave this line and its #endif: make mine TAPE=costate puts the library in place of steps 1 to 8

// Step 1: sums and products on a tape. A tape is the list of operations in the order in which they happened.
struct Tape;
struct Var {  // a number, and its place on a tape
    double number;
    Tape* tape;  // none: a constant
    std::size_t place;
    Var(double y = 0, Tape* on = nullptr, std::size_t at = 0) : number(y), tape(on), place(at) {}
};
using Vars = List<Var>;

enum class Op { variable, add, sub, mul };
struct Node {  // y = a op b
    Op op;
    Var a, b, y;
};
struct Tape {
    std::vector<Node> list;
    Var variable(double number) { return 0; }  // yours: one more node, without operands
};
inline double value(Var x) { return x.number; }
inline std::size_t nodes(const Tape& tape) { return tape.list.size(); }

// Yours: append y = a op b to the tape of a or of b, and give back its Var. Two constants make a constant.
inline Var record(Op op, Var a, Var b, double y) { return 0; }
inline Var operator+(Var a, Var b) { return 0; }  // yours
inline Var operator-(Var a, Var b) { return 0; }  // yours
inline Var operator*(Var a, Var b) { return 0; }  // yours

// Step 2: the reverse walk, autodiff (3) and (4). x̄ for each x of xs, from ȳ for each y of ys. Step 4 wants it in Vars.
inline Vars vjp(const Vars& ys, const Vars& xs, const Numbers& y_bars) { return Vars(xs.size()); }  // yours
inline Vars grad(Var y, const Vars& xs) { return Vars(xs.size()); }                                 // yours: by vjp

// Step 3: two operators more, each with its rule in the reverse walk.
inline Var operator/(Var a, Var b) { return 0; }  // yours
inline Var exp(Var a) { return 0; }               // yours

// Step 5: rk4, ode (1) and (2). S is double or Var: one template for both. Step 6 asks for its gradient.
// n steps from each time to the next; back comes a state for each time, the first of them z.
template <class S>
Path<S> solve(const auto& f, List<S> z, const List<S>& theta, const Numbers& times, int n) {
    return Path<S>(times.size(), List<S>(z.size()));  // yours
}

// Step 7: adjoint (1)–(5), on numbers; each look at ∂f/∂z and ∂f/∂θ is a vjp on a tape of its own. z[i] is the state at
// times[i], jumps[i] is ∂L/∂z there. n steps between two times. Back come dL/dz0 and after it dL/dθ, in one list.
Numbers adjoint(const auto& f, const Path<>& z, const Numbers& theta, const Numbers& times, const Path<>& jumps,
                int n) {
    return Numbers(z[0].size() + theta.size());  // yours
}

// Step 8: Adam, optim (4)–(6), with β₁ = 0.9, β₂ = 0.999, ε = 1e−8, λ = 0.
struct Adam {  // what it keeps from step to step is yours: members with a first value, after lr
    Numbers x;
    double lr;
    Numbers step(const Numbers& g) { return Numbers(x.size()); }  // yours: changes x, and gives it back
};
#endif

// Step 9: dz/dt of hare and lynx, examples/lynx_hare.cpp (c). z: their ln(count) / deviation, hare first;
// theta: the logs of α, β, γ, δ.
auto lotka_volterra(const auto& z, const auto& theta, const Numbers& deviation) {
    return std::vector{0 * z[0], 0 * z[1]};  // yours
}
// The loop. x is z0 and after it θ; L is the mean of (z(times[i]) − data[i])² over all numbers in data. Back comes x after
// so many steps of Adam. Five steps of rk4 from each time to the next.
Numbers fit(const auto& f, Numbers x, const Numbers& times, const Path<>& data, int steps, double lr) {
    return Numbers(x.size());  // yours
}
}  // namespace mine
