// tests/bench/convolution.cpp — W11: 32 images of 7 x 7 pixels and 32 channels, convolved by 3 x 3; no peer has it
//   loss = ½ Σ y²,  y = conv(x, w) with a frame of one pixel;  x̄ and w̄ of ȳ = y are made as well, w stays as it is
// One iteration is 3 · 2 · 32 · 49 · 9 · 32 · 32 = 86.7 million operations: 1.93 ms are 45 GFLOP/s. Of the kernels alone,
// without a tape.
#include "core/kernels/conv.hpp"       // brings: conv, conv_back_x, conv_back_w
#include "core/kernels/transpose.hpp"  // brings: transpose
#include "tests/bench/data.hpp"
#include "tests/bench/workloads.hpp"

namespace costate::bench {
namespace {

using Reals = std::vector<Real>;

Reals reals(const Doubles& list) {
    Reals rounded;
    for (double x : list) rounded.push_back(static_cast<Real>(x));
    return rounded;
}

class Convolution final : public Problem {
public:
    std::vector<double> first_gradient() override {
        step(0);
        return {gw_.begin(), gw_.end()};
    }
    double step(int) override {
        conv(shape_, images, x_.data(), w_.data(), y_.data());
        double loss = 0;
        for (Real y : y_) loss += 0.5 * static_cast<double>(y) * static_cast<double>(y);
        for (Index tap = 0; tap < 9; ++tap)
            transpose(w_.data() + tap * 32 * 32, turned_.data() + tap * 32 * 32, 32, 32);
        conv_back_x(shape_, images, y_.data(), turned_.data(), gx_.data());
        conv_back_w(shape_, images, x_.data(), y_.data(), gw_.data());
        return loss;
    }

private:
    static constexpr Index images = 32;
    const ConvShape shape_{.H = 7, .W = 7, .C = 32, .k = 3, .O = 32, .padding = 1};
    Reals x_ = reals(Stream(71).uniform(32 * 49 * 32, -1, 1)), w_ = reals(Stream(72).uniform(9 * 32 * 32, -1, 1));
    Reals y_ = Reals(x_.size()), gx_ = Reals(x_.size()), gw_ = Reals(w_.size()), turned_ = Reals(w_.size());
};

}  // namespace

std::unique_ptr<Problem> make_convolution(const Setting&) { return std::make_unique<Convolution>(); }

}  // namespace costate::bench
