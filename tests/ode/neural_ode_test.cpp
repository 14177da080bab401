// tests/ode/neural_ode_test.cpp — a layer whose depth is time
#include "ode/models/neural_ode.hpp"

#include <doctest/doctest.h>

#include "nn/linear.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "optim/adam.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {
Var rotation(Var, Var z) { return concatenate({-slice(z, 1, 1, 1), slice(z, 1, 0, 1)}, 1); }
}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("NeuralODE: its parameters are the field's, by name") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0});
        const NeuralODE layer(field, {0, 1});
        REQUIRE(layer.parameters().size() == field.parameters().size());
        for (std::size_t i = 0; i < field.parameters().size(); ++i) {
            CHECK(layer.parameters()[i] == field.parameters()[i]);
            CHECK(layer.names()[i] == "field." + field.names()[i]);
        }
        CHECK(layer.field().parameters()[0] == field.parameters()[0]);
    }

    TEST_CASE("NeuralODE: the end of its path, and what solve gives") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0});
        const std::vector<double> times{0, 0.3, 1};
        const NeuralODE layer(field, times, {.method = dopri5});
        Tape tape;
        const Var z0 = tape.variable(waves({4, 2}, 0.8));
        const Tensor path(tape.view(layer.path(z0))), end(tape.view(layer(z0)));
        CHECK(path == Tensor(tape.view(solve(tape, field, z0, times, {.method = dopri5}).z)));
        REQUIRE(end.shape() == Shape{4, 2});
        CHECK(end == Tensor(path.rows(2, 1)).reshaped({4, 2}));
    }

    TEST_CASE("NeuralODE: its end, its path and its Solution, of Vars and of Tensors") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0});
        const Tensor z0 = waves({4, 2}, 0.8);
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            const NeuralODE layer(field, {0, 0.25, 1}, fitted({.method = "dopri5", .gradient = route}));
            Tape tape;
            const Var start = tape.variable(z0);
            const Solution<Var> solution = layer.solve(start);
            const Solution<Tensor> looked_at = layer.solve(z0);
            const Tensor path(tape.view(solution.z));
            CHECK(Tensor(tape.view(layer.path(start))) == path);
            CHECK(layer.path(z0) == path);
            CHECK(looked_at.z == path);
            CHECK(layer(z0) == Tensor(tape.view(layer(start))));
            CHECK(layer(z0) == looked_at.end());
            CHECK(layer(z0.rows(1, 2)).shape() == Shape{2, 2});
            CHECK(looked_at.statistics().accepted == solution.statistics().accepted);
            CHECK(solution.statistics().accepted > 0);
        }
    }

    TEST_CASE("NeuralODE: of a lambda or a function it has no parameters, and gives what the lambda gives") {
        const Parameter k("k", Tensor({2}, {0.3, -0.5}));
        const auto decay = [k](Var, Var z) { return -z * z.tape().use(k); };
        const NeuralODE of_lambda(decay);
        const NeuralODE of_temporary([k](Var, Var z) { return -z * z.tape().use(k); }, {0, 1});
        const NeuralODE of_function(rotation, std::vector{0., 1.});
        const NeuralODE of_any(Field(rotation), {0, 1}, {});
        CHECK(of_lambda.parameters().empty());
        CHECK(of_function.parameters().empty());
        const Tensor z0 = waves({3, 2}, 1);
        Tape tape;
        const Var start = tape.variable(z0), end = of_lambda(start);
        CHECK(Tensor(tape.view(end)) == Tensor(tape.view(solve(decay, start, {0, 1}).end())));
        CHECK(of_lambda(z0) == of_temporary(z0));
        CHECK(of_function(z0) == of_any(z0));
        CHECK(largest(Tensor(tape.view(grad(sum(end), k)))) > 0.1);
    }

    TEST_CASE("NeuralODE: in a sequence, cloned, and as the field of another") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0});
        const NeuralODE layer(field);
        const nn::Sequential model{nn::Linear(2, 2, Rng{1}), layer, nn::tanh};
        CHECK(model.parameters().size() == 2 + field.parameters().size());
        CHECK(model.parameters()[2] == field.parameters()[0]);
        Tape tape;
        const Var x = tape.constant(waves({3, 2}, 1));
        CHECK(model(x).shape() == Shape{3, 2});
        const NeuralODE copy = nn::clone(layer);
        CHECK_FALSE(copy.parameters()[0] == layer.parameters()[0]);
        CHECK(Tensor(tape.view(copy(x))) == Tensor(tape.view(layer(x))));
        copy.parameters()[0].edit()[0] += 1;
        Tape later;  // the parameter of the other tape has changed
        CHECK(copy(waves({3, 2}, 1)) != layer(waves({3, 2}, 1)));
        const NeuralODE outer([layer](Var, Var z) { return layer(z) - z; }, {0, 0.5}, {.steps = 3});
        const Var start = later.variable(waves({3, 2}, 1));
        CHECK(largest(Tensor(later.view(grad(sum(outer(start)), start)))) > 0.1);
    }

    TEST_CASE("NeuralODE: a row that fails by its own clock is an error of the layer, and a report of its solve") {
        const NeuralODE layer([](Var, Var z) { return z * z; }, {0, 2}, {.rows = independent});
        const Tensor z0({2, 1}, {0.1, 1});
        CHECK(contains(error_of([&] { layer(z0.view()); }), "1 of 2 rows could not go on"));
        CHECK(contains(error_of([&] { layer.path(z0.view()); }), "row 1"));
        CHECK(layer.solve(z0.view()).rows()[0].status == Status::ok);
    }

    TEST_CASE("NeuralODE: between other layers, every route gives the network the same gradient") {
        const nn::MLP field({3, 8, 3}, nn::tanh, Rng{1});
        const nn::Linear in(2, 3, Rng{2}), out(3, 1, Rng{3});
        std::vector<Route> routes = routes_of(dopri5);
        routes.push_back(checkpointed(2));
        std::vector<std::vector<Tensor>> of_route(std::size(routes));
        for (std::size_t r = 0; r < std::size(routes); ++r) {
            const Route& route = routes[r];
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
            for (std::size_t r = 1; r < of_route.size(); ++r)
                CHECK(distance(of_route[r][i], of_route[0][i]) <
                      (routes[r].is_continuous() ? either(1e-7, 1e-3) : either(1e-12, 1e-4)));
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
