// examples/course/mine/table.cpp — what one tape gives, and what it takes: a column of the table that run.sh prints
//   The numbers are those of steps 6, 7 and 9. What they take is told for one gradient of the lynx and hare's loss through
//   rk4, all 15 years on the tape, and for the fit, whose gradient is the adjoint's.
#include <chrono>

#include "examples/course/mine/lynx_hare.hpp"  // brings: Pelts, Law, fit_law

namespace mine {

void row(const char* what, const char* format, double number) {
    std::printf("%s\t", what);
    std::printf(format, number);
    std::printf("\n");
}

double seconds_of(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void growth() {
    const Numbers times{0, 1, 2, 3};
    Tape tape;
    const Var z0 = tape.variable(0.1), theta = tape.variable(1.0);
    const auto z = solve(Growth{}, Vars{z0}, Vars{theta}, times, 20);
    Var L = z[0][0] * z[0][0];
    for (const std::size_t i : {1u, 2u, 3u}) L = L + z[i][0] * z[i][0];
    const auto gradient = grad(L, {z0, theta});
    row("dL/dz0 through rk4", "%.5f", value(gradient[0]));
    row("dL/dtheta through rk4", "%.5f", value(gradient[1]));
    row("d2L/dtheta2", "%.5f", value(grad(gradient[1], {theta})[0]));
    const Path<> path = solve(Growth{}, Numbers{0.1}, Numbers{1}, times, 20);
    Path<> jumps = path;
    for (Numbers& jump : jumps) jump[0] *= 2;
    const Numbers by_adjoint = adjoint(Growth{}, path, {1}, times, jumps, 20);
    row("dL/dz0 by the adjoint", "%.5f", by_adjoint[0]);
    row("dL/dtheta by the adjoint", "%.5f", by_adjoint[1]);
}

void lynx_and_hare() {
    const Pelts pelts;
    Fitted errors{};
    const double seconds = seconds_of([&] { errors = fit_law(pelts); });
    row("lynx and hare, error 1900-1914", "%.3f", errors.seen);
    row("lynx and hare, error 1915-1920", "%.3f", errors.forecast);

    const Law law{pelts.deviation};
    const Numbers years = part(pelts.years, 0, pelts.seen);
    std::size_t on_the_tape = 0;
    double a_number = 0;
    const auto gradient = [&] {
        Tape tape;
        const Vars z0{tape.variable(pelts.z[0][0]), tape.variable(pelts.z[0][1])};
        Vars theta;
        for (int k = 0; k < 4; ++k) theta.push_back(tape.variable(-0.5));
        const auto z = solve(law, z0, theta, years, 5);
        Var L = 0 * theta[0];
        for (std::size_t i = 0; i < pelts.seen; ++i)
            for (const std::size_t k : {0u, 1u}) L = L + (z[i][k] - pelts.z[i][k]) * (z[i][k] - pelts.z[i][k]);
        a_number += value(grad(L, theta)[0]);
        on_the_tape = nodes(tape);
    };
    gradient();
    row("one gradient through rk4: calls of the law", "%.0f", double(law.calls));
    row("one gradient through rk4: nodes", "%.0f", double(on_the_tape));
    row("100 of them: seconds", "%.2f", seconds_of([&] {
            for (int i = 0; i < 100; ++i) gradient();
        }));
    row("the fit, by the adjoint: seconds", "%.2f", seconds);
}

}  // namespace mine

int main() {
    mine::growth();
    mine::lynx_and_hare();
}
