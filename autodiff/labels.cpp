// autodiff/labels.cpp — the second pass: row labels flow from the states through the operators (autodiff/labels.hpp)
// An operator that reads a row-sum beside rows (a mean over the batch that is subtracted from each row), or whose rule
// says coupled, makes the program untileable: it then runs with all rows at once, and the labels no longer matter.
#include <vector>

#include "autodiff/passes.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

RowRule rule_of(const Program& p, const Program::Code& c, std::vector<RowOperand>& in) {
    if (operator_of(c.op).shape_only) return {.result = Rows::shared};
    bool rows = false, sums = false;
    in.clear();
    for (std::uint32_t v : p.in(c)) {
        in.push_back({p.values[v].rows, p.values[v].shape});
        rows = rows || p.values[v].rows == Rows::row;
        sums = sums || p.values[v].rows == Rows::row_sum;
    }
    if (rows && sums) return {};
    if (!rows) return {.result = sums ? Rows::row_sum : Rows::shared};
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
    std::vector<RowOperand> operands;
    for (Program::Code& c : p.code) {
        const RowRule rule = rule_of(p, c, operands);
        if (rule.result == Rows::coupled) p.tileable = false;
        c.sliced = rule.sliced;
        for (std::uint32_t o = 0; o < c.n_out; ++o) p.values[c.first_out + o].rows = rule.result;
    }
    // A result of a stage must be rows. One that is not (a constant rate) is read row by row by the copy that holds it.
    for (const auto* list : {&p.forward, &p.reverse})
        for (std::uint32_t v : *list)
            if (v != Program::none && p.values[v].rows != Rows::row) {
                bool fixed = false;
                for (Program::Code& c : p.code)
                    if (c.first_out == v && c.n_in == 1 && p.values[v].rows == Rows::shared &&
                        p.values[v].shape == p.values[p.in(c)[0]].shape && p.values[v].shape.rows() == rows) {
                        c.sliced = 1;
                        p.values[v].rows = Rows::row;
                        fixed = true;
                    }
                p.tileable = p.tileable && fixed;
            }
    if (!p.tileable)
        for (Program::Code& c : p.code) c.sliced = 0;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
