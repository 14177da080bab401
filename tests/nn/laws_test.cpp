// tests/nn/laws_test.cpp — what holds for every layer (tests/nn/layers.hpp)
#include <doctest/doctest.h>

#include <algorithm>

#include "autodiff/derivatives/check.hpp"
#include "autodiff/operators.hpp"
#include "tests/nn/layers.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/declared.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {

AnyLayer made(const LayerCase& of, std::uint64_t seed = 1) {
    Rng rng(seed);
    return of.make(rng);
}

Tensor numbers(const Shape& shape) { return normal_tensor(shape, 9); }

Tensor value_of(const AnyLayer& layer, const Shape& x) {
    Tape tape;
    return Tensor(tape.view(layer.call(tape.constant(numbers(x)))));
}

template <class Law>
void for_all_layers(Law law) {
    for (const LayerCase& layer : all_layers()) {
        INFO(layer.kind, " ", layer.options);
        law(layer);
    }
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("layers: every module that nn/ declares is in the list; who adds a case, counts it here") {
    const std::vector<LayerCase> all = all_layers();
    CHECK(all.size() == 13);
    check_listed(all, "Module", "nn");
}

TEST_CASE("layers: what was written is read by a layer of other numbers, and computes the same") {
    for_all_layers([](const LayerCase& c) {
        const AnyLayer layer = made(c);
        AnyLayer other = made(c, 2);
        TensorFile file;
        layer.module.write(file, "layer.");
        for (const Parameter& p : other.module.parameters()) p.edit()[0] += 1;
        CHECK_FALSE(value_of(other, c.x) == value_of(layer, c.x));
        other.module.read(parse(serialize(file)), "layer.");
        CHECK(value_of(other, c.x) == value_of(layer, c.x));
    });
}

TEST_CASE("layers: a clone computes the same with parameters of its own, and hears of each of them") {
    for_all_layers([](const LayerCase& c) {
        const AnyLayer layer = made(c), copy = layer.clone();
        const Tensor before = value_of(layer, c.x);
        CHECK(value_of(copy, c.x) == before);
        REQUIRE(copy.module.parameters().size() == layer.module.parameters().size());
        for (std::size_t i = 0; i < layer.module.parameters().size(); ++i) {
            INFO(copy.module.names()[i]);
            CHECK(copy.module.names()[i] == layer.module.names()[i]);
            CHECK_FALSE(copy.module.parameters()[i] == layer.module.parameters()[i]);
            const Tensor old = value_of(copy, c.x);
            {
                Parameter::Edit edit = copy.module.parameters()[i].edit();
                for (Real& entry : edit.entries()) entry += Real(0.25);
            }
            CHECK_FALSE(value_of(copy, c.x) == old);
            CHECK(value_of(layer, c.x) == before);
        }
    });
}

TEST_CASE("layers: on a child tape the same, with the parameters of the tape around it") {
    for_all_layers([](const LayerCase& c) {
        const AnyLayer layer = made(c);
        Tape tape, child(&tape);
        const Var y = layer.call(child.constant(numbers(c.x)));
        CHECK(Tensor(child.view(y)) == value_of(layer, c.x));
        CHECK(tape.parameters().size() == layer.module.parameters().size());
        CHECK(&y.tape() == &child);
    });
}

TEST_CASE("layers: gradients by the input and by every parameter are those of differences") {
    for_all_layers([](const LayerCase& c) {
        const AnyLayer layer = made(c);
        const GradientReport by_x = check_gradients(layer.call, numbers(c.x));
        CHECK_MESSAGE(by_x.ok(), to_text(by_x));
        const auto of_parameters = [&](Tape& tape) { return layer.call(tape.constant(numbers(c.x))); };
        const GradientReport by_theta = check_gradients(of_parameters, layer.module);
        CHECK_MESSAGE(by_theta.ok(), to_text(by_theta));
    });
}

TEST_CASE("layers: a warm call and its gradient allocate nothing") {
    for_all_layers([](const LayerCase& c) {
        const AnyLayer layer = made(c);
        const Tensor x = numbers(c.x);
        Tape tape;
        const auto iterate = [&] {
            tape.rewind();
            grad(sum(layer.call(tape.constant(x))), layer.module);
        };
        for (int n = 0; n < 2; ++n) iterate();
        CHECK(allocations_in(iterate) <= (c.kind == "RNN" || c.kind == "GRU" ? 1 : 0));  // their h, made in the call
    });
}

TEST_SUITE_END();
