#include "ode/multistep/nordsieck_in_vars.hpp"

#include <algorithm>
#include <limits>

#include "ode/multistep/nordsieck_adjoint.hpp"  // brings: NordsieckSteps, steps_of_batch, pull_nordsieck
#include "ode/solve/forward_solve.hpp"          // brings: ForwardSolve
#include "ode/solve/operator.hpp"               // brings: Solve, SolveVjp, further_rules

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

void require_solvable(const ForwardSolve& f) {
    const SolveOptions& options = f.plan.options;
    const std::vector<Number>& times = f.memory.times;
    require_times(times, options, f.where, asked_nordsieck);
    require_start(f.x.z0[0], f.where, asked_nordsieck);
    require_tolerances(options, f.x.z0[0].shape, f.where);
    if (!is_resolved(times.front(), times.back()) && f.plan.uses_time())
        fail_unresolved(times.front(), times.back(), options, f.where);
}

// What the recording of a field could not tell: whether it is the same where the first step ends.
void keep_second(SolveRecord& record, const NordsieckSteps& steps) {
    if (record.grid.size() > 2 || record.first_rate.empty()) return;
    record.second_t.assign(1, static_cast<Real>(steps.t()));
    record.second_z.assign(steps.z().begin(), steps.z().end());
}

void solve_forward(const ForwardSolve& f) {
    require_solvable(f);
    const SolveOptions& options = f.plan.options;
    const std::vector<Number>& times = f.memory.times;
    const Number span = times.back() - times.front();
    const View z0 = f.x.z0[0];
    const Index n = z0.size();
    const auto out = [&](std::size_t i) { return f.out[0].data + static_cast<Index>(i) * n; };
    NordsieckMemory& memory = f.memory.other.as<NordsieckMemory>();
    memory.field.prepare(f.plan, f.x.captures, f.memory.stages, nullptr);
    NordsieckSteps steps = steps_of_batch(memory, steps_by(options), z0.entries(), times.front(), times.back());
    SolveRecord& record = f.record;
    if (record.on_step) steps.watch(*record.on_step);
    record.grid.begin(times.front(), times.back(), options);
    record.curve.begin(n, steps.degree(), 0);
    record.second_z.clear();
    const bool keeps = options.gradient.keeps_curve;
    Observations seen(times, times.size());
    for (std::size_t i = 0; i < seen.begin(); ++i) std::copy_n(z0.data, n, out(i));
    while (true) {
        const std::size_t step = record.grid.size() - 1;
        if (keeps) std::ranges::copy(steps.z(), record.curve.room(step));
        if (!steps.step()) break;
        record.grid.add(steps.t());
        keep_second(record, steps);
        if (keeps && !steps.polynomial(record.curve.room(step) + n)) break;
        seen.enter(steps.interval());
        for (std::size_t i = seen.begin(); i < seen.end(); ++i)
            if (!steps.at_time(times[i], out(i))) break;
        seen.leave();
    }
    const Outcome outcome = steps.outcome();
    if (outcome.status != Status::ok) fail(f.where, to_failure("solve_nordsieck", outcome, options));
    record.statistics = outcome.statistics;
    record.statistics.unlimited = only_span_limits(steps.clock(), n, span, options);
}

// ---- what an adjoint by other steps does not give ----

[[noreturn]] void fail_once(const char* asked, Where at) {
    fail(at, {.what = "solve_nordsieck: its gradient is taken once, and it has no tangents",
              .got = asked,
              .expected = "the gradient with respect to z0, what the field captures, and the times",
              .fix = "solve(field, z0, times, {.method = ode::radau5}), or kvaerno5, of a field that is stiff; "
                     "ode::dop853 of any other: these have every order by .gradient = ode::discrete"});
}

const FurtherRules nordsieck_rules{
    .jvp = [](const Solve& op, std::span<const Var>, std::span<const Var>, std::span<const Var>,
              std::span<Var>) { fail_once("a tangent", op.where); },
    .times_bar = [](const SolvePlan& plan, const Operands<const Var>& x, std::span<const Var> y, std::span<const Var> w,
                    std::span<const Var> z_bars, Var& t_bar) { further_rules.times_bar(plan, x, y, w, z_bars, t_bar); },
    .gradient_jvp = [](const SolveVjp& op, std::span<const Var>, std::span<const Var>,
                       std::span<Var>) { fail_once("a tangent of the gradient", op.where); },
    .gradient_vjp = [](const SolveVjp& op, std::span<const Var>, std::span<const Var>, Needs,
                       std::span<Var>) { fail_once("a gradient of the gradient", op.where); }};

Route as_route(const Route& asked, Where at) {
    if (!(asked.takes & rows::changing_orders) || asked.block != 0)
        fail(at, {.what = "solve_nordsieck: a gradient that steps of changing order do not have",
                  .got = text(".gradient = ode::", asked.name, asked.block != 0 ? "_every(...)" : ""),
                  .expected =
                      "ode::interpolating, which keeps the solution, or ode::backsolve, of a field that is not stiff",
                  .fix = "exact gradients of a solve's own steps: solve(field, z0, times, {.method = ode::radau5, "
                         ".gradient = ode::discrete}), or ode::solve_multistep, of equal steps"});
    Route route = asked;
    route.pull = pull_nordsieck;
    route.solve = solve_forward;
    if (asked.further) route.further = &nordsieck_rules;
    return route;
}

SolveOptions in_vars(const Times& times, const NordsieckOptions& o, Where at) {
    if (o.most_order < 0 || o.most_order > o.method.most_order)
        fail(at, to_failure(first_complaint(Times{0, 1}, o, 1), {}, as_solve_options(o), asked_nordsieck));
    if (times.rows() > 0)
        fail(at,
             {.what = "solve_nordsieck: each row has times of its own, but all take their steps, and orders, jointly",
              .got = text(times.rows(), " lists of ", times.size(), " times"),
              .expected = "one list for all rows",
              .fix = "solve(field, z0, times, {.method = ode::radau5, .rows = ode::independent})"});
    SolveOptions options = as_solve_options(o);
    options.gradient = as_route(o.gradient, at);
    options.dense_up_to = std::numeric_limits<Index>::max();
    return options;
}

}  // namespace

Solution<Var> solve_nordsieck(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                              const NordsieckOptions& options, Where at) {
    return solve_field(tape, field, z0, times, in_vars(times, options, at), at);
}

Solution<Var> solve_nordsieck(const FieldRef& field, Var z0, const Times& times, const NordsieckOptions& options,
                              Where at) {
    return solve_field(field, z0, times, in_vars(times, options, at), at);
}

Solution<Tensor> solve_nordsieck(const FieldRef& field, View z0, const Times& times, const NordsieckOptions& options,
                                 Where at) {
    return solve_field(field, z0, times, in_vars(times, options, at), at);
}

}  // namespace costate::ode
