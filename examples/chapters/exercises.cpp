// examples/chapters/exercises.cpp — twelve small functions that are wrong until you write them
//   make docs-check; build/*/examples/chapters/exercises       one line each: "not yet", then "done"
// Each chapter's README says what is wanted; examples/chapters/answers.md has one way to do each.
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients, grad, hvp
#include "autodiff/operators.hpp"
#include "core/kernels/map.hpp"            // brings: map
#include "examples/chapters/exercise.hpp"  // brings: Exercise, report
#include "nn/linear.hpp"                   // brings: Linear, Module, initialisers
#include "optim/adam.hpp"                  // brings: Adam, Optimizer, TensorFile
#include "optim/sgd.hpp"                   // brings: SGD

using namespace costate;

namespace {

// ---- core ----

// core 1: add the halves, each by this function, and then the two results; one number is its own sum.
Real pairwise_sum(std::span<const Real> x) {
    Real sum = 0;
    for (const Real entry : x) sum += entry;
    return sum;
}
bool core_1() {  // 1 and 63 times half a gap: 31.5 gaps above 1; the chain loses all of them, pairs nearly none
    constexpr Real gap = std::numeric_limits<Real>::epsilon();
    Tensor x({64}, gap / 2);
    x[0] = 1;
    return pairwise_sum(x.entries()) == 1 + 31 * gap;
}

// core 2: y[i,j] = a_i b_j from a [m] and b [n], with one call of map and no loop.
Tensor outer(const Tensor& a, const Tensor& b) {
    Tensor y({a.size(), b.size()});
    return y;
}
bool core_2() { return outer(Tensor({2}, {1, 2}), Tensor({3}, {3, 4, 5})) == Tensor({2, 3}, {3, 4, 5, 6, 8, 10}); }

// core 3: the n-th number of the stream (n = 0: the first), in the same time for every n.
std::uint64_t nth_bits(std::uint64_t seed, std::uint64_t n) { return Rng(seed + n).bits(); }
bool core_3() {
    Rng rng(42);
    for (int i = 0; i < 1000; ++i) rng.bits();
    return nth_bits(42, 1000) == rng.bits();
}

// ---- autodiff ----

// autodiff 1: a tape of sums. Give every value its gradient of the last one, in one loop that visits each sum once.
struct Sum {
    std::size_t a, b;  // places of the operands on the tape; a leaf is its own operand
};
std::vector<double> gradients(const std::vector<Sum>& tape) {
    std::vector<double> g(tape.size(), 0);
    g.back() = 1;
    for (std::size_t i = 0; i < tape.size(); ++i) {
        if (tape[i].a == i) continue;
        g[tape[i].a] += g[i];
        g[tape[i].b] += g[i];
    }
    return g;
}
bool autodiff_1() { return gradients({{0, 0}, {0, 0}, {1, 1}}) == std::vector<double>{4, 2, 1}; }

// autodiff 2: an operator, y = x³. Its forward and its jvp are there; write its vjp.
struct Cube {
    static constexpr const char* name = "exercise: cube";
    bool operator==(const Cube&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        map([](Real entry) { return entry * entry * entry; }, y, x);
    }
    Var jvp(Var x, Var, Var dx) const { return 3.0 * x * x * dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
};
bool autodiff_2() {
    return check_gradients([](Var x) { return record(Cube{}, x); }, Tensor({3}, {-1, 0.5, 2})).ok();
}

// autodiff 3: H v by two calls of grad, without jvp and without forming H.
Var hessian_times(Var y, Var x, Var v) {
    static_cast<void>(y), static_cast<void>(x);
    return v;
}
bool autodiff_3() {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), v = tape.constant(Tensor({2}, {1, -1}));
    const Var y = sum(x * x * x), ours = hessian_times(y, x, v), theirs = hvp(y, x, v);
    return Tensor(ours.value()) == Tensor(theirs.value());
}

// ---- nn ----

// nn 1: ln Σ e^l of large logits.
Var log_sum_exp(Var l) { return log(sum(exp(l))); }
bool nn_1() {
    Tape tape;
    return std::abs(log_sum_exp(tape.constant(Tensor({2}, {1000, 1000}))).item() - Real(1000.6931471805599)) <
           Real(1e-3);
}

// nn 2: a damped pendulum, dz/dt = (z₁, −k z₀ − c z₁), that is to learn k and c. Why does it learn only one?
struct Pendulum : nn::Module {
    Parameter k = add("k", Tensor::scalar(1));
    Parameter c = Parameter("c", Tensor::scalar(0));
    Parameter add(std::string name, Tensor start) { return nn::Module::add(name, Parameter(name, std::move(start))); }
};
bool nn_2() { return Pendulum().count() == 2; }

// nn 3: relu sets half of what it sees to 0. Which initialiser keeps Σ x² through ten layers of it?
constexpr nn::Initialiser for_relu = nn::glorot_normal;
bool nn_3() {
    Tape tape;
    Rng rng(1);
    Tensor input({64, 256}, Real(1));
    Var x = tape.constant(input);
    for (int layer = 0; layer < 10; ++layer) x = relu(nn::Linear(256, 256, rng, {.init = for_relu})(x));
    return mean(square(x)).item() > Real(0.2);
}

// ---- optim ----

// optim 1: L = ½ (θ₀² + 25 θ₁²) from (1, 1). Which learning rate shrinks both entries by the same factor in a step?
// L is then below 0.005 after 50 steps.
constexpr double best_rate = 0.01;
bool optim_1() {
    double x = 1, y = 1;
    for (int n = 0; n < 50; ++n) x -= best_rate * x, y -= best_rate * 25 * y;
    return (x * x + 25 * y * y) / 2 < 0.005 && std::abs(std::abs(x) - std::abs(y)) < 1e-9;
}

// optim 2: a run is stopped and goes on from a file. What does the file lack?
void save_run(TensorFile& file, const Parameter& theta, const optim::Adam& adam) {
    static_cast<void>(adam);
    file.add("theta", theta.value());
}
void load_run(const TensorFile& file, const Parameter& theta, optim::Adam& adam) {
    static_cast<void>(adam);
    theta.edit()[0] = file.tensor("theta")[0];
}
void descend(const Parameter& theta, optim::Optimizer& optimizer, int steps) {
    for (int n = 0; n < steps; ++n) {
        const Tensor gradient = theta.value();  // of ½ θ²
        const View views[] = {gradient};
        optimizer.step(std::span<const View>(views));
    }
}
bool optim_2() {
    const Parameter whole("", Tensor({1}, {1})), first("", Tensor({1}, {1})), second("", Tensor({1}, {5}));
    optim::Adam a(whole, {.lr = 0.1}), b(first, {.lr = 0.1}), c(second);
    descend(whole, a, 20);
    descend(first, b, 8);
    TensorFile file;
    save_run(file, first, b);
    load_run(file, second, c);
    descend(second, c, 12);
    return second.value() == whole.value();
}

// optim 3: an optimiser of your own. Every entry moves by lr against the sign of its gradient; 0 moves nothing.
class SignDescent final : public optim::Optimizer {
public:
    SignDescent(Parameters parameters, double lr) : Optimizer("sign descent", parameters, lr, {}, {}) {}

private:
    void update(Index /*n*/, Gradient /*g*/, Real* /*theta*/, Real* const*) override {}  // of each parameter
};
bool optim_3() {
    const Parameter theta("", Tensor({3}, {4, -0.5, 0}));
    SignDescent optimizer(theta, 0.25);
    descend(theta, optimizer, 2);
    return theta.value() == Tensor({3}, {3.5, 0, 0});
}

}  // namespace

int main() {
    const Exercise exercises[] = {
        {"core 1", "pairs lose fewer digits than a chain", core_1},
        {"core 2", "an outer product is a broadcast", core_2},
        {"core 3", "the n-th random number, at once", core_3},
        {"autodiff 1", "b = a + a; c = b + b", autodiff_1},
        {"autodiff 2", "an operator of your own", autodiff_2},
        {"autodiff 3", "a Hessian times a vector, by grad alone", autodiff_3},
        {"nn 1", "a logarithm of large exponentials", nn_1},
        {"nn 2", "a parameter that nobody trains", nn_2},
        {"nn 3", "ten layers of relu", nn_3},
        {"optim 1", "the best learning rate of a valley", optim_1},
        {"optim 2", "stop, resume, every bit", optim_2},
        {"optim 3", "an optimiser of your own", optim_3},
    };
    report(exercises);
}
