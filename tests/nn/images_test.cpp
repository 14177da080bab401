// tests/nn/images_test.cpp — layers of images: convolution, group norm, pooling
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "nn/conv.hpp"
#include "nn/group_norm.hpp"
#include "nn/linear.hpp"
#include "nn/pooling.hpp"
#include "nn/resnet.hpp"
#include "nn/sequential.hpp"
#include "tests/support/difference.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using test::check_numbers;
using test::contains;
using test::error_of;
using test::largest_difference;

namespace {

const double rounding = sizeof(Real) == 8 ? 1e-12 : 1e-4;

Tensor drawn(const Shape& shape) { return test::normal_tensor(shape, 3); }

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("Conv2d: y = conv2d(x, w) + b, with the numbers of a linear layer") {
    const nn::Conv2d layer(2, 3, 3, Rng{5}, {.padding = 1});
    const nn::Linear linear(18, 3, Rng{5});
    CHECK(layer.names()[0] == "weight");
    CHECK(layer.parameter("weight").shape() == Shape{3, 3, 2, 3});
    Tape tape;
    const Var x = tape.constant(drawn({2, 3, 3, 2}));
    const Var centre = layer(x)[0][1][1];  // there the kernel sees the whole image
    CHECK(largest_difference(centre.value(), reshape(linear(reshape(x[0], {1, 18})), {3}).value()) <= rounding);
}

TEST_CASE("Conv2d: the time is as good as one more channel that holds t everywhere") {
    const nn::Conv2d layer(2, 3, 3, Rng{1}, {.stride = 2, .padding = 1, .time = true});
    const nn::Conv2d wide(3, 3, 3, Rng{1}, {.stride = 2, .padding = 1});
    Tape tape;
    const Var x = tape.constant(drawn({2, 5, 4, 2})), t = tape.constant(0.7);
    const Var with_t = concatenate({x, broadcast_to(reshape(t, {1, 1, 1, 1}), {2, 5, 4, 1})}, 3);
    CHECK(largest_difference(layer(t, x).value(), wide(with_t).value()) <= rounding);
    const Var own = tape.constant(Tensor({2, 1, 1, 1}, {0.7, -0.2}));  // a time for each image
    const Var with_own = concatenate({x, broadcast_to(own, {2, 5, 4, 1})}, 3);
    CHECK(largest_difference(layer(own, x).value(), wide(with_own).value()) <= rounding);
    CHECK(contains(error_of([&] { layer(x); }), "Conv2d: this layer takes the time as well"));
    CHECK(contains(error_of([&] { layer(reshape(x, {-1, 1}), x); }), "Conv2d: t is one number for all images"));
}

TEST_CASE("Conv2d: without a bias it has one parameter; a layer of nothing is an error") {
    CHECK(nn::Conv2d(1, 2, 3, Rng{0}, {.bias = false}).parameters().size() == 1);
    CHECK(contains(error_of([] { nn::Conv2d(1, 0, 3, Rng{0}); }), "Conv2d: no such layer"));
    CHECK(contains(error_of([] { nn::Conv2d(1, 1, 3, Rng{0}, {.stride = 0}); }), "stride 0"));
    CHECK(contains(error_of([] { nn::Conv2d(1, 1, 3, Rng{0})(Var{}); }), "Conv2d"));
}

// Computed by PyTorch 2.15 in double: F.group_norm of x_i = cos(i + 1) in 2 groups, and the gradients of
// Σ tanh(y_i) sin(i + 1), i counting entries in our order of axes.
TEST_CASE("GroupNorm: PyTorch's numbers and gradients") {
    const nn::GroupNorm layer(4, 2);
    layer.parameter("scale").edit().assign(Tensor({4}, {1, 1.5, 2, 2.5}));
    layer.parameter("shift").edit().assign(Tensor({4}, {-0.5, -0.25, 0, 0.25}));
    Tensor numbers({2, 2, 2, 4}), weights({2, 2, 2, 4});
    for (Index i = 0; i < 32; ++i) {
        numbers[i] = static_cast<Real>(std::cos(static_cast<double>(i + 1)));
        weights[i] = static_cast<Real>(std::sin(static_cast<double>(i + 1)));
    }
    Tape tape;
    const Var x = tape.variable(numbers), y = layer(x), loss = sum(tanh(y) * weights);
    check_numbers(y.value(), rounding,
                  {0.164841330125786, -1.33735781685317,  -2.19659910844793, -1.26757724543578, -0.20806372450847,
                   1.66238133856575,  2.89764019121602,   0.587899575661725, -1.94412955144118, -2.259139387823,
                   0.708280468964705, 4.20050720820006,   0.69831220954083,  -0.13232452946503, -1.52383679824864,
                   -2.3776854802812,  -0.878087739071216, 1.22038500926593,  2.23572085637401,  0.926077619346416,
                   -1.27386143700077, -2.3957723641624,   -2.20570390119638, 0.984812095050333, 0.960712981464913,
                   1.19120491446128,  -1.50310857700711,  -4.07528345839143, -1.56474394855575, 0.118152655179432,
                   2.01982227715345,  2.48098042483973});
    check_numbers(
        grad(loss, x).value(), rounding,
        {0.796861473290888,   0.186181107487767,   -0.0302323200911152, -0.799397254263491,  -1.70076853467193,
         -0.519261010382057,  -0.0123734529420738, 2.56093797403944,    -0.192572703909294,  -0.297925735409996,
         -1.87745954217497,   -0.0365935842404672, -0.0437098611145135, 1.77119526470913,    0.280540626496154,
         -0.0854224468234816, -0.384176352133738,  -0.0892259392389646, -0.0102190039423922, 1.50528442098323,
         0.622040175656104,   0.257625325748568,   -0.217466375010259,  -1.47602318519516,   0.334172371217119,
         0.905945285726818,   0.412423708446568,   -0.119201504779653,  0.123932036289863,   -1.77031290326577,
         -0.113405076994336,  0.0186070164920018});
    const Vars g = grad(loss, layer);
    check_numbers(g[0].value(), rounding,
                  {0.585371369758151, -0.328311792327458, -0.409430334255293, 0.245316517733747});
    check_numbers(g[1].value(), rounding,
                  {-0.223128945938873, 0.172163020450644, -0.390122769038886, 0.551393464499708});
}

TEST_CASE("GroupNorm: groups that do not share the channels out, and shapes that do not fit, are errors") {
    CHECK(contains(error_of([] { nn::GroupNorm(24, 5); }), "24 channels in 5 groups"));
    CHECK(contains(error_of([] { nn::GroupNorm(24, 0); }), "a number of groups that divides the channels"));
    Tape tape;
    const Var x = tape.constant(Tensor({2, 3, 3, 4})), flat = tape.constant(Tensor({2, 4}));
    CHECK(contains(error_of([&] { nn::GroupNorm(6, 2)(x); }), "group_norm: the shapes do not fit"));
    CHECK(contains(error_of([&] { nn::GroupNorm(4, 2)(flat); }), "x [B,H,W,C] with at least one pixel"));
}

TEST_CASE("pooling: means and largest entries of windows") {
    Tensor x({1, 2, 4, 1}, {1, 2, 5, 6, 3, 4, 7, 9});
    Tape tape;
    const Var v = tape.variable(x);
    CHECK(Tensor(nn::mean_pool(v, 2).value()) == Tensor({1, 1, 2, 1}, {2.5, 6.75}));
    CHECK(Tensor(nn::max_pool(v, 2).value()) == Tensor({1, 1, 2, 1}, {4, 9}));
    CHECK(Tensor(nn::global_mean_pool(v).value()) == Tensor({1, 1}, {4.625}));
    CHECK(Tensor(grad(sum(nn::max_pool(v, 2)), v).value()) == Tensor({1, 2, 4, 1}, {0, 0, 0, 0, 0, 1, 0, 1}));
    CHECK(contains(error_of([&] { nn::mean_pool(v, 3); }), "mean_pool: no whole number of windows"));
    CHECK(contains(error_of([&] { nn::max_pool(v, 0); }), "x [1,2,4,1], windows of 0"));
}

TEST_CASE("layers of images stand in a Sequential, and know the field's call") {
    Rng rng(2);
    const nn::Sequential model{nn::Conv2d(1, 4, 3, rng, {.padding = 1}),
                               nn::GroupNorm(4, 2),
                               nn::relu,
                               nn::MaxPool(2),
                               nn::MeanPool(2),
                               nn::global_mean_pool,
                               nn::Linear(4, 3, rng)};
    const Tensor y = model(drawn({2, 8, 8, 1}));
    CHECK(y.shape() == Shape{2, 3});
    const nn::Conv2d field(2, 2, 3, Rng{1}, {.padding = 1});
    const Tensor x = drawn({2, 3, 3, 2});
    CHECK(field(0.5, x) == field(x));
    CHECK(nn::GroupNorm(2, 1)(x).shape() == x.shape());
}

TEST_CASE("ResNet: blocks of a field's make, one after the other, at times n/N") {
    Rng rng(3);
    const nn::ResNet net(4, [&] { return nn::Conv2d(2, 2, 3, rng, {.padding = 1, .time = true}); });
    CHECK(net.parameters().size() == 12);
    CHECK(net.names()[3] == "block1.weight");
    const Tensor x = drawn({2, 3, 3, 2});
    Tape tape;
    Var z = tape.constant(x);
    for (int n = 0; n < 4; ++n) z = z + net.blocks()[static_cast<std::size_t>(n)](tape.constant(n / 4.0), z);
    CHECK(net(x) == Tensor(z.value()));
    CHECK(grad(sum(net(tape.variable(x))), net).size() == 12);

    struct Doubled : nn::Module {
        Var operator()(Var x) const { return x; }
    };
    CHECK(nn::ResNet(3, [] { return Doubled{}; })(Tensor({1}, {1})) == Tensor({1}, {8}));
    CHECK(nn::ResNet(std::vector<Doubled>{})(Tensor({1}, {1})) == Tensor({1}, {1}));
}

TEST_SUITE_END();
