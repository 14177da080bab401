#include "autodiff/derivatives/marks.hpp"

#include <algorithm>
#include <array>

#include "autodiff/derivatives/lent.hpp"  // brings: Lent

namespace costate::inline COSTATE_PRECISION {
namespace walking {

namespace {

std::size_t operations_up_to(const Tape& tape, std::uint32_t value) {  // those that give values up to this one
    const auto operations = tape.operations();
    const auto not_later = [value](const Tape::Operation& o) { return o.first_out <= value; };
    return std::partition_point(operations.begin(), operations.end(), not_later) - operations.begin();
}

void mark_from_x(const Tape& tape, Stretch part, Marks& marks) {
    for (const Tape::Operation& o : tape.operations().subspan(part.begin, part.end - part.begin)) {
        if (operator_of(o.op).shape_only) continue;
        bool marked = false;
        for (std::uint32_t v : tape.operands(o)) marked = marked || (marks[v] & from_x);
        for (std::uint32_t v : o.results())
            if (marked) marks[v] |= from_x;
    }
}

void mark_to_y(const Tape& tape, Stretch part, Marks& marks) {
    for (std::size_t n = part.end; n-- > part.begin;) {
        const Tape::Operation& o = tape.operations()[n];
        if (operator_of(o.op).shape_only) continue;
        bool marked = false;
        for (std::uint32_t v : o.results()) marked = marked || (marks[v] & to_y);
        for (std::uint32_t v : tape.operands(o))
            if (marked) marks[v] |= to_y;
    }
}

}  // namespace

Stretch mark_between(const Tape& tape, Vars xs, Vars ys, Marks& marks) {
    marks.assign(tape.values().size(), 0);
    std::uint32_t first_x = 0xffffffff, last_y = 0;
    for (const Var& x : xs) {
        marks[x.index()] |= from_x;
        first_x = std::min(first_x, x.index());
    }
    for (const Var& y : ys) {
        marks[y.index()] |= to_y;
        last_y = std::max(last_y, y.index());
    }
    const std::size_t begin = std::max(tape.walk_floor(), operations_up_to(tape, first_x));
    const Stretch part{begin, std::max(begin, operations_up_to(tape, last_y))};
    mark_from_x(tape, part, marks);
    mark_to_y(tape, part, marks);
    return part;
}

bool depends(Var y, Var x) {
    const Lent<Marks> marks(y.tape());
    mark_between(y.tape(), Vars(&x, 1), Vars(&y, 1), *marks);
    return ((*marks)[y.index()] & from_x) != 0;
}

bool mixes_rows(Var y, Var x) {
    enum Label : std::uint8_t { shared, row, sum, unknown, mixed };
    struct Lists {
        std::vector<Label> labels;
        std::vector<RowOperand> in;
    };
    Tape& tape = y.tape();
    const Lent<Lists> lists(tape);
    std::vector<Label>& labels = lists->labels;
    labels.assign(tape.values().size(), shared);
    labels[x.index()] = row;
    for (const Tape::Operation& o : tape.operations().subspan(tape.walk_floor())) {
        const Operator& op = operator_of(o.op);
        if (o.first_out <= x.index() || op.shape_only || op.passive) continue;
        std::array<bool, 5> has{};
        lists->in.clear();
        for (std::uint32_t v : tape.operands(o)) {
            has[labels[v]] = true;
            lists->in.push_back({labels[v] == row ? Rows::row : Rows::shared, tape.values()[v].shape});
        }
        Label label = has[mixed] || (has[row] && has[sum]) ? mixed : has[unknown] ? unknown : has[sum] ? sum : shared;
        if (label == shared && has[row]) {
            const Rows rule = op.rows(o.attributes, lists->in, tape.values()[o.first_out].shape);
            label = rule == Rows::row ? row : rule == Rows::row_sum ? sum : rule == Rows::coupled ? unknown : shared;
        }
        for (std::uint32_t v : o.results()) labels[v] = label;
    }
    return labels[y.index()] == mixed || labels[y.index()] == sum;
}

}  // namespace walking
}  // namespace costate
