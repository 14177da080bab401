// tests/mistakes/mistake.hpp — what a newcomer is told who makes this mistake
// The text of the error must hold the given pieces (what is wrong, what is expected, what to try) and the line of the
// mistake itself, in at most eight lines.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "costate.hpp"
#include "tests/support/error_of.hpp"

namespace costate::test {

inline void require_told(const std::string& text, std::initializer_list<const char*> pieces, Where here) {
    CAPTURE(here.line);
    CAPTURE(text);
    CHECK(text != "");
    for (const char* piece : pieces) CHECK_MESSAGE(contains(text, piece), "missing: " << std::string(piece));
    CHECK(contains(text, "_test.cpp:"));
    CHECK(std::count(text.begin(), text.end(), '\n') < 8);
}

template <class Action>
void mistake(Action action, std::initializer_list<const char*> pieces, Where here = {}) {
    require_told(error_of(action), pieces, here);
}

}  // namespace costate::test
