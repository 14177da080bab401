// tests/fuzz/hunts_test.cpp — a short hunt of each hunter, the same one every time; `make fuzz` hunts for longer
#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/fuzz/hunter.hpp"

using namespace costate;
using namespace costate::test;

namespace {

void finds_nothing(const Hunt& hunt, std::uint64_t rounds) {
    set_warning_handler([](const char*) {});  // random fields give reasons enough
    for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
        Choices choices(seed);
        const std::string report = caught(hunt, choices);
        CAPTURE(seed);
        CHECK(report == "");
    }
    set_warning_handler(nullptr);
}

}  // namespace

TEST_SUITE("fuzz") {
    TEST_CASE("hunters: random programs are what the tape computes") { finds_nothing(hunt_programs, 200); }

    TEST_CASE("hunters: random fields go through every route alike, and alike on a tape with a past") {
        finds_nothing(hunt_fields, 300);
    }

    TEST_CASE("hunters: a tape and a model that live long answer as fresh ones") { finds_nothing(hunt_calls, 150); }
}
