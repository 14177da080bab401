#include "ode/steps/check.hpp"

#include <cmath>
#include <limits>

#include "core/kernels/combine.hpp"  // brings: all_finite

namespace costate::ode::inline COSTATE_PRECISION {

void require_options(const SolveOptions& options, Where at) {
    if (const Complaint complaint = first_complaint(options); complaint.option)
        fail(at, to_failure(complaint, {}, options));
}

void require_tolerances(const SolveOptions& options, const Shape& z, Where at) {
    if (const Complaint complaint = first_complaint(options, z); complaint.option)
        fail(at, to_failure(complaint, {}, options));
}

void require_mass(const SolveOptions& options, Index numbers, bool mixes, Where at) {
    const Index count = static_cast<Index>(options.mass.numbers().size());
    if (!options.has_mass() || count == numbers * numbers) return;
    fail(at, {.what = "solve: the mass matrix is not one of a row of z",
              .got = text(".mass of ", count, " numbers for ", numbers,
                          mixes ? " in all rows, which the field mixes" : " in a row of z0"),
              .expected = text(numbers * numbers, ": M, row after row"),
              .fix = "z0 of shape [B, n], and a field whose rows do not mix: of one state, [1, n]"});
}

void require_times(const Times& times, const SolveOptions& options, Where at, const Asked& asked) {
    if (const Complaint complaint = first_complaint(times, options); complaint.option)
        fail(at, to_failure(complaint, times, options, asked));
    constexpr Number most = static_cast<Number>(std::numeric_limits<Real>::max());
    if (std::abs(times.front()) > most || std::abs(times.back()) > most)
        fail(at, to_failure({"times", 0, "times within the range of Real"}, times, options, asked));
}

void require_start(View z0, Where at, const Asked& asked) {
    if (all_finite(z0.data, z0.size())) return;
    Index i = 0;
    while (std::isfinite(z0[i])) ++i;
    fail(at, {.what = text(asked.by, ": z0 is not finite"),
              .got = text(z0[i], " at entry ", i),
              .expected = "finite numbers"});
}

bool is_resolved(Number t0, Number t1) {
    constexpr Number eps = static_cast<Number>(std::numeric_limits<Real>::epsilon());
    return t0 == t1 || std::abs(t1 - t0) > 1000 * eps * std::max(std::abs(t0), std::abs(t1));
}

void fail_unresolved(Number t0, Number t1, const SolveOptions& options, Where at) {
    fail(at, to_failure("solve", {.status = Status::clock_too_coarse, .t = t0, .h = t1 - t0}, options));
}

bool only_span_limits(const Clock& clock, Index numbers, Number span, const SolveOptions& options) {
    if (clock.on_grid() || clock.accepted() == 0 || numbers == 0) return false;
    if (clock.curvature() * span * span > Number(1e-6)) return false;
    constexpr Number eps = static_cast<Number>(std::numeric_limits<Real>::epsilon());
    const Number rounding = std::min<Number>(1e-6, options.rtol > 0 ? 16 * eps / options.rtol : 0);
    return clock.largest_error() <= rounding && options.max_step >= std::abs(span);
}

void warn_unlimited(Where at) {
    warn(at,
         {.what = "solve: nothing limited the steps, so the gradient may be far off",
          .got = "a state at rest or on a straight line: every error estimate was rounding",
          .expected = "steps as short as what the field's parameters would do, were they not 0",
          .likely = "an amplitude or a last layer that starts at 0, or a start in equilibrium",
          .fix =
              ".forward_norm = ode::ForwardNorm::state_and_tangents: the steps then keep the gradient's error, too; or "
              ".max_step, about a tenth of the shortest time in which the field changes"});
}

Failure backwards_failure(const Outcome& outcome, const SolveOptions& options) {
    Failure failure = to_failure(options.gradient.name, outcome, options);
    if (small_machine || options.gradient.keeps_curve) return failure;
    const char* route = options.rows == independent
                            ? ".gradient = ode::discrete, which goes back through the steps that were taken"
                            : ".gradient = ode::interpolating, which keeps z and solves for the adjoint alone";
    if (outcome.status == Status::too_many_steps) failure.fix += text("; of a stiff field ", route);
    if (outcome.status == Status::step_underflow || outcome.status == Status::not_finite) {
        failure.likely = "the field contracts, as every stiff one does: run backwards, z grows away by e^(L t)";
        failure.fix = route;
    }
    return failure;
}

void warn_growth(const Growth& growth, const SolveOptions& options, Where at) {
    const bool is_explicit = !options.method.implicit() && !options.takes_turns();
    warn(at,
         {.what = "solve: the gradient of the steps is not that of the solution",
          .got = text("cotangents by which an error of one tolerance on the way is ", growth.excess(),
                      " times all that is observed"),
          .expected = "next to nothing of it",
          .likely = "a state at rest: its error is 0 however long the steps are, and where it is stiff, or parts from "
                    "its neighbours, each step magnifies its derivatives wrongly, stiff (1). Or chaos: then z, too, "
                    "is not known",
          .fix =
              text(is_explicit ? "ode::solve_automatic, which looks for a stiff one, or .method = ode::kvaerno5; " : "",
                   ".max_step, about the shortest time in which a neighbour of the state moves; of chaos, shorter "
                   "pieces")});
}

}  // namespace costate::ode
