// tests/examples/film_test.cpp — a film is its frames, one shown at a time, and the last one where nothing moves
#include "examples/support/film.hpp"

#include <doctest/doctest.h>

#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using test::contains;

namespace {
std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}
}  // namespace

TEST_SUITE("examples") {
    TEST_CASE("film: frames begin one after the other, each for its share, and the last one stays") {
        std::vector<Plot> frames;
        for (const char* title : {"t = 1", "t = 0.5", "t = 0", "end"})
            frames.push_back(Plot({.title = title}).line({0, 1}, {0, 1}));
        const std::string film = to_film(frames, {.title = "Course"}, {.seconds = 4, .hold = 6, .width = 300});
        CHECK(times(film, "<g class='frame'") == 3);
        CHECK(times(film, "<g class='frame last'") == 1);
        CHECK(times(film, "Course") == 4);
        for (const char* part :
             {"width='300' viewBox='0 0 1000 ", "animation-delay:0s", "animation-delay:3s", "show{0%,10%{opacity:1}",
              "stay{0%,70%{opacity:1}", "show 10s infinite", "@media print", ">t = 0.5<"}) {
            CAPTURE(part);
            CHECK(contains(film, part));
        }
        CHECK(times(film, "<svg") == times(film, "</svg>"));
        CHECK(film == to_film(frames, {.title = "Course"}, {.seconds = 4, .hold = 6, .width = 300}));
    }
}
