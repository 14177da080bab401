// autodiff/program/free_rows.cpp — may a program run with another number of rows than it was recorded with?
// The rows' inputs bring new shapes, and labels say what follows them. Shapes that stand in the recording do not: a
// cotangent that was filled to [8,3], a sum that was broadcast to [8,3], a constant [8,3]. Is 8 the number of rows, or a width
// that happens to be 8? It is told by who reads them, never guessed:
//   aligned   read beside rows, entry by entry: it must hold a row for each of them, and so must what it is made of.
//             A constant among the inputs is then bound with as many; one within the program fixes the rows.
//   pinned    read beside a parameter, or another shape that no row changes: its extent is that, whatever the rows.
//   neither   cannot be told: the number of rows is fixed. So is it where an operation makes another axis of that extent.
// One row is never told from an axis that is broadcast, so a recording with fewer than two fixes them as well.
#include <vector>

#include "autodiff/program/compiling.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

class FreeRows {
public:
    explicit FreeRows(Program& program) : p_(program), rows_(program.recorded_rows()) {}

    void run() {
        if (rows_ < 2)
            return fix(reason("fewer than two rows are not told from an axis that is broadcast: record two or more"));
        spread_alignment();
        require_aligned_readers();
        require_free_leaves();
        if (p_.rows_fixed.empty()) require_told_extents();
        if (p_.rows_fixed.empty()) require_other_axes();
    }

private:
    bool has_rows(std::uint32_t v) const { return p_.values[v].shape.rank() > 0 && p_.values[v].shape[0] == rows_; }
    bool counts_rows(std::uint32_t v) const { return p_.values[v].rows == Rows::row || p_.values[v].aligned; }

    void align(std::uint32_t v) {
        if (counts_rows(v)) return;
        if (!has_rows(v) || p_.values[v].rows != Rows::shared)
            return fix(reason("a shape beside the rows does not follow them"));
        p_.values[v].aligned = changed_ = true;
    }

    // What an operation's rule says of its operands; those that are aligned may be taken as rows, a sum over rows is shared.
    Rows ask(const Program::Instruction& c, bool aligned_are_rows) {
        in_.clear();
        for (std::uint32_t v : p_.in(c)) {
            const Program::Value& x = p_.values[v];
            const bool row = x.rows == Rows::row || (aligned_are_rows && x.aligned);
            in_.push_back({row ? Rows::row : Rows::shared, x.shape});
        }
        return operator_of(c.op).rows(c.attributes, in_, p_.values[c.first_out].shape);
    }

    // Operations on what all rows share run once and whole. An aligned operand makes an aligned result, and one that is
    // wanted aligned needs aligned operands.
    void spread_alignment() {
        for (std::size_t i = 0; i < p_.operands.size(); ++i)
            if (p_.sliced[i]) align(p_.operands[i]);
        do {
            changed_ = false;
            for (std::size_t i = 0; i < p_.code.size(); ++i) spread(p_.code[i]);
            for (std::size_t i = p_.code.size(); i-- > 0;) spread(p_.code[i]);
        } while (changed_);
    }

    void spread(const Program::Instruction& c) {
        if (operator_of(c.op).shape_only) return;
        bool rows = false, sums = false, aligned = false, wanted = false;
        for (std::uint32_t v : p_.in(c)) {
            rows = rows || p_.values[v].rows == Rows::row;
            sums = sums || p_.values[v].rows == Rows::row_sum;
            aligned = aligned || p_.values[v].aligned;
        }
        for (std::uint32_t v : c.results()) wanted = wanted || p_.values[v].aligned;
        if (rows || p_.values[c.first_out].rows == Rows::row || !(aligned || wanted)) return;
        const Rows answer = sums ? Rows::coupled : ask(c, true);
        if (answer == Rows::coupled || (answer != Rows::row && wanted))
            return fix(reason(operator_of(c.op).name, " makes a shape out of theirs, or theirs out of another"));
        for (std::size_t i = 0; i < c.n_in; ++i)
            if (in_[i].aligned) align(p_.in(c)[i]);
        if (answer == Rows::row)
            for (std::uint32_t v : c.results()) align(v);
    }

    // A tile's operations read their own rows of an aligned value, or else its extent is not the rows'.
    void require_aligned_readers() {
        for (const Program::Instruction& c : p_.code) {
            bool rows = p_.values[c.first_out].rows == Rows::row;
            for (std::uint32_t v : p_.in(c)) rows = rows || p_.values[v].rows == Rows::row;
            for (std::size_t i = 0; i < c.n_in && rows && !operator_of(c.op).shape_only; ++i)
                if (p_.values[p_.in(c)[i]].aligned && !p_.sliced_in(c)[i])
                    fix(reason(operator_of(c.op).name, " reads, for each row, all rows of a constant"));
        }
    }

    void require_free_leaves() {
        const auto require = [this](Port port, const char* what) {
            for (std::uint32_t v : p_.at(port))
                if (p_.values[v].aligned)
                    fix(reason(what, " of shape ", p_.values[v].shape, " has a row for each of them"));
        };
        require(Port::stored, "a constant within the program, not among its inputs,");
        require(Port::parameter, "a parameter");
        require(Port::time, "a time");
    }

    // Extents that the operations of the recording made, in classes that must be equal.
    void require_told_extents() {
        class_of_.resize(p_.values.size() + 1);
        for (std::uint32_t v = 0; v < class_of_.size(); ++v) class_of_[v] = v;
        p_.each({Port::stored, Port::parameter, Port::time, Port::constant},
                [this](std::uint32_t v) { join(v, pinned()); });
        std::vector<std::pair<std::uint32_t, std::uint32_t>> made;  // values and their operators
        for (const Program::Instruction& c : p_.code)
            for (std::uint32_t v : c.results()) {
                if (!has_rows(v) || counts_rows(v) || operator_of(c.op).shape_only) continue;
                const Rows answer = ask(c, false);
                bool from_operands = false;
                for (std::size_t i = 0; i < c.n_in && answer == Rows::row; ++i)
                    if (in_[i].aligned) join(v, p_.in(c)[i]), from_operands = true;
                if (answer == Rows::shared || answer == Rows::row_sum)
                    join(v, pinned());  // from another axis of its operands
                else if (!from_operands)
                    made.push_back({v, c.op});
            }
        for (const auto& [v, op] : made)
            if (root(v) != root(pinned()))
                fix(reason(operator_of(op).name, " makes ", p_.values[v].shape,
                           ", which may or may not count the rows"));
    }

    // Only axis 0 follows the rows. Where what all rows share gets an axis after it with their number, and not from an operand,
    // it may have meant them.
    void require_other_axes() {
        const auto has = [this](const Shape& shape, int from) {
            for (int axis = from; axis < shape.rank(); ++axis)
                if (shape[axis] == rows_) return true;
            return false;
        };
        for (const Program::Instruction& c : p_.code) {
            const Shape& made = p_.values[c.first_out].shape;
            if (c.n_in > 1 || counts_rows(c.first_out) || !has(made, 1)) continue;
            if (c.n_in == 0 || !has(p_.values[p_.in(c)[0]].shape, 0))
                fix(reason(operator_of(c.op).name, " makes ", made, ", which may or may not count the rows"));
        }
    }

    std::uint32_t pinned() const { return static_cast<std::uint32_t>(p_.values.size()); }
    std::uint32_t root(std::uint32_t v) {
        while (class_of_[v] != v) v = class_of_[v] = class_of_[class_of_[v]];
        return v;
    }
    void join(std::uint32_t a, std::uint32_t b) { class_of_[root(a)] = root(b); }

    void fix(const std::string& why) {
        if (p_.rows_fixed.empty()) p_.rows_fixed = why;
    }

    Program& p_;
    Index rows_;
    bool changed_ = false;
    std::vector<RowOperand> in_;  // of the operation at hand
    std::vector<std::uint32_t> class_of_;
};

}  // namespace

void find_free_rows(Program& program) {
    if (small_machine)
        program.rows_fixed = reason("a small machine has no room for the analysis: record with as many rows");
    else if (program.tileable)
        FreeRows(program).run();
}

}  // namespace costate
