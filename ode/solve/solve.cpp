// ode/solve/solve.cpp — from a field and its starting values to the operation on the tape
#include "ode/solve.hpp"

#include <algorithm>
#include <deque>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "ode/field/record.hpp"
#include "ode/gradients/direct.hpp"
#include "ode/solve/operator.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// What a tape keeps for recording solves: one recording for each solve in flight, for a field may solve, too.
struct Recorder {
    struct Room {
        Recording recording;
        std::vector<Var> operands;
        std::vector<Real> first_times;
    };
    std::deque<Room> rooms;   // each stays where it is
    std::vector<Real> times;  // scratch
    std::size_t depth = 0;

    struct Level {
        Recorder& recorder;
        explicit Level(Recorder& r) : recorder(r) {
            if (r.rooms.size() == r.depth) r.rooms.emplace_back();
            ++r.depth;
        }
        ~Level() {
            recording().tape.rewind();  // a Var that the field let out is stale from now on
            --recorder.depth;
        }
        Recording& recording() const { return recorder.rooms[recorder.depth - 1].recording; }
        std::vector<Real>& first_times() const { return recorder.rooms[recorder.depth - 1].first_times; }
        std::vector<Var>& operands() const { return recorder.rooms[recorder.depth - 1].operands; }
    };
};

// Numbers as a constant [P,T], or [P,B,T] for rows with clocks of their own: each is the sum of P Reals, the first of which
// is its nearest Real.
Var constant_times(Tape& tape, const Times& times, Index rows) {
    std::vector<Real>& parts = tape.extension<Recorder>().times;
    constexpr std::size_t P = sizeof(Real) == sizeof(Number) ? 1 : 3;
    const std::size_t T = times.size(), n = T * std::max<Index>(1, rows);
    parts.resize(P * n);
    for (std::size_t i = 0; i < n; ++i) {
        Number rest = times[times.rows() > 0 ? i : i % T];
        for (std::size_t p = 0; p < P; ++p) {
            parts[p * n + i] = static_cast<Real>(rest);
            rest -= static_cast<Number>(parts[p * n + i]);
        }
    }
    const Shape list = rows < 0 ? Shape{static_cast<Index>(T)} : Shape{rows, static_cast<Index>(T)};
    return tape.constant(View{parts.data(), Shape{static_cast<Index>(P)}.joined(list)});
}

// Where f is asked for at the first time, or at that of each row: beside it, if it jumps there.
View first_times(Tape& tape, Var times, const Shape& z, const SolveOptions& options, std::vector<Real>& t) {
    const RowClocks rows = options.rows;
    const Index lists = rows == joint ? 1 : z[0];
    t.assign(lists, 0);
    if (tape.evaluating()) {
        const View all = tape.view(times);
        const Index count = count_of(all, rows);
        for (Index row = 0; row < lists; ++row) {
            const Index first = row * all.shape[-1];
            const Number t0 = time_at(all, count, first), t1 = time_at(all, count, first + all.shape[-1] - 1);
            t[row] = static_cast<Real>(interval_between(t0, t1, options.jump_t, t0, t1, time_is_float).first);
        }
    }
    return {t.data(), rows == joint ? Shape{} : time_of_rows(z)};
}

// The field is recorded at the first time, and that value is the solve's first stage. The recording finds its plan; a plan
// that is new has a second recording confirm it, at the end of the first step.
Solution<Var> record(Tape& tape, const FieldRef& field, Var z0, Var times, const SolveOptions& options, Where at) {
    Recorder::Level level(tape.extension<Recorder>());
    Recording& r = level.recording();
    const std::size_t known = tape.values().size();
    const View start = tape.view(z0), t0 = first_times(tape, times, start.shape, options, level.first_times());
    record_field(r, tape, field, t0, start, at);
    std::vector<Var>& operands = level.operands();
    operands.assign({times, z0});
    find_captures(r, tape, operands);
    const FoundPlan found = find_plan(tape, r, options);
    if (options.rows == independent) require_own_rows(*plan_at(tape, found.place).program, "solve: the field", at);
    const bool mixes = !plan_at(tape, found.place).program->tileable;
    if (options.has_mass()) require_mass(options, mixes ? start.shape.size() : start.shape.row_size(), mixes, at);
    if (!tape.evaluating()) return {record_solve(tape, {found.place, false, at}, operands)[0], nullptr};

    SolveRecord& record = tape.objects().at<SolveRecord>(tape.next_object());
    struct Forget {  // the record lives on; what points into this call does not
        SolveRecord& record;
        ~Forget() {
            record.first_rate.clear();
            record.on_step = nullptr;
        }
    } forget{record};
    record.on_step = &options.on_step;
    record.first_rate.assign(1, r.tape.view(r.rates[0]));
    const Var z = record_solve(tape, {found.place, false, at}, operands)[0];
    if (found.unconfirmed && !record.second_z.empty()) {
        const View second{record.second_z.data(), start.shape}, second_t{record.second_t.data(), t0.shape};
        Recorder::Level deeper(tape.extension<Recorder>());
        require_same_field(r, deeper.recording(), tape, known, field, t0, second_t, second, at);
        confirm_plan(tape, plan_at(tape, found.place));
    }
    return {z, &record.statistics, options.rows == independent ? &record.rows : nullptr};
}

}  // namespace

Var Times::joined(Tape& tape, const Times& times, Where at) {
    const std::span<Var> parts = tape.list(times.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Entry& entry = times.entries()[i];
        const Var t = entry.is_number   ? tape.constant(entry.number)
                      : entry.parameter ? tape.use(*entry.parameter, at)
                                        : tape.bring(entry.var, at);
        if (t.size() != 1)
            fail(at, {.what = "solve: one of the times in the list is not a single number",
                      .got = text("entry ", i, " of shape ", t.shape()),
                      .expected = "a number, or a Var or a Parameter with one entry",
                      .fix = "a Var of several times is a list by itself: solve(field, z0, times)"});
        parts[i] = reshape(t, {1});
    }
    return concatenate(parts, 0, at);
}

Var moved(Tape& tape, const FieldRef& field, Var z, Var from, Var to, SolveOptions options, Where at) {
    Recorder::Level level(tape.extension<Recorder>());
    if (!tape.evaluating() ||
        can_be_replayed(level.recording(), tape, field, View{tape.view(from).data, {}}, tape.view(z), at)) {
        options.gradient = discrete;
        options.forward_norm = ForwardNorm::state;
        const Var times = concatenate({reshape(from, {1}), reshape(to, {1})}, 0);
        return record(tape, field, z, times, options, at).end(at);
    }
    const Var by = to - from, half = 0.5 * by;
    const auto called = [&](Var t, Var y) {
        const While calling("calling the field of the solve", at);
        return field(t, y);
    };
    return z + by * called(from + half, z + half * called(from, z));
}

namespace {

// Rows with clocks of their own: every row has its list of times, if only a copy of the one for all.
Solution<Var> solve_rows(Tape& tape, const FieldRef& field, Var z0, const Times& times, const SolveOptions& options,
                         Where at) {
    const Shape shape = z0.shape(at);
    require_own_rows(times, shape, at);
    const Index B = shape[0], T = static_cast<Index>(times.size());
    if (times.are_numbers()) {
        if (T == 0) fail(at, to_failure({"times"}, times, options));
        return record(tape, field, z0, constant_times(tape, times, B), options, at);
    }
    const Var list = times.on(tape, at);
    return record(tape, field, z0, times.rows() > 0 ? list : broadcast_to(reshape(list, {1, T}), {B, T}), options, at);
}

// For a solve on no tape of the caller's. Parameters need none.
void require_no_var(const Times& times, Where at) {
    const auto is_var = [](const Times::Entry& t) { return !t.is_number && !t.parameter; };
    if (times.var().is_zero() && std::ranges::none_of(times.entries(), is_var)) return;
    fail(at, {.what = "solve: the times are a Var, but z0 is not",
              .got = "z0 as numbers, which is a solve without a tape, and times on a tape",
              .expected = "a tape to record the solve on, or times that are numbers",
              .fix = "solve(tape, field, z0, times) with the tape of the times"});
}

}  // namespace

Solution<Var> solve_field(Tape& tape, const FieldRef& field, const Operand& start, const Times& times,
                          const SolveOptions& options, Where at) {
    const CalledFrom caller(at);
    require_options(options, at);
    if (options.has_mass() && !times.are_numbers())
        fail(at, {.what = "solve: with a mass matrix f is not the rate that moves an observation with its time",
                  .got = "times that are Vars or Parameters",
                  .expected = "numbers"});
    const Var z0 = start.on(tape);
    const bool on_tape = !options.gradient.is_one_operation();
    if (options.rows == independent) return solve_rows(tape, field, z0, times, options, at);
    if (times.are_numbers()) {
        require_times(times, options, at);
        return on_tape ? options.gradient.on_tape({tape, field, z0, times.numbers(at), {}, options, at})
                       : record(tape, field, z0, constant_times(tape, times, -1), options, at);
    }
    if (times.rows() > 0) fail(at, to_failure({"times"}, times, options));
    const Var list = times.on(tape, at);
    return on_tape ? options.gradient.on_tape({tape, field, z0, {}, list, options, at})
                   : record(tape, field, z0, list, options, at);
}

Solution<Var> solve_field(const FieldRef& field, Var z0, const Times& times, const SolveOptions& options, Where at) {
    if (z0.is_zero()) fail_for_absent(z0, at);
    return solve_field(z0.tape(), field, {z0, at}, times, options, at);
}

Solution<Tensor> solve_field(const FieldRef& field, View z0, const Times& times, SolveOptions options, Where at) {
    require_no_var(times, at);
    Tape tape;
    if (!options.gradient.is_one_operation())
        expect_no_gradient(tape);
    else if (options.gradient.backward != FieldProgram::tangent)
        options.gradient = without_gradient(options.gradient);
    const Solution<Var> solved = solve_field(tape, field, {z0, at}, times, options, at);
    const std::span<const RowReport> rows = solved.rows();
    return Solution(Tensor(tape.view(solved.z)), solved.statistics(), {rows.begin(), rows.end()});
}

Solution<Tensor> solve_field(const FieldRef& field, const Parameter& z0, const Times& times,
                             const SolveOptions& options, Where at) {
    return solve_field(field, z0.value().view(), times, options, at);
}

}  // namespace costate::ode
