// tests/course/mine/answer.hpp — one way to fill examples/course/mine/mine.hpp: from a sum to lynx and hare in one header
#pragma once
#include "examples/course/mine/given.hpp"  // brings: List, Path, Numbers, part

namespace mine {
#ifndef COSTATE  // make mine TAPE=costate: the library stands in for steps 1 to 8
// Step 1: a tape is the list of operations in the order in which they happened; a Var is a number and its place there.
struct Tape;
struct Var {
    double number;
    Tape* tape;  // none: a constant
    std::size_t place;
    Var(double y = 0, Tape* on = nullptr, std::size_t at = 0) : number(y), tape(on), place(at) {}
};
using Vars = List<Var>;
enum class Op { variable, add, sub, mul, div, exp };
struct Node {  // y = a op b
    Op op;
    Var a, b, y;
};
struct Tape {
    std::vector<Node> list;
    Var append(Op op, Var a, Var b, double y) {
        list.push_back({op, a, b, Var(y, this, list.size())});
        return list.back().y;
    }
    Var variable(double number) { return append(Op::variable, {}, {}, number); }
};
inline double value(Var x) { return x.number; }
inline std::size_t nodes(const Tape& tape) { return tape.list.size(); }
inline Var record(Op op, Var a, Var b, double y) {
    Tape* tape = a.tape ? a.tape : b.tape;
    return tape ? tape->append(op, a, b, y) : Var(y);
}
inline Var operator+(Var a, Var b) { return record(Op::add, a, b, a.number + b.number); }
inline Var operator-(Var a, Var b) { return record(Op::sub, a, b, a.number - b.number); }
inline Var operator*(Var a, Var b) { return record(Op::mul, a, b, a.number * b.number); }
inline Var operator/(Var a, Var b) { return record(Op::div, a, b, a.number / b.number); }  // step 3
inline Var exp(Var a) { return record(Op::exp, a, {}, std::exp(a.number)); }

// Step 2. The rules are written in Vars: a derivative is more tape, so step 4 comes for free.
inline Vars vjp(const Vars& ys, const Vars& xs, const Numbers& y_bars) {
    const Tape& tape = *xs.at(0).tape;
    Vars bar(tape.list.size());
    const auto is_zero = [](Var g) { return !g.tape && g.number == 0; };
    const auto add = [&](Var x, Var g) {  // one use more: autodiff (4)
        if (x.tape) bar[x.place] = is_zero(bar[x.place]) ? g : bar[x.place] + g;
    };
    for (std::size_t i = 0; i < ys.size(); ++i) add(ys[i], y_bars[i]);
    for (std::size_t i = bar.size(); i-- > 0;) {  // from the end: all uses of a value stand after it
        const auto [op, a, b, y] = tape.list[i];  // copied, as the rules lengthen the list
        const Var g = bar[i];
        if (is_zero(g)) continue;
        if (op == Op::add) add(a, g), add(b, g);  // autodiff (3), and so the others
        if (op == Op::sub) add(a, g), add(b, -1 * g);
        if (op == Op::mul) add(a, g * b), add(b, g * a);
        if (op == Op::div) add(a, g / b), add(b, -1 * g * y / b);
        if (op == Op::exp) add(a, g * y);
    }
    Vars x_bars;
    for (const Var& x : xs) x_bars.push_back(bar[x.place]);
    return x_bars;
}
inline Vars grad(Var y, const Vars& xs) { return vjp({y}, xs, {1}); }

// Step 5: one step of rk4, ode (1) and (2), then n steps to each time. On Vars a path is more tape: step 6 for free.
template <class S>
List<S> rk4(const auto& f, double t, const List<S>& z, const List<S>& theta, double h) {
    const auto along = [&](const List<S>& k, double step) {
        List<S> y = z;
        for (std::size_t i = 0; i < z.size(); ++i) y[i] = z[i] + step * k[i];
        return y;
    };
    const List<S> k1 = f(t, z, theta), k2 = f(t + h / 2, along(k1, h / 2), theta),
                  k3 = f(t + h / 2, along(k2, h / 2), theta), k4 = f(t + h, along(k3, h), theta);
    List<S> k = z;
    for (std::size_t i = 0; i < z.size(); ++i) k[i] = (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6;
    return along(k, h);
}
template <class S>
Path<S> solve(const auto& f, List<S> z, const List<S>& theta, const Numbers& times, int n) {
    Path<S> path{z};
    for (std::size_t i = 1; i < times.size(); ++i) {
        const double t = times[i - 1], h = (times[i] - t) / n;
        for (int k = 0; k < n; ++k) z = rk4(f, t + k * h, z, theta, h);
        path.push_back(z);
    }
    return path;
}

// Step 7: s = (z, a, g), backwards. Each look at f is a small tape of its own, with one walk back over it.
Numbers adjoint(const auto& f, const Path<>& z, const Numbers& theta, const Numbers& times, const Path<>& jumps,
                int n) {
    const std::size_t d = z[0].size(), p = theta.size();
    const auto backward = [&](double t, const Numbers& s, const Numbers&) {
        Tape tape;
        Vars x;  // z, then θ
        for (std::size_t k = 0; k < d; ++k) x.push_back(tape.variable(s[k]));
        for (const double number : theta) x.push_back(tape.variable(number));
        const Vars dz = f(t, part(x, 0, d), part(x, d, p));
        Numbers ds;
        for (const Var& y : dz) ds.push_back(value(y));                                  // adjoint (1)
        for (const Var& x_bar : vjp(dz, x, part(s, d, d))) ds.push_back(-value(x_bar));  // adjoint (3), (5)
        return ds;
    };
    Numbers s(2 * d + p);  // a = 0 and g = 0: adjoint (2)
    for (std::size_t i = times.size(); i-- > 0;) {
        for (std::size_t k = 0; k < d; ++k) s[k] = z[i][k], s[d + k] += jumps[i][k];  // adjoint (4)
        if (i > 0) s = solve(backward, s, {}, {times[i], times[i - 1]}, n).back();
    }
    return part(s, d, d + p);
}

// Step 8: optim (4), (5), (6) with λ = 0.
struct Adam {
    Numbers x;
    double lr, t = 0;
    Numbers m = Numbers(x.size()), v = m;
    Numbers step(const Numbers& g) {
        ++t;
        for (std::size_t i = 0; i < x.size(); ++i) {
            m[i] = 0.9 * m[i] + 0.1 * g[i], v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            const double mean = m[i] / (1 - std::pow(0.9, t)), square = v[i] / (1 - std::pow(0.999, t));
            x[i] -= lr * mean / (std::sqrt(square) + 1e-8);
        }
        return x;
    }
};
#endif

// Step 9: the law, examples/lynx_hare.cpp (c), and the loop that finds what a law needs: x is z0, then θ.
auto lotka_volterra(const auto& z, const auto& theta, const Numbers& deviation) {
    const auto alpha = exp(theta[0]), beta = exp(theta[1]), gamma = exp(theta[2]), delta = exp(theta[3]);
    const auto hare = exp(deviation[0] * z[0]), lynx = exp(deviation[1] * z[1]);
    return std::vector{(alpha - beta * lynx) / deviation[0], (delta * hare - gamma) / deviation[1]};
}
Numbers fit(const auto& f, Numbers x, const Numbers& times, const Path<>& data, int steps, double lr) {
    const std::size_t d = data[0].size();
    Adam adam{x, lr};
    for (int k = 0; k < steps; ++k) {
        const Numbers theta = part(x, d, x.size() - d);
        const Path<> z = solve(f, part(x, 0, d), theta, times, 5);
        Path<> jumps = z;  // ∂L/∂z, L the mean of (z − data)²
        for (std::size_t i = 0; i < z.size(); ++i)
            for (std::size_t j = 0; j < d; ++j) jumps[i][j] = 2 * (z[i][j] - data[i][j]) / double(d * z.size());
        x = adam.step(adjoint(f, z, theta, times, jumps, 5));
    }
    return x;
}
}  // namespace mine
