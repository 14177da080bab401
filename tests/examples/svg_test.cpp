// tests/examples/svg_test.cpp — a figure is well-formed XML and shows what it was given
#include "examples/support/svg.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "examples/support/axis.hpp"
#include "examples/support/panel.hpp"
#include "tests/examples/tick_labels.hpp"
#include "tests/support/markup.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::support;
using test::contains, test::count, test::well_formed;

namespace {

const std::vector<double> x{0, 1, 2, 3}, y{1, 4, 9, 16};

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("svg: ticks are multiples of 1, 2 or 5 times a power of ten") {
    CHECK(labels({0, 1, 0, 300}, 60) == Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"});
    CHECK(labels({1900, 1920, 0, 300}, 60) == Labels{"1900", "1905", "1910", "1915", "1920"});
    CHECK(labels({-0.1, 0.1, 0, 100}, 40) == Labels{"−0.1", "0.0", "0.1"});
    CHECK(labels({0, 3e6, 0, 300}, 100) == Labels{"0", "1·10⁶", "2·10⁶", "3·10⁶"});
    CHECK(labels({0, 4.1, 300, 0}, 60) == Labels{"0", "1", "2", "3", "4"});
    CHECK(contains(to_svg({Plot().line({0, 1}, {-4, 4})}, {.height = 150}), ">−2<"));  // three at least, in a low panel
}

TEST_CASE("svg: ticks of a logarithmic axis are powers of ten, or plain numbers within one decade") {
    CHECK(labels({-3, 0, 0, 300, true}, 60) == Labels{"10⁻³", "10⁻²", "10⁻¹", "10⁰"});
    CHECK(labels({-12, 0, 0, 300, true}, 100) == Labels{"10⁻¹⁰", "10⁻⁵", "10⁰"});
    CHECK(labels({std::log10(2.0), std::log10(8.0), 0, 300, true}, 60) == Labels{"2", "4", "6", "8"});
    CHECK(labels({std::log10(4.0), std::log10(120.0), 0, 600, true}, 60) == Labels{"5", "10", "20", "50", "100"});
}

TEST_CASE("svg: an axis maps its ends to its pixels") {
    const Axis axis = Axis::fitted(1, 100, 10, 30, true);
    CHECK(axis(1) == doctest::Approx(10));
    CHECK(axis(10) == doctest::Approx(20));
    CHECK(axis(100) == doctest::Approx(30));
    CHECK_FALSE(axis.shows(0));
    CHECK_FALSE(axis.shows(NAN));
    const Axis constant = Axis::fitted(5, 5, 0, 100, false);
    CHECK(constant(5) == doctest::Approx(50));
}

TEST_CASE("svg: every mark appears, and the file is well-formed") {
    Plot plot({.title = "squares", .x = "x", .y = "y"});
    plot.line(x, y, {.label = "curve"})
        .scatter(x, y, {.label = "points"})
        .line(x, x, {.label = "dashes", .dashed = true});
    plot.arrows(x, y, y, x).band(2, INFINITY, "forecast");
    const std::string svg = to_svg({plot, plot}, {.title = "twice"});
    CHECK(well_formed(svg));
    for (const char* text : {"squares", "curve", "points", "dashes", "forecast"})
        CHECK(count(svg, std::string(">") + text + "<") == 2);
    CHECK(count(svg, ">twice<") == 1);
    CHECK(count(svg, "<circle") == 2 * (4 + 1));           // four points and one sample in the legend
    CHECK(count(svg, "stroke-dasharray") == 2 * (1 + 1));  // likewise
    CHECK(count(svg, "<clipPath") == 2);
    CHECK_FALSE(contains(svg, "nan"));
    CHECK_FALSE(contains(svg, "inf"));
}

TEST_CASE("svg: a sheet is 1000 wide, text at least 16 high, and its ground is white") {
    for (const int panels : {1, 2, 3, 4, 5}) {
        const std::string svg = to_svg(std::vector<Plot>(static_cast<std::size_t>(panels)), {.title = "sheet"});
        CHECK(contains(svg, "viewBox='0 0 1000 "));
        CHECK(contains(svg, "font-size='16'"));
        CHECK(contains(svg, "<rect width='100%' height='100%' fill='#ffffff'/>"));
        for (const int small : {9, 10, 11, 12, 13, 14, 15}) {
            CHECK_FALSE(contains(svg, "font-size:" + std::to_string(small)));
            CHECK_FALSE(contains(svg, "font-size='" + std::to_string(small)));
        }
    }
}

TEST_CASE("svg: the space between two curves is one shape, there and back, and both edges count for the range") {
    Plot plot;
    plot.between({0, 1, 2}, {-1, -2, -1}, {1, 5, 1}, {.label = "spread", .color = "#abcdef", .opacity = 0.5});
    CHECK(plot.marks()[0].x == std::vector<double>{0, 1, 2, 2, 1, 0});
    CHECK(plot.marks()[0].y == std::vector<double>{-1, -2, -1, 1, 5, 1});
    CHECK(plot.y_range().low == doctest::Approx(-2 - 0.06 * 7));
    const std::string svg = to_svg({plot});
    CHECK(well_formed(svg));
    CHECK(count(svg, "Z' fill='#abcdef' opacity='0.5'") == 2);  // and its sample in the legend
    CHECK_THROWS_WITH_AS(plot.between({0, 1}, {0}, {0, 1}), doctest::Contains("2 x, 1 low, 2 high"), Error);
}

TEST_CASE("svg: numbers may be lists, vectors, spans and tensors") {
    Plot plot;
    plot.line({0, 1}, Tensor({2, 1}, {3, 4})).line(std::span(x), y);
    CHECK(plot.marks()[0].y == std::vector<double>{3, 4});
    CHECK(plot.marks()[1].y == y);
}

TEST_CASE("svg: one legend for all panels names each label once") {
    Plot plot;
    plot.line(x, y, {.label = "law"}).scatter(x, y, {.label = "data"});
    CHECK(count(to_svg({plot, plot, plot}), ">law<") == 3);
    const std::string svg = to_svg({plot, plot, plot}, {.one_legend = true});
    CHECK(count(svg, ">law<") == 1);
    CHECK(count(svg, ">data<") == 1);
}

TEST_CASE("svg: points that a line does without are left out, corners stay") {
    Pixels straight, corner{{0, 0}, {10, 0.05}, {20, 0}, {20, 30}};
    for (int i = 0; i <= 1000; ++i) straight.push_back({i / 10.0, i / 5.0});
    CHECK(simplified(straight, 0.1) == Pixels{{0, 0}, {100, 200}});
    CHECK(simplified(corner, 0.1) == Pixels{{0, 0}, {20, 0}, {20, 30}});
    CHECK(simplified({{1, 2}}, 0.1) == Pixels{{1, 2}});
    CHECK(simplified({}, 0.1).empty());
    Pixels circle;  // a ring begins where it ends
    for (int i = 0; i <= 3600; ++i)
        circle.push_back({100 * std::cos(i * M_PI / 1800), 100 * std::sin(i * M_PI / 1800)});
    const Pixels fewer = simplified(circle, 0.1);
    CHECK(fewer.size() > 60);  // the sagitta of 1/70 of a turn is .1
    CHECK(fewer.size() < 200);
}

TEST_CASE("svg: figures with thousands of points stay small, and have the same bytes each time") {
    std::vector<double> t, wave, other;
    for (int i = 0; i < 20000; ++i) {
        t.push_back(i * 0.005);
        wave.push_back(std::sin(t.back()));
        other.push_back(std::cos(1.7 * t.back()));
    }
    Plot lines, points;
    lines.line(t, wave).line(t, other);
    points.scatter(std::span(wave).first(5000), std::span(other).first(5000));
    const std::string svg = to_svg({lines, points});
    CHECK(svg.size() < 150'000);
    CHECK(well_formed(svg));
    CHECK(count(svg, "h0") <= 5000);  // one for a pixel
    CHECK(count(svg, "h0") >= 4000);
    CHECK(svg == to_svg({lines, points}));
}

TEST_CASE("svg: text is escaped, control characters vanish, and what is not UTF-8 becomes a question mark") {
    Plot plot({.title = "a < b & 'c' > \"d\"\x01",
               .x = "Gr\xF6\xDF"
                    "e",
               .y = "Größe"});
    plot.line(x, y, {.label = "<b>", .color = "red' onload='x"});
    const std::string svg = to_svg({plot});
    CHECK(well_formed(svg));
    CHECK(contains(svg, ">a &lt; b &amp; &apos;c&apos; &gt; \"d\"<"));
    CHECK(contains(svg, ">Gr??e<"));
    CHECK(contains(svg, ">Größe<"));
    CHECK_FALSE(contains(svg, "' onload"));
}

TEST_CASE("svg: a point that is not finite interrupts its line") {
    const std::vector<double> broken{1, 4, NAN, 16, INFINITY};
    Plot plot;
    plot.line(std::vector<double>{0, 1, 2, 3, 4}, broken, {.color = "#123456"});
    const std::string svg = to_svg({plot});
    CHECK(well_formed(svg));
    const std::size_t stroke = svg.find("stroke='#123456'"), begin = svg.rfind("<path", stroke);
    const std::string path = svg.substr(begin, stroke - begin);
    CHECK(count(path, "M") == 2);
    CHECK(count(path, "L") == 1);
}

TEST_CASE("svg: a logarithmic axis leaves out what is not positive") {
    Plot plot({.log_y = true});
    plot.scatter(x, std::vector<double>{0, -1, 1, 10});
    CHECK(count(to_svg({plot}), "<circle") == 2);
}

TEST_CASE("svg: empty plots, one point and no plot at all are figures too") {
    Plot point;
    point.scatter(std::vector<double>{3}, std::vector<double>{3});
    CHECK(well_formed(to_svg({Plot(), point})));
    CHECK(well_formed(to_svg({})));
    CHECK(well_formed(to_svg({Plot({.log_x = true, .log_y = true, .equal = true})})));
}

TEST_CASE("svg: series without a colour take the palette in turn, and arrows and bands take none") {
    Plot plot;
    plot.line(x, y).arrows(x, y, x, y).band(0, 1).scatter(x, y);
    CHECK(plot.marks()[0].style.color == palette(0));
    CHECK(plot.marks()[3].style.color == palette(1));
    CHECK(palette(7) == palette(0));
}

TEST_CASE("svg: ranges hold the data with a margin, or are what was asked for") {
    Plot plot;
    plot.line(x, y);
    CHECK(plot.y_range().low == doctest::Approx(1 - 0.06 * 15));
    CHECK(plot.y_range().high == doctest::Approx(16 + 0.06 * 15));
    plot.y_range(-1, 20);
    CHECK(plot.y_range().low == -1);
    CHECK(plot.y_range().high == 20);
}

TEST_CASE("svg: names stand under 1, 2, 3 in place of numbers") {
    Plot plot;
    plot.scatter({1, 2, 3}, {5, 6, 7}).names_on_x({"first", "second", "third"}).x_range(0.5, 3.5);
    const std::string svg = to_svg({plot});
    for (const char* name : {"first", "second", "third"}) CHECK(count(svg, std::string(">") + name + "<") == 1);
    CHECK_FALSE(contains(svg, ">1.5<"));
}

TEST_CASE("svg: a heat map whose units are equal fills its frame, and all of a row are of one size") {
    const Tensor table({2, 2}, {0, 1, 2, 3});
    const auto map = [&](bool bar) { return Plot({.equal = true}).heat({0, 1}, {0, 1}, table, {.bar = bar}); };
    const std::string svg = to_svg({map(false), map(false), map(true)}, {.height = 150});
    CHECK(count(svg, "width='150' height='150'") == 3);
    const Panel wide(map(false), 0, 0, 300, 150), tall(map(false), 0, 0, 100, 150);
    CHECK(wide.right() == doctest::Approx(150));
    CHECK(wide.top() == 0);
    CHECK(tall.right() == doctest::Approx(100));
    CHECK(tall.top() == doctest::Approx(50));
}

TEST_CASE("svg: the words of a band stand above the axes, where no data are") {
    Plot plot;
    plot.line(x, y).band(2, 3, "forecast");
    const std::string svg = to_svg({plot});
    const auto number_after = [&](const std::string& words, std::size_t from) {
        return std::stod(svg.substr(svg.find(words, from) + words.size()));
    };
    const double top = number_after("y='", svg.find("<clipPath"));
    const std::size_t label = svg.rfind("<text", svg.find(">forecast<"));
    CHECK(number_after("y='", label) < top);
    CHECK(number_after("y='", label) > 8);
}

TEST_CASE("svg: x and y of different lengths are an error") {
    Plot plot;
    CHECK_THROWS_WITH_AS(plot.line(x, std::vector<double>{1}), doctest::Contains("4 x and 1 y"), Error);
    CHECK_THROWS_WITH_AS(plot.arrows(x, y, x, std::vector<double>{1}), doctest::Contains("4 points, 4 dx, 1 dy"),
                         Error);
    CHECK(plot.marks().empty());
}

TEST_CASE("svg: save_svg writes what to_svg returns") {
    const TemporaryFolder folder;
    Plot plot;
    plot.line(x, y);
    save_svg(folder / "plot.svg", {plot});
    std::ostringstream text;
    text << std::ifstream(folder / "plot.svg").rdbuf();
    CHECK(text.str() == to_svg({plot}));
}

TEST_SUITE_END();
