// examples/chapters/multistep.cpp — the numbers of ode/multistep.md: weights, digits, a reaction, gradients, a ball
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <tuple>
#include <utility>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

using In = std::span<const double>;
using Out = std::span<double>;

// Of f = x^k / k! between 0 and 1, whose k-th derivative is 1: what its values at `first`, first − 1, ... do not tell.
double missed(int k, int first, const double* weights) {
    double left = 1. / (k + 1), factorial = 1;
    for (int j = 0; j < k; ++j) left -= weights[j] * std::pow(first - j, k), factorial *= j + 1;
    return left / factorial;
}

void weights() {
    std::puts("k   24 b                             misses   24 m                          misses");
    for (const auto& [k, b, m] : {std::tuple{2, ode::adams_bashforth2, ode::adams_bashforth_moulton2},
                                  {3, ode::adams_bashforth3, ode::adams_bashforth_moulton3},
                                  {4, ode::adams_bashforth4, ode::adams_bashforth_moulton4}}) {
        std::printf("%d ", k);
        for (int j = 0; j < 4; ++j) j < k ? std::printf("  %5.0f", 24 * b.b[j]) : std::printf("       ");
        std::printf("   %6.4f ", missed(k, 0, b.b));
        for (int j = 0; j < 4; ++j) j < k ? std::printf("  %5.0f", 24 * m.m[j]) : std::printf("       ");
        std::printf("  %7.4f\n", missed(k, 1, m.m));
    }
}

void hares_and_lynxes(double, In z, Out dz) {
    dz[0] = z[0] * (1.1 - 0.4 * z[1]);
    dz[1] = z[1] * (0.1 * z[0] - 0.4);
}

void digits() {
    const std::array start{10.0, 5.0};
    const auto exact =
        ode::solve(hares_and_lynxes, start, {0, 20}, {.method = ode::dop853, .rtol = 1e-13, .atol = 1e-13});
    std::puts("\ntolerance      adams         dopri5         dop853     f asked, and the error");
    for (const double tol : {1e-3, 1e-5, 1e-7, 1e-9}) {
        const auto show = [&](const auto& s) {
            std::printf("   %5ld  %5.0e", s.statistics().evaluations, std::fabs(s.end()[0] - exact.end()[0]));
        };
        std::printf("%5.0e   ", tol);
        show(ode::solve_nordsieck(hares_and_lynxes, start, {0, 20}, {.method = ode::adams, .rtol = tol, .atol = tol}));
        for (const ode::Method& m : {ode::dopri5, ode::dop853})
            show(ode::solve(hares_and_lynxes, start, {0, 20}, {.method = m, .rtol = tol, .atol = tol}));
        std::puts("");
    }
}

struct Robertson {
    void operator()(double, std::span<const double> y, std::span<double> dy) const {
        const double r1 = 0.04 * y[0], r2 = 1e4 * y[1] * y[2], r3 = 3e7 * y[1] * y[1];
        dy[0] = r2 - r1, dy[1] = r1 - r2 - r3, dy[2] = r3;
    }
    void jacobian(double, std::span<const double> y, std::span<double> J) const {  // by rows
        J[0] = -0.04, J[1] = 1e4 * y[2], J[2] = 1e4 * y[1];
        J[6] = 0, J[7] = 6e7 * y[1], J[8] = 0;
        for (std::size_t j = 0; j < 3; ++j) J[3 + j] = -J[j] - J[6 + j];  // nothing is lost
    }
};

void reaction() {
    std::puts("\nmethod     f asked   steps     J    LU   y_1 at t = 1e11");
    const auto show = [](const char* name, const auto& s) {
        const ode::Statistics took = s.statistics();
        std::printf("%-9s  %7ld   %5ld  %4ld  %4ld   %.4e\n", name, took.evaluations, took.accepted + took.rejected,
                    took.jacobians, took.factorizations, s.end()[0]);
    };
    const std::array start{1.0, 0.0, 0.0};
    const ode::Tolerance atol{1e-10, 1e-14, 1e-10};
    for (const ode::Method& m : {ode::kvaerno5, ode::radau5})
        show(m.name, ode::solve(Robertson(), start, {0, 1e11}, {.method = m, .rtol = 1e-6, .atol = atol}));
    show("bdf", ode::solve_nordsieck(Robertson(), start, {0, 1e11}, {.method = ode::bdf, .rtol = 1e-6, .atol = atol}));
}

void rates() {
    std::puts("\nmethod     gradient        f forwards   backwards   error of the gradient");
    Tape tape;
    const Var y0 = tape.variable(Tensor({3}, {1, 0, 0}));
    const std::vector<double> atol{1e-11, 1e-15, 1e-11};
    // [rates]
    const Var k = tape.variable(Tensor({3}, {0, 0, 0}));  // log of the rates over Robertson's
    const auto field = [&](Var, Var y) {
        const Var rate = exp(k), a = slice(y, 0, 0, 1), b = slice(y, 0, 1, 1), c = slice(y, 0, 2, 1);
        const Var r1 = 0.04 * slice(rate, 0, 0, 1) * a, r2 = 1e4 * slice(rate, 0, 2, 1) * b * c,
                  r3 = 3e7 * slice(rate, 0, 1, 1) * square(b);
        return concatenate({r2 - r1, r1 - r2 - r3, r3}, 0);
    };
    const auto s = ode::solve_nordsieck(field, y0, {0, 1e5}, {.method = ode::bdf, .rtol = 1e-8, .atol = atol});
    const Var by_k = grad(slice(s.end(), 0, 0, 1), k);
    // [/rates]
    const double exact[] = {-0.031721885124689, -0.015845410086490, 0.031690758341071};  // 12 digits, by complex steps
    const auto show = [&](const char* name, const char* route, const ode::Statistics& took, Var by) {
        double off = 0;
        for (Index i = 0; i < 3; ++i) off = std::max(off, std::fabs(double(tape.view(by)[i]) - exact[i]));
        std::printf("%-8s   %-13s   %10ld   %9ld   %.0e\n", name, route, took.evaluations, took.backward_evaluations,
                    off / exact[2]);
    };
    for (const ode::Route& route : {ode::discrete, ode::interpolating}) {
        const auto other =
            ode::solve(field, y0, {0, 1e5}, {.method = ode::radau5, .rtol = 1e-8, .atol = atol, .gradient = route});
        const Var bars = grad(slice(other.end(), 0, 0, 1), k);
        show("radau5", route.name, other.statistics(), bars);
    }
    show("bdf", "interpolating", s.statistics(), by_k);
}

// z' = θz by two-step Adams-Bashforth is a recursion of two terms: its derivative by θ is one, too.
struct Grown {
    double z, by_theta;
};
Grown next(double theta, double h, Grown now, Grown before) {  // z + h (3/2 θ z − 1/2 θ z₋₁)
    const double change = 1.5 * now.z - 0.5 * before.z;
    return {now.z + h * theta * change,
            now.by_theta + h * change + h * theta * (1.5 * now.by_theta - 0.5 * before.by_theta)};
}

void gradient() {
    const double h = 0.25, a = 0.5;  // the first step is dopri5's: Σ (θh)^j / j! up to 5, and (θh)^6 / 600
    Grown before{1, 0}, now{1 + (a * h) * (1 + a * h / 2 * (1 + a * h / 3 * (1 + a * h / 4 * (1 + a * h / 5)))), 0};
    now.z += std::pow(a * h, 6) / 600;
    now.by_theta = h * (1 + a * h * (1 + a * h / 2 * (1 + a * h / 3 * (1 + a * h / 4)))) + h * std::pow(a * h, 5) / 100;
    for (int n = 1; n < 8; ++n) before = std::exchange(now, next(a, h, now, before));
    Tape tape;
    const Var theta = tape.variable(Tensor::scalar(Real(a)));
    const auto s = ode::solve_multistep(tape, [&](Var, Var z) { return theta * z; }, Tensor::scalar(1), {0, 2},
                                        {.method = ode::adams_bashforth2, .step = h});
    std::printf("\n            z(2)          by theta\n");
    std::printf("by hand     %.9f   %.9f\n", now.z, now.by_theta);
    std::printf("on a tape   %.9f   %.9f\n", double(tape.view(s.end())[0]), double(tape.view(grad(s.end(), theta))[0]));
}

// Where in the step the height is 0, at or just below the ground: it is halved sixty times.
template <class Stepper>
double landing(Stepper& stepper) {
    double above = 0, below = 1;
    for (int i = 0; i < 60; ++i) (stepper.at((above + below) / 2)[0] > 0 ? above : below) = (above + below) / 2;
    return below;
}
struct Seen {  // between two bounces
    int bounces = 0, steps = 0, highest = 1;
    void add(int order) { ++steps, highest = std::max(highest, order); }
    void tell(double t) {
        std::printf("%6d   %.6f   %11d   1 ... %d\n", ++bounces, t, steps, highest);
        steps = 0, highest = 1;
    }
};

void ball() {
    std::puts("\nbounce    t          steps since   orders");
    const auto fall = [](double, In y, Out dy) { dy[0] = y[1], dy[1] = -1; };
    Seen seen;
    // [ball]
    ode::Nordsieck stepper(fall, std::array{1.0, 0.0}, {0, 3.7}, {.method = ode::adams});  // y_0' = y_1, y_1' = −1
    while (stepper.step()) {
        if (seen.add(stepper.order()); stepper.z()[0] > 0) continue;
        const double ground = landing(stepper), speed = stepper.at(ground)[1];  // found by halving the step sixty times
        stepper.cut(ground);
        stepper.reset(std::array{0.0, -speed / 2});
        seen.tell(stepper.t());
    }
    // [/ball]
}

}  // namespace

int main() {
    weights();
    digits();
    reaction();
    rates();
    gradient();
    ball();
}
