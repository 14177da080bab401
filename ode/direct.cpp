// ode/direct.cpp — backpropagation through the solver: the step's equations written in Vars
//   Z_i = z + h Σ_j a_ij k_j,   k_i = f(t + c_i h, Z_i),   z⁺ = z + h Σ_i b_i k_i,   p(θ) = z + h Σ_i b_i(θ) k_i
// An adaptive solve first finds its steps, by a solve of its own, and then records on them: they are frozen numbers.
// memory   O(steps · operations): nothing is recomputed, everything is kept. To study, and for short solves.
#include "ode/direct.hpp"

#include "autodiff/elementwise.hpp"
#include "autodiff/shaping.hpp"
#include "ode/solve_op.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

namespace {

// base + h Σ_i a_i k_i, in the order of i
Var combined(Var base, std::span<const Var> k, const double* a, double h, int terms) {
    std::vector<Var> sum{base};
    for (int i = 0; i < terms; ++i)
        if (a[i] != 0) sum.push_back(affine(k[static_cast<std::size_t>(i)], h * a[i], 0));
    return sum_of(sum);
}

// p(θ) for θ = (time − t) / h, where the time is a Var: b_i(θ) by Horner's rule
Var interpolated(Var z, std::span<const Var> k, const Method& m, Var time, double t, double h) {
    const Var theta = affine(time, 1 / h, -t / h);
    std::vector<Var> sum{z};
    for (int i = 0; i < m.dense_stages; ++i) {
        Var weight = affine(theta, 0, 0);
        for (int p = m.degree; p >= 1; --p) weight = affine(weight, 1, m.dense[i * m.degree + p - 1]) * theta;
        sum.push_back(affine(weight, h, 0) * k[static_cast<std::size_t>(i)]);
    }
    return sum_of(sum);
}

std::vector<double> find_grid(Tape& tape, const Field& field, Var z0, std::span<const double> times,
                              SolveOptions options, Where at) {
    if (times.front() == times.back()) return {times.front()};
    if (options.steps > 0) {
        std::vector<double> grid;
        for (int n = 0; n <= options.steps; ++n)
            grid.push_back(times.front() + n * (times.back() - times.front()) / options.steps);
        grid.back() = times.back();
        return grid;
    }
    options.gradient = Gradient::discrete;
    const Var solved = solve_field(tape, field, z0, times, options, at);
    const Solve op = attributes_as<Solve>(tape.producer(solved)->attributes);
    return tape.resources().state<SolveRecord>(op.record).grid;
}

}  // namespace

Var solve_direct(Tape& tape, const Field& field, Var z0, std::span<const double> times, Var time_vars,
                 const SolveOptions& options, Where at) {
    const Method& m = options.method;
    const std::vector<double> grid = find_grid(tape, field, z0, times, options, at);
    const bool backwards = times.back() < times.front();
    std::vector<Var> observed, k;
    const Shape row = Shape::of_rank(z0.shape().rank() + 1);
    const auto observe = [&](Var z) {
        Shape shape = row;
        for (int axis = 0; axis < z0.shape().rank(); ++axis) shape.set(axis + 1, z0.shape()[axis]);
        observed.push_back(reshape(z, shape));
    };
    Var z = z0, first;
    const auto at_start = [&] {
        return times[observed.size()] == grid[0] && (observed.empty() || time_vars.is_zero());
    };
    while (observed.size() < times.size() && at_start()) observe(z);
    for (std::size_t n = 0; n + 1 < grid.size(); ++n) {
        const double t = grid[n], end = grid[n + 1], h = end - t;
        k.clear();
        for (int i = 0; i < m.dense_stages; ++i) {
            const Var Z = combined(z, k, m.a + i * m.dense_stages, h, i);
            k.push_back(i == 0 && !first.is_zero() ? first
                                                   : field(tape.constant(m.c[i] == 1 ? end : t + m.c[i] * h), Z));
        }
        const Var next = combined(z, k, m.b, h, m.stages);
        for (std::size_t o = observed.size(); o < times.size() && (backwards ? times[o] >= end : times[o] <= end);
             ++o) {
            const bool at_end = times[o] == end;
            if (!time_vars.is_zero() && o + 1 < times.size()) {
                observe(interpolated(z, k, m, reshape(slice(time_vars, 0, static_cast<Index>(o), 1), {}), t, h));
            } else if (at_end) {
                observe(next);
            } else {
                double weights[16];
                for (int s = 0; s < m.dense_stages; ++s) weights[s] = m.weight(s, (times[o] - t) / h);
                observe(combined(z, k, weights, h, m.dense_stages));
            }
        }
        first = k.back();  // the last stage is f(t⁺, z⁺), be it the method's or the interpolant's
        z = next;
    }
    return concatenate(observed, 0, at);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
