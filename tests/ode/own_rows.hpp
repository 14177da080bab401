// tests/ode/own_rows.hpp — a batch whose rows are of very different pace, and one of them alone
#pragma once
#include <cmath>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/same_bits.hpp"

namespace costate::test {

inline Tensor row_of(const Tensor& x, Index row) { return Tensor(x.rows(row, 1)); }

inline Tensor observed(const Tensor& z, Index row) {  // [T,B,...] -> [T,1,...]
    const Index T = z.size(0), B = z.size(1), width = z.size() / (T * B);
    Tensor of(z.shape().with(1, 1));
    for (Index t = 0; t < T; ++t)
        for (Index i = 0; i < width; ++i) of[t * width + i] = z[(t * B + row) * width + i];
    return of;
}

// Rows of very different pace: z'' = −ω² z, damped, driven, with ω, a constant of the batch, in each row's own.
struct Oscillators {
    Tensor omega;
    Parameter damping{"damping", Tensor({1}, {0.1})};

    explicit Oscillators(Index rows) : omega({rows, 1}) {
        for (Index i = 0; i < rows; ++i) omega[i] = static_cast<Real>(0.7 + 5.3 * std::fmod(0.37 * double(i), 1));
    }
    Oscillators of(Index row) const {
        Oscillators one = *this;
        one.omega = row_of(omega, row);
        return one;
    }
};

inline const std::vector<double> some_times{0, 0.3, 1.1, 2, 4};

struct Solved {
    Tensor z, z0, c, p;
    ode::Statistics statistics;
    std::vector<ode::RowReport> rows;
};

// Observations, and the gradients by z0, by the row's constants (as a Var) and by the parameter.
inline Solved solved(const Oscillators& o, const Tensor& z0, const ode::Times& times,
                     const ode::SolveOptions& options) {
    Tape tape;
    const Var start = tape.variable(z0), w = tape.variable(o.omega);
    const auto field = [&](Var t, Var z) {
        const Var x = slice(z, 1, 0, 1), v = slice(z, 1, 1, 1);
        return concatenate({v, sin(t) - square(w) * x - z.tape().use(o.damping) * v}, 1);
    };
    const ode::Solution<Var> s = ode::solve(field, start, times, options);
    const Var p = tape.use(o.damping);
    const Vars bars = grad(sum(s.z * cos(3 * s.z)), Vars(std::array{start, w, p}));
    const auto rows = s.rows();
    return {Tensor(tape.view(s.z)), Tensor(tape.view(bars[0])), Tensor(tape.view(bars[1])), Tensor(tape.view(bars[2])),
            s.statistics(),         {rows.begin(), rows.end()}};
}

}  // namespace costate::test
