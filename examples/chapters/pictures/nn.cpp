// examples/chapters/pictures/nn.cpp — the pictures of nn/README.md: straight layers, and layers with a bent function between
//   nn FOLDER      nn_wrong.svg, nn_right.svg
#include <string>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg, tabulate

using namespace costate;
using namespace costate::support;

namespace {

// Two half circles that reach into each other, with noise: points [N,2], and which of the two, 0 or 1, [N,1].
struct Moons {
    Tensor points, which;
};
Moons two_moons(Index n) {
    Rng rng(4);
    Moons moons{Tensor({n, 2}), Tensor({n, 1})};
    for (Index i = 0; i < n; ++i) {
        const bool lower = i % 2 == 1;
        const double angle = rng.uniform() * 3.14159265, side = lower ? -1 : 1;
        moons.points.data()[2 * i] = static_cast<Real>(side * std::cos(angle) + (lower ? 1 : 0) + 0.12 * rng.normal());
        moons.points.data()[2 * i + 1] =
            static_cast<Real>(side * std::sin(angle) + (lower ? 0.5 : 0) + 0.12 * rng.normal());
        moons.which.data()[i] = lower;
    }
    return moons;
}

// ln(1 + e^l) − y l, the mean over all points: cross entropy of two classes, l the logit of class 1.
template <class Model>
double trained(const Model& model, const Moons& moons, int updates) {
    optim::Adam adam(model, {.lr = 0.03});
    Tape tape;
    for (int update = 0; update < updates; ++update, tape.rewind()) {
        const Var logit = model(tape.constant(moons.points));
        adam.minimise(mean(softplus(logit) - logit * moons.which));
    }
    const Tensor logits = model(moons.points);
    Index right = 0;
    for (Index i = 0; i < logits.size(); ++i) right += (logits[i] > 0) == (moons.which[i] > 0.5);
    return static_cast<double>(right) / static_cast<double>(logits.size());
}

template <class Model>
Plot regions(const Model& model, const Moons& moons) {
    const Range x{-1.6, 2.6}, y{-1.1, 1.6};
    const Tensor side = tabulate(x, y, 100, [&](const Tensor& z) {
        Tensor logit = model(z);
        for (Real& entry : logit.entries()) entry /= 1 + std::abs(entry);  // the same sign, within ±1
        return logit;
    });
    std::vector<double> at[2][2];
    for (Index i = 0; i < moons.which.size(); ++i) {
        auto& of = at[moons.which[i] > 0.5];
        of[0].push_back(moons.points(i, 0));
        of[1].push_back(moons.points(i, 1));
    }
    Plot plot({.x = "x₁", .y = "x₂"});
    plot.heat(x, y, side, {.map = ColorMap::pale, .low = -1, .high = 1, .bar = false})
        .scatter(at[0][0], at[0][1], {.label = "upper moon", .color = palette(0), .width = 2.2})
        .scatter(at[1][0], at[1][1], {.label = "lower moon", .color = palette(1), .width = 1.4})
        .contour(x, y, side, {0}, {.label = "where the model changes its mind", .color = "#1f2933", .width = 3});
    return plot;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    const Moons moons = two_moons(200);
    Rng rng(1);
    const nn::Sequential straight{nn::Linear(2, 16, rng), nn::Linear(16, 16, rng), nn::Linear(16, 1, rng)};
    const double by_a_line = trained(straight, moons, 300);
    save_svg(folder + "/nn_wrong.svg", {regions(straight, moons)},
             {.title = text("Three linear layers in a row draw one straight line: ", std::lround(100 * by_a_line),
                            " % right"),
              .height = 420});
    const nn::MLP bent({2, 16, 16, 1}, nn::tanh, Rng{1});
    const double by_a_bend = trained(bent, moons, 300);
    save_svg(folder + "/nn_right.svg", {regions(bent, moons)},
             {.title = text("With tanh between the layers the line bends: ", std::lround(100 * by_a_bend), " % right"),
              .height = 420});
}
