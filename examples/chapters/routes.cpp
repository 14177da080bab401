// examples/chapters/routes.cpp — the numbers of ode/routes.md: every route on one problem, drift, a start at rest, integrals
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "ode/plain.hpp"          // brings: solve without a tape
#include "ode/sensitivities.hpp"  // brings: compare_sensitivities
#include "ode/solve.hpp"          // brings: solve

using namespace costate;

namespace {

// What a table on this machine says, its times apart.
void print(const ode::Sensitivities& s) {
    std::puts("route          off by      f   products     bytes");
    for (const ode::Sensitivity& row : s.routes)
        if (row.refused.empty())
            std::printf("%-13s %7.0e %6ld %10ld %9ld\n", row.route.name, row.difference, row.work.evaluations,
                        row.work.vjps + row.work.jvps, static_cast<long>(row.bytes));
        else
            std::printf("%-13s %s\n", row.route.name, row.refused.c_str());
}

void every_route() {
    // [compare]
    const Parameter rates("rates", Tensor({4}, {1.1, 0.4, 0.1, 0.4}));
    const auto field = [&](Var, Var z) {  // hares and lynxes
        const Var q = z.tape().use(rates), meet = z[0] * z[1];
        return stack({q[0] * z[0] - q[1] * meet, q[2] * meet - q[3] * z[1]});
    };
    const auto loss = [](Var z) { return sum(square(z)); };  // z: a state for each time
    const auto s = ode::compare_sensitivities(field, Tensor({2}, {10, 5}), {0, 4, 7, 10}, loss, {.rtol = 1e-8});
    // [/compare]
    print(s);
}

// The end of x' = −x is moved by 1e-6: how far is the start that it comes back to?
void amplification() {
    const auto fall = [](double, std::span<const double> x, std::span<double> dx) { dx[0] = -x[0]; };
    const auto start = [&](double end) {
        return ode::solve(fall, std::array{end}, {10, 0}, {.rtol = 1e-13, .atol = 1e-16}).end()[0];
    };
    std::printf("\nan error of the end, multiplied by %.2f; e^10 = %.2f\n", (start(1e-3 + 1e-6) - start(1e-3)) / 1e-6,
                std::exp(10));
}

void at_rest() {  // x' = a sin²(8t) from 0, at a = 0: dx/da = t/2 − sin(16t)/32
    const double right = 5 - std::sin(160.0) / 32;
    std::printf("\ndx/da at t = 10: %.4f\n", right);
    const auto show = [&](const char* how, const ode::SolveOptions& options) {
        Tape tape;
        const Var a = tape.variable(0.0);
        const auto field = [&](Var t, Var z) { return 0.0 * z + a * square(sin(8 * t)); };
        const Var x = ode::solve(tape, field, Tensor({1}, {0}), {0, 10}, options).end();
        std::printf("%-34s %.4f\n", how, static_cast<double>(grad(sum(x), a).item()));
    };
    set_warning_handler([](const char*) {});  // of a solve that nothing limits
    show("discrete", {});
    show("discrete, .max_step = 0.1", {.max_step = 0.1});
    show("discrete, its tangents measured", {.forward_norm = ode::ForwardNorm::state_and_tangents});
    show("backsolve", {.gradient = ode::backsolve});
}

void running() {  // z' = θz(1 − z): ∫ z² dt = ln(1 − z0 + z0 e^θt)/θ − (z − z0)/θ
    Tape tape;
    // [running]
    const Var theta = tape.variable(1.0);
    const auto field = [&](Var, Var z) { return stack({theta * z[0] * (1 - z[0]), square(z[0])}); };
    const Var z = ode::solve(tape, field, Tensor({2}, {0.1, 0}), {0, 1, 2, 3}).z;
    const Var so_far = slice(z, 1, 1, 1);  // ∫ z² dt up to each of the times
    // [/running]
    std::puts("\n t   integral   closed form");
    for (const int t : {1, 2, 3}) {
        const double e = std::exp(t), end = e / (9 + e);
        std::printf("%2d %10.5f %13.5f\n", t, static_cast<double>(so_far[t].item()),
                    std::log(0.9 + 0.1 * e) - (end - 0.1));
    }
    std::printf("d/dtheta of the last: %.5f\n", static_cast<double>(grad(sum(so_far[3]), theta).item()));
}

}  // namespace

int main() {
    every_route();
    amplification();
    at_rest();
    running();
}
