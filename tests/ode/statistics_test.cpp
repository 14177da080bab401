// tests/ode/statistics_test.cpp — a Status in words
#include "ode/statistics.hpp"

#include <doctest/doctest.h>

#include <array>
#include <sstream>
#include <string>

#include "autodiff/operators.hpp"
#include "ode/solve.hpp"

using namespace costate;

TEST_SUITE_BEGIN("ode");

TEST_CASE("a Status has a text, and a stream prints it") {
    std::ostringstream stream;
    stream << ode::solve([](Var, Var z) { return -z; }, Tensor({1}, {1}), {0, 1}).status << ' '
           << ode::Status::too_many_steps;
    CHECK(stream.str() == "ok too_many_steps");
    CHECK(std::string(to_text(ode::Status::not_finite)) == "not_finite");
}

TEST_SUITE_END();
