// tests/nn/module_test.cpp — names, handles, and files that fit or say why not
#include "nn/module.hpp"

#include <doctest/doctest.h>

#include "nn/mlp.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Pendulum : nn::Module {
    Parameter length = add("length", Tensor::scalar(2));
    nn::MLP friction = add("friction", nn::MLP({1, 3, 1}, nn::tanh, Rng{0}));
    Parameter add(const char* name, Tensor value) { return Module::add(name, Parameter(name, std::move(value))); }
    using Module::add;
};

nn::MLP small() { return nn::MLP({2, 3, 1}, nn::tanh, Rng{5}); }

bool equal_numbers(const nn::Module& a, const nn::Module& b) {
    for (std::size_t i = 0; i < a.parameters().size(); ++i)
        if (!(a.parameters()[i].value() == b.parameters()[i].value())) return false;
    return a.parameters().size() == b.parameters().size();
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("module: names and parameters come in the order of adding") {
    const nn::MLP net = small();
    REQUIRE(net.names().size() == 4);
    CHECK(net.names()[0] == "layer0.weight");
    CHECK(net.names()[1] == "layer0.bias");
    CHECK(net.names()[2] == "layer1.weight");
    CHECK(net.names()[3] == "layer1.bias");
    CHECK(net.parameters()[2].name() == "layer1.weight");
}

TEST_CASE("module: count is the number of trainable numbers") { CHECK(small().count() == 3 * 2 + 3 + 1 * 3 + 1); }

TEST_CASE("module: a struct's members are its parameters, those of inner modules with a prefix") {
    const Pendulum pendulum;
    REQUIRE(pendulum.parameters().size() == 5);
    CHECK(pendulum.parameters()[0] == pendulum.length);
    CHECK(pendulum.parameter("friction.layer0.weight") == pendulum.friction.parameters()[0]);
    CHECK(pendulum.count() == 1 + 3 + 3 + 3 + 1);
}

TEST_CASE("module: an unknown name lists the known ones") {
    const std::string error = error_of([] { small().parameter("weight"); });
    CHECK(contains(error, "no parameter of that name"));
    CHECK(contains(error, "layer0.weight, layer0.bias, layer1.weight, layer1.bias"));
    CHECK(contains(error, "module_test.cpp"));
}

TEST_CASE("module: a name is given once and is not empty; a parameter is added once") {
    nn::Module module;
    const Parameter p("p", Tensor({1}, {1}));
    module.add("p", p);
    CHECK(contains(error_of([&] { module.add("p", Parameter()); }), "empty or taken"));
    CHECK(contains(error_of([&] { module.add("", Parameter()); }), "empty or taken"));
    CHECK(contains(error_of([&] { module.add("q", p); }), "added twice"));
    CHECK(module.parameters().size() == 1);
}

TEST_CASE("module: a copy shares its parameters, a clone does not") {
    const nn::MLP net = small(), shared = net, separate = clone(net);
    CHECK(equal_numbers(net, separate));
    net.parameters()[0].edit()[0] = 7;
    CHECK(shared.parameters()[0].value()[0] == 7);
    CHECK(separate.parameters()[0].value()[0] != 7);
    CHECK(separate.names()[0] == "layer0.weight");
}

TEST_CASE("module: assign copies numbers between modules that are built alike") {
    nn::MLP net = small(), other({2, 3, 1}, nn::tanh, Rng{6});
    CHECK_FALSE(equal_numbers(net, other));
    const auto version = other.parameters()[0].version();
    other.assign(net);
    CHECK(equal_numbers(net, other));
    CHECK(other.parameters()[0].version() > version);
    CHECK_FALSE(other.parameters()[0] == net.parameters()[0]);
}

TEST_CASE("module: assign of a model of another make is an error of its own that changes nothing") {
    nn::MLP net = small(), wider({2, 4, 1}, nn::tanh, Rng{6}), deeper({2, 3, 1, 1}, nn::tanh, Rng{6});
    const nn::MLP before = clone(net);
    const auto refused = [](auto action) {
        const std::string text = error_of(action);
        CAPTURE(text);
        CHECK(contains(text, "assign: the models are not of the same make\n"));
        CHECK(contains(text, "module_test.cpp:"));
        CHECK_FALSE(contains(text, "file"));
        return text;
    };
    CHECK(contains(refused([&] { net.assign(wider); }),
                   "  got       \"layer0.weight\": [4,2] in the model that is given\n  expected  [3,2], as in"));
    CHECK(contains(refused([&] { net.assign(deeper); }),
                   "\"layer2.weight\": [1,1] in the model that is given\n"
                   "  expected  no such parameter"));
    CHECK(contains(refused([&] { deeper.assign(net); }), "\"layer2.weight\": no such parameter in the model"));
    CHECK(equal_numbers(net, before));
}

TEST_CASE("module: what was saved is loaded bit for bit") {
    TemporaryFolder folder;
    const nn::MLP net = small();
    net.save(folder / "net.costate");
    nn::MLP other({2, 3, 1}, nn::tanh, Rng{6});
    other.load(folder / "net.costate");
    CHECK(equal_numbers(net, other));
}

TEST_CASE("module: a file of another make is an error that changes nothing") {
    TemporaryFolder folder;
    const std::string path = folder / "net.costate";
    small().save(path);
    nn::MLP wider({2, 4, 1}, nn::tanh, Rng{1}), deeper({2, 3, 1, 1}, nn::tanh, Rng{1}),
        shallow({2, 3}, nn::tanh, Rng{1});
    const nn::MLP before = clone(shallow);

    const std::string shape = error_of([&] { wider.load(path); });
    CHECK(contains(shape, "another shape"));
    CHECK(contains(shape, "\"layer0.weight\" [3,2]"));
    CHECK(contains(shape, "[4,2]"));
    CHECK(contains(error_of([&] { deeper.load(path); }), "no tensor named 'layer2.weight'"));
    const std::string extra = error_of([&] { shallow.load(path); });
    CHECK(contains(extra, "a name that the model has not"));
    CHECK(contains(extra, "\"layer1.weight\""));
    CHECK(contains(extra, "module_test.cpp"));
    CHECK(equal_numbers(shallow, before));
}

TEST_CASE("module: two models live in one file under prefixes") {
    const nn::MLP a = small(), b({1, 2}, nn::relu, Rng{9});
    TensorFile file;
    a.write(file, "a.");
    b.write(file, "b.");
    nn::MLP a2({2, 3, 1}, nn::tanh, Rng{1}), b2({1, 2}, nn::relu, Rng{1});
    a2.read(file, "a.");
    b2.read(file, "b.");
    CHECK(equal_numbers(a, a2));
    CHECK(equal_numbers(b, b2));
}

TEST_CASE("module: a parameter of one number, or of a tensor, is added as it stands") {
    struct Law : nn::Module {
        Parameter g = add("g", 1.5), n = add("n", 2), W = add("W", Tensor({2}, {1, 2}));
    };
    const Law law;
    CHECK(law.g.value() == Tensor::scalar(1.5));
    CHECK(law.n.value() == Tensor::scalar(2));
    CHECK(law.W.shape() == Shape{2});
    CHECK(law.parameter("g") == law.g);
    const Law copy = law, other = clone(law);
    CHECK(copy.g == law.g);
    CHECK_FALSE(other.g == law.g);
    CHECK(other.parameter("g") == other.g);
}

TEST_SUITE_END();
