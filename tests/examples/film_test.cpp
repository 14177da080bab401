// tests/examples/film_test.cpp — a film is its frames, one shown at a time, and the last one where nothing moves
#include "examples/support/film.hpp"

#include <doctest/doctest.h>

#include "tests/support/markup.hpp"

using namespace costate;
using namespace costate::support;
using test::contains, test::count;

TEST_SUITE("examples") {
    TEST_CASE("film: frames begin one after the other, each for its share, and the last one stays") {
        std::vector<Plot> frames;
        for (const char* title : {"t = 1", "t = 0.5", "t = 0", "end"})
            frames.push_back(Plot({.title = title}).line({0, 1}, {0, 1}));
        const std::string film = to_film(frames, {.title = "Course"}, {.seconds = 4, .hold = 6, .width = 300});
        CHECK(count(film, "<g class='frame'") == 3);
        CHECK(count(film, "<g class='frame last'") == 1);
        CHECK(count(film, "Course") == 4);
        for (const char* part :
             {"width='300' viewBox='0 0 1000 ", "animation-delay:0s", "animation-delay:3s", "show{0%,10%{opacity:1}",
              "stay{0%,70%{opacity:1}", "show 10s infinite", "@media print", ">t = 0.5<"}) {
            CAPTURE(part);
            CHECK(contains(film, part));
        }
        CHECK(count(film, "<svg") == count(film, "</svg>"));
        CHECK(film == to_film(frames, {.title = "Course"}, {.seconds = 4, .hold = 6, .width = 300}));
    }
}
