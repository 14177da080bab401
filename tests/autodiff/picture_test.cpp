// tests/autodiff/picture_test.cpp — a tape as a picture: every value and every use is in it, and nothing stands on another
#include "autodiff/pictures/picture.hpp"

#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "autodiff/pictures/layers.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/markup.hpp"

using namespace costate;
using namespace costate::test;

namespace {

struct Sums {  // b = a + a, c = b + b
    Tape tape;
    Var a = tape.variable(3.0), b = a + a, c = b + b;
};

// A step of rk4 for z' = θ z (1 − z): long, with arrows over many layers.
Var rk4_step(Tape& tape) {
    const Var z = tape.variable(0.1), theta = tape.variable(1.0);
    const auto f = [theta](Var y) { return theta * y * (1 - y); };
    const Var k1 = f(z), k2 = f(z + 0.5 * k1), k3 = f(z + 0.5 * k2), k4 = f(z + k3);
    return z + (k1 + 2 * k2 + 2 * k3 + k4) / 6;
}

pictures::Layout layout_of(const pictures::Graph& graph) {
    return pictures::layered(graph, std::vector<double>(graph.nodes.size(), 100), 50);
}

bool apart(const pictures::Layout::Box& p, const pictures::Layout::Box& q) {
    return p.corner.x + p.width < q.corner.x || q.corner.x + q.width < p.corner.x ||
           p.corner.y + p.height < q.corner.y || q.corner.y + q.height < p.corner.y;
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Sums, "a picture has a box for each value and an arrow for each use") {
    const std::string svg = to_svg(tape);
    CHECK(well_formed(svg));
    CHECK(count(svg, "class='node'") == 3);
    CHECK(count(svg, "class='arrow'") == 4);  // a and b are used twice each
    CHECK(contains(svg, ">#0: variable</text>"));
    CHECK(contains(svg, ">#2: add</text>"));
    CHECK(contains(svg, ">12</text>"));
    CHECK_FALSE(contains(svg, "class='derivative'"));
}

TEST_CASE_FIXTURE(Sums, "a picture shows gradients and names, and only what the value was made of") {
    const Var xs[] = {a, b};
    const Vars g = grad(c, xs);
    const std::string svg = to_svg(tape, {.of = c, .xs = xs, .gradients = g, .names = {{a, "a"}, {c, "loss"}}});
    CHECK(well_formed(svg));
    CHECK(count(svg, "class='node'") == 3);  // the tape has six values by now
    CHECK(count(to_svg(tape), "class='node'") == 6);
    CHECK(contains(svg, ">a: variable</text>"));
    CHECK(contains(svg, ">loss: add</text>"));
    CHECK(contains(svg, "fill='#b34700'>4</text>"));
    CHECK(contains(svg, "fill='#b34700'>2</text>"));
}

TEST_CASE("a picture escapes names, and shows what is no number") {
    Tape tape;
    const Var p = tape.use(Parameter("a<b> & 'c\"\x01\xff", Tensor::scalar(0)));
    tape.set_evaluating(false);
    exp(p);
    const std::string svg = to_svg(tape, {.names = {{p, "x < y"}}});
    CHECK(well_formed(svg));
    CHECK(contains(svg, ">x &lt; y: parameter a&lt;b&gt; &amp; &apos;c&quot;?</text>"));
    CHECK(contains(svg, ">not computed</text>"));
}

TEST_CASE("boxes stand apart, in layers behind their operands, and arrows end at them") {
    Tape tape;
    const Var y = rk4_step(tape);
    const pictures::Graph graph = pictures::graph_of("test", tape, {.of = y}, Where::nowhere());
    const pictures::Layout layout = layout_of(graph);
    REQUIRE(layout.down);  // more than eight layers
    std::size_t touching = 0, outside = 0, upwards = 0, astray = 0;
    for (const auto& box : layout.boxes) {
        for (const auto& other : layout.boxes) touching += &box != &other && !apart(box, other) ? 1u : 0u;
        outside += box.corner.x < 0 || box.corner.x + box.width > layout.width ? 1u : 0u;
    }
    for (std::size_t a = 0; a < graph.arrows.size(); ++a) {
        const auto& from = layout.boxes[graph.arrows[a].from];
        const auto& to = layout.boxes[graph.arrows[a].to];
        const pictures::Point start = layout.bends[a].front(), tip = layout.bends[a].back();
        upwards += from.corner.y + from.height >= to.corner.y ? 1u : 0u;
        astray += start.y != from.corner.y + from.height || tip.y != to.corner.y || tip.x < to.corner.x ||
                          tip.x > to.corner.x + to.width
                      ? 1u
                      : 0u;
    }
    CHECK(touching == 0);
    CHECK(outside == 0);
    CHECK(upwards == 0);
    CHECK(astray == 0);
}

TEST_CASE_FIXTURE(Sums, "a few layers stand from left to right, and a leaf just before its first use") {
    const Var d = c * tape.constant(2.0);
    const pictures::Graph graph = pictures::graph_of("test", tape, {.of = d}, Where::nowhere());
    const pictures::Layout layout = layout_of(graph);
    CHECK_FALSE(layout.down);
    CHECK(layout.boxes[0].corner.x < layout.boxes[1].corner.x);
    CHECK(layout.boxes[3].corner.x == layout.boxes[2].corner.x);  // the constant beside c
}

TEST_CASE("the same tape gives the same bytes, and drawing does not taint") {
    Tape one, two;
    const Var y = rk4_step(one);
    rk4_step(two);
    CHECK(to_svg(one) == to_svg(two));
    CHECK_FALSE(one.is_tainted());
    CHECK(to_svg(one, {.of = y}) == to_svg(one));
}

TEST_CASE_FIXTURE(Sums, "errors of a picture: too large, empty, of another tape") {
    Tape other, empty;
    const Var foreign = other.variable(1.0), xs[] = {a};
    CHECK(contains(error_of([&] { to_svg(empty); }), "to_svg: there is nothing on this tape"));
    CHECK(contains(error_of([&] { to_svg(tape, {.of = foreign}); }), "to_svg: a Var that does not lie on this tape"));
    CHECK(contains(error_of([&] { to_svg(tape, {.xs = xs}); }), "to_svg: a gradient for each of .xs"));
    Var y = a;
    for (int i = 0; i < 98; ++i) y = y + 1.0;
    const std::string text = error_of([&] { to_svg(tape, {.of = y}); });
    CHECK(contains(text, "to_svg: the tape is too large for a picture"));
    CHECK(contains(text, "197 values"));
    CHECK(contains(text, "try"));
    CHECK(contains(text, "picture_test.cpp:"));
    CHECK(count(to_svg(tape, {.of = c}), "class='node'") == 3);  // a part of a large tape is small
}

TEST_SUITE_END();
