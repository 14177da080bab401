#include "autodiff/print.hpp"

#include <algorithm>
#include <vector>

#include "autodiff/program/program.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// Lines of cells, in columns as wide as their widest cell; a line of one cell is a heading and sets no width.
class Table {
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

std::string short_text(View v) {  // the numbers, or their range when there are many
    constexpr Index most = 8;
    if (!v.data && v.size() > 0) return "not computed";
    if (v.size() <= most) return to_text(v);
    const auto [low, high] = std::minmax_element(v.entries().begin(), v.entries().end());
    return std::to_string(v.size()) + " numbers from " + number_text(static_cast<double>(*low)) + " to " +
           number_text(static_cast<double>(*high));
}

std::string name_of(const Tape& tape, std::uint32_t index) {
    const Tape::Value& value = tape.values()[index];
    switch (value.kind) {
        case Tape::Kind::constant:
            return "constant";
        case Tape::Kind::variable:
            return "variable";
        case Tape::Kind::lifted:
            return "lifted " + std::to_string(value.node);
        case Tape::Kind::parameter:
            return "parameter " + tape.parameters()[value.node].parameter.name();
        case Tape::Kind::computed:
            break;
    }
    const Tape::Node& node = tape.nodes()[value.node];
    const std::string name = operator_of(node.op).name;
    return node.n_out == 1 ? name : name + "." + std::to_string(index - node.first_out);
}

std::span<const std::uint32_t> operands_of(const Tape& tape, std::uint32_t index) {
    const Tape::Value& value = tape.values()[index];
    if (value.kind != Tape::Kind::computed) return {};
    return tape.operands(tape.nodes()[value.node]);
}

std::string list_text(std::span<const std::uint32_t> numbers) {
    std::string text;
    for (const std::uint32_t n : numbers) {
        if (!text.empty()) text += ' ';
        text += std::to_string(n);
    }
    return text;
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
    Table table;
    table.add({"#", "operation", "operands", "shape", "value"});
    for (std::uint32_t v = 0; v < tape.values().size(); ++v)
        table.add({std::to_string(v), name_of(tape, v), list_text(operands_of(tape, v)),
                   to_text(tape.values()[v].shape), short_text(tape.view(v))});
    return table.text();
}

std::string to_graphviz(const Tape& tape, const Drawing& drawing) {
    const std::uint32_t n = static_cast<std::uint32_t>(tape.values().size());
    std::vector<bool> drawn(n, drawing.of.is_zero());
    if (!drawing.of.is_zero()) drawn[drawing.of.index()] = true;
    for (std::uint32_t v = n; v-- > 0;)
        if (drawn[v])
            for (const std::uint32_t operand : operands_of(tape, v)) drawn[operand] = true;
    std::string text = "digraph tape {\n  rankdir=LR;\n  node [shape=record];\n";
    for (std::uint32_t v = 0; v < n; ++v) {
        if (!drawn[v]) continue;
        std::string label = escaped(name_of(tape, v)) + " | " + short_text(tape.view(v));
        for (std::size_t i = 0; i < drawing.xs.size(); ++i)
            if (drawing.xs[i].index() == v) {
                const Var g = drawing.gradients[i];
                label += " | " + (g.is_zero() ? "0" : short_text(tape.view(g)));
            }
        text += "  v" + std::to_string(v) + " [label=\"" + label + "\"];\n";
        for (const std::uint32_t operand : operands_of(tape, v))
            text += "  v" + std::to_string(operand) + " -> v" + std::to_string(v) + ";\n";
    }
    return text + "}\n";
}

std::string to_text(const Program& p) {
    constexpr const char* phases[] = {"prologue", "forward", "reverse", "sums", "epilogue"};
    constexpr const char* rows[] = {"shared", "row", "row_sum", "coupled"};
    constexpr const char* homes[] = {"once", "slot", "scratch", "sum"};
    const auto bytes = [&p](std::uint32_t v) { return p.values[v].shape.size() * static_cast<Index>(sizeof(Real)); };
    Table table;
    table.add({"#", "operation", "operands", "shape", "rows", "home", "flops", "bytes"});
    const auto input = [&](const char* name, const std::vector<std::uint32_t>& list) {
        for (const std::uint32_t v : list)
            table.add({std::to_string(v), name, "", to_text(p.values[v].shape),
                       rows[static_cast<int>(p.values[v].rows)], homes[static_cast<int>(p.values[v].home)], "",
                       std::to_string(bytes(v))});
    };
    input("constant", p.constants);
    input("time", p.times);
    input("state", p.states);
    input("seed", p.seeds);
    input("parameter", p.parameter_values);
    input("stored", p.stored_values);
    double flops = 0;
    Index all_bytes = 0;
    for (std::uint32_t v = 0; v < p.values.size(); ++v) all_bytes += bytes(v);
    for (int phase = 0; phase < phase_count; ++phase) {
        const std::size_t k = static_cast<std::size_t>(phase);
        if (p.phase_begin[k] == p.phase_begin[k + 1]) continue;
        table.add({std::string(phases[phase]) + "  " + number_text(p.flops(static_cast<Phase>(phase))) + " flops"});
        flops += p.flops(static_cast<Phase>(phase));
        for (std::uint32_t i = p.phase_begin[k]; i < p.phase_begin[k + 1]; ++i) {
            const Program::Code& c = p.code[i];
            for (std::uint32_t v = c.first_out; v < c.first_out + c.n_out; ++v)
                table.add({std::to_string(v), operator_of(c.op).name + std::string(c.accumulates ? " +=" : ""),
                           list_text(p.in(c)), to_text(p.values[v].shape), rows[static_cast<int>(p.values[v].rows)],
                           homes[static_cast<int>(p.values[v].home)], v == c.first_out ? number_text(p.flops(c)) : "",
                           std::to_string(bytes(v))});
        }
    }
    for (const Program::Sum& s : p.sums)
        table.add({std::to_string(s.total), "total +=", std::to_string(s.value), to_text(p.values[s.total].shape),
                   rows[static_cast<int>(p.values[s.total].rows)], homes[static_cast<int>(p.values[s.total].home)], "",
                   std::to_string(bytes(s.total))});
    table.add({"total  " + std::to_string(p.code.size()) + " operations, " + number_text(flops) + " flops, " +
               std::to_string(all_bytes) + " bytes with " + std::to_string(p.recorded_rows()) + " rows; " +
               (p.tileable ? "rows run in tiles" : "all rows run together")});
    return table.text();
}

}  // namespace costate
