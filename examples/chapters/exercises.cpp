// examples/chapters/exercises.cpp — fourteen small pieces that are wrong until you write them
//   make exercises CHAPTER=core       a line for each: "not yet" with what it gives and what it should, then "done"
// Each chapter's README says what is wanted; examples/chapters/answers.md has one way to do each. Yours goes between the
// comment and the check, in place of what stands there.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients, grad, hvp
#include "autodiff/operators.hpp"
#include "autodiff/program/program.hpp"    // brings: compile, Program, Phase
#include "core/kernels/map.hpp"            // brings: map
#include "examples/chapters/exercise.hpp"  // brings: Check, Exercise, report
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
void core_1(Check& check) {  // a chain of 1 and 63 half gaps loses all of them, pairs nearly none
    constexpr Real gap = std::numeric_limits<Real>::epsilon();
    const Tensor seven = tensor({1, 2, 3, 4, 5, 6, 7});
    Tensor x({64}, gap / 2);
    x[0] = 1;
    check.equal("pairwise_sum, of 1, 2, ... 7", pairwise_sum(seven.entries()), Real(28));
    check.equal("pairwise_sum, of 1 and 63 half gaps: gaps above 1", (pairwise_sum(x.entries()) - 1) / gap, Real(31));
}

// core 2: y[i,j] = a_i b_j from a [m] and b [n], with one call of map and no loop.
Tensor outer(const Tensor& a, const Tensor& b) {
    Tensor y({a.size(), b.size()});
    return y;
}
void core_2(Check& check) {
    check.equal("outer, of [1, 2] and [3, 4, 5]", outer(tensor({1, 2}), tensor({3, 4, 5})),
                tensor({{3, 4, 5}, {6, 8, 10}}));
}

// core 3: the n-th number of the stream (n = 0: the first), in the same time for every n.
std::uint64_t nth_bits(std::uint64_t seed, std::uint64_t n) { return Rng(seed + n).bits(); }
void core_3(Check& check) {
    Rng rng(42);
    for (std::uint64_t n = 0; n < 3; ++n) check.equal(text("nth_bits, n = ", n), nth_bits(42, n), rng.bits());
    double fastest = 1;  // s, of three
    for (int i = 0; i < 3 && check.done(); ++i) {
        const auto start = std::chrono::steady_clock::now();
        nth_bits(42, 10'000'000);
        fastest = std::min(fastest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    check.that("nth_bits, n = 10^7", fastest < 1e-3, text(fastest, " s"), "a microsecond, so that 10^12 is no matter");
    if (check.done())
        check.equal("nth_bits, n = 10^12", nth_bits(42, 1'000'000'000'000), std::uint64_t(0x2fd6ab638429d3d7u));
}

// ---- autodiff ----

struct Sum {           // an operation on a tape of sums
    std::size_t a, b;  // places of the operands; a variable is its own operand
};

// autodiff 1: a tape of sums. Give every value its gradient of the last one, in one loop that visits each sum once.
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
void autodiff_1(Check& check) {
    const auto list = [](const std::vector<double>& x) {
        std::string all;
        for (const double entry : x) all += text(" ", entry);
        return all;
    };
    check.equal("gradients, by a, b = a + a, c = b + b", list(gradients({{0, 0}, {0, 0}, {1, 1}})), list({4, 2, 1}));
    check.equal("gradients, by x, y, s = x + y, s + x", list(gradients({{0, 0}, {1, 1}, {0, 1}, {2, 0}})),
                list({2, 1, 1, 1}));
}

// autodiff 2: an operator, y = x³. Its forward and its jvp are there; write its vjp. (Its one input's x̄ is always wanted, so
// that the last argument may be left alone.)
struct Cube {
    static constexpr const char* name = "exercise: cube";
    bool operator==(const Cube&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        map([](Real entry) { return entry * entry * entry; }, y, x);
    }
    Var jvp(Var x, Var /*y*/, Var dx) const { return 3.0 * x * x * dx; }
    Var vjp([[maybe_unused]] Var x, [[maybe_unused]] Var y, Var gy, Needs) const { return gy; }
};
void autodiff_2(Check& check) {
    const Tensor x({3}, {-1, 0.5, 2});
    const auto hold = [&](const char* of, const std::function<Var(Var)>& f) {
        const GradientReport report = check_gradients(f, x);
        check.that(of, report.ok(), text(report.analytic), text(report.numeric, " by differences"));
    };
    hold("Cube's vjp", [](Var z) { return record(Cube{}, z); });
    hold("the derivative of Cube's vjp", [](Var z) { return grad(sum(record(Cube{}, z)), z); });
}

struct CubeBackwards : Cube {  // y = x³ once more, without a jvp
    static constexpr const char* name = "exercise: cube, backwards";
    bool operator==(const CubeBackwards&) const = default;
    Var jvp(Var, Var, Var) const {
        fail({.what = "hessian_times: jvp was called", .got = "jvp, hvp or hessian", .expected = "grad, twice"});
    }
    Var vjp(Var x, Var, Var gy, Needs) const { return 3.0 * x * x * gy; }
};

// autodiff 3: H v by two calls of grad, without jvp and without forming H.
Var hessian_times([[maybe_unused]] Var y, [[maybe_unused]] Var x, Var v) { return v; }
void autodiff_3(Check& check) {  // y = Σx³ Σx:  H_ij = 6 x_i Σx δ_ij + 3 x_i² + 3 x_j²
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), v = tape.constant(Tensor({2}, {1, -1}));
    const Var hv = hessian_times(sum(record(CubeBackwards{}, x)) * sum(x), x, v);
    check.equal("hessian_times", Tensor(hv.value()), tensor({9, -45}));
    Tape longer;
    const Var many = longer.variable(Tensor({100}, Real(1))), y = sum(record(CubeBackwards{}, many)) * sum(many);
    hessian_times(y, many, many);
    const std::size_t operations = longer.operations().size();
    check.that("hessian_times, x of 100 numbers", operations < 100, text(operations, " operations on the tape"),
               "as few as for two numbers: no row of H by itself");
}

// ---- programs ----

struct Lines {  // of each phase, as to_text(program) lists them
    int prologue, forward, reverse, sums;
};
std::string to_text(const Lines& n) {
    return text(n.prologue, " ", n.forward, " ", n.reverse, " ", n.sums, " (prologue, forward, reverse, sums)");
}
Lines lines_of_field(bool has_bias, bool has_tangent) {  // tanh(z Wᵀ) of the chapter with its pullback: 1 2 3 1
    Tape tape;
    const Parameter W("W", Tensor({2, 2}, {0, 1, -1, 0})), b("b", Tensor({2}));
    const std::array states{tape.variable(Tensor({4, 2})), tape.variable(Tensor({4, 2}))};  // z, ż
    const Var w = tape.variable(Tensor({4, 2})), Wz = matmul(states[0], W, false, true);
    const Var f = tanh(has_bias ? Wz + b : Wz);
    std::vector<Var> forward{f}, xs{states[0], tape.use(W)};
    if (has_tangent) forward.push_back(jvp(f, states[0], states[1]));
    if (has_bias) xs.push_back(tape.use(b));
    const Vars bars = vjp(Vars(&f, 1), xs, Vars(&w, 1));
    const Program program = compile(tape, {.states = Vars(states.data(), has_tangent ? 2 : 1),
                                           .cotangents = Vars(&w, 1),
                                           .forward = forward,
                                           .reverse = bars.first(1),
                                           .summed = bars.subspan(1)});
    const auto lines = [&](Phase phase) { return static_cast<int>(program.code_of(phase).size()); };
    return {lines(Phase::prologue), lines(Phase::forward), lines(Phase::reverse), lines(Phase::sums)};
}

// programs 1: tanh(z Wᵀ + b), with b a parameter. How many lines has each phase now?
constexpr Lines with_bias{1, 2, 3, 1};
void programs_1(Check& check) { check.equal("with_bias", text(with_bias), text(lines_of_field(true, false))); }

// programs 2: tanh(z Wᵀ) and its tangent J ż, with ż one more of the states. How many lines has each phase now?
constexpr Lines with_tangent{1, 2, 3, 1};
void programs_2(Check& check) { check.equal("with_tangent", text(with_tangent), text(lines_of_field(false, true))); }

// ---- nn ----

// nn 1: ln Σ e^l of large logits.
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

// nn 2: a damped pendulum, dz/dt = (z₁, −k z₀ − c z₁), that is to learn k and c. Why does it learn only one?
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

// nn 3: relu sets half of what it sees to 0. Which initialiser keeps the mean of x² through ten layers of it?
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

// ---- optim ----

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

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {"core", 1, "pairs lose fewer digits than a chain", core_1},
        {"core", 2, "an outer product is a broadcast", core_2},
        {"core", 3, "the n-th random number, at once", core_3},
        {"autodiff", 1, "b = a + a; c = b + b", autodiff_1},
        {"autodiff", 2, "an operator of your own", autodiff_2},
        {"autodiff", 3, "a Hessian times a vector, by grad alone", autodiff_3},
        {"programs", 1, "what a bias adds to a program", programs_1},
        {"programs", 2, "what a tangent adds, and what moves", programs_2},
        {"nn", 1, "a logarithm of large exponentials", nn_1},
        {"nn", 2, "a parameter that nobody trains", nn_2},
        {"nn", 3, "ten layers of relu", nn_3},
        {"optim", 1, "the best learning rate of a valley", optim_1},
        {"optim", 2, "stop, resume, every bit", optim_2},
        {"optim", 3, "an optimiser of your own", optim_3},
    };
    return report(exercises, argc, argv);
}
