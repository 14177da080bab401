// ode/solve_options.cpp — options and times that cannot be meant, refused before anything is recorded
#include <cmath>

#include "ode/solve_op.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

void require_options(const SolveOptions& o, std::span<const double> times, Where at) {
    const auto positive = [&](const char* name, double value, bool zero_allowed) {
        if (!(zero_allowed ? value >= 0 : value > 0) || !std::isfinite(value))
            fail({.what = std::string("solve: ") + name + " is out of range",
                  .got = std::string(name) + " = " + number_text(value),
                  .expected = zero_allowed ? "a number of 0 or more" : "a number above 0"},
                 at);
    };
    positive("rtol", o.rtol, true);
    positive("atol", o.atol, true);
    if (o.steps == 0) positive("rtol + atol", o.rtol + o.atol, false);
    positive("first_step", o.first_step, true);
    positive("steps", o.steps, true);
    positive("max_steps", o.max_steps, false);
    if (o.steps == 0 && !o.method.adaptive())
        fail({.what = std::string("solve: ") + o.method.name + " has no error estimate",
              .got = "steps = 0: adaptive steps",
              .expected = "a number of equal steps",
              .fix = std::string(".steps = 100, or an adaptive method such as ode::tsit5")},
             at);
    if (times.empty())
        fail({.what = "solve: no times",
              .got = "an empty list",
              .expected = "the first time, at which z0 holds, and those to observe"},
             at);
    for (std::size_t i = 0; i < times.size(); ++i) {
        const bool turns = i > 0 && (times[i] - times[i - 1]) * (times.back() - times.front()) < 0;
        if (!std::isfinite(times[i]) || turns || (i > 0 && times.back() == times.front() && times[i] != times[0]))
            fail({.what = "solve: the times do not go in one direction",
                  .got = "times[" + std::to_string(i) + "] = " + number_text(times[i]) +
                         (i > 0 ? " after " + number_text(times[i - 1]) : ""),
                  .expected = "finite times that rise, or fall, from the first to the last",
                  .fix = "sort them; solve twice to go both ways from one point"},
                 at);
    }
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
