// tests/nn/clone_test.cpp — a clone has numbers of its own, and its parameters() are the ones that it computes with
#include <doctest/doctest.h>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;

namespace {

struct Pendulum : nn::Module {  // the example of nn/module.hpp
    Parameter length = add("length", Tensor::scalar(1));
    nn::MLP friction = add("friction", nn::MLP({1, 8, 1}, nn::tanh, Rng{0}));
    Var operator()(Var t, Var z) const {
        const Var angle = slice(z, 1, 0, 1), speed = slice(z, 1, 1, 1);
        const Var gravity = sin(angle) / t.tape().use(length);
        return concatenate({speed, friction(speed) - gravity}, 1);
    }
};

struct Scale : nn::Module {  // a layer of a user's own, without a word about clones
    Parameter factor = add("factor", Tensor::scalar(2));
    Var operator()(Var x) const { return x * x.tape().use(factor); }
};

struct Nested : nn::Module {
    Pendulum inner = add("inner", Pendulum());
    std::vector<Scale> scales{add("a", Scale()), add("b", Scale())};
    nn::Sequential net = add("net", nn::Sequential{nn::Linear(2, 2, Rng{1}), nn::tanh, Scale()});
    Var operator()(Var t, Var z) const { return scales[1](scales[0](net(inner(t, z)))); }
};

template <class Model>
Tensor value_of(const Model& model) {
    Tape tape;
    const Var x = tape.constant(Tensor({2, 2}, {0.3, -1, 0.7, 2}));
    if constexpr (std::is_invocable_v<const Model&, Var, Var>)
        return Tensor(tape.view(model(tape.constant(0.5), x)));
    else
        return Tensor(tape.view(model(x)));
}

template <class Model>
void check_clone(const Model& model) {
    const Tensor before = value_of(model);
    const Model copy = nn::clone(model), shared = model;
    REQUIRE(copy.parameters().size() == model.parameters().size());
    CHECK(value_of(copy) == before);
    for (std::size_t i = 0; i < model.parameters().size(); ++i) {
        CAPTURE(model.names()[i]);
        CHECK(copy.names()[i] == model.names()[i]);
        CHECK(copy.parameters()[i].value() == model.parameters()[i].value());
        CHECK_FALSE(copy.parameters()[i] == model.parameters()[i]);
        CHECK(shared.parameters()[i] == model.parameters()[i]);
        const Tensor old = value_of(copy);
        copy.parameters()[i].edit()[0] += Real(0.25);  // every one is heard of by the clone, and by it alone
        CHECK_FALSE(value_of(copy) == old);
        CHECK(value_of(model) == before);
    }
    Tape tape;  // gradients reach each of them
    const Var x = tape.constant(Tensor({2, 2}, {0.3, -1, 0.7, 2}));
    Var y;
    if constexpr (std::is_invocable_v<const Model&, Var, Var>)
        y = copy(tape.constant(0.5), x);
    else
        y = copy(x);
    for (const Var& g : grad(sum(y), copy.parameters())) CHECK_FALSE(g.is_zero());
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("clone: a model of any make computes with the parameters that it lists") {
    check_clone(nn::Linear(2, 3, Rng{4}));
    check_clone(nn::MLP({2, 3, 2}, nn::tanh, Rng{4}));
    check_clone(nn::MLP({2, 3, 2}, nn::tanh, Rng{4}, {.time = true}));
    check_clone(Scale());
    check_clone(Pendulum());
    check_clone(nn::Sequential{nn::Linear(2, 2, Rng{1}), nn::tanh, Scale(), nn::MLP({2, 2}, nn::relu, Rng{2})});
    check_clone(nn::Sequential{nn::Sequential{Scale(), nn::sin}, nn::Linear(2, 2, Rng{1})});
    check_clone(Nested());
}

TEST_CASE("clone: the members of a clone are its own, a copy's are shared") {
    const Pendulum model, copy = nn::clone(model), shared = model;
    CHECK(copy.length == copy.parameters()[0]);
    CHECK(copy.friction.parameters()[1] == copy.parameters()[2]);
    CHECK_FALSE(copy.length == model.length);
    CHECK(shared.length == model.length);
    const Parameter after = model.length;  // cloning is over: a copy is a handle again
    CHECK(after == model.length);
}

TEST_CASE("clone: of a clone, and inside of one, is independent of both") {
    const Scale a, b = nn::clone(a), c = nn::clone(b);
    b.factor.edit()[0] = 5;
    CHECK(a.factor.value()[0] == 2);
    CHECK(c.factor.value()[0] == 2);
}

TEST_CASE("module: a parameter is added by its first numbers") {
    Pendulum p;
    CHECK(p.names()[0] == "length");
    CHECK(p.length.name() == "length");
    CHECK(p.names()[1] == "friction.layer0.weight");
}

TEST_CASE("sequential: braces around one are a copy of it, with the same names and the same parameters") {
    const nn::Sequential a{nn::Linear(2, 2, Rng{1}), nn::tanh}, b{a}, c(a);
    const nn::Sequential d{b};
    for (const nn::Sequential* copy : {&b, &c, &d}) {
        CHECK(copy->names()[0] == "layer0.weight");
        CHECK(copy->layers().size() == 2);
        CHECK(copy->parameters()[0] == a.parameters()[0]);
        CHECK(value_of(*copy) == value_of(a));
    }
    const nn::Sequential within{a, nn::tanh};
    CHECK(within.names()[0] == "layer0.layer0.weight");
}

TEST_SUITE_END();
