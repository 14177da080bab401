// tests/bench/growth.cpp — times of one problem at sizes that double, and the straight line through them
//   t = a + b x by least squares of (t − a − b x) / t, so that each size counts alike;  R² = 1 − Σ (t − a − b x)² / Σ (t − t̄)²
//   steps        W8's field 2-64-2, 64 rows: a training step's gradient by `discrete`, x steps of rk4
//   rows         the same with 20 steps, x rows
//   evaluations  the field alone, x evaluations of it and of its vjp, replayed
//   recording    a tape of x operations, anew
//   compiling    that tape to a Program
#include "tests/bench/growth.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"  // brings: compile, run, Workspace
#include "nn/mlp.hpp"                      // brings: MLP
#include "ode/solve.hpp"                   // brings: solve
#include "tests/bench/measure.hpp"         // brings: shortest_seconds

namespace costate::bench {
namespace {

void print_line(const char* name, const std::vector<Index>& sizes, const std::function<double(Index)>& seconds) {
    std::vector<double> t;
    for (const Index x : sizes) t.push_back(seconds(x));
    double w = 0, wx = 0, wt = 0, wxx = 0, wxt = 0, mean = 0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        const double x = static_cast<double>(sizes[i]), weight = 1 / (t[i] * t[i]);
        w += weight, wx += weight * x, wt += weight * t[i], wxx += weight * x * x, wxt += weight * x * t[i];
        mean += t[i] / static_cast<double>(t.size());
    }
    const double b = (w * wxt - wx * wt) / (w * wxx - wx * wx), a = (wt - b * wx) / w;
    double left = 0, all = 0;
    std::printf("%-12s", name);
    for (std::size_t i = 0; i < t.size(); ++i) {
        const double error = t[i] - a - b * static_cast<double>(sizes[i]);
        left += error * error, all += (t[i] - mean) * (t[i] - mean);
        std::printf(" %ld: %.3g", static_cast<long>(sizes[i]), 1e3 * t[i]);
    }
    std::printf(" ms; %.3g us + %.3g us each, R^2 = %.4f\n", 1e6 * a, 1e6 * b, 1 - left / all);
    std::fflush(stdout);
}

double solve_seconds(Index rows, int steps) {
    const nn::MLP field({2, 64, 2}, nn::tanh, Rng{1});
    const Tensor start({rows, 2}, Real(0.5));
    Tape tape;
    return shortest_seconds([&] {
        tape.rewind();
        const ode::SolveOptions options{.method = ode::rk4_classic, .gradient = ode::discrete, .steps = steps};
        const Var loss = sum(square(ode::solve(tape, field, start, {0, 1}, options).end()));
        grad(loss, field.parameters());
    });
}

double evaluation_seconds(Index count) {
    const nn::MLP field({2, 64, 2}, nn::tanh, Rng{1});
    Tape tape;
    const Var z = tape.variable(Tensor({64, 2}, Real(0.5))), f = field(z), xs[] = {z};
    const Var outputs[] = {f, vjp(Vars(&f, 1), xs, Vars(&z, 1))[0]};
    const Program program = compile(tape, {}, outputs, Vars(&z, 1));
    Workspace workspace;
    Tensor in({64, 2}, Real(0.5)), value({64, 2}), bar({64, 2});
    const std::array<View, 1> inputs{in.view()};
    const std::array<MutableView, 2> results{value.view(), bar.view()};
    return shortest_seconds([&] {
        for (Index i = 0; i < count; ++i) run(program, workspace, inputs, results);
    });
}

// x ← tanh(x) y + x, again and again: three operations each
std::array<Var, 3> long_recording(Tape& tape, Index operations) {
    const Var first = tape.variable(Tensor({2}, {1, 2})), y = tape.variable(Tensor({2}, {0.1, 0.2}));
    Var x = first;
    for (Index i = 0; i < operations / 3; ++i) x = tanh(x) * y + x;
    return {first, y, x};
}

double recording_seconds(Index operations) {
    Tape tape;
    return shortest_seconds([&] {
        tape.rewind();
        long_recording(tape, operations);
    });
}

double compile_seconds(Index operations) {
    Tape tape;
    const std::array ends = long_recording(tape, operations);
    return shortest_seconds([&] { compile(tape, Vars(ends).first(2), Vars(ends).last(1)); });
}

}  // namespace

void print_growth() {
    print_line("steps", {50, 100, 200, 400, 800, 1600}, [](Index n) { return solve_seconds(64, static_cast<int>(n)); });
    print_line("rows", {64, 128, 256, 512, 1024, 2048}, [](Index n) { return solve_seconds(n, 20); });
    print_line("evaluations", {100, 200, 400, 800, 1600}, evaluation_seconds);
    print_line("recording", {1'000, 10'000, 100'000, 1'000'000}, recording_seconds);
    print_line("compiling", {1'000, 10'000, 100'000, 1'000'000}, compile_seconds);
}

}  // namespace costate::bench
