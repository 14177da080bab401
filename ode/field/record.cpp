#include "ode/field/record.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr std::uint32_t own_leaves = 2;  // t and z stand first on the tape

// What differs between the leaves of two recordings of the same operations, or nothing: which Vars of the outer tape they
// lifted, of those that were there before the field was called, and the numbers that it made.
std::string difference_of_leaves(const Recording& a, const Recording& b, std::size_t known) {
    for (std::uint32_t v = own_leaves; v < a.tape.values().size(); ++v) {
        const Tape::Value &x = a.tape.values()[v], &y = b.tape.values()[v];
        if (x.kind == Tape::Kind::computed) continue;
        const bool lifted = x.kind == Tape::Kind::lifted;
        if (lifted != (y.kind == Tape::Kind::lifted)) return reason("the field captures a Var once, and a number once");
        if (lifted && (x.source < known || y.source < known) && x.source != y.source)
            return reason("the field captures another Var");
        if (!lifted && !std::equal(x.data, x.data + x.shape.size(), y.data))
            return reason("a number in the field, ", x.data[0], " against ", y.data[0]);
    }
    return "";
}

}  // namespace

Var call_field(Tape& tape, const FieldRef& field, Var t, Var z, const char* doing, Where at, FieldRef::Shares* shares) {
    const Tape::Floor floor(tape);
    const While calling(doing, at);
    return field(t, z, shares);
}

void require_rate(Var rate, const Shape& z, Where at, const char* whose) {
    if (rate.is_zero() || rate.shape() != z)
        fail(at, {.what = text(whose, "'s result does not have the state's shape"),
                  .got = rate.is_zero() ? text("Var{}") : text(rate.shape()),
                  .expected = text(z),
                  .fix = "dz/dt has one entry for each entry of z: no sum over them; a network is as wide at its end"});
}

Var record_call(Recording& r, Tape& outer, const FieldRef& field, View t, View z, const char* doing, Where at) {
    r.tape.rewind();
    r.tape.set_parent(&outer);
    r.tape.set_evaluating(outer.evaluating());
    r.tape.set_finite_check(outer.finite_check());
    r.captures.clear();
    r.t = r.tape.constant(t);
    r.z.assign(1, r.tape.variable(z));
    const While recording(doing, at);
    return field(r.t, r.z[0], small_machine ? nullptr : &r.shares);
}

bool can_be_replayed(Recording& r, Tape& outer, const FieldRef& field, View t, View z, Where at) {
    const Var rate = record_call(r, outer, field, t, z, "recording the field of the solve", at);
    require_rate(rate, z.shape, at);
    r.rates.assign(1, r.tape.bring(rate, at));
    for (Var* share : {&r.shares.stiff, &r.shares.rest})
        if (!small_machine && !share->is_zero()) *share = r.tape.bring(*share, at);
    return !r.tape.is_tainted();
}

void record_field(Recording& r, Tape& outer, const FieldRef& field, View t, View z, Where at) {
    if (!can_be_replayed(r, outer, field, t, z, at))
        fail_reads_value(r, "solve: the field", "; or .gradient = ode::direct, which calls the field at every stage",
                         at);
}

void fail_reads_value(const Recording& r, std::string_view who, const char* or_else, Where at) {
    const Where reading = r.tape.tainted().where;
    fail(at, {.what = text(who, " reads a value, so it cannot be replayed"),
              .got = text("a number read at ", reading.file ? reading.file : "?", ":", reading.line,
                          " while it was recorded"),
              .expected = "operations that do not depend on numbers are read: they are recorded once",
              .fix = text("branch with where(...), on Vars", or_else)});
}

void find_captures(Recording& r, Tape& outer, std::vector<Var>& outer_captures) {
    for (std::uint32_t v = own_leaves; v < r.tape.values().size(); ++v) {
        const Tape::Value& value = r.tape.values()[v];
        if (value.kind == Tape::Kind::computed) continue;
        r.captures.push_back(r.tape.var(v));
        outer_captures.push_back(value.kind == Tape::Kind::lifted ? outer.var(value.source)
                                                                  : outer.constant(r.tape.view(v)));
    }
}

void require_same_field(const Recording& first, Recording& second, Tape& outer, std::size_t known,
                        const FieldRef& field, View t0, View t, View z, Where at) {
    struct Undo {  // the field may compute with Vars of the tapes around it: leave no trace there
        std::vector<std::pair<Tape*, Tape::Mark>> marks;
        explicit Undo(Tape* tape) {
            for (; tape; tape = tape->parent()) marks.emplace_back(tape, tape->mark());
        }
        ~Undo() {
            for (const auto& [tape, mark] : marks) tape->cut_back(mark);
        }
    } undo(&outer);
    std::vector<Var> captures;
    record_field(second, outer, field, t, z, at);
    find_captures(second, outer, captures);
    std::string differs = difference(first, second);
    if (differs.empty()) differs = difference_of_leaves(first, second, known);
    if (!differs.empty())
        fail(at, {.what = "solve: the field is not the same function at two times",
                  .got = text(differs, " (recorded at t = ", t0[0], " and t = ", t[0], ")"),
                  .expected = "the same operations whenever the field is called",
                  .likely = "the field branches on something that changes, reads a counter, or draws random numbers",
                  .fix = "branch with where(...), on Vars; draw noise before the solve"});
}

}  // namespace costate::ode
