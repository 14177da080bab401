// examples/exercises/nn.cpp — the exercises of nn/README.md: each piece is wrong until you have written it
//   make exercises CHAPTER=nn        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=nn-1 helps.
#include <numbers>

#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// nn 1: ln Σ e^l of large logits (write).
Var log_sum_exp(Var l) { return log(sum(exp(l))); }
void nn_1(Check& check) {
    Tape tape;
    const auto of = [&](double a, double b) {
        return double(log_sum_exp(tape.constant(Tensor({2}, {Real(a), Real(b)}))).item());
    };
    check.near("log_sum_exp, of 1000, 1000", of(1000, 1000), 1000.6931471805599, 1e-3);
    check.near("log_sum_exp, of -1000, -1000", of(-1000, -1000), -999.3068528194401, 1e-3);
    check.near("log_sum_exp, of 0, 3000", of(0, 3000), 3000, 1e-3);
}

// nn 2: a damped pendulum, dz/dt = (z₁, −k z₀ − c z₁), that is to learn k and c. Why does it learn only one (find the bug)?
struct Pendulum : nn::Module {
    Parameter k = add("k", 1.0);
    Parameter c = Parameter("c", Tensor::scalar(0));
};
void nn_2(Check& check) {
    const Pendulum law;
    std::string names;
    for (const std::string& name : law.names()) names += name + " ";
    check.equal("Pendulum, what is trained", names, std::string("k c "));
    if (!check.done()) return;
    law.parameter("c").edit()[0] = 7;  // as an optimiser does
    check.equal("Pendulum, c, when \"c\" among what is trained was set to 7", law.c.value()[0], Real(7));
}

// nn 3: relu sets half of what it sees to 0. Which initialiser keeps the mean of x² through ten layers of it
// (predict, then run)?
constexpr nn::Initialiser for_relu = nn::glorot_normal;
void nn_3(Check& check) {
    Tape tape;
    Rng rng(1);
    Tensor input({64, 256}, Real(1));
    Var x = tape.constant(input);
    for (int layer = 0; layer < 10; ++layer) x = relu(nn::Linear(256, 256, rng, {.init = for_relu})(x));
    const double squares = double(mean(square(x)).item());
    check.that("for_relu, the mean of x² behind ten layers", squares > 0.2 && squares < 5, text(squares), "about 1");
}

// nn 4: E[x²] = 1 goes into so many layers of relu(W x), each as wide as it is long, W by (3). What is E[x²] behind them
// (derive)?
double squares_left(double /*layers*/) { return 0; }
void nn_4(Check& check) {
    const double layers = check.given("layers", {10, 4, 6, 12});
    double squares = 1;
    for (int layer = 0; layer < layers; ++layer) {
        double passed_on = 0;  // ∫ relu(y)² p(y) dy, y normal with the variance that (3) gives W x
        for (int i = 0; i < 4000; ++i) {
            const double u = (i + 0.5) / 500;
            passed_on += squares * u * u * std::exp(-u * u / 2) / std::sqrt(2 * std::numbers::pi) / 500;
        }
        squares = passed_on;
    }
    check.derived("squares_left", squares_left(layers), squares);
}

// nn 5: the mean of (y − target)² over what the mask (1 or 0) lets count. It is too small (find the bug).
Var masked_mse(const Var& y, const Tensor& target, const Tensor& mask) { return mean(square(y - target) * mask); }
void nn_5(Check& check) {
    Tape tape;
    const Var y = tape.variable(tensor({{1, 2}, {3, 4}}));
    const Tensor target({2, 2}), mask = tensor({{1, 0}, {1, 0}}), one = tensor({{0, 0}, {0, 1}});
    const Var loss = masked_mse(y, target, mask);
    check.near("masked_mse, of 1, -, 3, -", double(loss.item()), 5, 1e-5);
    check.near("masked_mse, of -, -, -, 4", double(masked_mse(y, target, one).item()), 16, 1e-5);
    if (check.done()) check.equal("masked_mse, its gradient", Tensor(grad(loss, y).value()), tensor({{1, 0}, {3, 0}}));
}

struct Point {
    double x1, x2;
    int which;  // 0 or 1
};

// nn 6: points (x₁, x₂) of two classes, 40 or more, as you have measured or invented them: no line tells the classes apart,
// and a small network does (your own data).
std::vector<Point> my_points() { return {}; }
void nn_6(Check& check) {
    const std::vector<Point> points = my_points();
    const auto n = static_cast<Index>(points.size());
    check.that("my_points, their number", n >= 40, text(n), "40 or more");
    if (!check.done()) return;
    Tensor x({n, 2}), which({n, 1});
    double mean[2] = {}, square[2] = {};
    for (const Point& p : points) {
        mean[0] += p.x1 / double(n), mean[1] += p.x2 / double(n);
        square[0] += p.x1 * p.x1 / double(n), square[1] += p.x2 * p.x2 / double(n);
    }
    for (Index i = 0; i < n; ++i) {
        const Point& p = points[static_cast<std::size_t>(i)];
        const double at[2] = {p.x1, p.x2};
        for (int j = 0; j < 2; ++j)
            x.data()[2 * i + j] = Real((at[j] - mean[j]) / std::sqrt(square[j] - mean[j] * mean[j] + 1e-12));
        which.data()[i] = Real(p.which);
    }
    const auto share_right = [&](const nn::MLP& model) {
        optim::Adam adam(model, {.lr = 0.05});
        for (Tape tape; adam.steps() < 300; tape.rewind()) {
            const Var l = model(tape.constant(x));
            adam.minimise(costate::mean(softplus(l) - l * which));
        }
        const Tensor l = model(x);
        double right = 0;
        for (Index i = 0; i < n; ++i) right += (l[i] > 0) == (which[i] > 0.5);
        return right / double(n);
    };
    const double line = share_right(nn::MLP({2, 1}, nn::tanh, Rng{1}));
    const double bend = share_right(nn::MLP({2, 16, 16, 1}, nn::tanh, Rng{1}));
    check.that("my_points, what a line gets right", line <= 0.9, text(line), "0.9 or less");
    check.that("my_points, what a network gets right", bend >= 0.95, text(bend), "0.95 or more");
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "a logarithm of large exponentials", nn_1},
        {2, 2, "a parameter that nobody trains", nn_2},
        {3, 2, "ten layers of relu", nn_3},
        {4, 2, "what relu leaves behind Glorot", nn_4},
        {5, 2, "a mean over what counts", nn_5},
        {6, 2, "points of your own", nn_6},
    };
    return report("nn", exercises, argc, argv);
}
