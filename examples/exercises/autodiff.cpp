// examples/exercises/autodiff.cpp — the exercises of autodiff/README.md: each piece is wrong until you have written it
//   make exercises CHAPTER=autodiff        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=autodiff-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

struct Sum {           // an operation on a tape of sums
    std::size_t a, b;  // places of the operands; a variable is its own operand
};

// autodiff 1: a tape of sums. Every value gets its gradient of the last one, in one loop that visits each sum once: but in
// the wrong order. Mend it. (find the bug)
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

// autodiff 2: an operator, y = x³. Its forward and its jvp are there; write its vjp. (Its one input's x̄ is always wanted:
// leave the last argument alone.) (write)
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

// autodiff 3: H v by two calls of grad, without jvp and without forming H. (write)
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

// autodiff 4: the h at which h² c/6 + eps |f|/2h is smallest, the error of (f(x + h) − f(x − h)) / 2h when |f‴| = c. (derive)
double best_h(double f, double c, double eps) { return std::sqrt(eps * f / c); }
void autodiff_4(Check& check) {
    const double x = check.given("x", {1, 0.5, 2, 3}), eps = check.given("eps", {1e-12, 1e-10, 1e-8});
    const double f = std::exp(x) + 1, c = 8 * std::exp(2 * x);  // any two numbers
    double low = std::log(1e-8), high = std::log(10.0);
    const auto slope = [&](double log_h) {  // of the error by h
        const double h = std::exp(log_h);
        return h * c / 3 - eps * f / (2 * h * h);
    };
    for (int i = 0; i < 100; ++i) (slope((low + high) / 2) > 0 ? high : low) = (low + high) / 2;
    check.derived("best_h", best_h(f, c, eps), std::exp(low));
}

// autodiff 5: x, then exp n times, then grad: how many operations are on the tape? Look at the rule of (3) that the chapter
// shows for exp, and at the list for b = a + a. (predict, then run)
int operations(int n) { return n; }
void autodiff_5(Check& check) {
    const int n = static_cast<int>(check.given("n", {3, 4, 6, 9}));
    Tape tape;
    const Var x = tape.variable(0.1);
    Var y = x;
    for (int i = 0; i < n; ++i) y = exp(y);
    grad(y, x);
    check.derived("operations", operations(n), static_cast<double>(tape.operations().size()));
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "b = a + a; c = b + b", autodiff_1},
        {2, 2, "an operator of your own", autodiff_2},
        {3, 2, "a Hessian times a vector, by grad alone", autodiff_3},
        {4, 2, "the best step of a difference", autodiff_4},
        {5, 1, "the operations of a gradient", autodiff_5},
    };
    return report("autodiff", exercises, argc, argv);
}
