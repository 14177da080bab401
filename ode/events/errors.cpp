#include "core/error.hpp"
#include "ode/events.hpp"

namespace costate::ode {

void fail_event_nan(std::size_t event, Number t) {
    fail({}, {.what = text("solve_events: event ", event, " is not a number at t = ", t),
              .expected = "a number that crosses 0 where the event is",
              .likely = "a root or a logarithm out of its domain: a step is seen to its end, also beyond the event",
              .fix = "clamp what the root or the logarithm is taken of"});
}

void fail_no_event(std::size_t event, bool has_g, int terminal, Where at) {
    fail(at, {.what = text("solve_events: event ", event, " makes no sense"),
              .got = has_g ? text(".terminal = ", terminal) : "no .when",
              .expected = has_g ? "false or true, or the number of the time at which it ends the solve"
                                : "a g(t, z) that crosses 0 where the event is",
              .fix = "{.when = height, .direction = ode::falling, .terminal = true}"});
}

void fail_not_finite(std::size_t event, Number t, const std::string& z, Where at) {
    fail(at, {.what = text("solve_events: the reset of event ", event, " at t = ", t, " is not finite"),
              .got = z,
              .expected = "a state to go on from",
              .fix = "look at the reset of this t and z: a division by 0, a root of less"});
}

void fail_flat(std::size_t event, Number t, bool is_flat, Where at) {
    fail(at, {.what = text("solve_events: event ", event, " has no derivative at t = ", t),
              .got = is_flat ? "a g(t, z) that does not change along the solution there"
                             : "a g(t, z) whose slope along the solution is not a number there",
              .expected = "a g that crosses 0 with a slope",
              .likely = is_flat ? "a solution that only touches the event" : "the root of a square that is 0 there",
              .fix = is_flat ? "a g with a sign: not a square, an absolute value or a distance"
                             : "safe_sqrt, or norm, whose slopes at 0 are 0"});
}

void fail_counted_steps(int steps, Where at) {
    fail(at, {.what = "solve_events: rows with clocks of their own end their parts at times of their own",
              .got = text(".steps = ", steps, ", .rows = ode::independent"),
              .expected = "steps of a length, or by their errors",
              .fix = ".step = h"});
}

void fail_accumulating(std::size_t event, Number t, std::size_t found, const std::string& z, Where at) {
    fail(at, {.what = text("solve_events: events accumulate at t = ", t),
              .got = text("event ", event, " fired again; ", found, " events so far; the last state is ", z),
              .expected = "events with some time between them, and not more of them than max_steps",
              .likely = "infinitely many in a finite time: a ball that comes to rest, a switch that chatters",
              .fix = "a last time before that, or a reset that puts it at rest when what is left is small enough"});
}

}  // namespace costate::ode
