// examples/01_resnet_as_euler.cpp — is a residual network Euler's method?
//   ResNet    h_{k+1} = h_k + f(k/N, h_k) / N,   k = 0 ... N − 1: N residual blocks                                  (a)
//   ODE       dh/dt = f(t, h),  t from 0 to 1                                                                        (b)
// One small net f is trained in each reading, on 41 numbers that shall end in two heaps, and then read in the other one.
// look for   (a) is (b) by Euler's method with steps of 1/N: the same net gives nearly the same hidden numbers, in jumps or
//            in a curve, and the distance between the readings falls like 1/N. That holds in whichever it was trained.
// source     Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", §1 and figure 1
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/line_fit.hpp"    // brings: fit_line, logs

using namespace costate;
using namespace costate::support;

Var blocks(const nn::MLP& f, Var h, int n) {  // (a): [n + 1, B, 1], the hidden numbers before and behind every block
    std::vector<Var> hidden{h};
    for (int k = 0; k < n; ++k)
        hidden.push_back(hidden.back() + f(h.tape().constant(double(k) / n), hidden.back()) / n);
    return stack(hidden);
}

Var curve(const nn::MLP& f, Var h, Index points = 2) {  // (b): [points, B, 1]
    return ode::solve(f, h, linspace(0, 1, points), {.rtol = 1e-8, .atol = 1e-8}).z;
}

double distance(const nn::MLP& f, const Tensor& x, int n) {  // of the two readings at depth 1, root mean square
    Tape tape;
    const Var h = tape.constant(x);
    return std::sqrt(double(mean(square(blocks(f, h, n)[n] - curve(f, h)[1])).item()));
}

void compare(Experiment& run) {
    const Tensor x = Tensor::vector(linspace(-2, 2, 41)).reshaped({41, 1});
    std::vector<Plot> panels;
    Plot falls(
        {.title = "Distance, trained as", .x = "blocks", .y = "of the two at depth 1", .log_x = true, .log_y = true});
    Progress progress(2 * 600);
    for (const bool as_ode : {true, false}) {
        const nn::MLP f({1, 16, 1}, nn::tanh, Rng{run.seed}, {.time = true});
        optim::Adam adam(f, {.lr = 1e-2});
        Tape tape;
        const auto last = [&](Var h) { return as_ode ? curve(f, h)[1] : blocks(f, h, 6)[6]; };
        for (int update = 1; update <= 600; ++update, tape.rewind()) {
            const Var h = tape.constant(x), loss = mean(square(last(h) - 1.5 * tanh(3 * h)));
            adam.minimise(loss);
            progress.update(update + (as_ode ? 0 : 600), double(loss.item()));
        }
        const std::string name = as_ode ? "trained_as_ode" : "trained_as_6_blocks";
        std::vector<double> counts, distances;
        for (const int n : {6, 12, 24, 48}) counts.push_back(n), distances.push_back(distance(f, x, n));
        run.merit("slope_" + name, fit_line(logs(counts), logs(distances)).a);
        run.merit("distance_of_6_blocks_" + name, distances[0]);
        falls.line(counts, distances, {.label = as_ode ? "ODE" : "6 blocks"});
        if (!as_ode) continue;
        const Tensor jumps(blocks(f, tape.constant(x), 6).value()), path(curve(f, tape.constant(x), 101).value());
        Plot net({.title = "Six residual blocks", .x = "depth", .y = "hidden number"}),
            ode({.title = "The ODE", .x = "depth"});
        ode.field({0, 1}, {-2, 2}, [&](const Tensor& p) {
            const Var at = tape.constant(p);
            return Tensor(concatenate({1 + 0 * column(at, 0), f(column(at, 0), column(at, 1))}, 1).value());
        });
        for (Index row = 0; row < 41; row += 4) {
            const Style style{.color = palette(row < 20 ? 0 : row > 20 ? 1 : 6), .width = 1.6};
            net.line(linspace(0, 1, 7), component(jumps, 0, row), style)
                .scatter(linspace(0, 1, 7), component(jumps, 0, row), style);
            ode.line(linspace(0, 1, 101), component(path, 0, row), style);
        }
        panels = {net, ode};
    }
    panels.push_back(
        falls.line({6, 48}, {0.08, 0.01}, {.color = "#6b7480", .dashed = true}).text(14, 0.038, "slope −1"));
    run.save(panels, {.title = "A residual network is Euler’s method", .height = 340});
}

int main(int argc, char** argv) {
    return Experiment("01_resnet_as_euler", "Is a residual network Euler's method?").run(argc, argv, compare);
}
