#include "ode/steps/outcome.hpp"

#include <cmath>

namespace costate::ode {
namespace {

std::string last_state(const Outcome& o) {
    if (o.z_size == 0) return "";
    std::string list;
    for (long i = 0; i < std::min(o.z_size, 4L); ++i) list += text(i > 0 ? ", " : "", o.z[static_cast<std::size_t>(i)]);
    return text("; z = {", list, o.z_size > 4 ? ", ...}" : "}", " at t = ", o.t);
}

Failure to_failure(const Complaint& complaint, const Times& times, const Asked& asked) {
    if constexpr (small_machine) return {.what = {}};
    if (times.rows() > 0)
        return {.what = text(asked.by, ": each row has times of its own, but all take their steps jointly"),
                .got = text(times.rows(), " lists of ", times.size(), " times"),
                .expected = "one list for all rows, or rows with clocks of their own",
                .fix = "solve(field, z0, times, {.rows = ode::independent}) with a z0 and a field in Vars"};
    if (times.size() == 0)
        return {.what = text(asked.by, ": no times"),
                .got = "an empty list",
                .expected = "the first time, at which z0 holds, and those to observe",
                .fix = "{0, 1}: z0 holds at 0, and the solve ends at 1"};
    if (!times.are_numbers())
        return {.what = text(asked.by, ": a plain solve takes no Var or Parameter among its times"),
                .got = text("a list of ", times.size()),
                .expected = "numbers",
                .fix = "a z0 and a field in Vars, as in ode/solve.hpp"};
    const std::size_t i = complaint.place;
    if (complaint.expected)
        return {.what = text(asked.by, ": the times are too large"),
                .got = text("from ", times.front(), " to ", times.back()),
                .expected = complaint.expected,
                .fix = "measure time in a larger unit"};
    return {.what = text(asked.by, ": the times do not go in one direction"),
            .got = text("times[", i, "] = ", complaint.value, i > 0 ? text(" after ", times[i - 1]) : ""),
            .expected = "finite times that rise, or fall, from the first to the last",
            .fix = "sort them; solve twice to go both ways from one point"};
}

// What was asked for of an option, and of that which it does not go with.
std::string asked_of(std::string_view option, const SolveOptions& o) {
    const std::string route = text(".gradient = ode::", o.gradient.name);
    const char* rows = o.rows == independent ? ".rows = ode::independent, " : "";
    if (option == "gradient" && o.gradient.block < 0) return text(route, "_every(0), or less");
    if (option == "gradient") return text(route, ", .method = ode::", o.method.name);
    if (option == "backward_norm" && *rows) return text(rows, ".backward_norm = ode::BackwardNorm::full or seminorm");
    if (option == "backward_norm")
        return ".backward_norm = ode::BackwardNorm::full, .parameter_quadrature = ode::ParameterQuadrature::gauss";
    if (option == "parameter_quadrature") return text(rows, ".parameter_quadrature = ode::ParameterQuadrature::gauss");
    return text(rows, route, ", which keeps ", o.gradient.keeps);
}

Failure of_second_method(const Complaint& complaint, const SolveOptions& options, const Asked& asked) {
    if (std::string_view(complaint.option) == "implicit")
        return {.what = text(asked.by, ": the second method cannot take over where it is stiff"),
                .got = "an explicit or additive one, or one without an error estimate, behind the options",
                .expected = complaint.expected,
                .fix = text(asked.by, "(field, z0, times, options, ode::kvaerno5)")};
    return {.what = text(asked.by, ": a second method in the options, which no solve by one method takes"),
            .got = text(".where_stiff = ode::", options.where_stiff.name, ", .method = ode::", options.method.name),
            .expected = complaint.expected,
            .fix = text("ode::solve_automatic(field, z0, times, options, ode::", options.where_stiff.name, ")")};
}

// An option that is a number, or a list of them, with nothing else to be said.
Failure of_number(const Complaint& complaint, const SolveOptions& options, const Asked& asked) {
    const std::string_view option = complaint.option;
    const bool wants_estimate = !options.method.adaptive() && option == "steps";
    const bool is_count = std::string_view(complaint.expected).starts_with("one number for all");
    return {.what = text(asked.by, ": an option makes no sense"),
            .got = text(complaint.option,
                        option == "jump_t" && options.jump_t.numbers().empty() ? text(" = ode::at_ends")
                        : is_count                                             ? text(": a list of ", complaint.value)
                        : option == "method"                                   ? text(" = ode::", options.method.name)
                                                                               : text(" = ", complaint.value),
                        ", method ", options.method.name),
            .expected = complaint.expected,
            .fix = wants_estimate && !options.mass.empty()
                       ? ".steps = 100, or .method = ode::radau5, which chooses its steps"
                   : wants_estimate ? text(".steps = 100, or .method = ode::doubled<ode::", options.method.name,
                                           ">, whose estimate is by two steps of half the length")
                                    : text("set it by its name: ", asked.options, "{.", complaint.option, " = ...}")};
}

}  // namespace

Failure to_failure(const Complaint& complaint, const Times& times, const SolveOptions& options, const Asked& asked) {
    if constexpr (small_machine) return {.what = {}};
    const std::string_view option = complaint.option;
    if (complaint.what)
        return {.what = text(asked.by, ": ", complaint.what),
                .got = asked_of(option, options),
                .expected = complaint.expected,
                .fix = complaint.fix};
    if (option == "times") return to_failure(complaint, times, asked);
    if (!complaint.expected)
        return {.what = text(asked.by, ": plain numbers have no gradient"),
                .got = text(".", complaint.option, " in the options, and a y0 of numbers"),
                .expected = "a z0 and a field in Vars, whose solution can be differentiated",
                .fix = "solve(field, tape.variable(z0), times, options) with a field Var(Var t, Var z); ode/solve.hpp"};
    if (option == "gradient" && complaint.value == 0)
        return {.what = text(asked.by, ": a gradient that this method does not have"),
                .got = asked_of(option, options),
                .expected = complaint.expected,
                .fix = ".gradient = ode::discrete, exact for every method"};
    if (option == "implicit" || option == "where_stiff") return of_second_method(complaint, options, asked);
    if (option == "rows" && options.method.paired())
        return {.what = text(asked.by,
                             ": this method carries a pair of states, which rows with clocks of their own do not"),
                .got = text(".rows = ode::independent, .method = ode::", options.method.name),
                .expected = complaint.expected};
    if (option.starts_with("method.") || option.starts_with("rows."))
        return {.what = text(asked.by, ": a function is missing from an option that was made by hand"),
                .got = text(".", option, " = nullptr, method ", options.method.name),
                .expected = complaint.expected,
                .fix = "begin with a value of the library, auto mine = ode::reversible_heun, and change what is yours"};
    if (option == "mass")
        return {.what = text(asked.by, ": a mass matrix that this solve does not take"),
                .got = text(".mass of ", options.mass.numbers().size(), " numbers, .method = ode::",
                            options.method.name, ", .gradient = ode::", options.gradient.name),
                .expected = complaint.expected,
                .fix = options.method.takes_mass() ? "{1, 0, 0, 0}, row after row, of x' = f and 0 = g"
                                                   : "of a regular M, f may be M^-1 f"};
    return of_number(complaint, options, asked);
}

namespace {

std::string counts(const Outcome& o) {
    return text(o.statistics.accepted, " steps accepted, ", o.statistics.rejected, " rejected");
}

Failure bad_start(const char* what, const Outcome& o) {
    const bool named = o.worst >= 0;
    if (o.statistics.accepted > 0)
        return {.what = text(what, ": the field is not finite right behind its jump at t = ", o.t),
                .got = text(named ? text("component ", o.worst, " of f is ", o.error) : "an infinity or nan in dz/dt",
                            last_state(o)),
                .expected = "a finite rate on either side of a time of jump_t",
                .fix = "look at what f becomes there, at this z: a division by 0?"};
    if (named)
        return {.what = text(what, ": nothing finite to start from at t = ", o.t),
                .got = text("component ", o.worst, " of y0 or of f(t0, y0) is ", o.error),
                .expected = "finite numbers",
                .fix = "evaluate f(t0, y0) by hand: a root or a logarithm out of its domain, a division by 0?"};
    return {.what = text(what, ": the field is not finite at t = ", o.t),
            .got = text("an infinity or nan in dz/dt; ", counts(o)),
            .expected = "a finite rate at the start",
            .likely = "z0 or the first time lies where the field is not defined: log(0), 1/t at 0",
            .fix =
                "look at z0 and the parameters; with a tape, solve(tape, ...), tape.set_finite_check(true) "
                "names the operation"};
}

Failure inconsistent(const char* what, const Outcome& o) {
    const bool named = o.worst >= 0;
    if (!named)
        return {.what = text(what, ": M y' = f(t, y) does not say what y' is at t = ", o.t),
                .got = text("equations without a derivative that do not tell their numbers apart", last_state(o)),
                .expected = "an index of 1: they can be solved for the numbers whose derivatives M has not",
                .fix = "differentiate one of them by t, and put what comes out in its place"};
    if (o.statistics.accepted > 0)
        return {.what = text(what, ": an equation without a derivative jumps at t = ", o.t),
                .got = text("component ", o.worst, " of f is ", o.error, " behind it", last_state(o)),
                .expected = "0 on either side of a time of jump_t: only rates may jump there, z does not",
                .fix =
                    "solve up to there, find the z that satisfies it behind the jump, and solve on from that; "
                    "a Stepper of numbers goes on from reset(z)"};
    return {.what = text(what, ": an inconsistent start at t = ", o.t),
            .got = text("component ", o.worst, " of f is ", o.error, ", where M has no derivative", last_state(o)),
            .expected = "0 there, but for what rtol and atol tolerate of z: it is an equation for z itself",
            .fix = "a start that satisfies it; or, of an error that is meant, larger tolerances"};
}

Failure not_finite(const char* what, const Outcome& o, const SolveOptions& options) {
    const bool named = o.worst >= 0;
    return {.what = text(what, ": the state is no longer finite after t = ", o.t),
            .got = text(named ? text("component ", o.worst, " became ", o.error) : "an infinity or no number",
                        ", in a step of ", o.h, " or between its ends",
                        named ? text("; max |f| = ", o.rate, " before it") : "", last_state(o)),
            .expected = text("finite numbers up to t = ", o.goal),
            .likely = "the steps are too long for this field, or the solution itself blows up",
            .fix = options.known_steps()  ? "more steps; or steps = 0 with a method that chooses them, which shows "
                                            "where it fails"
                   : options.min_step > 0 ? text("a min_step below ", options.min_step, ": no shorter step was tried")
                                          : "look at the solution near t"};
}

Failure not_converged(const char* what, const Outcome& o, const SolveOptions& options) {
    return {.what = text(what, ": Newton's iteration for an implicit stage does not converge at t = ", o.t),
            .got = text("a step of ", o.h, "; ", counts(o), last_state(o)),
            .expected = text("a solution of k = f(t + c h, z + h (... + a k)) near the last state"),
            .likely = "the steps are too long for this field, it leaves its domain, or its Jacobian is wrong",
            .fix = text(options.known_steps() ? "more steps; or steps = 0 with a method that chooses them"
                                              : "a smaller min_step; hold field.jacobian against differences",
                        o.z_size > options.dense_up_to
                            ? text("; .dense_up_to = ", o.z_size,
                                   " solves a single row of so many by LU, not GMRES; a .preconditioner")
                            : "")};
}

Failure clock_too_coarse(const char* what, const Outcome& o) {
    return {.what = text(what, ": the field cannot tell the times of its stages apart"),
            .got = text("a field that reads t, solved over ", o.h, " from t = ", o.t),
            .expected = "more than 1000 Reals between the first time and the last: the field's t is one",
            .fix = "measure time from the start of the solve, as in f(t - t0); REAL=double"};
}

Failure too_many_steps(const char* what, const Outcome& o, const SolveOptions& options) {
    return {.what = text(what, ": too many steps, stopped at t = ", o.t),
            .got = text(counts(o), "; the next step would be ", o.h, last_state(o)),
            .expected = text("t = ", o.goal, " within at most ", options.max_steps, " (max_steps)"),
            .likely = std::isfinite(o.statistics.stiff_at) && !options.method.implicit()
                          ? text("a stiff problem: from t = ", o.statistics.stiff_at,
                                 " on stability limits the steps, not accuracy; it wants an implicit method")
                      : options.method.implicit()
                          ? "a solution that never comes to rest: as many steps as it has turns; tolerances "
                            "tighter than the arithmetic allows, or a very long time"
                          : "a stiff problem, if the solution is smooth: it wants an implicit method; "
                            "tolerances tighter than the arithmetic allows, or a very long time",
            .fix = "raise max_steps, loosen rtol and atol, or look at the solution near t"};
}

Failure step_underflow(const char* what, const Outcome& o, const SolveOptions& options) {
    const bool named = o.worst >= 0;
    return {.what = text(what, ": the step shrank to nothing at t = ", o.t),
            .got = text("h = ", o.h, ", ", o.rejected_in_a_row, " rejected in a row; ", counts(o),
                        named ? text("; worst scaled error ", o.error, " in y[", o.worst, "]; max |f| = ", o.rate) : "",
                        last_state(o)),
            .expected = text("a step that moves t: h >= 16 eps |t| = ", smallest_step(o.t, o.goal - o.t)),
            .likely = std::isfinite(o.statistics.stiff_at)
                          ? text("the problem is stiff from t = ", o.statistics.stiff_at, " on, or blows up here")
                      : sizeof(Number) < sizeof(double) && std::abs(o.t) > 1000 * std::abs(o.h)
                          ? "t is a float, and has seven digits: measure time from the start of the solve"
                      : !named ? "the solution blows up here, or the field has a jump or is not finite"
                      : std::isfinite(o.error)
                          ? (options.method.implicit() ? "the solution blows up here, or f jumps here"
                                                       : "the solution blows up here if |f| is large; if |f| is "
                                                         "moderate: f jumps here, or is stiff")
                          : "f is not finite just beyond: it leaves its domain, or the solution blows up",
            .fix = text("plot z near t; loosen rtol; ",
                        options.method.implicit() ? "" : "a stiff problem wants an implicit method; ",
                        "more max_steps will not help")};
}

}  // namespace

Failure to_failure(const char* what, const Outcome& o, const SolveOptions& options) {
    if constexpr (small_machine) return {.what = {}};
    switch (o.status) {
        case Status::bad_start: return bad_start(what, o);
        case Status::inconsistent: return inconsistent(what, o);
        case Status::not_finite: return not_finite(what, o, options);
        case Status::not_converged: return not_converged(what, o, options);
        case Status::clock_too_coarse: return clock_too_coarse(what, o);
        case Status::too_many_steps: return too_many_steps(what, o, options);
        default: return step_underflow(what, o, options);
    }
}

Failure to_failure(const Outcome& outcome, const Times& times, const SolveOptions& options, const Asked& asked) {
    if (outcome.status == Status::bad_option) return to_failure(outcome.complaint, times, options, asked);
    if (outcome.status == Status::bad_memory)
        return {.what = text(asked.by, ": the memory handed over is too small"),
                .expected = "work: work_size(method, n) numbers; saved: n for each of the times",
                .fix = "an implicit method for an array of more than 16: y0 as a vector, or work of yours"};
    return to_failure(asked.by, outcome, options);
}

void require_step(const Times& times, const SolveOptions& equal, const Asked& asked, const char* why, const char* fix,
                  Where at) {
    if (!(equal.step > 0) || !std::isfinite(equal.step))
        fail(at, {.what = text(asked.by, ": no length of a step"),
                  .got = text("step = ", equal.step),
                  .expected = why,
                  .fix = fix});
    if (const Complaint complaint = first_complaint(times, equal); complaint.option)
        fail(at, to_failure(complaint, times, equal, asked));
}

}  // namespace costate::ode
