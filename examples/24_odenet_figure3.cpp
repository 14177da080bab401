// examples/24_odenet_figure3.cpp — what does an ODE-Net's layer cost?
//   z(1) of dz/dt = f(t, z), the layer between stem and head of 24_odenet_digits.cpp, trained on digits by RK4 in two steps
//   and then solved by dopri5 with tolerances from .1 down
// look for   The panels of Chen et al.'s figure 3: a, the error stays below the tolerance, and evaluations are what it
//            costs; b, time is evaluations; c, the way back takes more of them than the way there; d, how many a solve
//            takes as the net learns.
// how sure   a wants a smooth field: with relu in place of silu errors were 28 times the tolerance. In the original c
//            is a half, a property of its implicit solver, and d grows. Here d falls: the norms hold the field's
//            size, and what is trained by two steps of RK4 has to be smooth on that scale.
// source     Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", figure 3
#include <cmath>
#include <ctime>

#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/images.hpp"      // brings: ode_classifier, learn
#include "examples/support/line_fit.hpp"    // brings: fit_line
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

struct Solves {  // of a layer at rising accuracy
    std::vector<double> tolerance, error, forward, backward, seconds;
};

Solves measure(const OdeClassifier& net, const Tensor& pixels, int times) {
    const Tensor z0 = net.stem(pixels);
    const auto solve = [&](Tape& tape, double tolerance, ode::Route gradient) {
        tape.rewind();
        return ode::solve(net.middle.field(), tape.variable(z0), {0, 1},
                          {.method = ode::dopri5, .rtol = tolerance, .atol = tolerance, .gradient = gradient});
    };
    const double finest = sizeof(Real) == 8 ? 1e-7 : 1e-5;
    Tape tape, timed;
    const Tensor exact(solve(tape, finest / 100, ode::discrete).end().value());
    Solves s;
    for (double tolerance = 1e-1; tolerance > 0.9 * finest; tolerance /= std::sqrt(10)) {
        const auto solution = solve(tape, tolerance, ode::backsolve);
        grad(sum(square(solution.end())), net.middle);
        const Var off = (solution.end() - exact) / (1 + abs(tape.constant(exact)));
        s.tolerance.push_back(tolerance);
        s.error.push_back(std::sqrt(double(mean(square(off)).item())));
        s.forward.push_back(double(solution.statistics().evaluations));
        s.backward.push_back(double(solution.statistics().backward_evaluations));
    }
    s.seconds.assign(s.tolerance.size(), 1e9);
    for (int again = 0; again < times; ++again)  // the least: the others waited for something
        for (std::size_t i = 0; i < s.tolerance.size(); ++i) {
            const std::clock_t start = std::clock();
            solve(timed, s.tolerance[i], ode::discrete);
            s.seconds[i] = std::min(s.seconds[i], double(std::clock() - start) / CLOCKS_PER_SEC);
        }
    return s;
}

void look(Experiment& run) {
    const Images all = read_digits("examples/data/digits_8x8.csv");
    std::vector<Index> order(static_cast<std::size_t>(all.count()));
    Rng(run.seed).permutation(order);
    const std::span<const Index> rows(order);
    const Images seen = all.of(rows.first(1437)), others = all.of(rows.subspan(1437));
    const int epochs = run.quick ? 6 : 40;
    const OdeClassifier net =
        ode_classifier(24, 1, {.method = ode::rk4_classic, .gradient = ode::backsolve, .steps = 2}, Rng{run.seed});
    std::vector<double> x, evaluations;
    Progress progress(epochs);
    learn(net, net, seen,
          {.epochs = epochs,
           .after_epoch =
               [&](int epoch, double loss) {
                   const Tensor z0 = net.stem(Tensor(others.pixels.rows(0, 50)));
                   const auto solution =
                       ode::solve(net.middle.field(), z0, {0, 1}, {.method = ode::dopri5, .rtol = 1e-5, .atol = 1e-5});
                   x.push_back(epoch);
                   evaluations.push_back(double(solution.statistics().evaluations));
                   progress.update(epoch, loss);
               }},
          Rng{run.seed + 1});
    const Solves s = measure(net, Tensor(others.pixels.rows(0, 50)), run.quick ? 8 : 25);
    double worst = 0;
    for (std::size_t i = 0; i < s.error.size(); ++i) worst = std::max(worst, s.error[i] / s.tolerance[i]);
    run.merit("percent_right", 100 * (1 - wrong_part(net, others)));
    run.merit("largest_error_over_tolerance", worst);
    run.merit("r_squared_of_time_by_evaluations", fit_line(s.forward, s.seconds).r_squared);
    run.merit("backward_over_forward_evaluations", s.backward.back() / s.forward.back());
    run.merit("most_evaluations_forward", s.forward.back());
    run.merit("evaluations_after_first_epoch", evaluations.front());
    run.merit("evaluations_after_last_epoch", evaluations.back());
    run.merit("peak_megabytes", peak_megabytes());

    std::vector<double> ms;
    for (const double seconds : s.seconds) ms.push_back(1e3 * seconds);
    Plot a({.title = "a  Accuracy has its price", .x = "error, tolerance", .y = "evaluations forward", .log_x = true});
    Plot b({.title = "b  Time is evaluations", .x = "evaluations forward", .y = "ms, 50 pictures"});
    Plot c({.title = "c  The way back", .x = "evaluations forward", .y = "evaluations backward"});
    Plot d({.title = "d  As the net learns", .x = "epoch", .y = "evaluations forward at 1e-5"});
    a.scatter(s.error, s.forward, {.label = "error"}).scatter(s.tolerance, s.forward, {.label = "tolerance"});
    b.scatter(s.forward, ms);
    c.scatter(s.forward, s.backward, {.label = "dopri5"});
    c.line({0, s.forward.back()}, {0, s.forward.back() / 2}, {.label = "the original's half", .dashed = true});
    d.line(x, evaluations);
    run.save({a, b, c, d}, {.title = "What a layer costs whose depth is time", .columns = 2});
}

int main(int argc, char** argv) {
    return Experiment("24_odenet_figure3", "What does an ODE-Net's layer cost?").run(argc, argv, look);
}
