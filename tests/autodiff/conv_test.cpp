// tests/autodiff/conv_test.cpp — conv2d, its gradients and second derivatives against PyTorch; its errors
#include "autodiff/operators.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/derivatives/grad.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/numbers.hpp"

using namespace costate;
using test::check_entries;
using test::check_numbers;
using test::contains;
using test::error_of;

namespace {

template <class F>
Tensor numbered(const Shape& shape, F f) {
    Tensor x(shape);
    for (Index i = 0; i < x.size(); ++i) x[i] = static_cast<Real>(f(static_cast<double>(i)));
    return x;
}

const double rounding = sizeof(Real) == 8 ? 1e-13 : 3e-5;  // times the largest entry, some 8

}  // namespace

TEST_SUITE_BEGIN("autodiff");

// Computed by PyTorch 2.15 in double (F.conv2d, stride 2, padding 1; torch.autograd.grad of Σ tanh² y, and of its product
// with a direction), of x_i = cos(i + 1) and w_i = sin(i + 1), i counting entries in our order of axes.
TEST_CASE("conv2d: PyTorch's numbers, gradients and second derivatives") {
    Tape tape;
    const Var x = tape.variable(numbered({1, 4, 3, 2}, [](double i) { return std::cos(i + 1); }));
    const Var w = tape.variable(numbered({3, 3, 2, 2}, [](double i) { return std::sin(i + 1); }));
    const Var y = conv2d(x, w, {.stride = 2, .padding = 1});
    REQUIRE(y.shape() == Shape{1, 2, 2, 2});
    const Vars g = grad(sum(square(tanh(y))), {x, w});
    const Var along = sum(g[0] * numbered({1, 4, 3, 2}, [](double i) { return std::cos(2 * i); })) +
                      sum(g[1] * numbered({3, 3, 2, 2}, [](double i) { return std::sin(2 * i); }));
    const Vars h = grad(along, {x, w});
    check_numbers(y.value(), rounding,
                  {-1.8502741018008, -0.659992886667707, -1.99558712002186, -0.590100019811919, -1.9726199955992,
                   0.858707934868262, -1.6150087702514, 1.0445871000637});
    check_numbers(g[0].value(), rounding,
                  {0.750372266571011,  -0.729637589713544, -0.955880711890965, 0.978879515860009, 0.704465577817796,
                   -0.716463346854425, 0.816269857394636,  0.264185072283378,  -1.27093048550333, -0.24053503882937,
                   0.932851214515881,  0.0623244107291454, -0.401488336068404, 0.63407459416942,  0.365737840741866,
                   -0.880955550724337, -0.199054762906294, 0.517628335468015,  -0.61437035819038, 0.453857205399548,
                   0.738664794466937,  -0.743910637159859, -0.4245424305153,   0.446453525194037});
    check_numbers(g[1].value(), rounding,
                  {0.246500991751602,   -0.557067054427902, 0.227005920800003,  -0.513010186040882, -0.10923098958943,
                   0.544054934489771,   -0.207449730682309, 0.411456033785783,  0.130564301459787,  -0.654248613209105,
                   0.120238337646751,   -0.602505928346605, 0.341492545218816,  0.290132839463962,  0.348859183573046,
                   -0.0872845632601548, -0.1913623510368,   -0.148772302179376, -0.255541048869864, 0.0903773492088022,
                   0.286251081163789,   0.216589571551244,  0.254352760337301,  -0.184486717177372, 0.273317598348319,
                   0.359613210473836,   0.385769829217714,  0.0281920873970046, -0.133218941840447, -0.199548418238964,
                   -0.26305916089554,   0.0211622511622611, 0.241746906074304,  0.308081265392365,  0.293639766317681,
                   -0.0721199172438828});
    check_entries(h[0].value(), 6, rounding,
                  {-3.06293302618889, 0.886738784155408, 7.40942465461063, -4.73867592231864, -3.59523221016875,
                   6.38309644061864});
    check_entries(h[1].value(), 16, rounding,
                  {0.719976048547766, -1.66619667089733, 0.966323395433293, 2.87908783159247});
}

TEST_CASE("conv2d: what does not fit is an error that says how it would") {
    Tape tape;
    const auto text = [&tape](const Shape& x, const Shape& w, ConvOptions options = {}) {
        return error_of([&] { conv2d(tape.constant(Tensor(x)), tape.constant(Tensor(w)), options); });
    };
    CHECK(contains(text({4, 4, 1}, {3, 3, 1, 2}), "conv2d: the operands are not images and a kernel"));
    CHECK(contains(text({4, 4, 1}, {3, 3, 1, 2}), "reshape(x, {1, H, W, C}) makes a batch of one image"));
    CHECK(contains(text({2, 4, 4, 1}, {3, 2, 1, 2}), "a kernel w [k,k,C,O]: channels last"));
    CHECK(contains(text({2, 3, 8, 8}, {3, 3, 3, 2}), "conv2d: the channels differ"));
    CHECK(contains(text({2, 3, 8, 8}, {3, 3, 3, 2}), "C is 8 in x but 3 in w"));
    CHECK(contains(text({2, 3, 8, 8}, {3, 3, 3, 2}), "permute(x, {0, 2, 3, 1}), if its channels come first"));
    CHECK(contains(text({2, 4, 4, 1}, {3, 3, 1, 2}, {.stride = 0}), "conv2d: no such stride or padding"));
    CHECK(contains(text({2, 4, 4, 1}, {3, 3, 1, 2}, {.padding = -1}), "stride 1, padding -1"));
    CHECK(contains(text({2, 2, 4, 1}, {3, 3, 1, 2}), "conv2d: the kernel is larger than the image"));
    CHECK(text({2, 2, 4, 1}, {3, 3, 1, 2}, {.padding = 1}).empty());
    CHECK(conv2d(Var{}, Tensor({1, 1, 1, 1})).is_zero());
}

TEST_SUITE_END();
