// examples/chapters/pictures/equations.cpp — the pictures of ode/equations.md
//   equations FOLDER      equations_wrong.svg, equations_right.svg: u'' = −π² sin πx, u = 0 at both ends;
//                         equations_half.svg: half a law
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

constexpr double pi = std::numbers::pi;
using Function = std::function<Var(Var)>;  // u at points [N,1]: [N,1]

Tensor points(Index n) { return Tensor::vector(linspace(0, 1, n)).reshaped({n, 1}); }

template <class Parameters>
void solve_equation(const Function& u, const Parameters& parameters, double rate, int updates, bool soft) {
    optim::Adam adam(parameters, {.lr = rate});
    for (Tape tape; adam.steps() < static_cast<std::uint64_t>(updates); tape.rewind()) {
        const Var x = tape.variable(points(33)), y = u(x);
        const Var loss = mean(square(laplacian(y, x) + pi * pi * sin(pi * x)));
        adam.minimise(soft ? loss + square(y[0][0]) + square(y[32][0]) : loss);
    }
}
std::vector<double> inner() { return linspace(0.005, 0.995, 100); }  // without the ends, where no logarithm is
Tensor inner_points() { return Tensor::vector(inner()).reshaped({100, 1}); }
std::vector<double> curve(const Function& u) {
    Tape tape;
    const Tensor y(u(tape.constant(inner_points())).value());
    return {y.entries().begin(), y.entries().end()};
}
Plot beside_truth(const std::vector<double>& x) {
    std::vector<double> exact;
    for (const double at : x) exact.push_back(std::sin(pi * at));
    Plot plot({.x = "x", .y = "u"});
    plot.line(x, exact, {.label = "the solution, sin πx", .color = "#1f2933", .width = 5, .opacity = 0.35});
    return plot;
}

void stuck(const std::string& path) {
    const std::vector<double> x = inner();
    Plot plot = beside_truth(x);
    for (const int updates : {1, 300}) {
        const nn::MLP net({1, 32, 32, 1}, nn::tanh, Rng{1});
        const auto u = [&](Var at) { return net(at); };
        solve_equation(u, net, 0.2, updates, true);
        plot.line(x, curve(u),
                  {.label = text("network after ", updates, updates == 1 ? " update" : " updates"),
                   .width = 2.5,
                   .dashed = updates == 1});
    }
    save_svg(path, {plot}, {.title = "At a rate that is too high the network goes flat, and stays so", .height = 380});
}

struct Block : nn::Module {  // u = head(z(1)), dz/dt = f(z), z(0) = lift(x)
    nn::Linear lift, head;
    nn::MLP field;
    explicit Block(Rng rng)
        : lift(add("lift", nn::Linear(1, 8, rng))),
          head(add("head", nn::Linear(8, 1, rng))),
          field(add("field", nn::MLP({8, 8, 8}, nn::tanh, rng))) {}
    Var operator()(Var x) const {
        const ode::SolveOptions two{.method = ode::rk4_classic, .gradient = ode::direct, .steps = 2};
        return head(ode::solve(field, lift(x), {0, 1}, two).end());
    }
};

void built_in(const std::string& path) {
    const std::vector<double> x = inner();
    Plot plot = beside_truth(x), errors({.x = "x", .y = "distance to the solution", .log_y = true});
    const auto show = [&](const char* label, const Function& u, bool dashed) {
        const std::vector<double> y = curve(u);
        std::vector<double> off;
        for (std::size_t i = 0; i < x.size(); ++i) off.push_back(std::abs(y[i] - std::sin(pi * x[i])));
        plot.line(x, y, {.label = label, .width = 2.5, .dashed = dashed});
        errors.line(x, off, {.color = palette(dashed ? 1 : 0), .width = 2.5, .dashed = dashed});
    };
    const nn::MLP net({1, 16, 16, 1}, nn::tanh, Rng{0});
    const auto hard = [&](Var at) { return at * (1 - at) * net(at); };
    solve_equation(hard, net, 1e-2, 600, false);
    show("x(1 − x) · network", hard, false);
    const Block block(Rng{0});
    const auto depth = [&](Var at) { return at * (1 - at) * block(at); };
    solve_equation(depth, block, 1e-2, 300, false);
    show("x(1 − x) · ODE block", depth, true);
    errors.y_range(1e-6, 1);
    save_svg(path, {plot, errors},
             {.title = "With the edge built in, both find the solution", .height = 330, .one_legend = true});
}

// dx/dt = 1.3 x − ?, dy/dt = −1.8 y + ?: what is eaten is learned, z times a network of z.
void half_a_law(const std::string& path) {
    const Tensor z0({1, 2}, {0.44, 4.6}), rates({2}, {1.3, -1.8});
    const auto eaten = [](Var z) { return column(z, 0) * column(z, 1) * Tensor({2}, {-0.9, 0.8}); };
    const auto times = linspace(0, 6, 41);
    const Tensor data = ode::solve([&](Var, Var z) { return z * rates + eaten(z); }, z0, times).z;
    nn::MLP net({2, 16, 2}, nn::tanh, Rng{2});
    optim::Adam adam(net);
    const optim::Cosine rate{.peak = 2e-2, .steps = 5000};
    const auto field = [&](Var, Var z) { return z * rates + z * net(z); };
    for (Tape tape; adam.steps() < rate.steps; tape.rewind()) {
        adam.set_lr(rate(adam.steps()));
        adam.minimise(nn::mse(log(ode::solve(tape, field, z0, times).z), log(tape.constant(data))));
    }
    const auto fine = linspace(0, 6, 121);
    const Tensor path_of = ode::solve(field, z0, fine).z;
    Tape tape;
    const Var z = reshape(tape.constant(path_of), {-1, 2});
    const Tensor truth(column(eaten(z), 0).value()), learned(column(z * net(z), 0).value());
    Plot orbit({.title = "what was seen", .x = "t", .y = "animals"}),
        term({.title = "what was not", .x = "t", .y = "what eating adds to prey′"});
    orbit.scatter(times, component(data, 0), {.label = "prey", .color = palette(0)})
        .scatter(times, component(data, 1), {.label = "predators", .color = palette(1), .width = 1.4})
        .line(fine, component(path_of, 0), {.color = palette(0)})
        .line(fine, component(path_of, 1), {.color = palette(1), .dashed = true});
    term.line(fine, truth, {.label = "truth", .color = "#1f2933", .width = 5, .opacity = 0.35})
        .line(fine, learned, {.label = "learned", .color = palette(2), .width = 2.5});
    save_svg(path, {orbit, term}, {.title = "Growth and decline are known, what is eaten is learned", .height = 330});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    stuck(folder + "/equations_wrong.svg");
    built_in(folder + "/equations_right.svg");
    half_a_law(folder + "/equations_half.svg");
}
