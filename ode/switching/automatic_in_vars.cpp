#include "ode/switching/automatic_in_vars.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "ode/gradients/reverse_sweep.hpp"    // brings: ReverseSweep
#include "ode/steps/check.hpp"                // brings: to_failure
#include "ode/switching/automatic_turns.hpp"  // brings: solve_in_turns, pull_in_turns, start_of_turn
#include "ode/switching/switching.hpp"        // brings: complaint_of_pair

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

void sweep_turns(const Pull& p, const Pull& where_stiff) {
    const SolveRecord& record = p.record;
    std::size_t end = record.grid.size() - 1, implicit_steps = 0;
    for (std::size_t n = 0; n < end; ++n) implicit_steps += was_implicit(record, n);
    ReverseSweep explicit_ones(p);
    std::optional<ReverseSweep> implicit_ones;
    if (implicit_steps > 0) implicit_ones.emplace(where_stiff);
    KnownSteps::Seen seen(p.memory.times, p.memory.times.size());
    seen.start_from_end();
    const std::size_t last = end;
    do {
        const std::size_t start = start_of_turn(record, end), turn = end;
        ReverseSweep& sweep = end > 0 && was_implicit(record, end - 1) ? *implicit_ones : explicit_ones;
        sweep.each_tile_in_turn(seen, turn == last, start == 0, [&] {
            for (std::size_t n = turn; n-- > start;) {
                sweep.load(n);
                sweep.reverse(n);
            }
        });
        end = start;
    } while (end > 0);
    for (const MutableView& bar : p.capture_bars) std::fill_n(bar.data, bar.size(), Real(0));
    explicit_ones.add_sums();
    if (implicit_ones) implicit_ones->add_sums();
}

Route route_in_turns(const Route& asked, Where at) {
    if (!(asked.takes & rows::two_methods) || asked.block != 0)
        fail(at, {.what = "solve_automatic: a gradient that steps of two methods do not have",
                  .got = text(".gradient = ode::", asked.name, asked.block != 0 ? "_every(...)" : ""),
                  .expected = "ode::discrete or ode::interpolating; where it was stiff z cannot be solved backwards",
                  .fix = "ode::discrete, the exact gradient of the steps that were taken; or by one method for all of "
                         "them, solve(field, z0, times, {.method = ode::kvaerno5})"});
    Route route = asked;
    route.pull = pull_in_turns;
    route.solve = solve_in_turns;
    return route;
}

SolveOptions in_turns(const SolveOptions& asked, const Method& implicit, Where at) {
    if (const Complaint complaint = complaint_of_pair(asked, implicit); complaint.option)
        fail(at, to_failure(complaint, {}, asked, asked_automatic));
    if (asked.rows == independent)
        fail(at, {.what = "solve_automatic: rows with clocks of their own would change methods each by itself",
                  .got = ".rows = ode::independent",
                  .expected = ".rows = ode::joint: all rows take their steps, and change methods, at once",
                  .fix = "solve(field, z0, times, {.method = ode::kvaerno5, .rows = ode::independent})"});
    SolveOptions options = asked;
    options.gradient = route_in_turns(asked.gradient, at);
    options.where_stiff = implicit;
    for (const Method& method : {asked.method, implicit}) {  // does each take these, and has it this gradient?
        options.method = method;
        const Complaint complaint = first_complaint(options);
        if (!complaint.option) continue;
        const bool lacks = std::string_view(complaint.option) == "gradient" && complaint.value == 0;
        fail(at,
             to_failure(lacks ? Complaint{"gradient", 0, "ode::discrete, by both methods"} : complaint, {}, options));
    }
    options.method = asked.method;
    return options;
}

}  // namespace

void pull_in_turns(const Pull& p) {
    SolveMemory& memory = where_stiff(p.memory);
    memory.times = p.memory.times;
    memory.stages.set_finite_check(p.memory.stages.finite_check());
    memory.sweep.growth = p.memory.sweep.growth;
    const Pull implicit{*p.plan.stiff, p.record, memory, p.x, p.z_bars, p.capture_bars, p.where};
    if (p.plan.options.gradient.keeps_curve) return rows::Interpolating::pull(implicit);
    sweep_turns(p, implicit);
    p.memory.sweep.growth.join(memory.sweep.growth);
}

Solution<Var> solve_automatic(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                              const SolveOptions& options, const Method& implicit, Where at) {
    return solve_field(tape, field, z0, times, in_turns(options, implicit, at), at);
}

Solution<Var> solve_automatic(const FieldRef& field, Var z0, const Times& times, const SolveOptions& options,
                              const Method& implicit, Where at) {
    return solve_field(field, z0, times, in_turns(options, implicit, at), at);
}

Solution<Tensor> solve_automatic(const FieldRef& field, View z0, const Times& times, const SolveOptions& options,
                                 const Method& implicit, Where at) {
    return solve_field(field, z0, times, in_turns(options, implicit, at), at);
}

}  // namespace costate::ode
