#include "autodiff/derivatives/walk.hpp"

#include <algorithm>

#include "autodiff/operators/elementwise.hpp"  // brings: sum_of

namespace costate::inline COSTATE_PRECISION {
namespace walking {

void Cotangents::start(std::size_t values) {
    last_.assign(values, none);
    terms_.clear();
}

void Cotangents::add(std::uint32_t value, Var g) {
    if (g.is_zero()) return;
    terms_.push_back({g, last_[value]});
    last_[value] = static_cast<std::int32_t>(terms_.size()) - 1;
}

Var Cotangents::of(std::uint32_t value) {
    gathered_.clear();
    for (std::int32_t t = last_[value]; t != none; t = terms_[t].before) gathered_.push_back(terms_[t].g);
    if (gathered_.size() < 2) return gathered_.empty() ? Var{} : gathered_[0];
    std::reverse(gathered_.begin(), gathered_.end());
    const Var total = sum_of(gathered_);  // autodiff (4)
    last_[value] = none;
    add(value, total);
    return total;
}

namespace {

bool all_zero(Vars list) {
    return std::all_of(list.begin(), list.end(), [](const Var& d) { return d.is_zero(); });
}

}  // namespace

Walk::Walk(Vars xs, Vars ys, Where at) : tape_(innermost_tape(ys, "derivative", at)), lists_(tape_), at_(at) {
    for (const Var& x : xs) require_here(x, at);
    for (const Var& y : ys) require_here(y, at);
    tape_.check_versions(at);
    tape_.note_derivative();
    between_ = mark_between(tape_, xs, ys, lists_->marks);
}

void Walk::backwards(Vars ys, Vars y_bars, Vars xs, std::span<Var> x_bars) {
    const While doing("taking a derivative", at_);
    Lists& l = *lists_;
    l.cotangents.start(tape_.values().size());
    for (std::size_t i = 0; i < ys.size(); ++i) l.cotangents.add(ys[i].index(), y_bars[i]);
    for (std::size_t n = between_.end; n-- > between_.begin;) {
        const Tape::Operation operation = tape_.operations()[n];  // a copy: rules append to the tape
        if (!load(operation)) continue;
        for (std::size_t o = 0; o < l.out.size(); ++o) l.d_out[o] = l.cotangents.of(l.out[o].index());
        if (all_zero(l.d_out) || std::find(l.wanted.begin(), l.wanted.end(), 1) == l.wanted.end()) continue;
        const Operator& op = operator_of(operation.op);
        const While rule("differentiating ", op.name, operation.where, operation.where);
        op.vjp(call(operation));
        for (std::size_t i = 0; i < l.in.size(); ++i)
            if (l.wanted[i])
                l.cotangents.add(l.in[i].index(),
                                 checked(operation, "vjp", "the cotangent of operand ", i, l.d_in, l.in));
    }
    for (std::size_t i = 0; i < xs.size(); ++i) x_bars[i] = l.cotangents.of(xs[i].index());
    tape_.note_answers(x_bars);
}

void Walk::forwards(Vars ys, Vars xs, Vars x_dots, std::span<Var> y_dots) {
    const While doing("taking a derivative", at_);
    Lists& l = *lists_;
    l.tangents.assign(tape_.values().size(), Var{});
    const auto add = [&l](Var to, Var d) {  // an x may have been computed from another
        const Var both[] = {l.tangents[to.index()], d};
        l.tangents[to.index()] = sum_of(both);
    };
    for (std::size_t i = 0; i < xs.size(); ++i) add(xs[i], x_dots[i]);
    for (std::size_t n = between_.begin; n < between_.end; ++n) {
        const Tape::Operation operation = tape_.operations()[n];
        if (operator_of(operation.op).shape_only || !load(operation)) continue;
        for (std::size_t i = 0; i < l.in.size(); ++i) l.d_in[i] = l.tangents[l.in[i].index()];
        if (all_zero(l.d_in)) continue;
        const Operator& op = operator_of(operation.op);
        const While rule("differentiating ", op.name, operation.where, operation.where);
        op.jvp(call(operation));
        for (std::size_t o = 0; o < l.out.size(); ++o)
            add(l.out[o], checked(operation, "jvp", "the tangent of result ", o, l.d_out, l.out));
    }
    for (std::size_t i = 0; i < ys.size(); ++i) y_dots[i] = l.tangents[ys[i].index()];
    tape_.note_answers(y_dots);
}

void Walk::require_here(Var v, Where at) const {
    if (v.is_zero() || &v.tape() != &tape_)
        fail(at, {.what = "derivative: a Var of another tape",
                  .got = v.is_zero() ? text("Var{}")
                                     : text("a Var of shape ", v.shape(), " on an enclosing or foreign tape"),
                  .expected = "xs and ys on one tape",
                  .fix = !v.is_zero() && v.tape().is_enclosing(tape_)
                             ? "tape.bring(x) gives the leaf that lifts x"
                             : "make x on the tape on which y is computed, and y from this x"});
    tape_.bring(v, at);
}

bool Walk::load(const Tape::Operation& operation) {
    Lists& l = *lists_;
    bool between = false;
    for (std::uint32_t v : operation.results()) between = between || is_between(v);
    if (!between) return false;
    l.in.clear();
    l.out.clear();
    l.wanted.clear();
    for (std::uint32_t v : tape_.operands(operation)) {
        l.in.push_back(tape_.var(v));
        l.wanted.push_back(is_between(v));
    }
    for (std::uint32_t v : operation.results()) l.out.push_back(tape_.var(v));
    l.d_in.assign(operation.n_in, Var{});
    l.d_out.assign(operation.n_out, Var{});
    return true;
}

Call Walk::call(const Tape::Operation& operation) const {
    Lists& l = *lists_;
    return {operation.attributes, l.in, l.out, l.d_in, l.d_out, Needs(l.wanted)};
}

// What a rule gave: an operator of the user's may err.
Var Walk::checked(const Tape::Operation& operation, const char* rule, const char* what, std::size_t i, Vars given,
                  Vars like) const {
    const Var d = given[i];
    if (d.is_zero()) return d;
    const bool here = &d.tape() == &tape_ && tape_.holds(d);
    if (here && d.shape() == like[i].shape()) return d;
    fail(at_, {.what = text(operator_of(operation.op).name, ": its ", rule, " rule gives a wrong shape"),
               .got = here ? text(what, i, " of shape ", d.shape()) : text(what, i, " on another tape"),
               .expected = text(like[i].shape()),
               .fix = "sum_to(g, x.shape()) sums over what was broadcast"});
}

}  // namespace walking
}  // namespace costate
