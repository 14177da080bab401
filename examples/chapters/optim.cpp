// examples/chapters/optim.cpp — the numbers of optim/README.md: what does training do?
// Look for: the learning rate at which the same step stops falling and starts climbing.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "nn/batches.hpp"      // brings: Batches, take_rows
#include "nn/losses.hpp"       // brings: mse
#include "nn/mlp.hpp"          // brings: MLP
#include "optim/adam.hpp"      // brings: Adam, TensorFile
#include "optim/lbfgs.hpp"     // brings: LBFGS
#include "optim/schedule.hpp"  // brings: Cosine
#include "optim/sgd.hpp"       // brings: SGD

using namespace costate;

namespace {

struct Valley {  // L = ½ (θ₀² + 25 θ₁²), from (1, 1): flat along θ₀, steep along θ₁
    Parameter theta{"theta", Tensor({2}, {1, 1})};
    Tape tape;

    double descend(optim::Optimizer& optimizer, int steps) {
        const Tensor curvature({2}, {1, 25});
        for (int n = 0; n < steps; ++n) {
            // [step]
            tape.rewind();
            const Var loss = sum(square(tape.use(theta)) * curvature) / 2;
            optimizer.minimise(loss);  // step(grad(loss, theta))
            // [/step]
        }
        const double x = static_cast<double>(theta.value()[0]), y = static_cast<double>(theta.value()[1]);
        return (x * x + 25 * y * y) / 2;
    }
};

template <class Optimizer, class Options>
void show(const char* what, Options options) {
    Valley valley;
    Optimizer optimizer(valley.theta, options);
    std::printf("%-22s %.1e\n", what, valley.descend(optimizer, 50));
}

void show_lbfgs() {
    const Parameter theta("theta", Tensor({2}, {1, 1}));
    const auto loss = [&](Tape& tape) { return sum(square(tape.use(theta)) * Tensor({2}, {1, 25})) / 2; };
    // [lbfgs]
    const optim::Minimum end = optim::LBFGS(theta).minimise(loss);  // loss: a function of the tape
    // [/lbfgs]
    std::printf("%-22s below 1e-15 after %d steps, %ld evaluations: %s\n", "L-BFGS", end.iterations, end.evaluations,
                end.loss < 1e-15 ? to_text(end.stop) : "no");
}

struct Run {
    Valley valley;
    optim::Adam adam{valley.theta, {.lr = 0.1}};

    void go(int steps) { valley.descend(adam, steps); }
    TensorFile saved() const {
        // [saved]
        TensorFile file;
        file.add("theta", valley.theta.value());
        adam.write(file, "adam.");  // m, v, the powers of β, the count of steps
        // [/saved]
        return file;
    }
    void restore(const TensorFile& file, bool optimizer_too) {
        const Tensor& theta = file.tensor("theta");
        valley.theta.edit().assign(theta.entries());
        if (optimizer_too) adam.read(file, "adam.");
    }
};

void resume() {
    Run whole, stopped;
    whole.go(20);
    stopped.go(8);
    for (const bool optimizer_too : {false, true}) {
        Run resumed;
        resumed.restore(parse(serialize(stopped.saved())), optimizer_too);
        resumed.go(12);
        const bool same = serialize(resumed.saved()) == serialize(whole.saved());
        std::printf("resumed %-14s %s\n", optimizer_too ? "with Adam" : "without Adam", same ? "every bit" : "differs");
    }
}

// What remains of one entry of θ in a valley of curvature k, after so many steps of the library's SGD.
double remains(double k, int steps, const optim::SGDOptions& options) {
    const Parameter theta("theta", Tensor({1}, {1}));
    optim::SGD sgd(theta, options);
    Tape tape;
    for (int n = 0; n < steps; ++n, tape.rewind()) sgd.minimise(square(tape.use(theta)) * k / 2);
    return static_cast<double>(theta.value()[0]);
}

void best_momentum() {  // of curvatures from 1 to 25
    const optim::SGDOptions best{.lr = 4.0 / 36, .momentum = 4.0 / 9}, plain{.lr = 2.0 / 26};
    std::puts("\n                       measured       in closed form");
    std::printf("momentum, k = 1        %.6e   (2/3)^50 (1 + 50/3)  = %.6e\n", remains(1, 50, best),
                std::pow(2.0 / 3, 50) * (1 + 50.0 / 3));
    std::printf("momentum, k = 25       %.6e   (2/3)^50 (1 + 250/3) = %.6e\n", remains(25, 50, best),
                std::pow(2.0 / 3, 50) * (1 + 250.0 / 3));
    std::printf("momentum, k = 13       %.6f       -mu = %.6f, in two steps\n",
                remains(13, 52, best) / remains(13, 50, best), -4.0 / 9);
    std::printf("no momentum, k = 1     %.6e   (12/13)^50           = %.6e\n", remains(1, 50, plain),
                std::pow(12.0 / 13, 50));
}

void correction() {  // the mean of m over all gradients 3 ± 1, 3 ± 1, ...
    std::puts("\nsteps   mean of m    (1 - beta^t) 3   mean of m / (1 - beta^t)");
    const double beta = 0.9;
    for (const int t : {1, 5, 10}) {
        double sum = 0;
        for (int signs = 0; signs < 1 << t; ++signs) {
            double m = 0;
            for (int s = 0; s < t; ++s) m = beta * m + (1 - beta) * (3 + ((signs >> s & 1) ? 1 : -1));
            sum += m;
        }
        const double mean = sum / (1 << t);
        std::printf("%5d   %.7f    %.7f        %.7f\n", t, mean, 3 * (1 - std::pow(beta, t)),
                    mean / (1 - std::pow(beta, t)));
    }
}

void training() {
    Rng rng(0);
    Tensor x({768, 2}), y({768, 1});  // examples of y = x₀ x₁; a third of them is kept apart
    rng.fill_uniform(x.entries(), -1, 1);
    for (Index i = 0; i < 768; ++i) y(i, 0) = x(i, 0) * x(i, 1);
    std::vector<Index> apart(256);
    for (Index i = 0; i < 256; ++i) apart[static_cast<std::size_t>(i)] = 512 + i;
    const Tensor x_apart = nn::take_rows(x, apart), y_apart = nn::take_rows(y, apart);
    Tape tape;
    // [training]
    const nn::MLP model({2, 32, 1}, nn::tanh, rng);
    optim::Adam adam(model);
    const optim::Cosine rate{.peak = 3e-2, .steps = 480, .warmup = 20};
    nn::Batches batches(512, 64, rng);           // of 512 examples, 64 at a time, shuffled anew in each epoch
    for (; adam.steps() < 480; tape.rewind()) {  // 60 epochs of 8 batches
        const std::span<const Index> rows = batches.next();
        adam.set_lr(rate(adam.steps()));
        adam.minimise(nn::mse(model(tape.constant(nn::take_rows(x, rows))), nn::take_rows(y, rows)));
        if (adam.steps() % 160 == 0)  // examples that the training never sees
            std::printf("after epoch %td their loss is %.0e\n", batches.epoch() + 1, nn::mse(model(x_apart), y_apart));
    }
    // [/training]
}

}  // namespace

int main() {
    show<optim::SGD>("SGD, lr 0.01", optim::SGDOptions{.lr = 0.01});
    show<optim::SGD>("SGD, lr 0.07", optim::SGDOptions{.lr = 0.07});
    show<optim::SGD>("SGD, lr 0.085", optim::SGDOptions{.lr = 0.085});
    show<optim::SGD>("momentum 4/9", optim::SGDOptions{.lr = 4.0 / 36, .momentum = 4.0 / 9});
    show<optim::Adam>("Adam, lr 0.1", optim::AdamOptions{.lr = 0.1});
    show_lbfgs();
    best_momentum();
    correction();
    std::puts("");
    training();
    std::puts("");
    const optim::Cosine schedule{.peak = 1e-2, .steps = 1000, .warmup = 50};
    for (const unsigned step : {0u, 25u, 50u, 525u, 1000u}) std::printf("step %4u   lr %.6f\n", step, schedule(step));
    std::puts("");
    resume();
}
