// tests/autodiff/stream_test.cpp — what std::cout prints is what to_text says
#include "core/stream.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "autodiff/operators.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {
template <class X>
std::string printed(const X& x) {
    std::ostringstream stream;
    stream << x << std::endl << 7;
    return stream.str();
}
}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("a stream prints tensors, views, shapes, parameters and Vars as to_text writes them") {
    Tensor A({2, 2}, {1, 2, 3, 4});
    Tape tape;
    const Var x = tape.variable(A);
    CHECK(printed(A) == "[[1, 2], [3, 4]]\n7");
    CHECK(printed(A.view()) == printed(A));
    CHECK(printed(std::as_const(A).view()) == printed(A));
    CHECK(printed(A.shape()) == "[2,2]\n7");
    CHECK(printed(Parameter("p", A)) == printed(A));
    CHECK(to_text(Parameter("p", A)) == to_text(A));
    CHECK(printed(x) == printed(A));
    CHECK(printed(x[0] + 1) == "[2, 3]\n7");
    CHECK(to_text(x) == to_text(A));
}

TEST_CASE("printing a Var reads it: a stale one is an error, of the line that prints") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}));
    tape.rewind();
    std::ostringstream stream;
    const std::string error = error_of([&] { stream << x; });
    CHECK(contains(error, "this Var is stale"));
    CHECK(contains(error, "stream_test.cpp:" + std::to_string(__LINE__ - 2)));
}

TEST_SUITE_END();
