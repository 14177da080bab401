// examples/33_work_precision.cpp — how many evaluations, and how long, for how many digits?            make work-precision
// Each method solves four problems to the end of a long time at many tolerances, or in many equal steps where it has no
// error estimate: its error there is held against a solution of 40 digits, its work counted in evaluations of the field.
//   error        max_j |z_j − z_j*| / (1 + |z_j*|) at the last time                                                (a)
//   of order p   error ∝ evaluations^−p: a line of slope −p, for errors small enough                               (b)
// look for   Each digit more costs a method of order 3 twice the work, of order 8 a third more: the lines cross, and the best
//            method depends on how many digits are wanted. A tolerance is no error: where a line begins, the problem says.
// source     problems: Hairer, Nørsett & Wanner I, 2nd ed., §II.0, §II.4, §II.10 (figure 10.2 is such a picture), §I.16 ·
//            their solutions: Taylor series of order 66 in 80 digits
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "costate.hpp"
#include "examples/support/classics.hpp"    // brings: Classic, lotka_volterra_100, brusselator, van_der_pol, arenstorf
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

const std::vector<std::string> drawn{"heun2", "bosh3", "rk4_classic", "dopri5", "tsit5", "vern6", "dop853"};

struct Line {  // of one method on one problem
    std::vector<double> error, evaluations, microseconds;
};

template <std::size_t N>
Line measure(const Classic<N>& p, const ode::Method& method, int repeats) {
    Line line;
    std::vector<double> work(static_cast<std::size_t>(ode::work_size(method, N)));
    for (double exponent = 2; exponent <= 12; exponent += 0.5) {
        ode::SolveOptions options{.method = method, .max_steps = 2'000'000};
        if (method.adaptive())
            options.rtol = options.atol = std::pow(10, -exponent);
        else
            options.steps = static_cast<int>(p.end * std::pow(2, exponent));
        std::array<double, N> z;
        double least = 1e300, error = 0;
        ode::Outcome outcome;
        for (int i = 0; i < repeats; ++i) {
            z = p.start;
            const auto begin = std::chrono::steady_clock::now();
            outcome = ode::solve_to(p.field, std::span(z), work, {0, p.end}, options);
            const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
            least = std::min(least, time.count());
        }
        if (outcome.status != ode::Status::ok) continue;  // steps too long
        for (std::size_t j = 0; j < N; ++j)
            error = std::max(error, std::abs(z[j] - p.solution[j]) / (1 + std::abs(p.solution[j])));  // (a)
        const double evaluations = double(outcome.statistics.evaluations);
        line.error.push_back(error), line.evaluations.push_back(evaluations), line.microseconds.push_back(least);
        if (evaluations > 2e5) break;
    }
    return line;
}

// The work from which on the line stays below the error, between its points by (b); none: nan.
double work_for(double error, const std::vector<double>& errors, const std::vector<double>& work) {
    for (std::size_t i = errors.size(); i-- > 1;)
        if (errors[i] <= error && errors[i - 1] > error) {
            const double share = std::log(errors[i - 1] / error) / std::log(errors[i - 1] / errors[i]);
            return work[i - 1] * std::pow(work[i] / work[i - 1], share);
        }
    return !errors.empty() && errors[0] <= error ? work[0] : std::nan("");
}

template <std::size_t N>
Plot compare_on(const Classic<N>& p, Experiment& run) {
    Plot plot({.title = p.name, .x = "evaluations", .y = "error at the end", .log_x = true, .log_y = true});
    std::printf("\n%-22s      evaluations to 1e-3, 1e-6, 1e-9      microseconds\n", p.name);
    for (const ode::Method& method : ode::all_methods) {
        if (method.implicit()) continue;  // these problems are not stiff
        const Line line = measure(p, method, run.quick ? 1 : 5);
        const auto print = [&](const std::vector<double>& work) {
            for (const double error : {1e-3, 1e-6, 1e-9}) {
                const double needed = work_for(error, line.error, work);
                std::printf(std::isnan(needed) ? "         -" : " %9.0f", needed);
            }
        };
        std::printf("%-22s", method.name);
        print(line.evaluations);
        std::printf("      ");
        print(line.microseconds);
        std::printf("\n");
        if (std::ranges::find(drawn, method.name) == drawn.end()) continue;
        plot.line(line.evaluations, line.error, {.label = method.name, .width = 1.6});
        const double nine = work_for(1e-9, line.error, line.evaluations);
        if (p.end == 100 && !std::isnan(nine)) run.merit(std::string("evaluations_to_1e-9_by_") + method.name, nine);
    }
    return plot;
}

void compare(Experiment& run) {
    run.save({compare_on(lotka_volterra_100, run), compare_on(brusselator, run), compare_on(van_der_pol, run),
              compare_on(arenstorf, run)},
             {.title = "Work and precision"});
}

int main(int argc, char** argv) {
    return Experiment("33_work_precision", "How much work is a digit, by which method?").run(argc, argv, compare);
}
