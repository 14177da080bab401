// tests/examples/slider_test.cpp — a section with a slider: every number is in it, also without scripts
#include "examples/support/slider.hpp"

#include <doctest/doctest.h>

#include "tests/support/markup.hpp"

using namespace costate;
using namespace costate::support;
using test::contains, test::count, test::error_of, test::well_formed;

namespace {

Slider two_panels() {
    Slider slider{.title = "z & a", .x = {0, 1, 1, 2}, .notes = {"", "before", "after", ""}, .id = "one"};
    slider.panels.push_back({Plot({.title = "state"}), {{"z", {1, 2, 2, 4}}}});
    slider.panels.push_back(
        {Plot({.title = "<adjoint>", .log_y = true}), {{"a", {4, 2, 1, 0}}, {"b", {1, 1, 1, 1}}}, Veil::before});
    return slider;
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("a slider's section is well-formed, and holds the figure, a range, and each curve's numbers") {
    const std::string section = to_html_section(two_panels());
    CHECK(well_formed(section));
    CHECK(count(section, "type='range'") == 1);
    CHECK(contains(section, "max='3'"));
    CHECK(count(section, "class='dot'") == 3);
    CHECK(count(section, "data-veil='before'") == 1);
    CHECK(contains(section, "data-numbers='0 1 1 2'"));  // the axis: a jump has two places
    CHECK(contains(section, "data-numbers='4 2 1 0'"));
    CHECK(contains(section, ",-100'"));  // 0 on a logarithmic axis: its dot lies outside
    CHECK(count(section, "<tr>") == 5);  // a head, and a row for each place
    CHECK(contains(section, "z &amp; a"));
    CHECK(section == to_html_section(two_panels()));
}

TEST_CASE("a slider's style and script suit a page that is read as XML, and fetch nothing") {
    for (const std::string& text : {slider_style(), slider_script()})
        for (const char* part : {"<", "&", "http", "url(", "@import"}) CHECK_FALSE(contains(text, part));
}

TEST_CASE("a slider whose curves have other numbers than places is an error") {
    Slider slider = two_panels();
    slider.panels[0].curves[0].y.pop_back();
    CHECK(contains(error_of([&] { to_html_section(slider); }), "3 of z for 4 places"));
    CHECK(contains(error_of([] { to_html_section(Slider{}); }), "0 of .x for 0 places"));
}

TEST_SUITE_END();
