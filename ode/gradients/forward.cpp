// ode/gradients/forward.cpp — the gradient by tangents: no solve backwards, memory independent of the steps
//   x̄_j = Σ_i ⟨w_i, S_j(t_i)⟩        for each entry x_j of z0 and of the captures: S_j = ∂z/∂x_j                       (a)
// which is discrete (3) by the columns of J instead of Jᵀ. It costs 1 + p times a forward solve for p directions: right where
// they are few. There is no bound on p, only on patience: a network of 1000 weights costs 1000 times as much as its solve.
// A row of z that answers only to its own row of z0, or of a capture that has one for each, has its own product: the j-th
// entry of every row moves at once, and rows cost no more directions than one of them.
// source   Dickinson & Gelinas 1976; CVODES calls it "forward sensitivity analysis"
#include <algorithm>

#include "core/rows.hpp"  // brings: range_length, max_ranges
#include "ode/gradients/tangents.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

Number product(const Real* w, const Real* S, Index count) {
    Number sum = 0;
    for (Index i = 0; i < count; ++i) sum += static_cast<Number>(w[i]) * static_cast<Number>(S[i]);
    return sum;
}

class Contraction {
public:
    explicit Contraction(const Pull& p) : p_(p), tangents_(p.plan, p.record, p.memory, p.x, p.where) {
        p.memory.sums.assign(directions_.size() * max_ranges, 0.0);
        for (const auto& bars : {p.z_bars, p.capture_bars})
            for (const MutableView& bar : bars) std::fill_n(bar.data, bar.size(), Real(0));
    }

    void run() {
        tangents_.walk([this](std::size_t i, std::size_t j, std::size_t c, const Real* S) {
            const Stages& stages = tangents_.stages();
            const Real* w = p_.x.w[c].data + (static_cast<Index>(i) * stages.rows() + stages.row()) * stages.width(c);
            directions_[j].by_rows ? add_by_row(directions_[j], c, w, S) : add(j, c, w, S);
        });
        for (std::size_t j = 0; j < directions_.size(); ++j)
            if (!directions_[j].by_rows)
                bar_of(directions_[j]).data[directions_[j].entry] = static_cast<Real>(total(j));
        p_.record.statistics.backward_evaluations = tangents_.evaluations();
    }

private:
    void add_by_row(const InputDirection& d, std::size_t c, const Real* w, const Real* S) {
        const Index all = tangents_.stages().entries(c), width = p_.x.z0[c].shape.row_size();
        Real* bar = bar_of(d).data + tangents_.stages().row() * d.entries + d.entry;
        for (Index at = 0; at < all; at += width, bar += d.entries)
            *bar += static_cast<Real>(product(w + at, S + at, width));
    }

    void add(std::size_t j, std::size_t c, const Real* w, const Real* S) {  // range by range
        const Stages& stages = tangents_.stages();
        const Index length = range_length(stages.rows()), all = stages.entries(c), step = length * stages.width(c);
        Number* sums = &p_.memory.sums[j * max_ranges + stages.row() / length];
        for (Index at = 0; at < all; at += step) *sums++ += product(w + at, S + at, std::min(step, all - at));
    }
    Number total(std::size_t j) const {
        Number sum = 0;
        for (int range = 0; range < max_ranges; ++range) sum += p_.memory.sums[j * max_ranges + range];
        return sum;
    }

    const MutableView& bar_of(const InputDirection& d) const {
        const auto captures = p_.plan.captures.begin();
        if (d.at_start) return p_.z_bars[d.place];
        return p_.capture_bars[std::count(captures, captures + static_cast<std::ptrdiff_t>(d.place), true)];
    }

    const Pull& p_;
    const std::vector<InputDirection>& directions_ = p_.plan.directions;
    Tangents tangents_;
};

}  // namespace

}  // namespace costate::ode

void costate::ode::rows::Forward::pull(const Pull& p) { Contraction(p).run(); }
