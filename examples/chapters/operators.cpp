// examples/chapters/operators.cpp — how does a tape learn an operation of yours, and what does it do where a slope is a choice?
// Look for: a value from an iteration that the tape never sees, and its derivatives, to the last digit.
#include <array>
#include <cmath>
#include <cstdio>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients, grad
#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"    // brings: to_text, jvp, vjp
#include "core/kernels/map.hpp"  // brings: map

using namespace costate;

namespace {

// [newton]
Real newton(Real M, Real e) {  // the E of E − e sin E = M, by Newton's iteration
    Real E = Real(3.141592653589793);
    for (int n = 0; n < 50; ++n) E -= (E - e * std::sin(E) - M) / (1 - e * std::cos(E));
    return E;
}
// [/newton]

// [kepler]
struct Kepler {  // E(M, e), entry by entry
    static constexpr const char* name = "kepler";
    static constexpr auto rows = elementwise_rows;  // row i of E needs row i of M and e alone
    bool operator==(const Kepler&) const = default;
    Shape shape(const Shape& M, const Shape& e, Where at) const {
        if (M == e) return M;
        fail(at, {.what = "kepler: two shapes", .got = text(M, " and ", e), .expected = "an e for each M"});
    }
    void eval(const View& M, const View& e, const MutableView& E) const { map(newton, E, M, e); }
    Var jvp(Var /*M*/, Var e, Var E, Var dM, Var de) const { return (dM + sin(E) * de) / (1 - e * cos(E)); }
    std::array<Var, 2> vjp(Var /*M*/, Var e, Var E, Var gE, Needs wanted) const {
        const Var gM = gE / (1 - e * cos(E));
        return {gM, needs(wanted, 1) ? gM * sin(E) : Var{}};
    }
};
Var kepler(const Operand& M, const Operand& e) { return record(Kepler{}, M, e); }
// [/kepler]

void say(const char* what, View x) { std::printf("%-16s %s\n", what, to_text(x).c_str()); }

void slopes() {  // at e = 1/2 and the M whose E is 60 degrees
    const double third = 3.141592653589793 / 3, root3 = std::sqrt(3.0);
    // [slopes]
    Tape tape;
    const Var M = tape.variable(third - root3 / 4), e = tape.variable(0.5);
    const Var E = kepler(M, e), dM = grad(E, M);
    const double tape_says[] = {double(E.item()), double(dM.item()), double(grad(E, e).item()),
                                double(grad(dM, M).item())};
    // [/slopes]
    const char* names[] = {"E", "dE/dM", "dE/de", "d2E/dM2"};
    const double by_hand[] = {third, 4 / 3.0, 2 / root3, -16 * root3 / 27};
    std::puts("           by the tape  by hand");
    for (int i = 0; i < 4; ++i) std::printf("%-8s %12.7f %12.7f\n", names[i], tape_says[i], by_hand[i]);
}

void checks() {
    const Tensor x({2, 3}, {0.5, 1, 2, 0.3, 0.6, 0.9});  // M, and e
    // [checks]
    const auto f = [](Var v) { return kepler(v[0], v[1]); };
    const auto slope = [&f](Var v) { return grad(sum(f(v)), v); };
    const GradientReport first = check_gradients(f, x), second = check_gradients(slope, x);
    std::printf("%td and %td slopes compared: %s, %s\n", first.compared, second.compared,
                first.ok() ? "right" : "wrong", second.ok() ? "right" : "wrong");
    // [/checks]
    Tape tape;
    const Var v = tape.variable(x), y = f(v);
    const Var dx = tape.constant(Tensor({2, 3}, {1, -2, 3, -1, 2, 1})), gy = tape.constant(Tensor({3}, {2, 1, -1}));
    const std::array ys{y}, xs{v}, tangents{dx}, seeds{gy};
    std::printf("<gy, J dx> = %.7f   <JT gy, dx> = %.7f\n", double(sum(gy * jvp(ys, xs, tangents)[0]).item()),
                double(sum(vjp(ys, xs, seeds)[0] * dx).item()));
    const auto D = [](double h) { return (std::pow(1 + h, 5) - std::pow(1 - h, 5)) / (2 * h); };  // of x^5 at 1
    const double h = 0.5;
    std::printf("x^5 at 1, h = 1/2: D(h) = %.6f, (4 D(h/2) - D(h))/3 = %.6f, 5 - h^4 120/480 = %.6f\n", D(h),
                (4 * D(h / 2) - D(h)) / 3, 5 - h * h * h * h * 120 / 480);
}

void parts() {
    // [parts]
    Tape tape;
    const Var x = tape.variable(Tensor({2, 3}, {1, 2, 3, 4, 5, 6}));
    const std::array some{x[1][2], sum(column(x, 2)), sum(slice(x, 1, 0, 2)), sum(gather(x, {1, 0, 1}, 0))};
    for (const Var part : some) say(to_text(part.value()).c_str(), grad(part, x).value());  // value, and its x̄
    // [/parts]
}

void choices() {
    // [choices]
    const auto slope = [](Var (*f)(Var)) {  // at 0
        Tape tape;
        const Var x = tape.variable(0);
        return double(grad(f(x), x).item());
    };
    std::printf("relu %g   max(x, 0) %g   max(0, x) %g   abs %g   sqrt %g   safe_sqrt %g\n",
                slope([](Var x) { return relu(x); }), slope([](Var x) { return max(x, 0); }),
                slope([](Var x) { return max(0, x); }), slope([](Var x) { return abs(x); }),
                slope([](Var x) { return sqrt(x); }), slope([](Var x) { return safe_sqrt(x); }));
    const double leaks = slope([](Var x) { return where(greater(x, 0), log(x), 0); });
    const double kept_out = slope([](Var x) { return where(greater(x, 0), log(where(greater(x, 0), x, 1)), 0); });
    std::printf("log x or 0: %s, and kept out of log: %g\n", std::isnan(leaks) ? "nan" : "a number", kept_out);
    // [/choices]
    Tape tape;
    const Var x = tape.variable(Tensor({3}, {2, 1, 2}));
    say("max of 2, 1, 2", grad(max(x), x).value());
}

}  // namespace

int main() {
    slopes();
    std::puts("");
    checks();
    std::puts("");
    parts();
    std::puts("");
    choices();
}
