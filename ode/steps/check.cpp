#include "ode/steps/check.hpp"

#include <cmath>
#include <limits>

#include "core/kernels/combine.hpp"  // brings: all_finite
#include "ode/steps/complaint.hpp"   // brings: first_complaint, to_failure

namespace costate::ode::inline COSTATE_PRECISION {

void require_options(const SolveOptions& options, Where at) {
    if (const Complaint complaint = first_complaint(options); complaint.option)
        fail(at, to_failure(complaint, {}, options));
}

void require_times(const Times& times, const SolveOptions& options, Where at) {
    if (const Complaint complaint = first_complaint(times, options); complaint.option)
        fail(at, to_failure(complaint, times, options));
    constexpr double most = static_cast<double>(std::numeric_limits<Real>::max());
    if (std::abs(times.front()) > most || std::abs(times.back()) > most)
        fail(at, to_failure({"times", 0, "times within the range of Real"}, times, options));
}

void require_start(View z0, Where at) {
    if (all_finite(z0.data, z0.size())) return;
    Index i = 0;
    while (std::isfinite(z0[i])) ++i;
    fail(at, {.what = "solve: z0 is not finite",
              .got = number_text(static_cast<double>(z0[i])) + " at entry " + std::to_string(i),
              .expected = "finite numbers"});
}

bool is_resolved(double t0, double t1) {
    constexpr double eps = static_cast<double>(std::numeric_limits<Real>::epsilon());
    return t0 == t1 || std::abs(t1 - t0) > 1000 * eps * std::max(std::abs(t0), std::abs(t1));
}

void fail_to_solve(const char* what, const Stop& stop, const SolveOptions& options, Where at) {
    const std::string name = what, t = number_text(stop.t), h = number_text(stop.h);
    const std::string counts =
        std::to_string(stop.accepted) + " steps accepted, " + std::to_string(stop.rejected) + " rejected";
    switch (stop.status) {
        case Status::too_many_steps:
            fail(at, {.what = name + ": too many steps, stopped at t = " + t,
                      .got = counts + "; the next step would be " + h,
                      .expected = "at most " + std::to_string(options.max_steps) + " (max_steps)",
                      .likely = "a stiff problem, tolerances tighter than the arithmetic allows, or a very long time",
                      .fix = "raise max_steps, loosen rtol and atol, or look at the solution near t"});
        case Status::bad_start:
            fail(at,
                 {.what = name + ": the field is not finite at t = " + t,
                  .got = "an infinity or nan in dz/dt; " + counts,
                  .expected = "a finite rate at the start",
                  .likely = "z0 or the first time lies where the field is not defined: log(0), 1/t at 0",
                  .fix =
                      "look at z0 and the parameters; with a tape, solve(tape, ...), tape.set_finite_check(true) names "
                      "the operation"});
        case Status::not_finite:
            fail(at, {.what = name + ": the state is no longer finite after t = " + t,
                      .got = "an infinity or no number, in a step of " + h + " or between its ends",
                      .expected = "finite numbers up to the last time",
                      .likely = "the steps are too long for this field, or the solution itself blows up",
                      .fix = "more steps; or steps = 0 with a method that chooses them, which shows where it fails"});
        case Status::clock_too_coarse:
            fail(at, {.what = name + ": the field cannot tell the times of its stages apart",
                      .got = "a field that reads t, solved over " + h + " from t = " + t,
                      .expected = "more than 1000 Reals between the first time and the last: the field's t is one",
                      .fix = "measure time from the start of the solve, as in f(t - t0); REAL=double"});
        default:
            fail(at, {.what = name + ": the step shrank to nothing at t = " + t,
                      .got = "h = " + h + "; " + counts,
                      .expected = "a step that moves t",
                      .likely = "the solution blows up here, or the field has a jump or is not finite",
                      .fix = "plot z near t; loosen rtol; more max_steps will not help"});
    }
}

bool is_rounding(double error, double rtol) {
    constexpr double eps = static_cast<double>(std::numeric_limits<Real>::epsilon());
    return error <= std::min(1e-6, rtol > 0 ? 16 * eps / rtol : 0);
}

void warn_unlimited(Where at) {
    warn(
        at,
        {.what = "solve: nothing limited the steps, so the gradient may be far off",
         .got = "a state at rest or on a straight line: every error estimate was rounding",
         .expected = "steps as short as what the field's parameters would do, were they not 0",
         .likely = "an amplitude or a last layer that starts at 0, or a start in equilibrium",
         .fix =
             ".max_step, about a tenth of the shortest time in which the field changes; or .gradient = ode::backsolve, "
             "which then measures the gradient's error, too"});
}

}  // namespace costate::ode
