// examples/exercises/operators.cpp — the exercises of autodiff/operators.md: each piece is wrong until you have written it
//   make exercises CHAPTER=operators        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=operators-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

void hold(Check& check, const std::string& of, const std::function<Var(Var)>& f, const Tensor& x) {
    const GradientReport report = check_gradients(f, x);
    check.that(of, report.ok(), text(report.analytic), text(report.numeric, " by differences"));
}

// operators 1: the y of y³ + y = x is found by Newton's iteration. Write the rule that takes ȳ to x̄. (write)
struct Root {
    static constexpr const char* name = "exercise: root";
    bool operator==(const Root&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        map(
            [](Real target) {
                Real root = 0;
                for (int n = 0; n < 60; ++n) root -= (root * root * root + root - target) / (3 * root * root + 1);
                return root;
            },
            y, x);
    }
    Var jvp(Var /*x*/, Var y, Var dx) const { return dx / (3.0 * y * y + 1.0); }
    Var vjp([[maybe_unused]] Var x, [[maybe_unused]] Var y, Var gy, Needs) const { return gy; }
};
void operators_1(Check& check) {
    const Tensor x({4}, {-2, 0.25, 1, 10});
    hold(
        check, "Root's vjp", [](Var z) { return record(Root{}, z); }, x);
    hold(
        check, "the slope of Root's slope", [](Var z) { return grad(sum(record(Root{}, z)), z); }, x);
}

// operators 2: w e^w = x for x > 0. What is dw/dx where w is this number? (derive)
double slope_at(double w) { return 1 / w; }
void operators_2(Check& check) {
    const double w = check.given("w", {1, 0.5, 0.75, 2});
    const auto root = [](double x) {  // by halving
        double low = 0, high = 10;
        for (int i = 0; i < 100; ++i) {
            const double middle = (low + high) / 2;
            (middle * std::exp(middle) > x ? high : low) = middle;
        }
        return low;
    };
    const double x = w * std::exp(w), h = 1e-4;
    check.derived("slope_at", slope_at(w), (root(x + h) - root(x - h)) / (2 * h));
}

// operators 3: x ln x, and 0 at 0, where the value is right. The slope at 0 shall be 0, as for a number that is not there:
// it is nan. (find the bug)
Var x_log_x(Var x) { return where(greater(x, 0), x * log(x), 0); }
void operators_3(Check& check) {
    Tape tape;
    const Var x = tape.variable(Tensor({3}, {0, 0.5, 2})), y = x_log_x(x);
    const Tensor slope(grad(sum(y), x).value());
    for (Index i = 0; i < 3; ++i) {
        const double at = double(x.value()[i]);
        const double right = at > 0 ? 1 + std::log(at) : 0, value = at > 0 ? at * std::log(at) : 0;
        check.near(text("x_log_x, its value at ", at), double(y.value()[i]), value, 1e-6);
        check.near(text("x_log_x, its slope at ", at), double(slope[i]), right, 1e-6);
    }
}

// operators 4: y = gather(x, {a, 0, a, 2}, 0) of four numbers x, weighed with 1, 10, 100, 1000 and added up. What is x̄, the
// gradient by x? (predict, then run)
std::vector<double> cotangent(int /*a*/) { return {1, 10, 100, 1000}; }
void operators_4(Check& check) {
    const int a = static_cast<int>(check.given("a", {1, 2, 3}));
    Tape tape;
    const Var x = tape.variable(Tensor({4}, {5, 6, 7, 8}));
    const Var y = gather(x, {a, 0, a, 2}, 0);
    const Tensor right(grad(sum(y * Tensor({4}, {1, 10, 100, 1000})), x).value());
    const std::vector<double> given = cotangent(a);
    check.that("cotangent, its length", given.size() == 4, text(given.size()), "4: one for each entry of x");
    for (std::size_t i = 0; i < given.size() && i < 4; ++i)
        check.derived(text("cotangent, entry ", i), given[i], double(right[static_cast<Index>(i)]));
}

// operators 5: an operation of yours, entry by entry, not a straight line, and smooth from 1/2 to 2: `eval` by whatever the
// language has (a loop, a table, std::), and both rules. (your own data)
struct Mine {
    static constexpr const char* name = "exercise: mine";
    bool operator==(const Mine&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        map([](Real entry) { return entry; }, y, x);
    }
    Var jvp(Var /*x*/, Var /*y*/, Var dx) const { return dx; }
    Var vjp(Var /*x*/, Var /*y*/, Var gy, Needs) const { return gy; }
};
void operators_5(Check& check) {
    const Tensor x({4}, {0.5, 0.9, 1.4, 2});
    Tape tape;
    const Var v = tape.variable(x), y = record(Mine{}, v), slope = grad(sum(y), v);
    Real low = slope.value()[0], high = low;
    for (const Real entry : slope.value().entries()) low = std::min(low, entry), high = std::max(high, entry);
    check.that("Mine, its slopes at 0.5, 0.9, 1.4, 2", high - low > 1e-3, text(slope.value()),
               "slopes that differ: no straight line");
    hold(
        check, "Mine's vjp", [](Var z) { return record(Mine{}, z); }, x);
    const Var along = tape.constant(Tensor({4}, {1, -2, 3, 1}));
    const Var tangent = jvp(y, v, along), by_vjp = slope * along;  // of an operation entry by entry
    for (Index i = 0; i < 4; ++i)
        check.near(text("Mine's jvp, entry ", i), double(tangent.value()[i]), double(by_vjp.value()[i]), 1e-6);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 1, "a root, and its rule", operators_1},  {2, 1, "the slope of w, where w e^w = x", operators_2},
        {3, 1, "a nan that leaks", operators_3},      {4, 1, "what gather sends back", operators_4},
        {5, 1, "an operation of yours", operators_5},
    };
    return report("operators", exercises, argc, argv);
}
