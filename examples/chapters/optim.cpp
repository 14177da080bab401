// examples/chapters/optim.cpp — how do parameters find their way down?
// Look for: the learning rate at which the same step stops falling and starts climbing.
#include <algorithm>
#include <cstdio>

#include "autodiff/operators.hpp"
#include "nn/batches.hpp"      // brings: Batches, take_rows
#include "nn/losses.hpp"       // brings: mse
#include "nn/mlp.hpp"          // brings: MLP
#include "optim/adam.hpp"      // brings: Adam, grad, TensorFile
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

void minibatches() {
    Rng rng(0);
    Tensor x({512, 2}), y({512, 1});  // 512 examples of y = x₀ x₁
    rng.fill_uniform(x.entries(), -1, 1);
    for (Index i = 0; i < 512; ++i) y(i, 0) = x(i, 0) * x(i, 1);
    Tape tape;
    // [minibatches]
    const nn::MLP model({2, 32, 1}, nn::tanh, rng);
    optim::Adam adam(model, {.lr = 1e-2});
    nn::Batches batches(512, 64, rng);           // of 512 examples x, y, 64 at a time, shuffled anew in each epoch
    for (; adam.steps() < 480; tape.rewind()) {  // 60 epochs
        const std::span<const Index> rows = batches.next();
        adam.minimise(nn::mse(model(tape.constant(nn::take_rows(x, rows))), nn::take_rows(y, rows)));
    }
    const double error = nn::mse(model(x), y);  // Tensors: evaluated, not trained
    // [/minibatches]
    std::printf("%-22s %s 1e-03 of all after %td steps\n", "minibatches", error < 1e-3 ? "below" : "above",
                Index(adam.steps()));
}

}  // namespace

int main() {
    show<optim::SGD>("SGD, lr 0.01", optim::SGDOptions{.lr = 0.01});
    show<optim::SGD>("SGD, lr 0.07", optim::SGDOptions{.lr = 0.07});
    show<optim::SGD>("SGD, lr 0.085", optim::SGDOptions{.lr = 0.085});
    show<optim::SGD>("momentum 0.8", optim::SGDOptions{.lr = 0.05, .momentum = 0.8});
    show<optim::Adam>("Adam, lr 0.1", optim::AdamOptions{.lr = 0.1});
    show_lbfgs();
    minibatches();
    std::puts("");
    const optim::Cosine schedule{.peak = 1e-2, .steps = 1000, .warmup = 50};
    for (const unsigned step : {0u, 25u, 50u, 525u, 1000u}) std::printf("step %4u   lr %.6f\n", step, schedule(step));
    std::puts("");
    resume();
}
