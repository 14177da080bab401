// tests/examples/svg_legible_test.cpp — large numbers, dates, long titles, logarithmic axes and arrows can be read
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "examples/support/axis.hpp"
#include "examples/support/markup.hpp"
#include "examples/support/panel.hpp"
#include "examples/support/svg.hpp"
#include "tests/examples/tick_labels.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using costate::test::contains;

TEST_SUITE_BEGIN("examples");

TEST_CASE("svg: ticks are told apart however large the numbers beside their differences") {
    CHECK(labels({1.7e9, 1.7e9 + 3600, 0, 300}, 100) ==
          Labels{"1\u2009700\u2009000\u2009000", "1\u2009700\u2009002\u2009000"});
    CHECK(labels({1e6, 1e6 + 1, 0, 300}, 140) ==
          Labels{"1\u2009000\u2009000.0", "1\u2009000\u2009000.5", "1\u2009000\u2009001.0"});
    CHECK(labels({1e30, 1.2e30, 0, 300}, 140) == Labels{"1.0·10³⁰", "1.1·10³⁰", "1.2·10³⁰"});
    CHECK(labels({-2e-9, 2e-9, 0, 300}, 140) == Labels{"−2·10⁻⁹", "0", "2·10⁻⁹"});
}

TEST_CASE("svg: titles are broken into lines rather than cut, and nothing is lost") {
    CHECK(wrapped("one two three", 1e3) == Labels{"one two three"});
    CHECK(wrapped("one two three", text_width("one two")) == Labels{"one two", "three"});
    CHECK(wrapped("onetwo", text_width("one")) == Labels{"one", "two"});
    CHECK(wrapped("äöü", text_width("äö")) == Labels{"äö", "ü"});
    CHECK(wrapped("x", 0) == Labels{"x"});
    CHECK(wrapped("", 10).empty());
    const std::string svg =
        to_svg({Plot({.title = "a name of a column that is much too long for its panel " + std::string(60, 'x')})});
    const std::size_t first = svg.find("class='title'");
    CHECK(svg.find("class='title'", first + 1) != svg.npos);
}

TEST_CASE("svg: a logarithmic axis says so") {
    Plot plot({.x = "dose", .log_x = true, .log_y = true});
    plot.line({1, 10}, {1, 10});
    CHECK(contains(to_svg({plot}), ">dose, log scale<"));
    CHECK(contains(to_svg({plot}), ">log scale<"));
}

TEST_CASE("svg: days are shown as dates") {
    Plot plot({.x = "date", .dates_x = true});
    plot.line({19723, 20089}, {1, 2});  // 2024
    CHECK(contains(to_svg({plot}), ">Jul 2024<"));
}

TEST_CASE("svg: arrows stay inside the panel") {
    Plot plot;
    plot.x_range(0, 1).y_range(0, 1).arrows({0, 1, 0, 1, 0.5}, {0, 0, 1, 1, 1}, {-1, 1, -1, 1, 1}, {-1, -1, 1, 1, 0});
    const Panel panel(plot, 100, 50, 500, 350);
    const std::string svg = panel.svg("p");
    std::size_t at = svg.find("<path d='", svg.find("<g ")) + 9;
    int points = 0;
    for (const std::size_t end = svg.find('\'', at); at < end; ++points) {
        const double x = std::stod(svg.substr(at + 1)), y = std::stod(svg.substr(svg.find(' ', at)));
        CHECK((x >= 99.9 && x <= 500.1 && y >= 49.9 && y <= 350.1));
        at = svg.find_first_of("ML'", at + 1);
    }
    CHECK(points == 5 * 5);
}

TEST_SUITE_END();
