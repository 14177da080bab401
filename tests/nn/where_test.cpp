// tests/nn/where_test.cpp — an error names the line that called the library, not one of the library's own
#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/names_its_line.hpp"

using namespace costate;
using test::contains;
using test::error_of;

TEST_SUITE_BEGIN("nn");

TEST_CASE("where: layers and models, called with what does not fit") {
    Tape tape;
    const Var x = tape.constant(Tensor({2, 5})), t = tape.constant(0.0);
    const nn::Linear linear(3, 2, Rng{0});
    const nn::MLP mlp({3, 4, 2}, nn::tanh, Rng{0}), timed({3, 4, 3}, nn::tanh, Rng{0}, {.time = true});
    const nn::Sequential first{linear, nn::tanh}, second{nn::tanh, nn::Sequential{nn::sin, mlp}};
    NAMES_ITS_LINE(linear(x));
    NAMES_ITS_LINE(linear(t, x));
    NAMES_ITS_LINE(linear(Var{}));
    NAMES_ITS_LINE(mlp(x));
    NAMES_ITS_LINE(mlp(t, x));
    NAMES_ITS_LINE(timed(t, x));
    NAMES_ITS_LINE(timed(t, tape.constant(1.0)));
    NAMES_ITS_LINE(timed(Var{}, x));
    NAMES_ITS_LINE(first(x));
    NAMES_ITS_LINE(second(x));
    NAMES_ITS_LINE(second(t, x));
}

TEST_CASE("where: what a user wrote names its own line, and the call of the model beside it") {
    Tape tape;
    const Var x = tape.constant(Tensor({2, 3}));
    const auto refuses = [](Var v) { return v + Tensor({7}); };
    const int within = __LINE__ - 1;
    const std::string own = "where     " __FILE__ ":" + std::to_string(within), here = __FILE__ ":";
    const nn::Sequential layers{nn::tanh, refuses};
    const std::string of_layer = error_of([&] { layers(x); });
    CHECK(contains(of_layer, own));
    CHECK(contains(of_layer, "while     calling nn::Sequential's layer1 at " + here + std::to_string(__LINE__ - 2)));
    const nn::MLP mlp({3, 4, 2}, refuses, Rng{0});
    const std::string of_activation = error_of([&] { mlp(x); });
    CHECK(contains(of_activation, own));
    CHECK(contains(of_activation, "while     applying an activation at " + here + std::to_string(__LINE__ - 2)));
}

TEST_CASE("where: indices, classes and limits that are wrong as numbers") {
    Tape tape;
    const Var x = tape.constant(Tensor({3, 2})), wrong = tape.constant(Tensor({3}, {0, 3, 1})),
              half = tape.constant(Tensor({3}, {0, 0.5, 1}));
    for (const Var& index : {wrong, half}) {
        NAMES_ITS_LINE(gather(x, index, 0));
        NAMES_ITS_LINE(scatter_add(x, index, 0, 3));
        NAMES_ITS_LINE(nn::one_hot(index, 3));
        NAMES_ITS_LINE(nn::cross_entropy_with_logits(tape.constant(Tensor({3, 3})), index));
    }
    NAMES_ITS_LINE(clamp(x, 2, 1));
    NAMES_ITS_LINE(sum_of(std::array{x, wrong}));
    NAMES_ITS_LINE(nn::mse(x, wrong));
    NAMES_ITS_LINE(nn::gaussian_log_likelihood(x, wrong, x));
}

TEST_CASE("where: the largest of nothing") {
    Tape tape;
    const Var none = tape.constant(Tensor({0, 3}));
    NAMES_ITS_LINE(max(none));
    NAMES_ITS_LINE(max(none, {0}));
    NAMES_ITS_LINE(max(none, {0, 1}, true));
    CHECK(contains(error_of([&] { max(none); }), "max: there is nothing to take the largest of"));
    CHECK(max(none, {1}).shape() == Shape{0});  // no result, so nothing is asked
}

TEST_CASE("where: an entry of a tensor") {
    CHECK(contains(error_of([] { Tensor({2, 2})(2, 0); }), "where_test.cpp:"));
}

TEST_SUITE_END();
