// autodiff/tape/leaves.cpp — what stands on a tape before anything is computed: variables, constants, parameters, and what is
// lifted from the tapes around it (declared in autodiff/tape/tape.hpp)
#include <algorithm>

#include "autodiff/tape/tape.hpp"

namespace costate::inline COSTATE_PRECISION {

std::uint32_t Tape::add_leaf(View value, Kind kind) {
    Real* data = value.data ? allocate(value.size()) : nullptr;
    if (data) std::copy_n(value.data, value.size(), data);
    return add_value(value.shape, kind, 0, kind != Kind::constant, data);
}

Var Tape::variable(View value) { return var(add_leaf(value, Kind::variable)); }

Var Tape::variable(Number value) {
    const Real number = static_cast<Real>(value);
    return variable(View{&number, Shape{}});
}

Var Tape::constant(View value) { return var(add_leaf(value, Kind::constant)); }

Var Tape::constant(Number value) {
    const Real number = static_cast<Real>(value);
    return constant(View{&number, Shape{}});
}

Var Tape::constant(Indices list, Where at) {
    Real* data = allocate(list.size());
    for (Index i = 0; i < list.size(); ++i) {
        data[i] = static_cast<Real>(list[i]);
        if (static_cast<Index>(data[i]) != list[i])
            fail(at, {.what = "tape: an index is too large for a Real",
                      .got = text(list[i]),
                      .expected = "whole numbers that a Real holds exactly"});
    }
    return var(add_value(Shape({list.size()}, at), Kind::constant, 0, false, data));
}

Var Tape::use(const Parameter& parameter, Where at) {
    if (parent_) return bring(parent_->use(parameter, at), at);
    const std::uint64_t hash = IndexTable::mixed(0, reinterpret_cast<std::uintptr_t>(&parameter.value()));
    const std::uint32_t known = use_of_.find(hash, [&](std::uint32_t n) { return uses_[n].parameter == parameter; });
    if (known != IndexTable::none) return var(uses_[known].value);
    Real* data = const_cast<Real*>(parameter.value().data());  // a leaf is never written to
    const std::uint32_t place = static_cast<std::uint32_t>(uses_.size());
    const std::uint32_t value = add_value(parameter.shape(), Kind::parameter, place, true, data);
    uses_.push_back({parameter, value, parameter.version()});
    use_of_.add(hash, place);
    return var(value);
}

void fail_for_absent(Var v, Where at) {
    if (v.is_zero())
        fail(at, {.what = "tape: an operand is a zero Var",
                  .got = "Var{}, an absent tangent or cotangent",
                  .expected = "a recorded value",
                  .likely = why_zero,
                  .fix = "test is_zero() before a nonlinear operation"});
    if (!v.has_tape())
        fail(at, {.what = "tape: this Var is stale",
                  .got = "a Var of a Tape that has been destroyed",
                  .expected = "a Tape that lives as long as its Vars are used",
                  .likely = "a function that returns a Var of a Tape of its own",
                  .fix = "return numbers, Tensor(y.value()); or let the function take the tape: f(Tape& tape)"});
    fail(at, {.what = "tape: this Var is stale",
              .got = "a Var whose value the tape has forgotten, by rewind() or otherwise",
              .expected = "Vars recorded since the tape's last rewind()",
              .fix = "record it again after rewind(); keep numbers that must survive in a Tensor"});
}

// The leaves that look at an enclosing tape's values are as fresh as those are.
void Tape::require_fresh_lifts(Where at) {
    for (Tape* t = this; t->parent_ && !t->lifts_.empty(); t = t->parent_) {
        if (t->parent_era_ == t->parent_->era_) continue;
        for (const Lift& lift : t->lifts_)
            if (!t->parent_->holds({*t->parent_, lift.outer, lift.era}))
                fail(at, {.what = "tape: this Var is stale",
                          .got = "a Var of a child tape, which looks at values that the tape around it has forgotten",
                          .expected = "a child tape that was rewound after its parent",
                          .fix = "child.rewind() and record again"});
        t->parent_era_ = t->parent_->era_;
    }
}

Var Tape::bring(Var v, Where at) {
    if (v.is_zero()) fail_for_absent(v, at);
    if (v.is_on(*this)) {
        if (!holds(v)) fail_for_absent(v, at);
        if (parent_) require_fresh_lifts(at);
        return v;
    }
    if (!parent_)
        fail(at, {.what = "tape: a Var of another tape",
                  .got = text("a Var of shape ", v.shape(at), " that lives on a tape which does not enclose this one"),
                  .expected = "Vars of this tape or of one around it",
                  .fix = "one tape for all of it, as in solve(tape, f, z0, times); tape.constant(other.value()) copies "
                         "its numbers, without a gradient"});
    const Var outer = parent_->bring(v, at);
    require_fresh_lifts(at);
    const std::uint64_t hash = IndexTable::mixed(0, outer.index());
    const std::uint32_t known = lift_of_.find(hash, [&](std::uint32_t n) { return lifts_[n].outer == outer.index(); });
    if (known != IndexTable::none) return var(lifts_[known].value);
    lift_of_.add(hash, static_cast<std::uint32_t>(lifts_.size()));
    if (lifts_.empty()) parent_era_ = parent_->era_;
    const Value source = parent_->values()[outer.index()];
    const std::uint32_t leaf = add_value(source.shape, Kind::lifted, outer.index(), source.active, source.data);
    lifts_.push_back({outer.index(), leaf, outer.era()});
    return var(leaf);
}

bool Tape::is_enclosing(const Tape& other) const {
    for (const Tape* t = &other; t; t = t->parent_)
        if (t == this) return true;
    return false;
}

Tape& innermost_tape(std::span<const Var> in, const char* what, Where at) {
    Tape* tape = nullptr;
    for (const Var& v : in)
        if (!v.is_zero() && !(tape && v.is_on(*tape)) && (!tape || tape->is_enclosing(v.tape(at)))) tape = &v.tape(at);
    if (!tape)
        fail(at, {.what = text(what, ": no operand lies on a tape"),
                  .got = "zero Vars only",
                  .expected = "at least one recorded value"});
    return *tape;
}

}  // namespace costate
