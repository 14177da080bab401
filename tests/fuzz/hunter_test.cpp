// tests/fuzz/hunter_test.cpp — the shrinker finds small failures, and choices can be replayed
#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/fuzz/hunter.hpp"

using namespace costate;
using namespace costate::test;

namespace {

std::string list_with_a_large_number(Choices& choices) {  // fails when one of up to 50 numbers is above 700
    std::string text;
    bool found = false;
    for (Index left = choices.below(50); left > 0; --left) {
        const Index number = choices.below(1000);
        found = found || number > 700;
        text += std::to_string(number) + " ";
    }
    return found ? text : "";
}

}  // namespace

TEST_SUITE_BEGIN("fuzz");

TEST_CASE("choices: made once, they give the same program again") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Choices first(seed);
        const std::string report = list_with_a_large_number(first);
        Choices again(first.made());
        CHECK(list_with_a_large_number(again) == report);
        CHECK(again.made() == first.made());
    }
}

TEST_CASE("shrinking: from any failure to the smallest one") {
    int failures = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Choices choices(seed);
        std::string report = list_with_a_large_number(choices);
        if (report.empty()) continue;
        ++failures;
        const std::vector<std::uint32_t> small = shrunk(list_with_a_large_number, choices.made(), report);
        CHECK(report == "701 ");
        CHECK(small == std::vector<std::uint32_t>{1, 701});
    }
    CHECK(failures > 20);
}

TEST_CASE("shrinking: an exception is a failure as well") {
    const Hunt hunt = [](Choices& choices) -> std::string {
        if (choices.below(100) > 3) throw std::runtime_error("above three");
        return "";
    };
    Choices choices(std::vector<std::uint32_t>{77});
    std::string report = caught(hunt, choices);
    CHECK(shrunk(hunt, choices.made(), report) == std::vector<std::uint32_t>{4});
    CHECK(report.find("above three") != std::string::npos);
}

TEST_SUITE_END();
