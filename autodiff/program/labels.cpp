// autodiff/program/labels.cpp — the second step: row labels (autodiff/tape/row_rules.hpp) flow from the states
// An operator that reads a row-sum beside rows (a mean over the batch that is subtracted from each row), or whose rule
// says coupled, makes the program untileable: it then runs with all rows at once, and the labels no longer matter.
// What is the same for all rows may still have a row for each of them (noise [B,D], a broadcast cotangent): such a value is
// `aligned`. Whether the number of rows is free is decided by autodiff/program/free_rows.cpp.
#include <vector>

#include "autodiff/program/compiling.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

class Labels {
public:
    explicit Labels(Program& program) : p_(program), is_result_(program.values.size(), false) {}

    void run() {
        p_.each({Port::state, Port::cotangent}, [this](std::uint32_t v) { p_.values[v].rows = Rows::row; });
        p_.each({Port::forward, Port::reverse}, [this](std::uint32_t v) { is_result_[v] = true; });
        p_.sliced.assign(p_.operands.size(), 0);
        if (p_.at(Port::state).empty()) return mixed("no input has rows");
        for (std::uint32_t v : p_.at(Port::state))
            if (!has_rows(v)) mixed("the inputs with rows do not have equally many");
        for (const Program::Instruction& c : p_.code) label(c);
        for (std::uint32_t v = 0; v < is_result_.size(); ++v)
            if (is_result_[v] && p_.values[v].rows != Rows::row) mixed("a result of a stage is no row for each row");
    }

private:
    bool has_rows(std::uint32_t v) const {
        return p_.values[v].shape.rank() > 0 && p_.values[v].shape[0] == p_.recorded_rows();
    }

    void label(const Program::Instruction& c) {
        const Operator& op = operator_of(c.op);
        bool rows = false, sums = false;
        in_.clear();
        for (std::uint32_t v : p_.in(c)) {
            in_.push_back({p_.values[v].rows, p_.values[v].shape});
            rows = rows || p_.values[v].rows == Rows::row;
            sums = sums || p_.values[v].rows == Rows::row_sum;
        }
        // A result of a stage must be rows. One that depends on none (a constant rate) is made row by row all the same.
        const bool must_be_rows = is_result_[c.first_out] && !sums && has_rows(c.first_out);
        Rows label = sums ? Rows::row_sum : Rows::shared;
        if (op.shape_only)
            label = Rows::shared;
        else if (rows && sums)
            label = Rows::coupled;
        else if (rows || must_be_rows)
            label = op.rows(c.attributes, in_, p_.values[c.first_out].shape);
        if (label == Rows::coupled) mixed(op.name);
        for (std::size_t i = 0; i < c.n_in; ++i) p_.sliced[c.first_in + i] = in_[i].aligned;
        for (std::uint32_t v : c.results()) p_.values[v].rows = label;
    }

    void mixed(const std::string& why) {
        p_.tileable = false;
        if (p_.rows_fixed.empty()) p_.rows_fixed = reason("the program mixes its rows: ", why);
    }

    Program& p_;
    std::vector<std::uint8_t> is_result_;  // of a stage
    std::vector<RowOperand> in_;           // of the operation at hand
};

}  // namespace

void label_rows(Program& p) {
    p.tileable = true;
    Labels(p).run();
    if (!p.tileable) p.sliced.assign(p.operands.size(), 0);
}

}  // namespace costate
