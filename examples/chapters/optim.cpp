// examples/chapters/optim.cpp — how do parameters find their way down?
// Look for: the learning rate at which the same step stops falling and starts climbing.
#include <algorithm>
#include <cstdio>

#include "autodiff/operators.hpp"
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

}  // namespace

int main() {
    // [program]
    show<optim::SGD>("SGD, lr 0.01", optim::SGDOptions{.lr = 0.01});
    show<optim::SGD>("SGD, lr 0.07", optim::SGDOptions{.lr = 0.07});
    show<optim::SGD>("SGD, lr 0.085", optim::SGDOptions{.lr = 0.085});
    show<optim::SGD>("momentum 0.8", optim::SGDOptions{.lr = 0.05, .momentum = 0.8});
    show<optim::Adam>("Adam, lr 0.1", optim::AdamOptions{.lr = 0.1});
    // [/program]
    show_lbfgs();
    std::puts("");
    const optim::Cosine schedule{.peak = 1e-2, .steps = 1000, .warmup = 50};
    for (const unsigned step : {0u, 25u, 50u, 525u, 1000u}) std::printf("step %4u   lr %.6f\n", step, schedule(step));
    std::puts("");
    resume();
}
