// tests/autodiff/page_test.cpp — the steps of a tape's page: sums wait, the wrong walk gives 6, and the right one 4
#include "autodiff/pictures/page.hpp"

#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "autodiff/pictures/walks.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/markup.hpp"

using namespace costate;
using namespace costate::test;

namespace {

using Lines = std::vector<std::string>;

struct Sums {  // b = a + a, c = b + b
    Tape tape;
    Var a = tape.variable(3.0), b = a + a, c = b + b;
    std::vector<NamedVar> names{{a, "a"}, {b, "b"}, {c, "c"}};
    Page page() const { return {.title = "b = a + a", .of = c, .names = names}; }
};

std::vector<pictures::Act> acts_of(const Tape& tape, Var of, Var along, const std::vector<NamedVar>& names,
                                   View again = {}) {
    const pictures::Graph graph = pictures::graph_of("test", tape, {.of = of, .names = names}, Where::nowhere());
    return pictures::acts_of(tape, graph, {of.index(), along.index(), again});
}

Lines says(const pictures::Act& act) {
    Lines all;
    for (const pictures::Step& step : act.steps) all.push_back(step.says);
    return all;
}

std::string number_at_the_end(const pictures::Act& act, std::size_t node) {
    std::string number;
    for (const pictures::Step& step : act.steps)
        for (const pictures::Change& change : step.changes)
            if (change.node == node) number = change.number;
    return number;
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Sums, "values come forwards, each after its operands") {
    const pictures::Act act = acts_of(tape, c, a, names)[0];
    CHECK(says(act) == Lines{"a is given, a variable: 3.", "b = add(a, a) = 6.", "c = add(b, b) = 12."});
    CHECK(act.steps[1].arrows == std::vector<std::size_t>{0, 1});
}

TEST_CASE_FIXTURE(Sums, "the wrong walk hands on what has come so far, and finds 6") {
    const pictures::Act act = acts_of(tape, c, a, names)[1];
    CHECK(std::string(act.kind) == "wrong");
    CHECK(says(act)[1] == "c hands 1 · 1 = 1 to b, which has 1 now and hands that on at once.");
    CHECK(says(act)[2] == "b hands 1 · 1 = 1 to a, which has 1 now.");
    CHECK(number_at_the_end(act, 0) == "6");
    CHECK(says(act).back() ==
          "The walk ends, after 6 hand-overs (the right one needs 4): a has 6 where 4 is right. What came "
          "early was handed on more than once.");
}

TEST_CASE_FIXTURE(Sums, "the right walk waits until all uses have come, and finds 4") {
    const pictures::Act act = acts_of(tape, c, a, names)[2];
    CHECK(says(act) == Lines{"Right: over the list, from its end. c is what is differentiated: its cotangent is 1.",
                             "c hands 1 · 1 = 1 to b, which has 1 and waits: 1 of 2 uses has come.",
                             "c hands 1 · 1 = 1 to b, which has 1 + 1 = 2: all 2 uses have come.",
                             "b hands 2 · 1 = 2 to a, which has 2 and waits: 1 of 2 uses has come.",
                             "b hands 2 · 1 = 2 to a, which has 2 + 2 = 4: all 2 uses have come."});
    CHECK(act.steps[1].changes[0].waits);
    CHECK(act.steps[1].changes[0].number == "1 (1 of 2)");
    CHECK_FALSE(act.steps[2].changes[0].waits);
    CHECK(act.steps[1].arrows != act.steps[2].arrows);  // two uses, two arrows
    CHECK(number_at_the_end(act, 0) == "4");
}

TEST_CASE_FIXTURE(Sums, "tangents come forwards, and a replay has another number") {
    const auto acts = acts_of(tape, c, a, names);
    CHECK(says(acts[3]).back() ==
          "c = add(b, b) changes at the speed 1 · 2 + 1 · 2 = 4. The walk backwards gave a the same: 4.");
    CHECK(number_at_the_end(acts[4], 2) == "16");
    const Tensor five = Tensor::scalar(5);
    CHECK(number_at_the_end(acts_of(tape, c, a, names, five)[4], 2) == "20");
}

TEST_CASE("every gradient of a page is grad's, of tensors and beside constants") {
    Tape tape;
    const Var W = tape.variable(Tensor({2, 2}, {1, -2, 3, 4})), x = tape.constant(Tensor({1, 2}, {1, 2}));
    const Var b = tape.variable(Tensor({2}, {1, -1})), s = matmul(x, W) + b, y = sum(s * s) - s[0][0] * s[0][0];
    const Var gW = grad(y, W), gb = grad(y, b);
    const auto acts = acts_of(tape, y, b, {});
    CHECK(number_at_the_end(acts[2], 0) == pictures::brief_text(tape.view(gW)));
    CHECK(number_at_the_end(acts[2], 1) == "");  // a constant has none
    CHECK(number_at_the_end(acts[2], 2) == pictures::brief_text(tape.view(gb)));
    CHECK(number_at_the_end(acts[3], y.index()) ==
          pictures::brief_text(jvp(y, b, tape.constant(Tensor({2}, 1))).value()));
}

TEST_CASE("the leaves of a page may be parameters and values of an enclosing tape") {
    Tape outer, inner(&outer);
    const Parameter W("W", Tensor({3}, {1, 2, 3}));
    const Var a = outer.variable(2.0), y = sum(a * outer.use(W)), b = inner.bring(a), c = b * b;
    CHECK(contains(to_html_section(outer, {.of = y}), "<td>parameter W</td>"));
    const std::string section = to_html_section(inner, {.of = c, .names = {{b, "b"}}});
    CHECK(contains(section, "<td>lifted 0</td>"));
    CHECK(contains(section, "The walk backwards gave b the same: 4."));
}

TEST_CASE("where nothing is used twice, the wrong walk is right, and says so") {
    Tape tape;
    const Var w = tape.variable(2.0), x = tape.constant(0.75), b = tape.variable(-0.5), y = tanh(w * x + b);
    const auto acts = acts_of(tape, y, w, {{w, "w"}, {b, "b"}});
    CHECK(number_at_the_end(acts[1], 0) == number_at_the_end(acts[2], 0));
    CHECK(contains(says(acts[1]).back(), "That is right here"));
}

TEST_CASE("a wrong walk that never ends is cut off") {
    Tape tape;
    const Var a = tape.variable(1.0);
    Var y = a;
    for (int i = 0; i < 30; ++i) y = y + y;  // 2³⁰ ways from y to a
    const auto acts = acts_of(tape, y, a, {});
    CHECK(contains(says(acts[1]).back(), "After 2000 hand-overs the walk is not at its end (the right one needs 60)"));
    CHECK(acts[1].steps.size() < 50);
    CHECK(number_at_the_end(acts[2], 0) == "1.074e+09");
}

TEST_CASE_FIXTURE(Sums, "a page is well-formed, fetches nothing, and has every step as a row") {
    const std::string html = to_html(tape, page());
    const std::string doctype = "<!doctype html>\n";
    REQUIRE(html.substr(0, doctype.size()) == doctype);
    CHECK(well_formed(html.substr(doctype.size())));
    CHECK_FALSE(contains(html, "src="));
    CHECK_FALSE(contains(html, "href="));
    CHECK_FALSE(contains(html, "@import"));
    CHECK_FALSE(contains(html, "url("));
    CHECK(count(html, "class='node' id=") == 3);
    CHECK(count(html, "class='arrow' id=") == 4);
    CHECK(count(html, "<tr data-nodes=") == 3 + 8 + 5 + 3 + 3);
    CHECK(contains(html, "data-changes='1 waits 1 (1 of 2)'"));
    CHECK(contains(html, "prefers-color-scheme: dark"));
    for (const char* key : {"ArrowRight", "ArrowLeft", "Home", "End"}) CHECK(contains(html, key));
    CHECK(count(html, "<button") == count(html, "aria-label='one step") + count(html, "aria-pressed='false'") + 2);
}

TEST_CASE_FIXTURE(Sums, "pages: the same bytes twice, no taint, names escaped, sections with their own ids") {
    CHECK(to_html(tape, page()) == to_html(tape, page()));
    CHECK_FALSE(tape.is_tainted());
    const auto values = tape.values().size();
    Page odd = page();
    odd.title = "<script>";
    odd.id = "one";
    odd.names[0].name = "a & 'b'";
    const std::string section = to_html_section(tape, odd);
    CHECK(tape.values().size() == values);  // nothing was recorded
    CHECK(well_formed(section));
    CHECK(contains(section, "<h2>&lt;script&gt;</h2>"));
    CHECK(contains(section, "id='one-node-0'"));
    CHECK_FALSE(contains(section, "id='tape-"));
    CHECK(contains(html_page("two", section), page_script()));
}

TEST_CASE_FIXTURE(Sums, "errors of a page: no single number, nothing to differentiate, numbers that are not there") {
    const Tensor two({2}, 1);
    CHECK(contains(error_of([&] { to_html(Tape()); }), "there is nothing on this tape"));
    CHECK(contains(error_of([&] { to_html(tape, {.of = c, .again = two}); }), "a leaf, of another shape"));
    CHECK(contains(error_of([&] { to_html(tape, {.of = c, .along = b}); }), ".along is no variable"));
    Tape other;
    const Var k = other.constant(two);
    CHECK(contains(error_of([&] { to_html(other, {.of = k}); }), "to_html: a gradient is that of a single number"));
    CHECK(contains(error_of([&] { to_html(other, {.of = sum(k)}); }), ".of is made of constants only"));
    CHECK(contains(error_of([&] { to_html(other, {.of = c}); }), "to_html: a Var that does not lie on this tape"));
    tape.set_evaluating(false);
    const Var noted = c * c;
    CHECK(contains(error_of([&] { to_html(tape, {.of = noted}); }), "to_html: numbers that were not computed"));
    tape.set_evaluating(true);
    Var y = a;
    for (int i = 0; i < 60; ++i) y = y + 1.0;
    CHECK(contains(error_of([&] { to_html(tape, {.of = y}); }), "to_html: the tape is too large for a picture"));
}

TEST_SUITE_END();
