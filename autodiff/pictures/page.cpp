#include "autodiff/pictures/page.hpp"

#include <algorithm>

#include "autodiff/pictures/graph.hpp"    // brings: Graph, graph_of, xml_text
#include "autodiff/pictures/picture.hpp"  // brings: svg_of
#include "autodiff/pictures/walks.hpp"    // brings: Act, acts_of

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

namespace {

// What is differentiated: .of, or the last value of the tape, of which only the place is asked for.
Var value_of(const Tape& tape, const Page& page) {
    if (!page.of.is_zero() || tape.values().empty()) return page.of;
    const std::uint32_t last = static_cast<std::uint32_t>(tape.values().size() - 1);
    return Var(const_cast<Tape&>(tape), last, tape.values()[last].era);
}

void require_number(const Tape& tape, const Page& page, Var of, Where at) {
    const Shape& shape = tape.values()[of.index()].shape;
    if (shape.size() == 1) return;
    fail(at, {.what = "to_html: a gradient is that of a single number",
              .got = text(page.of.is_zero() ? "no .of, and the tape's last value" : ".of", " of shape ", shape),
              .expected = "one number",
              .fix = ".of = sum(y)"});
}

// The leaf whose tangent is 1: the one that is given, or the first that can be differentiated.
std::uint32_t leaf_of(const Tape& tape, const Graph& graph, const Page& page, Where at) {
    for (const Graph::Node& node : graph.nodes) {
        const Tape::Value& value = tape.values()[node.value];
        if (value.kind == Tape::Kind::computed || !value.active) continue;
        if (page.along.is_zero() || page.along.index() == node.value) return node.value;
    }
    fail(at,
         {.what = "to_html: there is nothing to differentiate with respect to",
          .got = page.along.is_zero() ? ".of is made of constants only" : ".along is no variable that .of is made of",
          .expected = "a variable or a parameter that .of is made of",
          .fix = "tape.variable(3.0), not tape.constant(3.0)"});
}

void check_numbers(const Tape& tape, const Graph& graph, const Page& page, std::uint32_t leaf, Where at) {
    for (const Graph::Node& node : graph.nodes)
        if (!tape.view(node.value).data && tape.view(node.value).size() > 0)
            fail(at, {.what = "to_html: numbers that were not computed",
                      .got = text(node.name, ", ", node.operation, ", of a tape that only notes operations"),
                      .expected = "a tape with its numbers",
                      .fix = "leave tape.set_evaluating(true) while it records; to_svg(tape) draws it as it is"});
    if (page.again.data && page.again.shape != tape.values()[leaf].shape)
        fail(at, {.what = "to_html: another number for a leaf, of another shape",
                  .got = text(".again of shape ", page.again.shape),
                  .expected = text("shape ", tape.values()[leaf].shape),
                  .fix = "a Tensor of the leaf's shape"});
}

std::string joined(const std::vector<std::size_t>& numbers) {
    std::string list;
    for (const std::size_t n : numbers) list += text(list.empty() ? "" : " ", n);
    return list;
}

// An act as a table: what a reader without scripts reads, and what the script plays.
std::string table_of(const Act& act, std::size_t number) {
    std::string rows;
    std::size_t count = 0;
    for (const Step& step : act.steps) {
        std::string changes;
        for (const Change& c : step.changes)
            changes += text(changes.empty() ? "" : "|", c.node, c.waits ? " waits " : " done ", c.number);
        rows +=
            text("<tr data-nodes='", joined(step.nodes), "' data-arrows='", joined(step.arrows), "' data-changes='",
                 xml_text(changes), "'><th scope='row'>", ++count, "</th><td>", xml_text(step.says), "</td></tr>\n");
    }
    return text("<table class='act' data-kind='", act.kind, "' data-column='", act.column, "'>\n<caption>", number, " ",
                act.title, "</caption>\n<tbody>\n", rows, "</tbody>\n</table>\n");
}

std::vector<std::string> final_numbers(const std::vector<Act>& acts, std::string_view kind, std::size_t nodes) {
    std::vector<std::string> numbers(nodes);
    for (const Act& act : acts)
        for (const Step& step : act.steps)
            for (const Change& c : step.changes)
                if (act.kind == kind) numbers[c.node] = c.number;
    return numbers;
}

// The tape as to_text(tape) shows it, with its derivatives.
std::string list_of(const Tape& tape, const Graph& graph, const std::vector<Act>& acts, const std::string& id) {
    const auto cotangents = final_numbers(acts, "cotangents", graph.nodes.size());
    const auto tangents = final_numbers(acts, "tangents", graph.nodes.size());
    std::string rows;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const Graph::Node& node = graph.nodes[n];
        std::string operands;
        for (const std::size_t o : node.operands) operands += text(operands.empty() ? "" : ", ", graph.nodes[o].name);
        const auto cell = [&](const char* column, const std::string& number) {
            return text("<td class='", column, "' id='", id, "-", column, "-", n, "'>", xml_text(number), "</td>");
        };
        rows += text("<tr id='", id, "-row-", n, "'><th scope='row'>", xml_text(node.name), "</th><td>",
                     xml_text(node.operation), "</td><td>", xml_text(operands), "</td>",
                     cell("value", long_text(tape.view(node.value))), cell("cotangent", cotangents[n]),
                     cell("tangent", tangents[n]), "</tr>\n");
    }
    return text(
        "<table class='list'>\n<caption>The tape: a list, in the order of recording</caption>\n<thead><tr><th></th>",
        "<th>operation</th><th>of</th><th>value</th><th class='cotangent'>cotangent</th><th>tangent</th></tr>",
        "</thead>\n<tbody>\n", rows, "</tbody>\n</table>\n");
}

std::string button(const char* go, const char* label, const char* sign) {
    return text("<button type='button' data-go='", go, "' aria-label='", label, "' title='", label, "'>", sign,
                "</button>\n");
}

std::string controls(const std::vector<Act>& acts) {
    std::string buttons;
    for (std::size_t a = 0; a < acts.size(); ++a)
        buttons += text("<button type='button' data-act='", a, "' aria-pressed='false'>", a + 1, " ", acts[a].title,
                        "</button>\n");
    return text("<div class='controls' hidden='hidden'>\n<div class='acts' role='group' aria-label='what to watch'>\n",
                buttons, "</div>\n<div class='steps' role='group' aria-label='steps'>\n",
                button("first", "first step (Home)", "|←"), button("back", "one step back (left arrow)", "←"),
                button("on", "one step on (right arrow)", "→"), button("last", "last step (End)", "→|"),
                "<span class='place'></span>\n</div>\n", "<p class='says' aria-live='polite'></p>\n</div>\n");
}

}  // namespace
}  // namespace pictures

std::string to_html_section(const Tape& tape, const Page& page, Where at) {
    using namespace pictures;
    const Drawing drawing{.of = value_of(tape, page), .names = page.names};
    Graph graph = graph_of("to_html", tape, drawing, at);
    require_number(tape, page, drawing.of, at);
    const std::uint32_t leaf = leaf_of(tape, graph, page, at);
    check_numbers(tape, graph, page, leaf, at);
    const std::vector<Act> acts = acts_of(tape, graph, {drawing.of.index(), leaf, page.again});
    const std::string id = xml_text(page.id), title = xml_text(page.title);
    Sheet sheet{.id = page.id, .ground = "", .third_line = true};
    std::string tables;
    for (std::size_t a = 0; a < acts.size(); ++a) {
        tables += table_of(acts[a], a + 1);
        for (const pictures::Step& step : acts[a].steps)
            for (const Change& c : step.changes) sheet.longest = std::max(sheet.longest, c.number.size());
    }
    const auto cotangents = final_numbers(acts, "cotangents", graph.nodes.size());
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) graph.nodes[n].gradient = cotangents[n];
    return text("<section class='tape' id='", id, "' tabindex='0' aria-label='", title, "'>\n<h2>", title, "</h2>\n",
                controls(acts), "<div class='views'>\n<figure>\n", svg_of(graph, sheet), "</figure>\n",
                list_of(tape, graph, acts, id),
                "</div>\n<details class='all' open='open'>\n<summary>All steps</summary>\n", tables,
                "</details>\n</section>\n");
}

std::string to_html(const Tape& tape, const Page& page, Where at) {
    return html_page(page.title, to_html_section(tape, page, at));
}

std::string html_page(const std::string& title, const std::string& body, const std::string& style,
                      const std::string& script) {
    return text("<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'/>\n",
                "<meta name='viewport' content='width=device-width, initial-scale=1'/>\n<title>",
                pictures::xml_text(title), "</title>\n<style>\n", ":root { color-scheme: light dark }\n",
                "body { margin: 0 auto; padding: 1rem; max-width: 88rem; background: var(--tape-ground); ",
                "color: var(--tape-ink); font: 1.05rem/1.45 Helvetica, Arial, 'Liberation Sans', sans-serif }\n", style,
                "</style>\n</head>\n<body>\n", body, "<script>\n", script, "</script>\n</body>\n</html>\n");
}

}  // namespace costate
