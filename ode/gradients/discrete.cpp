// ode/gradients/discrete.cpp — the exact gradient of the discrete solution: the Runge–Kutta step, transposed
// discrete (1), by the sweep of ode/gradients/reverse_sweep.hpp: the solve kept the state at the start of every step, and
// maybe all that f computed at its stages (find_room, ode/solve/eval.cpp).
// source   Hager 2000, "Runge–Kutta methods in optimal control and the transformed adjoint system"
#include "ode/gradients/reverse_sweep.hpp"

void costate::ode::require_sweep_converged(const StageSolver& solver, const Stages& stages, const Interval& s,
                                           const Pull& p) {
    for (Index row = stages.row(); row < stages.row() + stages.rows_now(); ++row)
        if (!solver.converged(row))
            fail(p.where,
                 to_failure("the solve's gradient",
                            {.status = Status::not_converged, .t = s.t, .goal = s.end, .h = s.h}, p.plan.options));
}

void costate::ode::require_transposed(const StageSolver& solver, const Stages& stages, const Interval& s,
                                      const Pull& p) {
    for (Index row = stages.row(); row < stages.row() + stages.rows_now(); ++row)
        if (!solver.converged(row))
            fail(p.where,
                 {.what = text("the solve's gradient: a step's transposed equations have no solution at t = ", s.t),
                  .got = text("(I - h a J^T) w = b of ", stages.row_width(), " numbers, h = ", s.h,
                              stages.rows() == 1 && stages.row_width() > p.plan.options.dense_up_to
                                  ? ": 2000 products J^T v have not brought GMRES there"
                                  : ": the matrix is singular, or not finite"),
                  .expected = "w to rounding: less would be a wrong gradient",
                  .fix = text(".dense_up_to = ", stages.row_width(),
                              " has a Jacobian for a row of so many numbers; a .preconditioner; shorter steps")});
}

void costate::ode::require_on_ends(bool look_within, const Interval& s, const SolveOptions& options, Where at) {
    if (!look_within || !options.has_mass() || options.method.is_linear()) return;  // which makes nothing of it
    fail(at,
         {.what = text("solve: with a mass matrix, no gradient of what is observed within a step"),
          .got = text("a time between the ends of a step, from t = ", s.t, " to ", s.end),
          .expected =
              "times at which steps end: what lies between them is made of the rate at the step's start, too, which "
              "is no equation of this step's",
          .fix = ".step_t = times: the steps land on them"});
}

void costate::ode::rows::Discrete::pull(const Pull& p) {
    const SolveOptions& options = p.plan.options;
    if (options.method.paired()) return options.method.pull_pair(p);
    if (options.rows == independent) return options.rows.sweep(p);
    ReverseSweep(p).each_part([](ReverseSweep& part) {
        for (std::size_t n = part.steps(); n-- > 0;) {
            part.load(n);
            part.reverse(n);
        }
    });
}
