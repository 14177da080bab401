#include "ode/record_field.hpp"

#include <algorithm>

namespace costate::ode {
inline namespace COSTATE_PRECISION {

namespace {

constexpr std::uint32_t own_leaves = 2;  // t and z stand first on the tape

bool holds(std::span<const Var> list, std::uint32_t index) {
    return std::any_of(list.begin(), list.end(), [index](const Var& v) { return v.index() == index; });
}

}  // namespace

void record_field(Recording& r, Tape& outer, const Field& field, double t, View z, Where at) {
    r.tape.rewind();
    r.tape.set_parent(&outer);
    r.tape.set_evaluating(outer.evaluating());
    r.captures.clear();
    r.differentiable.clear();
    r.t = r.tape.constant(t);
    r.z.assign(1, r.tape.variable(z));
    const Var rate = field(r.t, r.z[0]);
    if (rate.is_zero() || rate.shape() != z.shape)
        fail({.what = "solve: the field's result does not have the state's shape",
              .got = rate.is_zero() ? "Var{}" : to_text(rate.shape()),
              .expected = to_text(z.shape),
              .fix = "dz/dt has one entry for each entry of z"},
             at);
    r.rates.assign(1, r.tape.bring(rate, at));
}

void find_captures(Recording& r, Tape& outer, std::vector<Var>& outer_captures) {
    for (std::uint32_t v = own_leaves; v < r.tape.values().size(); ++v) {
        const Tape::Value& value = r.tape.values()[v];
        if (value.kind == Tape::Kind::computed) continue;
        const bool lifted = value.kind == Tape::Kind::lifted;
        r.captures.push_back(r.tape.var(v));
        r.differentiable.push_back(lifted && value.active);
        outer_captures.push_back(lifted ? outer.var(value.node) : outer.constant(r.tape.view(v)));
    }
}

void bring_captures(Recording& r, Tape& outer, std::span<const Var> outer_captures, Where at) {
    for (const Tape::Value& value : r.tape.values())
        if (value.kind == Tape::Kind::lifted && value.active && !holds(outer_captures, value.node))
            fail({.what = "solve: the field captures something now that it did not capture in the forward solve",
                  .got = "a Var of shape " + to_text(value.shape) + " used for the first time",
                  .expected = "the Vars and parameters that the forward solve met",
                  .fix = "use them on every branch, or branch with where(...)"},
                 at);
    for (const Var& v : outer_captures) {
        r.captures.push_back(r.tape.bring(outer.var(v.index())));
        r.differentiable.push_back(true);
    }
}

void gather_captures(const Recording& r, Tape& outer, std::vector<Var>& outer_captures) {
    for (const Tape::Value& value : r.tape.values())
        if (value.kind == Tape::Kind::lifted && value.active && !holds(outer_captures, value.node))
            outer_captures.push_back(outer.var(value.node));
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
