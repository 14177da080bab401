#include "ode/solve/in_tables.hpp"

#include <algorithm>
#include <memory>

#include "autodiff/program/to_tables.hpp"  // brings: tables_in_cpp, array_in_cpp
#include "autodiff/tape/c_code.hpp"        // brings: spelled
#include "autodiff/tape/registry.hpp"      // brings: operator_number
#include "ode/replay/solve.hpp"            // brings: SolveTables, replay_solve, replay_gradient
#include "ode/solve/operator.hpp"          // brings: Solve, SolveVjp
#include "ode/solve/printed_steps.hpp"     // brings: PrintedSteps, times_to_print

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

template <class Narrow>
std::vector<Narrow> narrowed(const std::vector<int>& list) {
    return {list.begin(), list.end()};
}

std::string list_in_cpp(std::string_view type, std::string_view name, const auto& list) {
    std::string numbers;
    for (const auto number : list) numbers += spelled(numbers.empty() ? "" : ", ", static_cast<int>(number));
    return spelled("inline constexpr std::array<", type, ", ", list.size(), "> ", name, "{{", numbers, "}};\n");
}

// What a solve and its gradient read.
class SolveInTables final : public ObjectInTables {
public:
    static constexpr std::int32_t new_starts = -1;  // of the states at the steps' starts: they have no place yet

    SolveInTables(const PrintedSteps& steps, const SolvePlan& plan, const TablesAround& around, bool has_gradient,
                  std::int32_t starts)
        : plan_(plan),
          field_(*plan.program, steps.stages, captures(plan, around), !steps.are_dense(), around.asked),
          factors_(steps.factors),
          weights_(steps.weights),
          seen_after_(narrowed<std::uint16_t>(steps.seen_after)) {
        const auto& times = plan.program->at(Port::time);
        if (!times.empty() && plan.program->values[times[0]].read) times_ = steps.stage_times;
        if (steps.lengths.size() > 1) length_of_ = narrowed<std::uint16_t>(steps.length_of);
        if (steps.are_dense()) {
            row_of_ = narrowed<std::uint16_t>(steps.row_of);
            stages_of_ = narrowed<std::uint8_t>(steps.stages_of);
        }
        tables_.field = &field_.tables();
        tables_.memory = around.more(tables_.field->numbers);
        const Tables::Place& state = tables_.field->states[0];
        if (has_gradient) {
            const Index all = steps.count * tables_.field->shapes[state.shape].size();
            tables_.starts = starts == new_starts ? around.more(all) : starts;
            for (std::size_t i = 0; i < plan.capture_count(); ++i) chosen_.push_back(plan.captures[i]);
        }
        tables_.steps = steps.count;
        tables_.observations = static_cast<std::int32_t>(steps.seen_after.size());
        tables_.at_start = steps.first;
        tables_.stages = static_cast<std::uint8_t>(steps.stages);
        tables_.end = static_cast<std::uint8_t>(steps.method.last);
        tables_.swept = static_cast<std::uint8_t>(steps.back);
        tables_.captures = static_cast<std::uint8_t>(plan.capture_count());
        tables_.factors = factors_;
        tables_.length_of = length_of_;
        tables_.times = times_;
        tables_.seen_after = seen_after_;
        tables_.row_of = row_of_;
        tables_.weights = weights_;
        tables_.stages_of = stages_of_;
        tables_.chosen = chosen_;
    }
    const SolvePlan& plan() const { return plan_; }
    const SolveTables& tables() const { return tables_; }

    std::string text(std::string_view name) const override {
        const SolveTables& s = tables_;
        const auto counted = [](const char* member, int count) {
            return spelled("    .", member, " = ", count, ",\n");
        };
        std::string lists, members;
        const auto point_to = [&](const char* member) {
            members += spelled("    .", member, " = ", name, "_", member, ",\n");
        };
        const auto reals = [&](const char* member, std::span<const Real> list) {
            if (list.empty()) return;
            lists += array_in_cpp("costate::Real", spelled(name, "_", member), list);
            point_to(member);
        };
        const auto counts = [&](const char* member, const char* type, const auto& list) {
            if (list.empty()) return;
            lists += list_in_cpp(type, spelled(name, "_", member), list);
            point_to(member);
        };
        reals("factors", s.factors);
        counts("length_of", "std::uint16_t", s.length_of);
        reals("times", s.times);
        counts("seen_after", "std::uint16_t", s.seen_after);
        counts("row_of", "std::uint16_t", s.row_of);
        reals("weights", s.weights);
        counts("stages_of", "std::uint8_t", s.stages_of);
        counts("chosen", "std::uint8_t", s.chosen);
        return spelled(tables_in_cpp(field_, spelled(name, "_field")), "\n", lists,
                       "inline constexpr costate::ode::SolveTables ", name, "{\n    .field = &", name, "_field,\n",
                       counted("memory", s.memory), counted("starts", s.starts), counted("steps", s.steps),
                       counted("observations", s.observations), counted("at_start", s.at_start),
                       counted("stages", s.stages), counted("end", s.end), counted("swept", s.swept),
                       counted("captures", s.captures), members, "};\n\n");
    }

private:
    // Where the captures lie, as the field's tables count places in m: from where they will begin.
    static std::vector<HeldTables::Given> captures(const SolvePlan& plan, const TablesAround& around) {
        std::vector<HeldTables::Given> all;
        for (std::size_t i = 0; i < plan.capture_count(); ++i) {
            all.push_back(around.given(2 + i));
            if (all.back().place.in == Tables::In::m) all.back().place.at -= around.end();
        }
        return all;
    }

    const SolvePlan plan_;
    HeldTables field_;
    std::vector<Real> factors_, times_, weights_;
    std::vector<std::uint16_t> length_of_, seen_after_, row_of_;
    std::vector<std::uint8_t> stages_of_, chosen_;
    SolveTables tables_;
};

template <class Op>
const SolvePlan& plan_of(const Program& program, const Program::Instruction& c) {
    return *static_cast<const SolvePlan*>(program.plans[attributes_as<Op>(c.attributes).plan].get());
}

struct Request {  // of a solve, or of a gradient: `of` is the plan of what its field computes
    const TablesAround& around;
    const SolvePlan& solve;
    const SolvePlan& of;
    bool is_gradient;

    [[noreturn]] void refuse(const char* what, std::string got, const char* expected, const char* fix) const {
        refuse_to_print({"to_tables", around.asked}, what, text(got, ", recorded at ", around.operation.where),
                        expected, fix);
    }
    std::size_t keep(std::int32_t starts) const {
        if (of.capture_count() > 250)
            refuse("a field of too many captures", text(of.capture_count()), "at most 250",
                   "one matrix in place of many numbers");
        const std::uint32_t at = around.program.in(around.operation)[0];
        const View times{around.program.known(at).data(), around.program.values[at].shape};
        const PrintedSteps steps(solve.options, times_to_print(of, is_gradient, times, {"to_tables", around.asked}));
        if (steps.count > 0xffff || steps.seen_after.size() > 0xffff)
            refuse("too many steps for tables", text(steps.count), "at most 65535, and as many observations",
                   "a longer step");
        auto object = std::make_unique<SolveInTables>(steps, of, around, is_gradient, starts);
        const SolveTables* constants = &object->tables();
        return around.keep(std::move(object), constants);
    }
};

void add_solve(const TablesAround& around) {
    const SolvePlan& plan = plan_of<Solve>(around.program, around.operation);
    const Program::Instruction* gradient = around.program.reader(around.operation, operator_number<SolveVjp>());
    const SolvePlan& of = gradient ? plan_of<SolveVjp>(around.program, *gradient) : plan;
    const Request request{around, plan, of, gradient != nullptr};
    if (attributes_as<Solve>(around.operation.attributes).takes_steps)
        request.refuse("a solve that takes another's steps", "a tangent of a solve", "solves and their gradients",
                       "print the gradient: its steps are transposed by themselves");
    around.add(replay_solve, "costate::ode::replay_solve", request.keep(SolveInTables::new_starts));
}

// By the field of the solve itself; or, of a second gradient of it, which asks for something else, by a field of its own.
void add_gradient(const TablesAround& around) {
    const SolvePlan& plan = plan_of<SolveVjp>(around.program, around.operation);
    const Request request{around, plan, plan, true};
    std::size_t object = around.object_of(2 + plan.capture_count());
    const auto* solve = static_cast<const SolveInTables*>(around.object(object));
    if (!solve)
        request.refuse("a gradient without its solve", "a token from elsewhere", "both in one program",
                       "compile the loss with its gradient");
    if (!same_plan(solve->plan(), plan)) object = request.keep(solve->tables().starts);
    around.add(replay_gradient, "costate::ode::replay_gradient", object);
}

}  // namespace

const SolvesInTables solves_in_tables{
    .header = "ode/replay/solve.hpp",
    .handles =
        [](const Program::Instruction& c) {
            return c.op == operator_number<Solve>() || c.op == operator_number<SolveVjp>();
        },
    .add =
        [](const TablesAround& around) {
            around.operation.op == operator_number<Solve>() ? add_solve(around) : add_gradient(around);
        }};

}  // namespace costate::ode
