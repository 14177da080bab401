// tests/examples/images_test.cpp — pictures are read and moved as said, and the nets are as large as the original's make
#include "examples/support/images.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/files/file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::support;

namespace {

Images two_halves(Index n) {  // pictures that are white on the left, 0, or on the right, 1
    Images images{Tensor({n, 8, 8, 1}), {}};
    for (Index b = 0; b < n; ++b) {
        for (Index i = 0; i < 8; ++i)
            for (Index j = 0; j < 4; ++j) images.pixels[(b * 8 + i) * 8 + j + 4 * (b % 2)] = 1;
        images.labels.push_back(b % 2);
    }
    return images;
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("images: digits are 1797 pictures from 0 to 1") {
    const Images digits = read_digits("examples/data/digits_8x8.csv");
    CHECK(digits.count() == 1797);
    CHECK(digits.pixels.shape() == Shape{1797, 8, 8, 1});
    CHECK(*std::max_element(digits.pixels.entries().begin(), digits.pixels.entries().end()) == 1);
    CHECK(digits.labels[0] == 0);
    const Images some = digits.of(std::vector<Index>{3, 1});
    CHECK(some.labels == std::vector<Index>{3, 1});
    CHECK(some.pixels[64 + 5] == digits.pixels[64 + 5]);
}

TEST_CASE("images: MNIST's files are found under either name, and must belong together") {
    const TemporaryFolder folder;
    const std::vector<std::uint8_t> pixels{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 102, 255},
        labels{0, 0, 8, 1, 0, 0, 0, 2, 7, 9}, one_label{0, 0, 8, 1, 0, 0, 0, 1, 7};
    replace_file(folder / "t10k-images-idx3-ubyte", pixels);
    replace_file(folder / "t10k-labels-idx1-ubyte", labels);
    const Images read = read_mnist(folder.path.string(), "test");
    CHECK(read.pixels.shape() == Shape{2, 1, 2, 1});
    CHECK(read.pixels[3] == 1);
    CHECK(read.labels == std::vector<Index>{7, 9});
    replace_file(folder / "mnist10k-test-images-idx3-ubyte", pixels);
    replace_file(folder / "mnist10k-test-labels-idx1-ubyte", one_label);
    CHECK(test::contains(test::error_of([&] { read_mnist(folder.path.string(), "test"); }),
                         "these are not pictures and their labels"));
    CHECK(
        test::contains(test::error_of([&] { read_mnist(folder.path.string(), "train"); }), "train-images-idx3-ubyte"));
}

TEST_CASE("images: a picture stays, is shifted by whole pixels, or turned about its middle") {
    Tensor picture({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    Rng rng(0);
    CHECK(jittered(picture, {.shift = 0}, rng) == picture);
    bool down_right = false, none = false;
    for (int i = 0; i < 100; ++i) {
        const Tensor moved = jittered(picture, {.shift = 1}, rng);
        down_right = down_right || moved == Tensor({1, 3, 3, 1}, {0, 0, 0, 0, 1, 2, 0, 4, 5});
        none = none || moved == picture;
    }
    CHECK(down_right);
    CHECK(none);
    const Tensor turned = jittered(picture, {.angle = 0.3, .scale = 0.1, .shift = 0}, rng);
    CHECK(std::abs(double(turned[4]) - 5) < 1e-5);  // the middle stays, and what is opposite is turned alike
    CHECK_FALSE(turned == picture);
}

TEST_CASE("images: the nets' parameters, and a lesson that is learned by each") {
    // stem 240 + 48 + 9240, field 3 · 48 + 2 (5208 + 216), head 48 + 250
    const OdeClassifier ode = ode_classifier(24, 1, {.method = ode::rk4_classic, .steps = 1}, Rng{0});
    const ResClassifier residual = residual_classifier(24, 1, 6, Rng{0});
    const nn::Sequential flat = perceptron(64, 8, Rng{0});
    CHECK(ode.count() == 20818);
    CHECK(residual.count() == 20818 + 5 * 10992);
    CHECK(flat.count() == 64 * 8 + 8 + 8 * 10 + 10);
    CHECK(ode.stem.parameters()[0].value() == residual.stem.parameters()[0].value());
    const Images seen = two_halves(64), others = two_halves(20);
    const Lesson lesson{.epochs = 6, .batch = 8, .jitter = {.shift = 1}};
    int epochs = 0;
    Lesson counted = lesson;
    counted.after_epoch = [&](int epoch, double) { epochs = epoch; };
    learn(flat, flat, seen, counted, Rng{1});
    CHECK(epochs == 6);
    CHECK(wrong_part(flat, others) == 0);
    learn(ode, ode, seen, lesson, Rng{1});
    CHECK(wrong_part(ode, others) == 0);
}

TEST_CASE("images: what a process of its own needs for a piece of work") {
    const double mb = memory_of([] {
        std::vector<double> much(4 << 20, 1.0);
        much[7] += 1;
    });
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(mb > 30);
    CHECK(mb < 40);
#else
    CHECK(mb >= 0);
#endif
}

TEST_SUITE_END();
