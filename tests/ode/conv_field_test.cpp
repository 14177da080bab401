// tests/ode/conv_field_test.cpp — a field of convolutions: every route, tiles of images, no memory once warm
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "autodiff/operators.hpp"
#include "nn/conv.hpp"
#include "nn/group_norm.hpp"
#include "ode/models/neural_ode.hpp"
#include "optim/sgd.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::ode;

namespace {

struct ImageField : nn::Module {
    ImageField(Rng rng = Rng{3})
        : conv0(add("conv0", nn::Conv2d(4, 4, 3, rng, {.padding = 1, .time = true}))),
          norm(add("norm", nn::GroupNorm(4, 2))),
          conv1(add("conv1", nn::Conv2d(4, 4, 3, rng, {.padding = 1}))) {}
    Var operator()(Var t, Var z) const { return conv1(tanh(norm(conv0(t, z)))); }

    nn::Conv2d conv0;
    nn::GroupNorm norm;
    nn::Conv2d conv1;
};

Tensor images(Index count) { return test::normal_tensor({count, 3, 3, 4}, 8); }

struct Result {
    Tensor z;
    std::vector<Tensor> gradients;
};

Result solved(const ImageField& field, const SolveOptions& options, Index count = 40) {
    Tape tape;
    const NeuralODE layer(field, {0, 1}, options);
    const Var z0 = tape.variable(images(count)), z = layer(z0);
    Result result{Tensor(z.value()), {}};
    const Var loss = mean(square(z));
    result.gradients.emplace_back(grad(loss, z0).value());
    for (const Var& g : grad(loss, layer)) result.gradients.emplace_back(g.value());
    return result;
}

double distance(const Result& a, const Result& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.gradients.size(); ++i)
        for (Index j = 0; j < a.gradients[i].size(); ++j)
            worst = std::max(worst, std::abs(double(a.gradients[i][j]) - double(b.gradients[i][j])));
    return worst;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("a field of convolutions: tiles of images have the bits of all images at once") {
        const ImageField field;
        for (const Route& route : {discrete, backsolve}) {
            const SolveOptions tiled{.method = rk4_classic, .gradient = route, .steps = 3};
            SolveOptions whole = tiled;
            whole.tiles = false;
            const Result a = solved(field, tiled, 300), b = solved(field, whole, 300);
            CHECK(a.z == b.z);
            CHECK(a.gradients == b.gradients);
        }
    }

    TEST_CASE("a field of convolutions: the routes agree") {
        const ImageField field;
        const double rounding = sizeof(Real) == 8 ? 1e-13 : 1e-5;
        const SolveOptions options{.method = rk4_classic, .steps = 4};
        SolveOptions by_tape = options, backwards = options;
        by_tape.gradient = direct;
        backwards.gradient = backsolve;
        const Result exact = solved(field, options);
        CHECK(distance(exact, solved(field, by_tape)) <= rounding);
        CHECK(distance(exact, solved(field, backwards)) <= 1e-4);  // to the order of the method
    }

    TEST_CASE("a field of convolutions: a warm iteration allocates nothing") {
        const ImageField field;
        const Tensor x = images(40);
        for (const Route& route : {discrete, backsolve}) {
            const NeuralODE layer(field, {0, 1}, {.method = rk4_classic, .gradient = route, .steps = 2});
            optim::SGD sgd(layer);
            Tape tape;
            const auto iteration = [&] {
                tape.rewind();
                sgd.minimise(mean(square(layer(tape.constant(x)))));
            };
            iteration(), iteration();
            CHECK(test::allocations_in(iteration) == 0);
        }
    }
}
