// tests/nn/layers_test.cpp — a layer is its equation
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/derivatives/marks.hpp"  // brings: depends
#include "autodiff/operators.hpp"
#include "nn/concat_squash.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using test::contains;
using test::error_of;

namespace {

// A few roundings of numbers near 1.
const double rounding = sizeof(Real) == 8 ? 1e-13 : 1e-5;

bool same_numbers(View a, View b) {
    for (Index i = 0; i < a.size(); ++i)
        if (a[i] != b[i]) return false;
    return a.shape == b.shape;
}

double entry(const nn::Module& m, const char* name, Index i) {
    return static_cast<double>(m.parameter(name).value()[i]);
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("linear: y = x Wᵀ + b") {
    nn::Linear layer(2, 3, Rng{0});
    layer.assign([] {
        nn::Module numbers;
        numbers.add("weight", Parameter("weight", Tensor({3, 2}, {1, 2, 3, 4, 5, 6})));
        numbers.add("bias", Parameter("bias", Tensor({3}, {10, 20, 30})));
        return numbers;
    }());
    Tape tape;
    const Var y = layer(tape.constant(Tensor({2, 2}, {1, 1, 2, -1})));
    CHECK(Tensor(y.value()) == Tensor({2, 3}, {13, 27, 41, 10, 22, 34}));
}

TEST_CASE("linear: without a bias it has one parameter, and 0 maps to 0") {
    const nn::Linear layer(4, 3, Rng{0}, {.bias = false});
    CHECK(layer.parameters().size() == 1);
    Tape tape;
    CHECK(Tensor(layer(tape.constant(Tensor({2, 4}))).value()) == Tensor(Shape{2, 3}));
}

TEST_CASE("linear: a stream goes on from layer to layer; a temporary one starts anew") {
    Rng rng(1);
    const nn::Linear a(2, 2, rng), b(2, 2, rng), c(2, 2, Rng{1});
    CHECK_FALSE(a.parameters()[0].value() == b.parameters()[0].value());
    CHECK(a.parameters()[0].value() == c.parameters()[0].value());
}

TEST_CASE("linear: a layer without a width is an error") {
    CHECK(contains(error_of([] { nn::Linear(0, 3, Rng{0}); }), "0 in, 3 out"));
    CHECK(contains(error_of([] { nn::Linear(3, -1, Rng{0}); }), "3 in, -1 out"));
}

TEST_CASE("linear: a zero Var is an error, not a crash") {
    CHECK(contains(error_of([] { nn::Linear(2, 2, Rng{0})(Var{}); }), "no operand lies on a tape"));
}

TEST_CASE("MLP: two layers agree with explicit arithmetic") {
    const nn::MLP net({2, 3, 2}, nn::tanh, Rng{4});
    Tape tape;
    const double x[2] = {0.3, -0.8};
    const Var y = net(tape.constant(Tensor({1, 2}, {x[0], x[1]})));
    for (Index o = 0; o < 2; ++o) {
        double expected = entry(net, "layer1.bias", o);
        for (Index h = 0; h < 3; ++h) {
            const double a = entry(net, "layer0.weight", 2 * h) * x[0] + entry(net, "layer0.weight", 2 * h + 1) * x[1] +
                             entry(net, "layer0.bias", h);
            expected += entry(net, "layer1.weight", 3 * o + h) * std::tanh(a);
        }
        CHECK(static_cast<double>(y.value()[o]) == Approx(expected).epsilon(rounding));
    }
}

TEST_CASE("MLP: parameters are U(±1/√in) from one stream, weight then bias, row by row") {
    const nn::MLP net({2, 5, 3}, nn::relu, Rng{2001});
    Rng rng(2001);
    const double k[2] = {1 / std::sqrt(2.0), 1 / std::sqrt(5.0)};
    for (std::size_t p = 0; p < 4; ++p)
        for (const Real number : net.parameters()[p].value().entries())
            CHECK(number == static_cast<Real>(rng.uniform(-k[p / 2], k[p / 2])));
}

TEST_CASE("MLP: the first weight of seed 0 is the first number of stream 0") {
    // SplitMix64 of seed 0 begins with u = 0.88331080821364; U(-1, 1) makes 2u - 1 of it.
    const nn::MLP net({1, 1}, nn::tanh, Rng{0});
    CHECK(entry(net, "layer0.weight", 0) == Approx(2 * 0.88331080821364 - 1).epsilon(sizeof(Real) == 8 ? 1e-13 : 1e-6));
}

TEST_CASE("MLP: as a field it ignores t") {
    const nn::MLP field({2, 4, 2}, nn::tanh, Rng{1});
    Tape tape;
    const Var z = tape.variable(Tensor({1, 2}, {0.5, 2})), t = tape.variable(Tensor::scalar(3));
    CHECK(same_numbers(field(t, z).value(), field(z).value()));
    CHECK(grad(sum(field(t, z)), t).value()[0] == 0);
}

TEST_CASE("MLP: with time, t is the last column, be it one number or one a row") {
    const nn::MLP field({2, 4, 2}, nn::tanh, Rng{1}, {.time = true});
    CHECK(field.parameter("layer0.weight").shape() == Shape{4, 3});
    Tape tape;
    const Var z = tape.constant(Tensor({2, 2}, {1, 2, 3, 4}));
    const Var expected = field(tape.constant(Tensor({2, 3}, {1, 2, 7, 3, 4, 7})));
    const Var t = tape.variable(Tensor::scalar(7)), column = tape.constant(Tensor({2, 1}, {7, 7}));
    CHECK(same_numbers(field(t, z).value(), expected.value()));
    CHECK(same_numbers(field(column, z).value(), expected.value()));
    CHECK(grad(sum(field(t, z)), t).value()[0] != 0);
}

TEST_CASE("MLP: a field on a child tape uses the parameters of the tape around it") {
    const nn::MLP field({2, 4, 2}, nn::tanh, Rng{1});
    Tape tape, child(&tape);
    const Var z = child.constant(Tensor({1, 2}, {0.5, 2}));
    const Var outside = field(tape.constant(Tensor({1, 2}, {0.5, 2})));
    CHECK(same_numbers(field(z).value(), outside.value()));
    CHECK(tape.parameters().size() == 4);
}

TEST_CASE("MLP: fewer than two widths, and widths below 1, are errors") {
    CHECK(contains(error_of([] { nn::MLP({2}, nn::tanh, Rng{0}); }), "MLP: too few widths"));
    CHECK(contains(error_of([] { nn::MLP({2, 0, 1}, nn::tanh, Rng{0}); }), "2 in, 0 out"));
}

TEST_CASE("MLP: other initialisers, a user's own among them") {
    const nn::MLP still({2, 3}, nn::tanh, Rng{0}, {.init = nn::zeros});
    CHECK(entry(still, "layer0.weight", 3) == 0);
    const nn::MLP net({2, 3}, nn::tanh, Rng{8},
                      {.init = [](MutableView W, MutableView, Rng& rng) { rng.fill_normal(W.entries(), 0, 0.1); }});
    Rng rng(8);
    CHECK(entry(net, "layer0.weight", 0) == static_cast<double>(static_cast<Real>(0.1 * rng.normal())));
    CHECK(entry(net, "layer0.bias", 2) == 0);
}

TEST_CASE("concat squash: y = (x Wᵀ + b) σ(t g + c) + t h, for one time or one a row") {
    const nn::ConcatSquash layer(2, 3, Rng{6});
    REQUIRE(layer.names().size() == 5);
    CHECK(layer.count() == 6 + 4 * 3);
    CHECK(layer.names()[2] == "gate.weight");
    const double x[2][2] = {{0.3, -0.8}, {1.5, 0.2}}, t[2] = {0.7, -0.4};
    Tape tape;
    const Var points = tape.constant(Tensor({2, 2}, {x[0][0], x[0][1], x[1][0], x[1][1]}));
    const Tensor each(tape.view(layer(tape.constant(Tensor({2, 1}, {t[0], t[1]})), points)));
    for (Index b = 0; b < 2; ++b) {
        const Tensor shared(tape.view(layer(tape.constant(t[b]), points)));
        for (Index o = 0; o < 3; ++o) {
            const double line = entry(layer, "weight", 2 * o) * x[b][0] + entry(layer, "weight", 2 * o + 1) * x[b][1] +
                                entry(layer, "bias", o);
            const double gate =
                1 / (1 + std::exp(-(entry(layer, "gate.weight", o) * t[b] + entry(layer, "gate.bias", o))));
            const double expected = line * gate + entry(layer, "shift", o) * t[b];
            CHECK(static_cast<double>(each(b, o)) == Approx(expected).epsilon(rounding));
            CHECK(static_cast<double>(shared(b, o)) == Approx(expected).epsilon(rounding));
        }
    }
    CHECK(layer(0.7, tape.view(points)).shape() == Shape{2, 3});
    const std::string error = error_of([&] { layer(tape.constant(Tensor({3, 1})), points); });
    CHECK(contains(error, "t [3,1] for x [2,2]"));
    CHECK(contains(error_of([] { nn::ConcatSquash(2, 0, Rng{0}); }), "2 in, 0 out"));
}

TEST_CASE("sequential: layers that take the time are handed it") {
    Rng rng(6);
    const nn::ConcatSquash first(2, 4, rng), last(4, 2, rng);
    const nn::Linear middle(4, 4, rng);
    const nn::Sequential field{first, nn::sin, middle, last};
    CHECK(field.parameters().size() == 12);
    Tape tape;
    const Var t = tape.constant(0.6), z = tape.constant(Tensor({1, 2}, {1, -1}));
    CHECK(same_numbers(field(t, z).value(), last(t, middle(nn::sin(first(t, z)))).value()));
    const nn::Sequential nested{nn::Sequential{first, nn::sin}, last};
    CHECK(same_numbers(nested(t, z).value(), last(t, nn::sin(first(t, z))).value()));
    CHECK(nested(0.6, z.value()) == Tensor(nested(t, z).value()));
    const std::string error = error_of([&] { field(z); });
    CHECK(contains(error, "Sequential: one of the layers takes the time as well"));
    CHECK(contains(error, "layers_test.cpp:"));
}

TEST_CASE("sequential: the layers one after the other, named by their places") {
    Rng rng(3);
    const nn::Linear first(2, 3, rng);
    const nn::MLP second({3, 2, 1}, nn::relu, rng);
    const nn::Sequential model{first, nn::tanh, second, [](Var x) { return x * 2.0; }};
    REQUIRE(model.names().size() == 6);
    CHECK(model.names()[0] == "layer0.weight");
    CHECK(model.names()[2] == "layer2.layer0.weight");
    CHECK(model.parameters()[0] == first.parameters()[0]);
    Tape tape;
    const Var x = tape.constant(Tensor({1, 2}, {1, -1}));
    CHECK(same_numbers(model(x).value(), (second(nn::tanh(first(x))) * 2.0).value()));
    CHECK(same_numbers(model(x, x).value(), model(x).value()));
}

TEST_CASE("sequential: any module of a user's, and lambdas that change or hold a module") {
    struct Twice : nn::Module {
        Parameter factor = add("factor", 2.0);
        Var operator()(Var x) { return factor * x; }  // not even const
    };
    const nn::Linear held(2, 2, Rng{5});
    int calls = 0;
    const nn::Sequential model{Twice(), [held](Var x) { return held(x); },
                               [&calls, n = 0](Var x) mutable { return calls = ++n, x; }};
    REQUIRE(model.names().size() == 1);
    CHECK(model.names()[0] == "layer0.factor");
    Tape tape;
    const Var x = tape.constant(Tensor({1, 2}, {1, -1}));
    CHECK(same_numbers(model(x).value(), held(2 * x).value()));
    model(x);
    CHECK(calls == 2);
}

TEST_CASE("activations: a plain function of a user's, or a lambda, is one as well") {
    const auto lambda = [](Var x) { return x * sigmoid(1.7 * x); };
    Var (*plain)(Var) = lambda;
    const nn::MLP a({2, 3, 1}, lambda, Rng{0}), b({2, 3, 1}, plain, Rng{0});
    const Tensor x({2, 2}, {1, 2, 3, 4});
    CHECK(a(x) == b(x));
    CHECK_FALSE(a(x) == nn::MLP({2, 3, 1}, nn::identity, Rng{0})(x));
}

TEST_CASE("sequential: a clone computes with its own parameters") {
    Rng rng(3);
    const nn::Sequential model{nn::Linear(1, 1, rng), nn::tanh}, copy = clone(model);
    Tape tape;
    const Var x = tape.constant(Tensor({1, 1}, {1}));
    CHECK(same_numbers(model(x).value(), copy(x).value()));
    copy.parameters()[0].edit()[0] += 1;
    tape.rewind();
    const Var again = tape.constant(Tensor({1, 1}, {1}));
    CHECK_FALSE(same_numbers(model(again).value(), copy(again).value()));
}

TEST_CASE("sequential: a layer that stands in two places is an error with a remedy") {
    const nn::Linear layer(2, 2, Rng{0});
    const std::string error = error_of([&] { nn::Sequential{layer, nn::tanh, layer}; });
    CHECK(contains(error, "added twice"));
    CHECK(contains(error, "\"layer2.weight\", which is here as \"layer0.weight\""));
}

TEST_CASE("activations: each is found by its name") {
    Tape tape;
    const Var x = tape.constant(Tensor({3}, {-1, 0.5, 2}));
    CHECK(nn::all_activations().size() == 11);
    for (const auto& a : nn::all_activations())
        CHECK(same_numbers(nn::activation(a.name)(x).value(), a.function(x).value()));
    CHECK(same_numbers(nn::activation("relu")(x).value(), Tensor({3}, {0, 0.5, 2})));
    CHECK(same_numbers(nn::activation("identity")(x).value(), x.value()));
}

TEST_CASE("activations: of the largest numbers, too, the value is finite, and so are two derivatives") {
    const Real huge = std::numeric_limits<Real>::max() / 4;
    for (const auto& a : nn::all_activations())
        for (const Real at : {-huge, huge}) {
            CAPTURE(std::string(a.name));
            CAPTURE(at);
            Tape tape;
            const Var x = tape.variable(Tensor::scalar(at)), y = a.function(x), slope = grad(y, x);
            CHECK(std::isfinite(y.item()));
            CHECK(std::isfinite(slope.item()));
            if (walking::depends(slope, x)) CHECK(std::isfinite(grad(slope, x).item()));
        }
}

TEST_CASE("activations: an unknown name lists the known ones") {
    const std::string error = error_of([] { nn::activation("tahn"); });
    CHECK(contains(error, "\"tahn\""));
    CHECK(contains(error, "tanh, relu, sigmoid, softplus, silu, elu, sin, leaky_relu, gelu, gelu_tanh, identity"));
}

TEST_SUITE_END();
