// examples/chapters/pictures/optim.cpp — the pictures of optim/README.md: a step too long, three ways down, a whole training
//   optim FOLDER      optim_wrong.svg, optim_right.svg, optim_training.svg
#include <cmath>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg, tabulate

using namespace costate;
using namespace costate::support;

namespace {

struct Path {
    std::vector<double> x, y;
};

// L = ½ (θ₀² + 25 θ₁²)
template <class Optimizer, class Options>
Path descend(const Options& options, int steps, double x0, double y0) {
    const Parameter theta("theta", Tensor({2}, {Real(x0), Real(y0)}));
    Optimizer optimizer(theta, options);
    Path path;
    Tape tape;
    for (int n = 0; n <= steps; ++n, tape.rewind()) {
        path.x.push_back(theta.value()[0]), path.y.push_back(theta.value()[1]);
        optimizer.minimise(sum(square(tape.use(theta)) * Tensor({2}, {1, 25})) / 2);
    }
    return path;
}

Plot valley(Range x, Range y) {
    const Tensor loss = tabulate(x, y, 101, [](const Tensor& z) {
        Tensor l({z.size() / 2});
        for (Index i = 0; i < l.size(); ++i) l[i] = (z(i, 0) * z(i, 0) + 25 * z(i, 1) * z(i, 1)) / 2;
        return l;
    });
    Plot plot({.x = "θ₀, flat", .y = "θ₁, steep"});
    plot.contour(x, y, loss, {0.25, 1, 2.25, 4, 6.25, 9, 12.25, 16, 20.25},
                 {.label = "levels of the loss", .color = "#9aa3ad", .width = 1.2});
    return plot;
}

void too_long(const std::string& to) {
    const Path low = descend<optim::SGD>(optim::SGDOptions{.lr = 0.07}, 24, -4, 0.5),
               high = descend<optim::SGD>(optim::SGDOptions{.lr = 0.083}, 13, -4, 0.5);
    Plot plot = valley({-4.5, 1}, {-1.3, 1.3});
    plot.line(low.x, low.y, {.label = "lr = 0.07: to and fro, and down", .color = palette(0), .width = 2.4})
        .scatter(low.x, low.y, {.color = palette(0), .width = 2})
        .line(high.x, high.y,
              {.label = "lr = 0.083: to and fro, and wider", .color = palette(1), .width = 2, .dashed = true})
        .scatter(high.x, high.y, {.color = palette(1), .width = 2});
    save_svg(to + "/optim_wrong.svg", {plot}, {.title = "A learning rate a little above 2/k climbs out of the valley"});
}

void three_ways(const std::string& to) {
    const Path sgd = descend<optim::SGD>(optim::SGDOptions{.lr = 2.0 / 26}, 24, -4, 0.8),
               momentum = descend<optim::SGD>(optim::SGDOptions{.lr = 4.0 / 36, .momentum = 4.0 / 9}, 24, -4, 0.8),
               adam = descend<optim::Adam>(optim::AdamOptions{.lr = 0.3}, 24, -4, 0.8);
    Plot plot = valley({-4.5, 1}, {-1.6, 1.6});
    plot.line(sgd.x, sgd.y, {.label = "SGD: to and fro", .color = palette(1), .width = 1.6, .dashed = true})
        .scatter(sgd.x, sgd.y, {.color = palette(1), .width = 1.6})
        .line(momentum.x, momentum.y,
              {.label = "momentum: it adds up along the valley", .color = palette(0), .width = 2.4})
        .scatter(momentum.x, momentum.y, {.color = palette(0), .width = 2})
        .line(adam.x, adam.y, {.label = "Adam: both directions alike", .color = palette(2), .width = 4})
        .scatter(adam.x, adam.y, {.color = palette(2), .width = 2.4});
    save_svg(to + "/optim_right.svg", {plot},
             {.title = "After 24 steps momentum is there, SGD and Adam are under way"});
}

void training(const std::string& to) {
    Rng rng(0);
    Tensor x({768, 2}), y({768, 1});
    rng.fill_uniform(x.entries(), -1, 1);
    for (Index i = 0; i < 768; ++i) y(i, 0) = x(i, 0) * x(i, 1);
    std::vector<Index> apart(256);
    for (Index i = 0; i < 256; ++i) apart[static_cast<std::size_t>(i)] = 512 + i;
    const Tensor x_apart = nn::take_rows(x, apart), y_apart = nn::take_rows(y, apart);
    const nn::MLP model({2, 32, 1}, nn::tanh, rng);
    optim::Adam adam(model);
    const optim::Cosine rate{.peak = 3e-2, .steps = 480, .warmup = 20};
    nn::Batches batches(512, 64, rng);
    std::vector<double> n, of_batch, epoch_ends, of_others;
    for (Tape tape; adam.steps() < 480; tape.rewind()) {
        const auto rows = batches.next();
        const Var loss = nn::mse(model(tape.constant(nn::take_rows(x, rows))), nn::take_rows(y, rows));
        n.push_back(static_cast<double>(adam.steps()) + 1), of_batch.push_back(loss.item());
        adam.set_lr(rate(adam.steps()));
        adam.minimise(loss);
        if (adam.steps() % 8 == 0)
            epoch_ends.push_back(n.back()), of_others.push_back(nn::mse(model(x_apart), y_apart));
    }
    Plot plot({.x = "updates", .y = "loss", .log_y = true});
    plot.scatter(n, of_batch, {.label = "of each batch", .color = "#9aa3ad", .width = 1.3})
        .line(epoch_ends, of_others,
              {.label = "of examples kept apart, after each epoch", .color = palette(0), .width = 3});
    save_svg(to + "/optim_training.svg", {plot},
             {.title = "A training: batches scatter, the loss of unseen examples falls"});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    too_long(to);
    three_ways(to);
    training(to);
}
