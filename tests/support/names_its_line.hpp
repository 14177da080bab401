// tests/support/names_its_line.hpp — does an error name the line of the call that it is about?
//   NAMES_ITS_LINE(x + y);
#pragma once
#include <doctest/doctest.h>

#include <string>

#include "tests/support/error_of.hpp"

namespace costate::test {

template <class Action>
bool names_line(Action action, const char* file, int line) {
    const std::string error = error_of(action);
    const bool right = contains(error, "where     " + std::string(file) + ":" + std::to_string(line));
    if (!right) MESSAGE(error);
    return right;
}

}  // namespace costate::test

// The line of the call is that of the lambda's body.
#define NAMES_ITS_LINE(call) CHECK(costate::test::names_line([&] { call; }, __FILE__, __LINE__))
