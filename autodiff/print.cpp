#include "autodiff/print.hpp"

#include <algorithm>
#include <vector>

#include "autodiff/pictures/graph.hpp"      // brings: operation_of, operands_of, drawn_values, long_text
#include "autodiff/program/statistics.hpp"  // brings: Program, statistics_of

namespace costate::inline COSTATE_PRECISION {

namespace {

// Lines of cells, in columns as wide as their widest cell; a line of one cell is a heading and sets no width.
class Columns {
public:
    using Line = std::vector<std::string>;

    void add(Line line) { lines_.push_back(std::move(line)); }
    std::string text() const {
        std::vector<std::size_t> width;
        for (const Line& line : lines_) {
            if (line.size() < 2) continue;
            width.resize(std::max(width.size(), line.size()));
            for (std::size_t i = 0; i < line.size(); ++i) width[i] = std::max(width[i], line[i].size());
        }
        std::string text;
        for (const Line& line : lines_) {
            std::string row;
            for (std::size_t i = 0; i < line.size(); ++i) {
                row += line[i];
                if (line.size() > 1) row.append(width[i] - line[i].size() + 2, ' ');
            }
            row.erase(row.find_last_not_of(' ') + 1);
            text += row + "\n";
        }
        return text;
    }

private:
    std::vector<Line> lines_;
};

std::string list_text(std::span<const std::uint32_t> numbers) {
    std::string list;
    for (const std::uint32_t n : numbers) list += spelled(list.empty() ? "" : " ", n);
    return list;
}

std::string escaped(const std::string& text) {  // within a Graphviz record
    std::string out;
    for (const char c : text) {
        if (std::string("\\\"{}|<>").find(c) != std::string::npos) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string to_text(const Tape& tape) {
    using namespace pictures;
    Columns table;
    table.add({"#", "operation", "operands", "shape", "value"});
    for (std::uint32_t v = 0; v < tape.values().size(); ++v)
        table.add({spelled(v), operation_of(tape, v), list_text(operands_of(tape, v)), spelled(tape.values()[v].shape),
                   long_text(tape.view(v))});
    return table.text();
}

std::string to_graphviz(const Tape& tape, const Drawing& drawing) {
    using namespace pictures;
    const std::vector<bool> drawn = drawn_values(tape, drawing.of);
    std::string drawn_text = "digraph tape {\n  rankdir=LR;\n  node [shape=record];\n";
    for (std::uint32_t v = 0; v < drawn.size(); ++v) {
        if (!drawn[v]) continue;
        std::string label = escaped(operation_of(tape, v)) + " | " + long_text(tape.view(v));
        for (const NamedVar& named : drawing.names)
            if (named.var.index() == v) label = escaped(named.name) + ": " + label;
        for (std::size_t i = 0; i < drawing.xs.size(); ++i)
            if (drawing.xs[i].index() == v) {
                const Var g = drawing.gradients[i];
                label += " | " + (g.is_zero() ? "0" : long_text(tape.view(g)));
            }
        drawn_text += spelled("  v", v, " [label=\"", label, "\"];\n");
        for (const std::uint32_t operand : operands_of(tape, v))
            drawn_text += spelled("  v", operand, " -> v", v, ";\n");
    }
    return drawn_text + "}\n";
}

namespace {

constexpr const char* port_names[] = {"constant", "time", "state", "cotangent", "parameter", "stored"};
constexpr const char* phase_names[] = {"prologue", "forward", "reverse", "sums", "epilogue"};
constexpr const char* label_names[] = {"shared", "row", "row_sum", "coupled"};
constexpr const char* home_names[] = {"once", "slot", "scratch", "sum"};

Columns::Line line_of(const Program& p, std::uint32_t v, std::string operation, std::string operands,
                      std::string flops = "") {
    const Program::Value& value = p.values[v];
    return {spelled(v),
            std::move(operation),
            std::move(operands),
            spelled(value.shape),
            label_names[static_cast<int>(value.rows)],
            home_names[static_cast<int>(value.home)],
            std::move(flops),
            spelled(value.bytes())};
}

}  // namespace

std::string to_text(const Program& p) {
    Columns table;
    table.add({"#", "operation", "operands", "shape", "rows", "home", "flops", "bytes"});
    for (int port = 0; port < std::ssize(port_names); ++port)
        for (const std::uint32_t v : p.at(static_cast<Port>(port))) table.add(line_of(p, v, port_names[port], ""));
    const ProgramStatistics s = statistics_of(p);
    for (int k = 0; k < phase_count; ++k) {
        const Phase phase = static_cast<Phase>(k);
        if (p.code_of(phase).empty()) continue;
        table.add({spelled(phase_names[k], "  ", s.flops_of(phase), " flops")});
        for (const Program::Instruction& c : p.code_of(phase))
            for (const std::uint32_t v : c.results())
                table.add(line_of(p, v, spelled(operator_of(c.op).name, c.accumulates ? " +=" : ""), list_text(p.in(c)),
                                  v == c.first_out ? spelled(p.flops(c)) : ""));
    }
    for (const Program::Total& t : p.totals) table.add(line_of(p, t.total, "total +=", spelled(t.value)));
    table.add({spelled("total  ", s.total_operations(), " operations, ", s.hoisted, " of them once a run; ", s.fused,
                       " fused; ", s.total_flops(), " flops, ", s.bytes, " bytes with ", p.recorded_rows(), " rows; ",
                       p.tileable ? "rows run in tiles" : "all rows run together")});
    return table.text();
}

}  // namespace costate
