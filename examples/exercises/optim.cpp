// examples/exercises/optim.cpp — the exercises of optim/README.md: each piece is wrong until you have written it
//   make exercises CHAPTER=optim        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=optim-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// optim 1: L = ½ (θ₀² + 25 θ₁²) from (1, 1). Which learning rate shrinks both entries by the same factor in a step?
// L is then below 0.005 after 50 steps.
constexpr double best_rate = 0.01;
void optim_1(Check& check) {
    double x = 1, y = 1;
    for (int n = 0; n < 50; ++n) x -= best_rate * x, y -= best_rate * 25 * y;
    const double loss = (x * x + 25 * y * y) / 2;
    check.that("best_rate, both entries after 50 steps", std::abs(std::abs(x) - std::abs(y)) < 1e-9, text(x, ", ", y),
               "the same but for the sign");
    check.that("best_rate, L after 50 steps", loss < 0.005, text(loss), "below 0.005");
}

void descend(const Parameter& theta, optim::Optimizer& optimizer, int steps) {
    for (int n = 0; n < steps; ++n) {
        const Tensor gradient = theta.value();  // of ½ θ²
        const View views[] = {gradient};
        optimizer.step(std::span<const View>(views));
    }
}

// optim 2: a run is stopped and goes on from a file. What does the file lack?
void save_run(TensorFile& file, const Parameter& theta, [[maybe_unused]] const optim::Adam& adam) {
    file.add("theta", theta.value());
}
void load_run(const TensorFile& file, const Parameter& theta, [[maybe_unused]] optim::Adam& adam) {
    theta.edit()[0] = file.tensor("theta")[0];
}
void optim_2(Check& check) {
    const Parameter whole("", Tensor({1}, {1})), first("", Tensor({1}, {1})), second("", Tensor({1}, {5}));
    optim::Adam a(whole, {.lr = 0.1}), b(first, {.lr = 0.1}), c(second);
    descend(whole, a, 20);
    descend(first, b, 8);
    TensorFile file;
    save_run(file, first, b);
    load_run(file, second, c);
    descend(second, c, 12);
    check.equal("save_run, load_run: theta after 8 steps and 12", second.value()[0], whole.value()[0]);
}

// optim 3: an optimiser of your own. Every entry moves by lr against the sign of its gradient; 0 moves nothing.
class SignDescent final : public optim::Optimizer {
public:
    SignDescent(Parameters parameters, double lr) : Optimizer("sign descent", parameters, lr, {}, {}) {}

private:
    void update([[maybe_unused]] Index n, [[maybe_unused]] Gradient g, [[maybe_unused]] Real* theta,
                Real* const* /*state*/) override {}
};
void optim_3(Check& check) {
    const Parameter theta("", Tensor({3}, {4, -0.5, 0}));
    SignDescent optimizer(theta, 0.25);
    descend(theta, optimizer, 1);
    check.equal("SignDescent, [4, -0.5, 0] after a step of 0.25", theta.value(), tensor({3.75, -0.25, 0}));
    descend(theta, optimizer, 1);
    optimizer.set_lr(0.125);
    descend(theta, optimizer, 1);
    check.equal("SignDescent, after another, and one of 0.125", theta.value(), tensor({3.375, 0, 0}));
}

// optim 4: predict, then run: Adam begins, and the first gradient is g. By how much does its first step move the parameter?
double first_step(double lr, double g) { return -lr * g; }
void optim_4(Check& check) {
    const double lr = check.given("lr", {0.1, 0.02, 0.25});
    for (const double g : {3.0, -0.002, 5000.0}) {
        const Parameter theta("", Tensor({1}, {0}));
        optim::Adam adam(theta, {.lr = lr});
        const Tensor gradient({1}, {Real(g)});
        const View views[] = {gradient};
        adam.step(std::span<const View>(views));
        check.derived(text("first_step, of a gradient of ", g), first_step(lr, g), double(theta.value()[0]), 1e-4);
    }
}

struct Momentum {
    double lr, mu;
};

// optim 5: derive: a valley's curvatures lie between these two. Which lr and μ leave the least of θ per step, whichever it is?
Momentum best_momentum(double /*flat*/, double steep) { return {1 / steep, 0}; }
void optim_5(Check& check) {
    const double flat = check.given("flat", {1, 4, 0.25}), steep = check.given("steep", {100, 64, 144});
    const Momentum best = best_momentum(flat, steep);
    const double lr = best.lr, mu = best.mu;
    const auto left_per_step = [&](double k) {  // the larger root of r² − (1 + μ − lr k) r + μ
        const double half = (1 + mu - lr * k) / 2, under = half * half - mu;
        return under < 0 ? std::sqrt(mu) : std::abs(half) + std::sqrt(under);
    };
    const double kappa = std::sqrt(steep / flat), least = (kappa - 1) / (kappa + 1);
    double most = 0;
    for (const double k : linspace(flat, steep, 101)) most = std::max(most, left_per_step(k));
    check.that("best_momentum, the most that a step leaves", std::isfinite(lr + mu) && most < least + 1e-4, text(most),
               "less");
}

// optim 6: your own data: points (x, y), as you have measured them; those of the check lie near a line. Train {a, b} of
// y = a + b x, with any optimiser, to the least mean of squares.
std::array<double, 2> fitted_line(const Tensor& /*x*/, const Tensor& y) { return {double(y[0]), 0}; }
void optim_6(Check& check) {
    const double a = check.given("a", {2, -1, 0.5}), b = check.given("b", {0.7, 3, -1.5});
    Tensor x({40}), y({40});
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    Rng rng(5);
    for (Index i = 0; i < 40; ++i) {
        x[i] = Real(4 * rng.uniform()), y[i] = Real(a + b * double(x[i]) + 0.3 * rng.normal());
        sx += double(x[i]), sy += double(y[i]), sxx += double(x[i] * x[i]), sxy += double(x[i] * y[i]);
    }
    const double slope = (40 * sxy - sx * sy) / (40 * sxx - sx * sx);
    const std::array<double, 2> line = fitted_line(x, y);
    check.near("fitted_line, b", line[1], slope, 1e-3);
    check.near("fitted_line, a", line[0], (sy - slope * sx) / 40, 1e-3);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "the best learning rate of a valley", optim_1}, {2, 2, "stop, resume, every bit", optim_2},
        {3, 2, "an optimiser of your own", optim_3},           {4, 1, "how far Adam's first step goes", optim_4},
        {5, 2, "the best momentum of a valley", optim_5},      {6, 2, "a line through points of your own", optim_6},
    };
    return report("optim", exercises, argc, argv);
}
