// autodiff/derivatives/walk.hpp — one walk over the tape, backwards or forwards, that appends a derivative
// It visits only what lies between the first x and the last y, and asks a rule only for what is needed.
#pragma once
#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "autodiff/derivatives/grad.hpp"       // brings: Vars
#include "autodiff/operators/elementwise.hpp"  // brings: sum_of

namespace costate::inline COSTATE_PRECISION {
namespace walking {

inline constexpr std::uint8_t from_x = 1, to_y = 2;  // marks: this value depends on an x; a y depends on this value
inline constexpr std::int32_t none = -1;

// The lists of one walk.
struct Lists {
    struct Term {
        Var g;
        std::int32_t next;
    };
    std::vector<std::uint8_t> marks;        // of each value
    std::vector<std::int32_t> first;        // of each value: its first term, or none
    std::vector<Term> terms;                // the contributions to cotangents
    std::vector<Var> in, out, d_in, d_out;  // one operation's operands and results, and what belongs to them
    std::vector<std::uint8_t> wanted;       // its operands whose cotangents are
    std::vector<Var> gathered;
    std::vector<RowOperand> row_operands;  // of mixes_rows
};

// The tape keeps them between walks, so that a warm pass allocates nothing: one for each walk in flight, for a rule may
// start a walk of its own.
struct WalkLists {
    std::vector<std::unique_ptr<Lists>> of_depth;
    std::size_t depth = 0;

    struct Level {
        WalkLists& all;
        Lists& lists;
        explicit Level(WalkLists& a) : all(a), lists(a.enter()) {}
        ~Level() { --all.depth; }
    };
    Lists& enter() {
        if (depth == of_depth.size()) of_depth.push_back(std::make_unique<Lists>());
        return *of_depth[depth++];
    }
};

class Walk {
public:
    Walk(Vars xs, Vars ys, Where at)
        : tape_(innermost_tape(ys, "derivative", at)), level_(tape_.extension<WalkLists>()), at_(at) {
        for (const Var& x : xs) require_here(x, at);
        for (const Var& y : ys) require_here(y, at);
        tape_.check_versions(at);
        mark(xs, ys);
    }

    // x̄ = Jᵀ ȳ
    void backwards(Vars ys, Vars y_bars, Vars xs, std::span<Var> x_bars) {
        const While doing("taking a derivative", at_);
        Lists& l = lists_;
        l.first.assign(tape_.values().size(), none);
        l.terms.clear();
        for (std::size_t i = 0; i < ys.size(); ++i) contribute(ys[i], y_bars[i]);
        for (std::size_t n = end_; n-- > begin_;) {
            const Tape::Node node = tape_.nodes()[n];  // a copy: rules append to the tape
            if (!between(node.first_out, node.n_out)) continue;
            load(node);
            bool reached = false;
            for (std::uint32_t o = 0; o < node.n_out; ++o) {
                l.d_out[o] = cotangent(node.first_out + o);
                reached = reached || !l.d_out[o].is_zero();
            }
            if (!reached) continue;
            l.wanted.clear();
            for (const Var& x : l.in) l.wanted.push_back(between(x.index(), 1));
            if (std::find(l.wanted.begin(), l.wanted.end(), 1) == l.wanted.end()) continue;
            const While rule("differentiating ", operator_of(node.op).name, node.where, node.where);
            operator_of(node.op).vjp(node.attributes, l.in, l.out, l.d_out, Needs(l.wanted), l.d_in);
            for (std::size_t i = 0; i < node.n_in; ++i)
                if (l.wanted[i])
                    contribute(l.in[i], checked(node, "vjp", "the cotangent of operand ", i, l.d_in, l.in));
        }
        for (std::size_t i = 0; i < xs.size(); ++i) x_bars[i] = cotangent(xs[i].index());
    }

    // ẏ = J ẋ
    void forwards(Vars ys, Vars xs, Vars x_dots, std::span<Var> y_dots) {
        const While doing("taking a derivative", at_);
        Lists& l = lists_;
        l.first.assign(tape_.values().size(), none);
        l.terms.clear();
        for (std::size_t i = 0; i < xs.size(); ++i) contribute(xs[i], x_dots[i]);
        for (std::size_t n = begin_; n < end_; ++n) {
            const Tape::Node node = tape_.nodes()[n];
            if (!between(node.first_out, node.n_out) || operator_of(node.op).shape_only) continue;
            load(node);
            bool reached = false;
            for (std::size_t i = 0; i < node.n_in; ++i) {
                l.d_in[i] = cotangent(l.in[i].index());
                reached = reached || !l.d_in[i].is_zero();
            }
            if (!reached) continue;
            const While rule("differentiating ", operator_of(node.op).name, node.where, node.where);
            operator_of(node.op).jvp(node.attributes, l.in, l.out, l.d_in, l.d_out);
            for (std::uint32_t o = 0; o < node.n_out; ++o)
                contribute(l.out[o], checked(node, "jvp", "the tangent of result ", o, l.d_out, l.out));
        }
        for (std::size_t i = 0; i < ys.size(); ++i) y_dots[i] = cotangent(ys[i].index());
    }

private:
    void require_here(Var v, Where at) const {
        if (v.is_zero() || &v.tape() != &tape_)
            fail(at, {.what = "derivative: a Var of another tape",
                      .got = v.is_zero() ? "Var{}"
                                         : "a Var of shape " + to_text(v.shape()) + " on an enclosing or foreign tape",
                      .expected = "xs and ys on one tape",
                      .fix = !v.is_zero() && v.tape().is_enclosing(tape_)
                                 ? "tape.bring(x) gives the leaf that lifts x"
                                 : "make x on the tape on which y is computed, and y from this x"});
        tape_.bring(v, at);
    }

    void mark(Vars xs, Vars ys) {
        std::vector<std::uint8_t>& marks = lists_.marks;
        marks.assign(tape_.values().size(), 0);
        std::uint32_t first_x = 0xffffffff, last_y = 0;
        for (const Var& x : xs) {
            marks[x.index()] |= from_x;
            first_x = std::min(first_x, x.index());
        }
        for (const Var& y : ys) {
            marks[y.index()] |= to_y;
            last_y = std::max(last_y, y.index());
        }
        begin_ = std::max(tape_.walk_floor(), nodes_up_to(first_x));
        end_ = std::max(begin_, nodes_up_to(last_y));
        for (std::size_t n = begin_; n < end_; ++n) {
            const Tape::Node& node = tape_.nodes()[n];
            if (operator_of(node.op).shape_only) continue;
            const auto operands = tape_.operands(node);
            if (std::any_of(operands.begin(), operands.end(), [&](std::uint32_t v) { return marks[v] & from_x; }))
                for (std::uint32_t o = 0; o < node.n_out; ++o) marks[node.first_out + o] |= from_x;
        }
        for (std::size_t n = end_; n-- > begin_;) {
            const Tape::Node& node = tape_.nodes()[n];
            bool reaches = false;
            for (std::uint32_t o = 0; o < node.n_out; ++o) reaches = reaches || (marks[node.first_out + o] & to_y);
            if (reaches && !operator_of(node.op).shape_only)
                for (std::uint32_t v : tape_.operands(node)) marks[v] |= to_y;
        }
    }

    std::size_t nodes_up_to(std::uint32_t value) const {  // how many operations give values up to this one
        const auto nodes = tape_.nodes();
        const auto later = [value](const Tape::Node& n) { return n.first_out <= value; };
        return static_cast<std::size_t>(std::partition_point(nodes.begin(), nodes.end(), later) - nodes.begin());
    }

    bool between(std::uint32_t first, std::uint32_t count) const {
        for (std::uint32_t v = first; v < first + count; ++v)
            if (lists_.marks[v] == (from_x | to_y)) return true;
        return false;
    }

    void load(const Tape::Node& node) {
        Lists& l = lists_;
        l.in.clear();
        l.out.clear();
        for (std::uint32_t v : tape_.operands(node)) l.in.push_back(tape_.var(v));
        for (std::uint32_t o = 0; o < node.n_out; ++o) l.out.push_back(tape_.var(node.first_out + o));
        l.d_in.assign(node.n_in, Var{});
        l.d_out.assign(node.n_out, Var{});
    }

    // What a rule gave: an operator of the user's may err.
    Var checked(const Tape::Node& node, const char* rule, const char* what, std::size_t i, Vars given,
                Vars like) const {
        const Var d = given[i];
        if (d.is_zero()) return d;
        const bool here = &d.tape() == &tape_ && tape_.holds(d);
        if (here && d.shape() == like[i].shape()) return d;
        fail(at_, {.what = std::string(operator_of(node.op).name) + ": its " + rule + " rule gives a wrong shape",
                   .got = what + std::to_string(i) + (here ? " of shape " + to_text(d.shape()) : " on another tape"),
                   .expected = to_text(like[i].shape()),
                   .fix = "sum_to(g, x.shape()) sums over what was broadcast"});
    }

    void contribute(Var of, Var g) {
        const std::uint32_t value = of.index();
        if (g.is_zero()) return;
        lists_.terms.push_back({g, lists_.first[value]});
        lists_.first[value] = static_cast<std::int32_t>(lists_.terms.size()) - 1;
    }

    Var cotangent(std::uint32_t value) {  // a fan-out is one sum of many
        std::vector<Var>& gathered = lists_.gathered;
        gathered.clear();
        for (std::int32_t t = lists_.first[value]; t != none; t = lists_.terms[static_cast<std::size_t>(t)].next)
            gathered.push_back(lists_.terms[static_cast<std::size_t>(t)].g);
        if (gathered.size() < 2) return gathered.empty() ? Var{} : gathered[0];
        std::reverse(gathered.begin(), gathered.end());
        const Var total = sum_of(gathered);
        lists_.terms.push_back({total, none});
        lists_.first[value] = static_cast<std::int32_t>(lists_.terms.size()) - 1;
        return total;
    }

    Tape& tape_;
    WalkLists::Level level_;
    Lists& lists_ = level_.lists;
    Where at_;
    std::size_t begin_ = 0, end_ = 0;  // the operations between the first x and the last y
};

// Was y computed from x, as a walk sees it? Both lie on one tape.
inline bool depends(Var y, Var x) {
    Tape& tape = y.tape();
    WalkLists::Level level(tape.extension<WalkLists>());
    std::vector<std::uint8_t>& marks = level.lists.marks;
    marks.assign(tape.values().size(), 0);
    marks[x.index()] = from_x;
    for (const Tape::Node& node : tape.nodes().subspan(tape.walk_floor())) {
        if (node.first_out <= x.index() || operator_of(node.op).shape_only) continue;
        const auto operands = tape.operands(node);
        if (std::any_of(operands.begin(), operands.end(), [&](std::uint32_t v) { return marks[v] != 0; }))
            for (std::uint32_t o = 0; o < node.n_out; ++o) marks[node.first_out + o] = from_x;
    }
    return marks[y.index()] != 0;
}

// Do rows of y surely depend on other rows of x than their own (autodiff/tape/row_rules.hpp)? Only a sum over the rows
// that meets them again says so: what a rule calls coupled may well keep them apart, as two transposes do.
inline bool mixes_rows(Var y, Var x) {
    enum Label : std::uint8_t { shared, row, sum, unknown, mixed };
    Tape& tape = y.tape();
    WalkLists::Level level(tape.extension<WalkLists>());
    std::vector<std::uint8_t>& labels = level.lists.marks;
    std::vector<RowOperand>& in = level.lists.row_operands;
    labels.assign(tape.values().size(), shared);
    labels[x.index()] = row;
    for (const Tape::Node& node : tape.nodes().subspan(tape.walk_floor())) {
        const Operator& op = operator_of(node.op);
        if (node.first_out <= x.index() || op.shape_only || op.passive) continue;
        std::array<bool, 5> has{};
        in.clear();
        for (std::uint32_t v : tape.operands(node)) {
            has[labels[v]] = true;
            in.push_back({labels[v] == row ? Rows::row : Rows::shared, tape.values()[v].shape});
        }
        Label label = has[mixed] || (has[row] && has[sum]) ? mixed : has[unknown] ? unknown : has[sum] ? sum : shared;
        if (label == shared && has[row]) {
            const Rows rule = op.rows(node.attributes, in, tape.values()[node.first_out].shape);
            label = rule == Rows::row ? row : rule == Rows::row_sum ? sum : rule == Rows::coupled ? unknown : shared;
        }
        for (std::uint32_t o = 0; o < node.n_out; ++o) labels[node.first_out + o] = label;
    }
    return labels[y.index()] == mixed || labels[y.index()] == sum;
}

// The j-th unit vector along the last axis, the same in all rows of x: a direction, as a constant of its tape.
Var along(Var x, Index j);

}  // namespace walking
}  // namespace costate
