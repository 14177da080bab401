// autodiff/labels.cpp — the second pass: row labels flow from the states through the operators (autodiff/labels.hpp)
// An operator that reads a row-sum beside rows (a mean over the batch that is subtracted from each row), or whose rule
// says coupled, makes the program untileable: it then runs with all rows at once, and the labels no longer matter.
#include <vector>

#include "autodiff/passes.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

// The label of an operation's results; `in` then says which operands are aligned.
Rows label_of(const Program& p, const Program::Code& c, std::vector<RowOperand>& in) {
    in.clear();
    bool rows = false, sums = false;
    for (std::uint32_t v : p.in(c)) {
        in.push_back({p.values[v].rows, p.values[v].shape});
        rows = rows || p.values[v].rows == Rows::row;
        sums = sums || p.values[v].rows == Rows::row_sum;
    }
    if (operator_of(c.op).shape_only) return Rows::shared;
    if (rows && sums) return Rows::coupled;
    if (!rows) return sums ? Rows::row_sum : Rows::shared;
    return operator_of(c.op).rows(c.attributes, in, p.values[c.first_out].shape);
}

}  // namespace

void label_rows(Program& p) {
    for (std::uint32_t v : p.states) p.values[v].rows = Rows::row;
    for (std::uint32_t v : p.seeds) p.values[v].rows = Rows::row;
    p.tileable = !p.states.empty();
    const Index rows = p.recorded_rows();
    for (std::uint32_t v : p.states)
        p.tileable = p.tileable && p.values[v].shape.rank() > 0 && p.values[v].shape[0] == rows;
    p.sliced.assign(p.operands.size(), 0);
    std::vector<RowOperand> operands;
    for (const Program::Code& c : p.code) {
        const Rows label = label_of(p, c, operands);
        if (label == Rows::coupled) p.tileable = false;
        for (std::size_t i = 0; i < c.n_in; ++i) p.sliced[c.first_in + i] = operands[i].aligned;
        for (std::uint32_t o = 0; o < c.n_out; ++o) p.values[c.first_out + o].rows = label;
    }
    // A result of a stage must be rows. One that is not (a constant rate) is read row by row by the copy that holds it.
    for (const auto* list : {&p.forward, &p.reverse})
        for (std::uint32_t v : *list)
            if (v != Program::none && p.values[v].rows != Rows::row) {
                bool fixed = false;
                for (const Program::Code& c : p.code)
                    if (c.first_out == v && c.n_in == 1 && p.values[v].rows == Rows::shared &&
                        p.values[v].shape == p.values[p.in(c)[0]].shape && p.values[v].shape.rows() == rows) {
                        p.sliced[c.first_in] = 1;
                        p.values[v].rows = Rows::row;
                        fixed = true;
                    }
                p.tileable = p.tileable && fixed;
            }
    if (!p.tileable) p.sliced.assign(p.operands.size(), 0);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
