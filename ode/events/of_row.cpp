#include "ode/events/of_row.hpp"

#include "autodiff/operators/shaping.hpp"
#include "ode/field/record.hpp"    // brings: record_call, find_captures
#include "ode/solve/operator.hpp"  // brings: require_own_rows

namespace costate::ode::inline COSTATE_PRECISION {

OfRow::OfRow(Tape& tape, const FieldRef& f, const Shape& each, std::string_view who, View t, View z, Where at)
    : width_(static_cast<std::size_t>(each.row_size())) {
    Recording r;
    const Tape::Mark mark = tape.mark();
    const Var result = record_call(r, tape, f, t, z, "calling an event of the solve", at);
    if (result.is_zero() || result.size() != each.size())
        fail(at,
             {.what = text(who, each == z.shape ? " does not have the state's shape" : " is not a number for each row"),
              .got = result.is_zero() ? "Var{}" : to_text(result.shape()),
              .expected = to_text(each),
              .fix = "of rows with clocks of their own: column(z, 0), an entry of each row"});
    r.rates.assign(1, reshape(r.tape.bring(result, at), each));
    if (r.tape.is_tainted()) fail_reads_value(r, who, "", at);
    std::vector<Var> captures;
    find_captures(r, tape, captures);
    const FoundPlan found = find_plan(tape, r, {.method = euler, .steps = 1, .rows = independent});
    const SolvePlan& plan = plan_at(tape, found.place);
    require_own_rows(*plan.program, who, at);
    std::vector<View> numbers;
    for (const Var& c : captures) numbers.push_back(tape.view(c));
    stages_.prepare(plan, numbers, 1);
    tape.cut_back(mark);
}

}  // namespace costate::ode
