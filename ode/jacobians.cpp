#include "ode/jacobians.hpp"

#include <algorithm>

#include "ode/gradients/tangents.hpp"
#include "ode/solve/operator.hpp"  // brings: Solve, plan_at, warn_unlimited

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// A solve that has been recorded on a tape of its own.
struct Recorded {
    Tape& tape;
    const Tape::Operation operation;
    const SolvePlan& plan = plan_at(tape, attributes_as<Solve>(operation.attributes).plan);
    std::vector<View> operands = {};

    Recorded(Tape& on, Var solved) : tape(on), operation(*on.producer(solved)) {
        for (const std::uint32_t v : tape.operands(operation)) operands.push_back(tape.view(v));
    }
    SolveRecord& record() const {
        return record_of(tape.objects(), tape.view(operation.first_out + operation.n_out - 1));
    }
    std::uint32_t capture(std::size_t i) const { return tape.operands(operation)[1 + plan.components() + i]; }
};

// Where each captured parameter's columns begin; of what is none of them: −1.
std::vector<Index> columns_of(const Recorded& solve, const Parameters& parameters, Index& count, Where at) {
    std::vector<Index> columns(solve.plan.capture_count(), -1);
    std::vector<std::uint32_t> leaves;
    count = 0;
    for (const Parameter& p : parameters) {
        const std::uint32_t leaf = solve.tape.use(p).index();
        if (std::ranges::find(leaves, leaf) != leaves.end())
            fail(at, {.what = "solve_jacobians: a parameter is listed twice",
                      .got = text("\"", p.name(), "\", of shape ", p.shape()),
                      .expected = "each parameter once: its entries are columns of the Jacobian",
                      .fix = "leave one of them out"});
        leaves.push_back(leaf);
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (solve.capture(i) == leaf) columns[i] = count;
        count += p.shape().size();
    }
    return columns;
}

}  // namespace

Jacobians solve_jacobians(FieldRef field, View z0, const Times& times, Parameters parameters, SolveOptions options,
                          Where at) {
    if (options.has_mass())
        fail(at,
             {.what = "solve_jacobians: tangents with a mass matrix",
              .got = text(".mass of ", options.mass.numbers().size(), " numbers"),
              .expected = "a solve without one: M is known to the gradient alone, by ode::discrete and ode::direct",
              .fix = "of a regular M, a field M^-1 f; else grad of an entry of solve(tape, field, ...).z at a time"});
    if (options.rows == independent)
        fail(at, {.what = "solve_jacobians: rows with clocks of their own",
                  .got = ".rows = ode::independent",
                  .expected = "ode::joint: a row's columns are solved along with it, on the steps of all",
                  .fix = "leave .rows out, or give each row a call of its own"});
    options.gradient = forward;
    Tape tape;
    const Solution<Var> solution = solve_field(tape, field, {z0, at}, times, options, at);
    const Recorded solve(tape, solution.z);
    Index P = 0;
    const std::vector<Index> columns = columns_of(solve, parameters, P, at);
    Chosen captured;
    for (const Index column : columns) captured.push_back(column >= 0);
    const SolvePlan& plan = plan_at(tape, gradient_plan(tape, solve.plan, captured, Chosen(1, true)));

    Index D = 0;
    for (const InputDirection& d : plan.directions) D += d.at_start;
    const Shape z = solution.z.shape();
    Jacobians J{Tensor(tape.view(solution.z)), Tensor(z.joined({P}, 0, at)), Tensor(z.joined({D}, 0, at)),
                solution.statistics()};
    if (J.statistics.unlimited) warn_unlimited(at);
    SolveMemory memory;
    read_times(solve.operands[0], joint, memory.times);
    Tangents tangents(plan, solve.record(), memory, operands_of(solve.plan, std::span<const View>(solve.operands)), at);
    tangents.walk([&](std::size_t i, std::size_t j, std::size_t, const Real* S) {
        const Stages& stages = tangents.stages();
        const InputDirection& d = plan.directions[j];
        const Index first = (static_cast<Index>(i) * stages.rows() + stages.row()) * stages.width(0);
        const Index width = d.at_start ? D : P, column = d.entry + (d.at_start ? 0 : columns[d.place]);
        const bool by_rows = d.by_rows && !d.at_start;  // a row's own entries
        Real* out = (d.at_start ? J.start : J.parameters).data() + first * width + column;
        for (Index e = 0; e < stages.entries(0); ++e)
            out[e * width + (by_rows ? (stages.row() + e / z0.shape.row_size()) * d.entries : 0)] = S[e];
    });
    return J;
}

}  // namespace costate::ode
