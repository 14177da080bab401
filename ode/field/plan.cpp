#include "ode/field/plan.hpp"

#include <algorithm>

#include "ode/field/programs.hpp"  // brings: forward_program, reverse_program, adjoint_program, tangents_program

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

using SharedPlan = std::shared_ptr<const SolvePlan>;

constexpr std::size_t most_kept = 32;  // fields, and derivatives of fields, that a tape remembers beside those in use

struct Known {
    std::uint64_t hash;
    SharedPlan plan;
    bool unconfirmed = true;
    std::uint64_t last_use = 0;
    int others = 0;  // gradients in a row that were not by its plan.gradient
};

struct Derived {
    std::shared_ptr<const Recording> of;
    SharedPlan (*derive)(const SolvePlan&, const Chosen&, const Chosen&);
    Chosen captures, starts;
    SharedPlan plan;
    std::uint64_t last_use = 0;
};

struct KnownPlans {  // of one tape
    std::vector<Known> solves;
    std::vector<Derived> derived;
    Chosen moving;  // scratch
    std::uint64_t uses = 0;
};

// Room for one more: the one that was not used for longest makes it.
template <class Entry>
void make_room(std::vector<Entry>& entries) {
    if (entries.size() < most_kept) return;
    entries.erase(std::min_element(entries.begin(), entries.end(),
                                   [](const Entry& a, const Entry& b) { return a.last_use < b.last_use; }));
}

SolveOptions unwatched(SolveOptions options) {  // a plan lives longer than who watches a solve
    options.on_step = {};
    return options;
}

// Of what a step's matrix is made of: all rows at once, at one place.
SolveOptions of_one_stage(SolveOptions options) {
    options.method = euler;
    options.tiles = false;
    return options;
}

// Of a plan whose program is still that of f. Where the columns are many, one direction, which whoever runs it chooses.
constexpr Index most_columns_at_once = 32;
SharedPlan jacobian_plan(const SolvePlan& of) {
    SolvePlan plan{of.field, FieldProgram::tangent, {}, nullptr, of_one_stage(of.options)};
    const bool mixes = !of.program->tileable;
    Index numbers = 0;
    for (const Var& z : of.field->z) numbers += mixes ? z.size() : z.shape().row_size();
    if (numbers <= most_columns_at_once)
        plan.directions =
            directions_of(*of.field, Chosen(of.capture_count(), false), Chosen(of.components(), true), mixes, true);
    else
        plan.directions = {{true, !mixes, 0, InputDirection::all, numbers}};
    plan.program = with_rows_of(*of.program, tangents_program(*of.field, plan.directions, of.options.rows));
    return std::make_shared<const SolvePlan>(std::move(plan));
}

// Rows that mix in what was derived of f, as where a gradient of captures does, are one row in its Jacobian, too.
void match_jacobian(SolvePlan& plan) {
    if (small_machine || !plan.jacobian || plan.jacobian->program->tileable == plan.program->tileable) return;
    SolvePlan of = *plan.jacobian;
    of.program = plan.program;
    plan.jacobian = jacobian_plan(of);
}

// Half of a field, by the plan of the whole: a Var of its recording, or of all where there is none.
SharedPlan half_plan(const SolvePlan& whole, Var share, bool is_stiff) {
    const auto field = std::make_shared<Recording>();
    field->copy(*whole.field);
    if (!whole.field->shares.stiff.is_zero() || !is_stiff)
        field->rates.assign(1, share.is_zero() ? Var{} : field->tape.var(share.index()));
    SolvePlan half{field, FieldProgram::forward, whole.captures, nullptr, whole.options, whole.directions};
    half.program = with_rows_of(*whole.program, tangents_program(*field, half.directions, half.options.rows));
    if (is_stiff) half.jacobian = jacobian_plan(half);
    return std::make_shared<const SolvePlan>(std::move(half));
}

// A field as a plan's program runs it, tangents included, and what a Rosenbrock method reads of it in a step's matrix.
SharedPlan linearized_plan(const SolvePlan& of) {
    if (!of.options.method.is_linear()) return nullptr;
    const auto field = std::make_shared<Recording>();
    field->copy(*of.field);
    append_tangents(*field, of.directions);
    append_linearized(*field);
    const bool reverse = of.computes == FieldProgram::reverse;
    SolvePlan plan{field, FieldProgram::forward, of.captures, nullptr, of_one_stage(of.options)};
    if (reverse) plan.computes = FieldProgram::reverse;
    plan.program =
        with_rows_of(*of.program, reverse ? with_pullback(*field, of.captures, of.options.rows)
                                          : compiled(*field, {.forward = field->rates}, field->z, of.options.rows));
    return std::make_shared<const SolvePlan>(std::move(plan));
}

// Nowhere on a small machine, which then links nothing of it.
bool is_halved(const SolvePlan& plan) { return plan.options.method.is_additive() && plan.stiff != nullptr; }

// What was derived of a half, in the directions and rows of what was derived of the whole.
SharedPlan as_half(const SolvePlan& whole, const SharedPlan& made) {
    SolvePlan half = *made;
    if (half.directions != whole.directions)
        half.program = tangents_program(*half.field, whole.directions, whole.options.rows);
    half.directions = whole.directions;
    half.program = with_rows_of(*whole.program, half.program);
    match_jacobian(half);
    return std::make_shared<const SolvePlan>(std::move(half));
}

// With what it has beside its program, and of two methods that take turns the same plan by the second one.
SharedPlan completed(SolvePlan& plan) {
    match_jacobian(plan);
    plan.linearized = linearized_plan(plan);
    if (plan.options.takes_turns()) {
        SolvePlan second = plan;
        second.options.method = plan.options.where_stiff;
        second.linearized = linearized_plan(second);
        plan.stiff = std::make_shared<const SolvePlan>(std::move(second));
    }
    return std::make_shared<const SolvePlan>(std::move(plan));
}

SharedPlan derive_tangent(const SolvePlan& of, const Chosen& captures, const Chosen&) {
    SolvePlan plan{of.field, FieldProgram::forward, {}, nullptr, of.options};
    const auto field = std::make_shared<Recording>();
    field->copy(*of.field);
    append_tangent(*field, captures);
    plan.field = field;
    plan.program = forward_program(*field, of.options.rows);
    plan.jacobian = of.jacobian;
    if (is_halved(of)) {
        plan.stiff = as_half(plan, derive_tangent(*of.stiff, captures, {}));
        plan.rest = as_half(plan, derive_tangent(*of.rest, captures, {}));
    }
    return completed(plan);
}

SharedPlan derive_gradient(const SolvePlan& of, const Chosen& captures, const Chosen& starts) {
    SolvePlan plan{of.field, of.options.gradient.backward, captures, nullptr, of.options};
    plan.jacobian = of.jacobian;
    if (of.options.gradient.block > 0) {  // of f alone, whatever the steps were chosen by
        SolvePlan alone{of.field, FieldProgram::forward, {}, of.program, of.options};
        if (!of.directions.empty()) alone.program = forward_program(*of.field, of.options.rows);
        plan.forward = std::make_shared<const SolvePlan>(std::move(alone));
    }
    of.options.gradient.compile(plan, of, starts);
    if (is_halved(of)) {
        plan.stiff = as_half(plan, derive_gradient(*of.stiff, captures, starts));
        plan.rest = as_half(plan, derive_gradient(*of.rest, captures, starts));
    }
    return completed(plan);
}

// derive: one of the two above. A tangent's is linked where tangents are.
SharedPlan derived_plan(Tape& tape, const SolvePlan& of, decltype(derive_gradient)& derive, const Chosen& captures,
                        const Chosen& starts = {}) {
    KnownPlans& known = tape.extension<KnownPlans>();
    for (Derived& entry : known.derived)
        if (entry.of == of.field && entry.derive == derive && entry.captures == captures && entry.starts == starts &&
            entry.plan->options == of.options) {
            entry.last_use = ++known.uses;
            return entry.plan;
        }
    make_room(known.derived);
    known.derived.push_back({of.field, derive, captures, starts, derive(of, captures, starts), ++known.uses});
    return known.derived.back().plan;
}

// May what f keeps at the stages be kept until the gradient comes? There must be room for it, and the stages of one step begin
// where those of the step before end, and leave behind nothing but numbers.
bool may_keep_stages(const SolvePlan& p) {
    const SolveOptions& o = p.options;
    return o.gradient.keeps_states && !o.gradient.few && o.gradient.most_bytes > 0 && o.rows == joint &&
           !o.method.paired() && !o.method.implicit() && !o.takes_turns() && o.jump_t.is_empty() &&
           p.directions.empty() && p.program->plans.empty();
}

// From now on solves by this plan keep what this gradient will read. Gradients that take turns do not.
void expect_gradient(Tape& tape, const SolvePlan& of, const SharedPlan& gradient) {
    constexpr int many = 16;
    for (Known& entry : tape.extension<KnownPlans>().solves) {
        if (entry.plan->field != of.field || !(entry.plan->options == of.options)) continue;
        entry.others = entry.plan->gradient == gradient ? 0 : entry.others + 1;
        if (entry.others == 0 || (entry.plan->gradient && entry.others < many)) continue;
        SolvePlan plan = *entry.plan;
        plan.gradient = gradient;
        entry.plan = std::make_shared<const SolvePlan>(std::move(plan));
        entry.others = 0;
    }
}

}  // namespace

void compile_reverse(SolvePlan& plan, const SolvePlan& of, const Chosen&) {
    plan.program = reverse_program(*of.field, plan.captures, of.options.rows);
}
void compile_adjoint(SolvePlan& plan, const SolvePlan& of, const Chosen&) {
    plan.program = adjoint_program(*of.field, plan.captures, of.options.rows);
}
void compile_tangents(SolvePlan& plan, const SolvePlan& of, const Chosen& starts) {
    plan.directions = directions_of(*of.field, plan.captures, starts, !of.program->tileable, true);
    plan.program = tangents_program(*of.field, plan.directions, of.options.rows);
}

std::size_t SolvePlan::chosen_count() const { return std::count(captures.begin(), captures.end(), true); }

bool SolvePlan::uses_time() const {
    const auto operands = field->tape.operands();
    return std::find(operands.begin(), operands.end(), field->t.index()) != operands.end();
}

bool same_plan(const SolvePlan& a, const SolvePlan& b) {
    return &a == &b || (a.computes == b.computes && a.captures == b.captures && a.options == b.options &&
                        a.directions == b.directions && (a.field == b.field || same_field(*a.field, *b.field)));
}

FoundPlan find_plan(Tape& tape, const Recording& field, const SolveOptions& options) {
    KnownPlans& known = tape.extension<KnownPlans>();
    const std::uint64_t hash = field.tape.hash();
    Chosen& moving = known.moving;  // whose tangents' errors the steps are to keep
    moving.clear();
    for (const Var& c : field.captures)
        if (options.keeps_tangents()) moving.push_back(field.tape.values()[c.index()].active);
    const Known* other_options = nullptr;
    for (Known& entry : known.solves) {
        if (entry.hash != hash || !same_field(*entry.plan->field, field)) continue;
        if (entry.plan->options == options && entry.plan->captures == moving) {
            entry.last_use = ++known.uses;
            return {tape.add_plan(entry.plan), entry.unconfirmed};
        }
        if (entry.plan->options.rows == options.rows && entry.plan->directions.empty()) other_options = &entry;
    }
    SolvePlan plan{nullptr, FieldProgram::forward, {}, nullptr, unwatched(options)};
    if (other_options) {
        plan.field = other_options->plan->field;
        plan.program = other_options->plan->program;
    } else {
        const auto copy = std::make_shared<Recording>();
        copy->copy(field);
        plan.field = copy;
        plan.program = forward_program(*copy, options.rows);
    }
    if ((options.method.implicit() && !options.method.is_additive()) || options.takes_turns())
        plan.jacobian =
            other_options && other_options->plan->jacobian ? other_options->plan->jacobian : jacobian_plan(plan);
    if (options.keeps_tangents()) {
        plan.captures = moving;
        plan.directions = directions_of(*plan.field, moving, Chosen(plan.components(), true), !plan.program->tileable,
                                        options.gradient.backward == FieldProgram::tangent);
        plan.program = tangents_program(*plan.field, plan.directions, options.rows);
    }
    if (options.method.is_additive()) {
        plan.stiff = half_plan(plan, plan.field->shares.stiff, true);
        plan.rest = half_plan(plan, plan.field->shares.rest, false);
    }
    const bool unconfirmed = !other_options || other_options->unconfirmed;
    make_room(known.solves);
    known.solves.push_back({hash, completed(plan), unconfirmed, ++known.uses});
    return {tape.add_plan(known.solves.back().plan), unconfirmed};
}

void confirm_plan(Tape& tape, const SolvePlan& plan) {
    for (Known& entry : tape.extension<KnownPlans>().solves)
        if (entry.plan->field == plan.field) entry.unconfirmed = false;
}

std::uint32_t gradient_plan(Tape& tape, const SolvePlan& of, const Chosen& captures, const Chosen& starts) {
    static const Chosen none;
    const bool by_starts = of.options.gradient.backward == FieldProgram::tangent;
    const SharedPlan plan = derived_plan(tape, of, derive_gradient, captures, by_starts ? starts : none);
    if (may_keep_stages(of)) expect_gradient(tape, of, plan);
    return tape.add_plan(plan);
}

std::uint32_t tangent_plan(Tape& tape, const SolvePlan& of, const Chosen& captures) {
    return tape.add_plan(derived_plan(tape, of, derive_tangent, captures));
}

}  // namespace costate::ode
