// tests/core/context_test.cpp — an error says what was going on, and names the line of whoever can mend it
#include <doctest/doctest.h>

#include <string>

#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

[[noreturn]] void wrong() { fail(Where("library.cpp", 1), {.what = "f: wrong"}); }
void layer(Where at) {
    const CalledFrom caller(at);
    wrong();
}
void model(Where at) {
    const CalledFrom caller(at);
    layer(Where("model.cpp", 2));
}
template <class F>
void solve(F field, Where at) {
    const While doing("recording the field of the solve", at);
    field();
}

const Where mine("mine.cpp", 12), outer("mine.cpp", 27);

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("context: without one an error names its own line") {
    CHECK(error_of(wrong) == "f: wrong\n  where     library.cpp:1");
}

TEST_CASE("context: a function made of others names its caller's line, through any number of them") {
    CHECK(error_of([] { layer(mine); }) == "f: wrong\n  where     mine.cpp:12");
    CHECK(error_of([] { model(mine); }) == "f: wrong\n  where     mine.cpp:12");
    CHECK(error_of([] { model(Where::nowhere()); }) == "f: wrong\n  where     model.cpp:2");
    CHECK(error_of(wrong) == "f: wrong\n  where     library.cpp:1");  // the errors before have left nothing behind
}

TEST_CASE("context: what others wrote names its own line, and whoever called it stands beside it") {
    const std::string during = "\n  while     recording the field of the solve at mine.cpp:27";
    CHECK(error_of([] { solve(wrong, outer); }) == "f: wrong\n  where     library.cpp:1" + during);
    CHECK(error_of([] { solve([] { layer(mine); }, outer); }) == "f: wrong\n  where     mine.cpp:12" + during);
    CHECK(error_of([] {
              const CalledFrom caller(outer);  // a layer that solves
              solve([] { layer(mine); }, Where("neural_ode.cpp", 3));
          }) == "f: wrong\n  where     mine.cpp:12" + during);
    CHECK(error_of([] { solve([] { solve(wrong, mine); }, outer); }) ==
          "f: wrong\n  where     library.cpp:1\n  while     recording the field of the solve at mine.cpp:12" + during);
    CHECK(error_of([] { solve(wrong, Where::nowhere()); }) ==
          "f: wrong\n  where     library.cpp:1\n  while     recording the field of the solve");
}

TEST_CASE("context: the line of an operation is that of the call which it is part of") {
    const auto line_of = [](Where at) { return Context::line(at).line; };
    CHECK(line_of(mine) == 12);
    const CalledFrom caller(outer);
    CHECK(line_of(mine) == 27);
    const CalledFrom inner(Where("model.cpp", 2));
    CHECK(line_of(mine) == 27);
    const While doing("calling a layer", outer);
    CHECK(line_of(mine) == 12);
    const While rule("differentiating ", "exp", Where("mine.cpp", 5), Where("mine.cpp", 5));
    CHECK(line_of(mine) == 5);
}

TEST_CASE("context: a warning says it, too, and nothing is allocated while all goes well") {
    const test::Listening to;
    solve([] { warn(mine, {.what = "f: look"}); }, outer);
    CHECK(to.warnings().back() ==
          "warning: f: look\n  where     mine.cpp:12\n  while     recording the field of the solve at mine.cpp:27");
    CHECK(test::allocations_in([] { solve([] { const CalledFrom caller(mine); }, outer); }) == 0);
}

TEST_SUITE_END();
