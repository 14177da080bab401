// ode/gradients/discrete.cpp — the exact gradient of the discrete solution: the Runge–Kutta step, transposed
// discrete (1), by the sweep of ode/gradients/reverse_sweep.hpp: the solve kept the state at the start of every step, and
// maybe all that f computed at its stages (find_room, ode/solve/eval.cpp).
// source   Hager 2000, "Runge–Kutta methods in optimal control and the transformed adjoint system"
#include "ode/gradients/reverse_sweep.hpp"

void costate::ode::rows::Discrete::pull(const Pull& p) {
    const SolveOptions& options = p.plan.options;
    if (options.method.paired) return options.method.pull_pair(p);
    if (options.rows == independent) return options.rows.sweep(p);
    ReverseSweep sweep(p);
    sweep.each_tile([&] {
        for (std::size_t n = sweep.steps(); n-- > 0;) {
            sweep.load(n);
            sweep.reverse(n);
        }
    });
}
