// tests/nn/headers_test.cpp — what the heads of nn/module.hpp and nn/sequential.hpp show compiles and holds, as it stands there
#include <doctest/doctest.h>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "core/files/file.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"

using namespace costate;

namespace {

struct Pendulum : nn::Module {  // and so is any struct that adds what it trains
    Parameter length = add("length", 1.0);
    nn::MLP friction = add("friction", nn::MLP({1, 8, 1}, nn::tanh, Rng{0}));
    Var operator()(Var t, Var z) const;
};
Var Pendulum::operator()(Var, Var z) const { return sin(z) / length + friction(z); }

void shows(const char* header, std::initializer_list<const char*> lines) {
    const std::vector<std::uint8_t> bytes = read_file(header);
    const std::string all(bytes.begin(), bytes.end());
    for (const char* line : lines) {
        CAPTURE(line);
        CHECK(all.find(line) != std::string::npos);
    }
}

}  // namespace

TEST_SUITE("nn") {
    TEST_CASE("module.hpp: the example as it stands there") {
        shows("nn/module.hpp", {"struct Pendulum : nn::Module {", "Parameter length = add(\"length\", 1.0);",
                                "nn::MLP friction = add(\"friction\", nn::MLP({1, 8, 1}, nn::tanh, Rng{0}));",
                                "Var operator()(Var t, Var z) const;", "sin(z) / length + friction(z)",
                                "nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});", "grad(loss, field);"});
        const Pendulum pendulum;
        CHECK(pendulum.names()[0] == "length");
        CHECK(pendulum.names()[1] == "friction.layer0.weight");

        const nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});
        Tape tape;
        const Var z = tape.constant(Tensor({3, 1}, {0.1, 0.2, 0.3})), t = tape.constant(0.0);
        CHECK(grad(sum(pendulum(t, z)), pendulum).size() == 5);
        const Var loss = nn::mse(field(tape.constant(Tensor({3, 2}, 1))), Tensor({3, 2}));
        CHECK(grad(loss, field).size() == 4);
        CHECK(field.parameter("layer0.weight").value().shape() == Shape({64, 2}));
    }

    TEST_CASE("sequential.hpp: the example as it stands there, the names, and what may be a layer") {
        shows("nn/sequential.hpp",
              {"nn::Sequential model{nn::Linear(2, 32, rng), nn::tanh, nn::MLP({32, 16, 2}, nn::relu, rng)};",
               "names \"layer0.weight\", \"layer2.layer0.weight\""});
        Rng rng(0);
        nn::Sequential model{nn::Linear(2, 32, rng), nn::tanh, nn::MLP({32, 16, 2}, nn::relu, rng)};
        CHECK(model.names().front() == "layer0.weight");
        CHECK(model.names()[2] == "layer2.layer0.weight");

        const nn::Sequential doubled{model, [](Var y) { return 2.0 * y; }}, same{model};
        const Tensor x({1, 2}, {0.3, -0.2}), y = model(x), twice = doubled(x);
        CHECK(twice[0] == 2 * y[0]);
        CHECK(same(x) == y);
        CHECK(same.names()[0] == model.names()[0]);
    }
}
