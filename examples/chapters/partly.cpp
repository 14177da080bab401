// examples/chapters/partly.cpp — the numbers of ode/partly.md: one round, one half, fewer rates, and the gradient of one round
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

using In = std::span<const double>;
using Out = std::span<double>;

// y' = −5 (y − cos t), x' = y² − x, with a Jacobian of which a share may be missing.
struct Pulled {
    double share = 1;
    void operator()(double t, In y, Out dy) const { dy[0] = -5 * (y[0] - std::cos(t)), dy[1] = y[0] * y[0] - y[1]; }
    void jacobian(double, In y, Out J) const { J[0] = -5 * share, J[1] = 0, J[2] = 2 * y[0] * share, J[3] = -share; }
};

void one_round() {
    std::puts("method     J          f asked   order");
    for (const ode::Method& m : {ode::kvaerno4, ode::rodas4})
        for (const double share : {1., 0.9}) {
            double errors[2];
            long asked = 0;
            const auto end = [&](const Pulled& law, const ode::Method& by, int steps) {
                const auto s = ode::solve(law, std::array{0.3, 0.5}, {0, 1}, {.method = by, .steps = steps});
                asked = s.statistics().evaluations;
                return s.end()[1];
            };
            const double exact = end({}, ode::dop853, 2000);
            for (const int i : {0, 1}) errors[i] = std::fabs(end({share}, m, 40 << i) - exact);
            std::printf("%-9s  %-8s  %8ld    %4.1f\n", m.name, share == 1 ? "right" : "90 %", asked,
                        std::log2(errors[0] / errors[1]));
        }
}

constexpr std::size_t cells = 60;  // u, v, u, v, ... along a line
struct Spread {                    // of both along the line, whose ends are held: stiff, and it is linear
    void operator()(double, In y, Out dy) const {
        for (std::size_t i = 0; i < 2 * cells; ++i) {
            const double outside = i % 2 ? 3 : 1, left = i < 2 ? outside : y[i - 2];
            const double right = i + 2 < 2 * cells ? y[i + 2] : outside;
            dy[i] = 0.02 * double((cells + 1) * (cells + 1)) * (left - 2 * y[i] + right);
        }
    }
};
struct React {  // in each cell by itself
    long* asked;
    void operator()(double, In y, Out dy) const {
        ++*asked;
        for (std::size_t i = 0; i < 2 * cells; i += 2) {
            const double made = y[i] * y[i] * y[i + 1];
            dy[i] = 1 + made - 4 * y[i], dy[i + 1] = 3 * y[i] - made;
        }
    }
};

void one_half() {
    std::array<double, 2 * cells> start;
    for (std::size_t i = 0; i < cells; ++i)
        start[2 * i] = 1 + std::sin(2 * 3.14159265358979 * double(i + 1) / (cells + 1)), start[2 * i + 1] = 3;
    long asked = 0;
    auto law = ode::halves(Spread(), React{&asked});
    const auto end = [&](const ode::Method& m, double tol) {
        asked = 0;
        return ode::solve(law, start, {0, 10}, {.method = m, .rtol = tol, .atol = tol});
    };
    const auto exact = end(ode::dop853, 1e-10).end();
    std::puts("\nmethod          steps   both asked   reaction asked     J    LU   error");
    for (const ode::Method& m : {ode::tsit5, ode::kencarp4, ode::rodas4, ode::kencarp4_imex}) {
        const auto s = end(m, 1e-5);
        double error = 0;
        for (std::size_t i = 0; i < 2 * cells; ++i) error = std::max(error, std::fabs(s.end()[i] - exact[i]));
        const ode::Statistics took = s.statistics();
        std::printf("%-14s  %5ld   %10ld   %14ld   %3ld   %3ld   %5.0e\n", m.name, took.accepted + took.rejected,
                    took.evaluations, asked, took.jacobians, took.factorizations, error);
    }
}
// [dae]
void reaction(double, In y, Out f) {  // Robertson's, whose third equation is that nothing is lost
    const double r1 = 0.04 * y[0], r2 = 1e4 * y[1] * y[2], r3 = 3e7 * y[1] * y[1];
    f[0] = r2 - r1, f[1] = r1 - r2 - r3, f[2] = y[0] + y[1] + y[2] - 1;
}
const std::vector<double> first_two{1, 0, 0, 0, 1, 0, 0, 0, 0};  // M, row after row
// [/dae]

void fewer_rates() {
    std::puts("\nt       y_0         y_1          y_2          lost");
    const std::vector<double> times{0, 1, 1e3, 1e6, 1e9};
    const ode::Tolerance atol{1e-10, 1e-14, 1e-10};
    const auto z = ode::solve(reaction, std::array{1., 0., 0.}, times,
                              {.method = ode::radau5, .rtol = 1e-6, .atol = atol, .mass = first_two})
                       .z;
    for (std::size_t i = 1; i < times.size(); ++i)
        std::printf("%5.0e   %.4e  %.4e   %.4e   %s\n", times[i], z[i][0], z[i][1], z[i][2],
                    std::fabs(z[i][0] + z[i][1] + z[i][2] - 1) < 1e-13 ? "< 1e-13" : "more");
}

// z' = −θ z³ by linearly implicit Euler, and its derivatives. J's are among them: J is a part of the step.
// [step]
struct Step {
    double z, by_z, by_theta;
};
Step step(double theta, double z, double h) {
    const double f = -theta * z * z * z, J = -3 * theta * z * z, shrunk = 1 - h * J;
    const double k = f / shrunk;                               // z⁺ = z + hk, (1 − hJ) k = f
    const double by_z = (J - h * 6 * theta * z * k) / shrunk;  // J dk − h dJ k, where dJ/dz = −6θz
    const double by_theta = (f - h * 3 * theta * z * z * k) / theta / shrunk;
    return {z + h * k, 1 + h * by_z, h * by_theta};
}
// [/step]

// [table]
constexpr ode::Rosenbrock<1> linearly_implicit_euler{.name = "linearly_implicit_euler",
                                                     .source = "ode/partly.md",
                                                     .order = 1,
                                                     .embedded_order = 0,
                                                     .dense_order = 1,
                                                     .gamma = 1,
                                                     .a = {},
                                                     .c = {},
                                                     .m = {1},
                                                     .error = {},
                                                     .d = {},
                                                     .d_dash = {},
                                                     .alpha = {0},
                                                     .gammas = {1}};
// [/table]

void gradient() {
    const double h = 0.25, start = 2, a = 1.5;
    double z = start, by_start = 1, by_theta = 0;
    for (int n = 0; n < 8; ++n) {
        const Step s = step(a, z, h);
        z = s.z, by_start = s.by_z * by_start, by_theta = s.by_z * by_theta + s.by_theta;
    }
    Tape tape;
    const Var theta = tape.variable(Tensor::scalar(Real(a))), z0 = tape.variable(Tensor::scalar(Real(start)));
    const Var end = ode::solve(tape, [&](Var, Var y) { return -theta * y * y * y; }, z0, {0, 2},
                               {.method = ode::method_of<linearly_implicit_euler>(), .steps = 8})
                        .end();
    const auto gradients = grad(end, {z0, theta});
    std::puts("\n            z(2)           by z0          by theta");
    std::printf("by hand     %.10f   %.10f  %.10f\n", z, by_start, by_theta);
    std::printf("on a tape   %.10f   %.10f  %.10f\n", double(tape.view(end)[0]), double(tape.view(gradients[0])[0]),
                double(tape.view(gradients[1])[0]));
}

}  // namespace

int main() {
    one_round();
    one_half();
    fewer_rates();
    gradient();
}
