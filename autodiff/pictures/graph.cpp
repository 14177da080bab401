#include "autodiff/pictures/graph.hpp"

#include <algorithm>
#include <cstdio>

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

namespace {

void require_on_tape(const char* what, const char* name, const Tape& tape, Var v, Where at) {
    if (v.is_zero()) return;
    const bool here = &v.tape() == &tape;
    if (here && tape.holds(v)) return;
    fail(at, {.what = text(what, ": a Var that does not lie on this tape"),
              .got = text(name, here ? ", whose value the tape has forgotten (rewind, cut_back)" : ", of another tape"),
              .expected = "Vars of the tape that is drawn",
              .fix = "draw v.tape(), before its next rewind"});
}

void check(const char* what, const Tape& tape, const Drawing& drawing, Where at) {
    require_on_tape(what, ".of", tape, drawing.of, at);
    for (const Var& x : drawing.xs) require_on_tape(what, "one of .xs", tape, x, at);
    for (const Var& g : drawing.gradients) require_on_tape(what, "one of .gradients", tape, g, at);
    for (const NamedVar& n : drawing.names) require_on_tape(what, n.name.c_str(), tape, n.var, at);
    if (drawing.xs.size() != drawing.gradients.size())
        fail(at, {.what = text(what, ": a gradient for each of .xs"),
                  .got = text(drawing.xs.size(), " xs and ", drawing.gradients.size(), " gradients"),
                  .expected = "as many of these as of those",
                  .fix = ".xs = xs, .gradients = grad(loss, xs)"});
}

std::string name_of(const Drawing& drawing, std::uint32_t value) {
    for (const NamedVar& n : drawing.names)
        if (!n.var.is_zero() && n.var.index() == value && !n.name.empty()) return n.name;
    return text("#", value);
}

std::string gradient_of(const Tape& tape, const Drawing& drawing, std::uint32_t value) {
    for (std::size_t i = 0; i < drawing.xs.size(); ++i)
        if (!drawing.xs[i].is_zero() && drawing.xs[i].index() == value)
            return drawing.gradients[i].is_zero() ? "0" : brief_text(tape.view(drawing.gradients[i]));
    return "";
}

std::string four_digits(Real number) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.4g", static_cast<double>(number));
    return digits;
}

std::size_t bytes_of_character(std::string_view text) {  // the UTF-8 one that begins it; 0: none does
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = lead < 0x80   ? 1
                              : lead < 0xC2 ? 0
                              : lead < 0xE0 ? 2
                              : lead < 0xF0 ? 3
                              : lead < 0xF5 ? 4
                                            : 0;
    for (std::size_t i = 1; i < bytes; ++i)
        if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
    return bytes;
}

}  // namespace

Graph graph_of(const char* what, const Tape& tape, const Drawing& drawing, Where at) {
    check(what, tape, drawing, at);
    const std::vector<bool> drawn = drawn_values(tape, drawing.of);
    const std::size_t count = std::count(drawn.begin(), drawn.end(), true);
    if (count == 0 || count > most_values)
        fail(at, {.what = text(
                      what, count == 0 ? ": there is nothing on this tape" : ": the tape is too large for a picture"),
                  .got = text(count, " values"),
                  .expected = text("1 to ", most_values, " values"),
                  .fix = count == 0
                             ? "record something first"
                             : "draw a smaller example, or a part: .of = an earlier Var; to_text(tape) has no limit"});
    Graph graph;
    std::vector<std::size_t> place(drawn.size());
    for (std::uint32_t v = 0; v < drawn.size(); ++v) {
        if (!drawn[v]) continue;
        place[v] = graph.nodes.size();
        Graph::Node node{
            v, name_of(drawing, v), operation_of(tape, v), brief_text(tape.view(v)), gradient_of(tape, drawing, v), {}};
        for (const std::uint32_t operand : operands_of(tape, v)) {
            graph.arrows.push_back({place[operand], place[v], node.operands.size()});
            node.operands.push_back(place[operand]);
        }
        graph.nodes.push_back(std::move(node));
    }
    return graph;
}

std::vector<bool> drawn_values(const Tape& tape, Var of) {
    const std::uint32_t n = static_cast<std::uint32_t>(tape.values().size());
    std::vector<bool> drawn(n, of.is_zero());
    if (!of.is_zero()) drawn[of.index()] = true;
    for (std::uint32_t v = n; v-- > 0;)
        if (drawn[v])
            for (const std::uint32_t operand : operands_of(tape, v)) drawn[operand] = true;
    return drawn;
}

std::string operation_of(const Tape& tape, std::uint32_t index) {
    const Tape::Value& value = tape.values()[index];
    switch (value.kind) {
        case Tape::Kind::constant: return "constant";
        case Tape::Kind::variable: return "variable";
        case Tape::Kind::lifted: return text("lifted ", value.source);
        case Tape::Kind::parameter: return "parameter " + tape.parameters()[value.source].parameter.name();
        case Tape::Kind::computed: break;
    }
    const Tape::Operation& operation = tape.operations()[value.source];
    const std::string name = operator_of(operation.op).name;
    return operation.n_out == 1 ? name : text(name, ".", index - operation.first_out);
}

std::span<const std::uint32_t> operands_of(const Tape& tape, std::uint32_t index) {
    const Tape::Value& value = tape.values()[index];
    if (value.kind != Tape::Kind::computed) return {};
    return tape.operands(tape.operations()[value.source]);
}

std::string long_text(View v) {
    constexpr Index most = 8;
    if (!v.data && v.size() > 0) return "not computed";
    if (v.size() <= most) return to_text(v);
    const auto [low, high] = std::minmax_element(v.entries().begin(), v.entries().end());
    return text(v.size(), " numbers from ", *low, " to ", *high);
}

std::string brief_text(View v) {
    if (!v.data && v.size() > 0) return "not computed";
    if (v.size() > 3) return text(v.size(), " numbers");
    std::string list;
    for (const Real number : v.entries()) list += text(list.empty() ? "" : ", ", four_digits(number));
    return v.shape.rank() == 0 ? list : text("[", list, "]");
}

std::string xml_text(std::string_view text) {
    constexpr std::string_view special = "&<>'\"";
    constexpr const char* names[] = {"&amp;", "&lt;", "&gt;", "&apos;", "&quot;"};
    std::string out;
    while (!text.empty()) {
        const std::size_t bytes = bytes_of_character(text), found = special.find(text.front());
        if (found != special.npos)
            out += names[found];
        else if (static_cast<unsigned char>(text.front()) >= ' ')
            out += bytes > 0 ? text.substr(0, bytes) : "?";
        text.remove_prefix(std::max<std::size_t>(1, bytes));
    }
    return out;
}

}  // namespace pictures
}  // namespace costate
