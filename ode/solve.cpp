// ode/solve.cpp — from a field and its starting values to the operation on the tape
#include "ode/solve.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/elementwise.hpp"
#include "autodiff/shaping.hpp"
#include "ode/direct.hpp"
#include "ode/record_field.hpp"
#include "ode/solve_op.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

namespace {

// The solves of a tape, in the order in which a pass records them: the k-th solve of this pass finds the plans of the
// k-th solve of the pass before, and keeps them if its field is the same list of operations.
// A field in scaled time: dz/ds = (t_1 − t_0) f(t_0 + s (t_1 − t_0), z).
struct Scaled {
    Field field;
    Var start, length;
    std::vector<double> s;  // of the observations
    Var operator()(Var at, Var z) const { return length * field(start + at * length, z); }
};

struct SolveCache {
    static constexpr std::uint32_t no_plan = 0xffffffff;
    struct Site {
        std::uint32_t plan = no_plan;
        std::shared_ptr<FieldPlan> field;
        bool compared = false;  // with a second recording
    };
    std::vector<std::unique_ptr<Site>> sites;
    std::vector<std::unique_ptr<Recording>> recordings;             // one for each depth of solves in flight
    std::vector<std::unique_ptr<Scaled>> scaled;                    // of solves whose times are Vars, in order of use
    std::vector<std::uint32_t> records;                             // states that hold records, in order of use
    std::vector<std::pair<std::uint32_t, std::uint32_t>> tangents;  // plan -> plan of its tangent
    std::vector<Shape> shapes;
    std::vector<Real> times;
    std::size_t next_site = 0, next_scaled = 0, next_record = 0, depth = 0;
    std::uint32_t pass = 0;

    Site& next() {
        if (next_site == sites.size()) sites.push_back(std::make_unique<Site>());
        return *sites[next_site++];
    }

    struct Depth {
        SolveCache& cache;
        explicit Depth(SolveCache& c) : cache(c) {
            if (cache.recordings.size() == cache.depth) cache.recordings.push_back(std::make_unique<Recording>());
            ++cache.depth;
        }
        ~Depth() { --cache.depth; }
    };
};

SolveCache& cache_of(Tape& tape) {
    SolveCache& cache = tape.extension<SolveCache>(Tape::Slot::solves);
    if (cache.pass != tape.pass()) {
        cache.pass = tape.pass();
        cache.next_site = cache.next_scaled = cache.next_record = 0;
    }
    return cache;
}

std::uint32_t new_state(Resources& r) {
    r.states.emplace_back();
    return static_cast<std::uint32_t>(r.states.size() - 1);
}

Var constant_times(Tape& tape, std::span<const double> times, std::vector<Real>& pairs) {  // [2,T]: sums of two Reals
    const std::size_t n = times.size();
    pairs.resize(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
        pairs[i] = static_cast<Real>(times[i]);
        pairs[n + i] = static_cast<Real>(times[i] - static_cast<double>(pairs[i]));
    }
    return tape.constant(View{pairs.data(), {2, static_cast<Index>(n)}});
}

bool same(const SolveOptions& a, const SolveOptions& b) {
    return a.method == b.method && a.gradient == b.gradient && a.rtol == b.rtol && a.atol == b.atol &&
           a.steps == b.steps && a.first_step == b.first_step && a.control.safety == b.control.safety &&
           a.control.shrink == b.control.shrink && a.control.grow == b.control.grow &&
           a.control.beta == b.control.beta && a.max_steps == b.max_steps && a.backward_norm == b.backward_norm &&
           a.tiles == b.tiles;
}

// Puts a plan into a slot of the tape's plans, unless an equal one is there. The slot keeps its workspace.
void make_plan(Resources& r, std::uint32_t& slot, SolvePlan plan) {
    const bool there = slot < r.plans.size();
    const SolvePlan* old = there ? static_cast<const SolvePlan*>(r.plans[slot].get()) : nullptr;
    if (old && old->field == plan.field && same(old->options, plan.options) &&
        old->times_are_vars == plan.times_are_vars)
        return;
    plan.workspace = old ? old->workspace : new_state(r);
    if (!there) {
        slot = static_cast<std::uint32_t>(r.plans.size());
        r.plans.emplace_back();
    }
    r.plans[slot] = std::make_shared<const SolvePlan>(std::move(plan));
}

// A field must be the same list of operations whenever it is called: a second recording, at the end of the first step.
void require_same_field(Tape& tape, const Recording& first, const Field& field, double t0, double t, View z, Where at) {
    const Tape::Mark mark = tape.mark();  // the field may compute with Vars of the outer tape: leave no trace there
    Recording second;
    record_field(second, tape, field, t, z, at);
    const std::string difference = first.tape.difference(second.tape);
    tape.cut_back(mark);
    if (!difference.empty())
        fail({.what = "solve: the field is not the same function at two times",
              .got = difference + " (recorded at t = " + number_text(t0) + " and t = " + number_text(t) + ")",
              .expected = "the same operations whenever the field is called",
              .likely = "the field branches on something that changes, or reads a counter",
              .fix = "branch with where(...), on Vars"},
             at);
}

// The Vars that a tainted field captures anywhere on its way: a forward solve that only looks for them.
std::vector<Var> gather_all_captures(Tape& tape, const Recording& first,
                                     std::shared_ptr<const FieldPlan::Tainted> taint, std::span<const Var> operands,
                                     bool times_are_vars, const SolveOptions& options, Where at) {
    std::vector<Var> captures;
    gather_captures(first, tape, captures);
    auto field = std::make_shared<FieldPlan>();
    field->source.copy(first);
    field->tainted = taint;
    const SolvePlan plan{field, options, 0, times_are_vars, at};
    SolveWorkspace workspace;
    SolveRecord record;
    record.tainted = {&tape, {}};
    workspace.tainted_stages.gather_into(&captures);
    const View times = tape.view(operands[0]), z0 = tape.view(operands[1]);
    Shape shape{times.shape[times.shape.rank() - 1]};
    for (int axis = 0; axis < z0.shape.rank(); ++axis) shape.append(z0.shape[axis]);
    Tensor observed(shape);
    const MutableView out = observed.view();
    run_solve(plan, workspace, record, nullptr, {times, std::span(&z0, 1), {}}, 0, std::span(&out, 1));
    return captures;
}

Var solve_scaled(Tape& tape, Field field, Var z0, std::span<const double> times, Var time_vars,
                 const SolveOptions& options, Where at) {
    require_options(options, times, at);
    z0 = tape.bring(z0, at);
    for (Real entry : tape.view(z0).data ? tape.view(z0).entries() : std::span<const Real>())
        if (!std::isfinite(entry))
            fail({.what = "solve: z0 is not finite",
                  .got = number_text(static_cast<double>(entry)),
                  .expected = "finite numbers"},
                 at);
    if (options.gradient == Gradient::direct) return solve_direct(tape, field, z0, times, time_vars, options, at);

    SolveCache& cache = cache_of(tape);
    SolveCache::Depth deeper(cache);  // a field may solve, too
    Recording& r = *cache.recordings[cache.depth - 1];
    const View start = tape.view(z0);
    record_field(r, tape, field, times[0], start, at);

    std::vector<Var>& operands = r.operands;
    operands.assign(1, time_vars.is_zero() ? constant_times(tape, times, cache.times) : time_vars);
    operands.push_back(z0);
    const bool tainted = r.tape.tainted().node < r.tape.nodes().size();
    std::shared_ptr<FieldPlan::Tainted> taint;
    TaintedContext context;
    if (tainted) {
        taint = std::make_shared<FieldPlan::Tainted>(FieldPlan::Tainted{field, 0, r.tape.tainted().where});
        context = {&tape, gather_all_captures(tape, r, taint, operands, !time_vars.is_zero(), options, at)};
        record_field(r, tape, field, times[0], start, at);
        bring_captures(r, tape, context.captures, at);
        operands.insert(operands.end(), context.captures.begin(), context.captures.end());
    } else {
        find_captures(r, tape, operands);
    }

    SolveCache::Site& site = cache.next();
    const bool known = !tainted && site.field && !site.field->tainted &&
                       site.field->source.tape.difference(r.tape).empty() &&
                       site.field->source.differentiable == r.differentiable;
    if (!known) {
        site.field = std::make_shared<FieldPlan>();
        site.field->source.copy(r);
        site.field->tainted = taint;
        site.compared = tainted;
    }
    make_plan(tape.resources(), site.plan, {site.field, options, 0, !time_vars.is_zero(), at});

    const std::uint32_t number = new_record(tape);
    SolveRecord& record = tape.resources().state<SolveRecord>(number);
    record.tainted = context;
    record.first_rate.assign(1, r.tape.view(r.rates[0]));
    if (!site.compared)
        record.second_recording = [&](double t, const Real* z) {
            require_same_field(tape, r, field, times[0], t, {z, start.shape}, at);
            site.compared = true;
        };
    struct Forget {  // the record lives on; what points into this call does not
        SolveRecord& record;
        ~Forget() {
            record.first_rate.clear();
            record.second_recording = nullptr;
        }
    } forget{record};
    return record_solve(tape, site.plan, operands, Solve::own, 0, number)[0];
}

}  // namespace

std::vector<Shape>& shape_list(Tape& tape) {
    std::vector<Shape>& shapes = cache_of(tape).shapes;
    shapes.clear();
    return shapes;
}

std::uint32_t new_record(Tape& tape) {
    SolveCache& cache = cache_of(tape);
    if (cache.next_record == cache.records.size()) cache.records.push_back(new_state(tape.resources()));
    return cache.records[cache.next_record++];
}

std::uint32_t tangent_plan(Tape& tape, std::uint32_t plan) {
    SolveCache& cache = cache_of(tape);
    auto place =
        std::find_if(cache.tangents.begin(), cache.tangents.end(), [plan](const auto& t) { return t.first == plan; });
    if (place == cache.tangents.end()) place = cache.tangents.insert(place, {plan, SolveCache::no_plan});
    const SolvePlan& p = *static_cast<const SolvePlan*>(tape.resources().plans[plan].get());
    make_plan(tape.resources(), place->second, {p.field->tangent(), p.options, 0, p.times_are_vars, p.where});
    return place->second;
}

std::span<Var> record_solve(Tape& tape, std::uint32_t plan, std::span<const Var> operands, std::uint32_t steps_of,
                            std::uint32_t derivative, std::uint32_t record) {
    const SolvePlan& p = *static_cast<const SolvePlan*>(tape.resources().plans[plan].get());
    const Shape& times = operands[0].shape();
    std::vector<Shape>& shapes = shape_list(tape);
    for (std::size_t c = 0; c < p.field->components(); ++c) {
        Shape shape{times[times.rank() - 1]};
        const Shape& z = operands[1 + c].shape();
        for (int axis = 0; axis < z.rank(); ++axis) shape.append(z[axis], p.where);
        shapes.push_back(shape);
    }
    shapes.push_back(Shape{});
    return record_general(tape, Solve{plan, record, steps_of, derivative}, operands, shapes);
}

Var solve_field(Tape& tape, Field field, Var z0, std::span<const double> times, const SolveOptions& options, Where at) {
    return solve_scaled(tape, std::move(field), z0, times, Var{}, options, at);
}

// Times that are Vars: the scaled field on [0, 1], with s_i = (t_i − t_0) / (t_1 − t_0). It captures t_0 and t_1 − t_0, so
// that their gradients need nothing of their own.
Var solve_field(Tape& tape, Field field, Var z0, Var times, const SolveOptions& options, Where at) {
    times = tape.bring(times, at);
    if (times.shape().rank() != 1 || times.size() < 2)
        fail({.what = "solve: the times are not a list",
              .got = "a Var of shape " + to_text(times.shape()),
              .expected = "a Var of rank 1 with at least two entries"},
             at);
    const Index n = times.size();
    const Var t0 = slice(times, 0, 0, 1), span = slice(times, 0, n - 1, 1) - t0;
    if (tape.view(span)[0] == 0) {  // no time passes; z(t_i) = z0 + (t_i − t_0) f has the right derivatives there
        const Var rate = field(reshape(t0, {}), tape.bring(z0, at));
        Shape column = Shape::of_rank(z0.shape().rank() + 1).with(0, n);
        return z0 + reshape(times - t0, column) * rate;
    }
    SolveCache& cache = cache_of(tape);
    if (cache.next_scaled == cache.scaled.size()) cache.scaled.push_back(std::make_unique<Scaled>());
    Scaled& scaled = *cache.scaled[cache.next_scaled++];
    const Var fractions = (times - t0) / span;
    scaled.field = std::move(field);
    scaled.start = reshape(t0, {});
    scaled.length = reshape(span, {});
    scaled.s.clear();
    for (Real entry : tape.view(fractions).entries()) scaled.s.push_back(static_cast<double>(entry));
    return solve_scaled(tape, std::ref(scaled), z0, scaled.s, fractions, options, at);
}

const Statistics& statistics(Var z, Where at) {
    const Tape::Node* node = z.is_zero() ? nullptr : z.tape().producer(z);
    if (!node || node->op != operator_number<Solve>())
        fail({.what = "statistics: this Var is not the result of a solve",
              .got = node ? operator_of(node->op).name : "a leaf",
              .expected = "the Var that ode::solve returned (.gradient discrete or backsolve)"},
             at);
    return z.tape().resources().state<SolveRecord>(attributes_as<Solve>(node->attributes).record).statistics;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
