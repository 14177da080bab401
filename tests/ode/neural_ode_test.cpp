// tests/ode/neural_ode_test.cpp — a layer whose depth is time
#include "ode/neural_ode.hpp"

#include <doctest/doctest.h>

#include "nn/linear.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("NeuralODE: its parameters are the field's, by name") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0});
        const NeuralODE layer(field, {0, 1});
        REQUIRE(layer.parameters().size() == field.parameters().size());
        for (std::size_t i = 0; i < field.parameters().size(); ++i) {
            CHECK(layer.parameters()[i] == field.parameters()[i]);
            CHECK(layer.names()[i] == "field." + field.names()[i]);
        }
    }

    TEST_CASE("NeuralODE: the end of its path, and what solve gives") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0});
        const std::vector<double> times{0, 0.3, 1};
        const NeuralODE layer(field, times, {.method = dopri5});
        Tape tape;
        const Var z0 = tape.variable(waves({4, 2}, 0.8));
        const Tensor path(tape.view(layer.path(z0))), end(tape.view(layer(z0)));
        CHECK(path == Tensor(tape.view(solve(tape, field, z0, times, {.method = dopri5}))));
        REQUIRE(end.shape() == Shape{4, 2});
        CHECK(end == Tensor(path.rows(2, 1)).reshaped({4, 2}));
    }

    TEST_CASE("NeuralODE: between other layers, every route gives the network the same gradient") {
        const nn::MLP field({3, 8, 3}, nn::tanh, Rng{1});
        const nn::Linear in(2, 3, Rng{2}), out(3, 1, Rng{3});
        std::vector<Tensor> of_route[3];
        for (std::size_t r = 0; r < std::size(all_routes); ++r) {
            const Route& route = all_routes[r];
            const double tolerance = either(1e-9, 1e-5);
            const NeuralODE layer(field, {0, 1},
                                  {.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route});
            Tape tape;
            const Var loss = mean(square(out(layer(in(tape.constant(waves({5, 2}, 1)))))));
            std::vector<Var> xs;
            for (const nn::Module* m : {static_cast<const nn::Module*>(&in), static_cast<const nn::Module*>(&layer),
                                        static_cast<const nn::Module*>(&out)})
                for (const Parameter& p : m->parameters()) xs.push_back(tape.use(p));
            for (const Var& g : grad(loss, Vars(xs))) of_route[r].push_back(Tensor(tape.view(g)));
        }
        for (std::size_t i = 0; i < of_route[0].size(); ++i) {
            CAPTURE(i);
            CHECK(distance(of_route[1][i], of_route[0][i]) < either(1e-12, 1e-4));
            CHECK(distance(of_route[2][i], of_route[0][i]) < either(1e-7, 1e-3));
        }
    }

    TEST_CASE("NeuralODE: a few steps of Adam bring it closer to a rotation") {
        const NeuralODE layer(nn::MLP({2, 16, 2}, nn::tanh, Rng{4}), {0, 1},
                              {.method = tsit5, .rtol = 1e-4, .atol = 1e-4, .gradient = backsolve});
        optim::Adam adam(layer.parameters(), {.lr = 2e-2});
        const Tensor z0 = waves({8, 2}, 1);
        Tensor turned = z0;  // by one radian
        for (Index i = 0; i < 8; ++i) {
            turned[2 * i] = static_cast<Real>(std::cos(1.) * double(z0[2 * i]) - std::sin(1.) * double(z0[2 * i + 1]));
            turned[2 * i + 1] =
                static_cast<Real>(std::sin(1.) * double(z0[2 * i]) + std::cos(1.) * double(z0[2 * i + 1]));
        }
        Tape tape;
        double first = 0, last = 0;
        for (int epoch = 0; epoch < 60; ++epoch) {
            tape.rewind();
            const Var loss = nn::mse(layer(tape.constant(z0)), tape.constant(turned));
            last = double(tape.view(loss)[0]);
            if (epoch == 0) first = last;
            adam.step(grad(loss, layer.parameters()));
        }
        CHECK(last < first / 20);
    }
}
