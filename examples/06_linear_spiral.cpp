// examples/06_linear_spiral.cpp — is the matrix of a spiral found from every start?
//   dz/dt = A z,  A = [−.1 −1; 1 −.1],  z(0) = (1, 1):     51 points on [0, 10]                                      (a)
//   whole path   L(W) = mean of (z_W(t_i) − z_i)²,  z_W from z_0 on: "single shooting"                               (b)
//   segments     L(W) = mean of (z_W(t_{i+1}; z_i) − z_{i+1})²: from each point to the next, all 50 in one batch     (c)
// look for   Adam at .1, by a cosine down to 0, finds A from every start by (c), by (b) from few: a path that turns the
//            wrong way round has no way down to the right one. After 15 updates a plot may look fair: the best of 20
//            matrices is then .05 to .2 off.
// why        (c) is a least squares problem in exp(W .2), nearly linear in W; (b) is one in exp(W t) for t up to 10.
// source     A and the rate: a tutorial that reports "good agreement within 15 epochs"; (c): Bock 1983, multiple shooting
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot, Progress

using namespace costate;
using namespace costate::support;

const Tensor truth({2, 2}, {-0.1, -1, 1, -0.1});
const std::vector<double> times = linspace(0, 10, 51);
ode::SolveOptions rk4(int steps) { return {.method = ode::rk4_classic, .steps = steps}; }

Tensor spiral() {  // (a) in closed form
    Tensor z({51, 2});
    for (Index i = 0; i < 51; ++i) {
        const double t = times[static_cast<std::size_t>(i)], size = std::exp(-0.1 * t);
        z(i, 0) = static_cast<Real>(size * (std::cos(t) - std::sin(t)));
        z(i, 1) = static_cast<Real>(size * (std::cos(t) + std::sin(t)));
    }
    return z;
}

// W before the first update, and after each.
std::vector<Tensor> train(const nn::Linear& field, const Tensor& z, bool segments) {
    constexpr int updates = 300;
    optim::Adam adam(field, {.lr = 0.1});
    const optim::Cosine schedule{.peak = 0.1, .steps = updates};
    std::vector<Tensor> history{field.parameters()[0].value()};
    Tape tape;
    for (int update = 0; update < updates; ++update, tape.rewind()) {
        const Var path = segments ? ode::solve(tape, field, z.rows(0, 50), {0, times[1]}, rk4(4)).end()  // (c)
                                  : ode::solve(tape, field, z.rows(0, 1), times, rk4(200)).z;            // (b)
        adam.set_lr(schedule(adam.steps()));
        adam.minimise(segments ? nn::mse(path, z.rows(1, 50)) : nn::mse(path, z.reshaped({51, 1, 2})));
        history.push_back(field.parameters()[0].value());
    }
    return history;
}

double error(const Tensor& w) {
    double largest = 0;
    for (Index i = 0; i < 4; ++i) largest = std::max(largest, std::fabs(static_cast<double>(w[i] - truth[i])));
    return largest;
}

void compare(Experiment& run) {
    const Tensor z = spiral();
    Plot frames({.title = "From segments, after so many updates", .x = "z₁", .y = "z₂", .equal = true});
    Plot errors({.title = "20 starts", .x = "update", .y = "largest error in the matrix", .log_y = true});
    Progress progress(40, {.step = "start", .number = "error"});
    int trained = 0;
    for (const bool segments : {false, true}) {
        Rng rng(run.seed);  // the same starts for both
        double found = 0, worst = 0, early = 1e9;
        for (int start = 0; start < 20; ++start) {
            const auto history = train(nn::Linear(2, 2, rng, {.bias = false}), z, segments);
            std::vector<double> curve;
            for (const Tensor& w : history) curve.push_back(error(w));
            progress.update(++trained, curve.back());
            found += curve.back() <= 1e-5, worst = std::max(worst, curve.back()), early = std::min(early, curve[15]);
            errors.line(linspace(0, 300, 301), curve,
                        {.label = segments ? "segments" : "whole path",
                         .color = palette(segments ? 0 : 1),
                         .width = 1.4,
                         .opacity = 0.8});
            if (!segments || start > 0) continue;
            for (const auto update : {0U, 15U, 30U, 60U, 300U}) {
                const auto field = [&](Var, Var y) { return matmul(y, transpose(y.tape().constant(history[update]))); };
                const Tensor path = ode::solve(field, z.rows(0, 1), linspace(0, 10, 401), rk4(400)).z;
                frames.line(component(path, 0), component(path, 1), {.label = std::to_string(update)});
            }
        }
        const std::string by = segments ? "segments" : "whole_path";
        run.merit("starts_found_by_" + by, found);
        run.merit("worst_error_by_" + by, worst);
        run.merit("best_error_after_15_by_" + by, early);
    }
    frames.scatter(component(z, 0), component(z, 1), {.label = "data", .color = "#1f2933", .width = 1.6});
    frames.x_range(-1.5, 1.5).y_range(-1.4, 1.5);
    run.save({frames, errors}, {.title = "A linear spiral: learn from segments, not from the whole path"});
}

int main(int argc, char** argv) {
    return Experiment("06_linear_spiral", "Is the matrix of a spiral found from every start?").run(argc, argv, compare);
}
