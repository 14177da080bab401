// examples/chapters/pictures/neural.cpp — the pictures of ode/neural.md: blocks and depth, paths that pass, a loss of valleys
//   neural FOLDER      neural_wrong.svg, neural_right.svg, neural_crossing.svg, neural_loss.svg
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg, component, tabulate

using namespace costate;
using namespace costate::support;

namespace {

// h + f(k/6, h)/6 for k = 0 ... 5, each block taken so many times, its share multiplied: [blocks + 1,B,1]
Var blocks(const nn::MLP& f, Var h, int times = 1, double share = 1) {
    std::vector<Var> hidden{h};
    for (int k = 0; k < 6 * times; ++k)
        hidden.push_back(hidden.back() + share / 6 * f(h.tape().constant(double(k / times) / 6), hidden.back()));
    return stack(hidden);
}

nn::MLP trained(const Tensor& x) {  // as six blocks: 41 numbers shall end in two heaps
    const nn::MLP f({1, 16, 1}, nn::tanh, Rng{1}, {.time = true});
    optim::Adam adam(f, {.lr = 2e-2});
    Tape tape;
    for (int update = 0; update < 300; ++update, tape.rewind()) {
        const Var h = tape.constant(x);
        adam.minimise(mean(square(blocks(f, h)[6] - 1.5 * tanh(8 * h))));
    }
    return f;
}

Plot jumps(const std::string& title, const Tensor& hidden, double depth, const char* axis) {
    Plot plot({.title = title, .x = axis, .y = "hidden number"});
    const Index count = hidden.shape()[0];
    const Style heap{.color = "#6b7480", .width = 1.6, .dashed = true};
    const std::vector<double> at = linspace(0, depth, static_cast<int>(count));
    for (Index row = 0; row < 41; row += 5) {
        const Style style{.color = palette(row < 20 ? 0 : row > 20 ? 1 : 6), .width = row < 20 ? 2.2 : 1.4};
        plot.line(at, component(hidden, 0, row), style).scatter(at, component(hidden, 0, row), style);
    }
    plot.line({0, depth}, {1.5, 1.5}, heap).line({0, depth}, {-1.5, -1.5}, heap);
    return plot.y_range(-3.2, 3.2);
}

void depth(const std::string& to) {
    const Tensor x = Tensor::vector(linspace(-0.5, 0.5, 41)).reshaped({41, 1});
    const nn::MLP f = trained(x);
    Tape tape;
    const Var h = tape.constant(x);
    save_svg(to + "/neural_wrong.svg",
             {jumps("As trained: six blocks", Tensor(blocks(f, h).value()), 6, "block"),
              jumps("Each block twice: twelve", Tensor(blocks(f, h, 2).value()), 12, "block")},
             {.title = "Read at twice its depth, a ResNet is another function", .height = 300});

    const std::vector<double> t = linspace(0, 1, 61);
    const Tensor curve(ode::solve(f, h, t, {.rtol = 1e-8, .atol = 1e-8}).z.value());
    Plot ode({.title = "The ODE", .x = "depth"});
    ode.field({0, 1}, {-3, 3}, [&](const Tensor& p) {
        const Var at = tape.constant(p);
        return Tensor(concatenate({1 + 0 * slice(at, 1, 0, 1), f(slice(at, 1, 0, 1), slice(at, 1, 1, 1))}, 1).value());
    });
    for (Index row = 0; row < 41; row += 5)
        ode.line(t, component(curve, 0, row),
                 {.color = palette(row < 20   ? 0
                                   : row > 20 ? 1
                                              : 6),
                  .width = row < 20 ? 2.6 : 1.8});
    ode.y_range(-3.2, 3.2);
    Plot falls({.title = "Distance at depth 1", .x = "blocks", .log_x = true, .log_y = true});
    std::vector<double> count, distance;
    for (const int times : {1, 2, 4, 8, 16}) {
        Tensor last(ode::solve(f, h, {0, 1}, {.method = ode::euler, .steps = 6 * times}).end().value());
        double sum = 0;
        for (Index i = 0; i < 41; ++i) sum += std::pow(double(last[i]) - double(curve[60 * 41 + i]), 2);
        count.push_back(6 * times), distance.push_back(std::sqrt(sum / 41));
    }
    falls.line(count, distance, {.color = palette(2), .width = 3})
        .scatter(count, distance, {.color = palette(2), .width = 3});
    falls.line({6, 96}, {distance[0] / 2, distance[0] / 32}, {.label = "slope −1", .color = "#6b7480", .dashed = true});
    save_svg(to + "/neural_right.svg",
             {jumps("Twelve half blocks", Tensor(blocks(f, h, 2, 0.5).value()), 1, "depth"), ode, falls},
             {.title = "Blocks are steps of Euler: twice as many, each half as long", .height = 300});
}

void crossing(const std::string& to) {
    Plot line({.title = "On a line: one place, two arrows", .x = "time", .y = "x"});
    line.line({0, 1}, {-1, 1}, {.color = palette(0), .width = 3})
        .line({0, 1}, {1, -1}, {.color = palette(1), .width = 3, .dashed = true});
    line.scatter({0.5}, {0}, {.color = "#1f2933", .width = 5}).text(0.56, -0.05, "cannot be");
    line.y_range(-1.3, 1.3).x_range(-0.1, 1.1);
    Plot plane({.title = "With one dimension more", .x = "x", .y = "the dimension added", .equal = true});
    const auto turn = [](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = -std::numbers::pi * z[1], dz[1] = std::numbers::pi * z[0];
    };
    for (const double x : {-1.0, 1.0}) {
        std::vector<double> at[2];
        for (const auto& z : ode::solve(turn, std::array{x, 0.0}, linspace(0, 1, 61)).z)
            at[0].push_back(z[0]), at[1].push_back(z[1]);
        const std::string color = palette(x < 0 ? 0 : 1);
        plane.line(at[0], at[1],
                   {.label = x < 0 ? "from −1 to 1" : "from 1 to −1", .color = color, .width = 3, .dashed = x > 0});
        plane.scatter({x}, {0}, {.color = color, .width = 4});
        plane.arrows({at[0][30]}, {at[1][30]}, {x < 0 ? 0.3 : -0.3}, {0}, {.color = color, .width = 3});
    }
    save_svg(to + "/neural_crossing.svg", {line, plane},
             {.title = "Paths cannot cross, but with room beside they pass", .height = 300});
}

// x'' = −k x − m x³ from (1, 0), seen every half: [count][2], flat
std::vector<double> orbit(double k, double m, double x, double v, std::size_t count) {
    const auto spring = [k, m](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = z[1], dz[1] = -k * z[0] - m * z[0] * z[0] * z[0];
    };
    std::vector<double> path;
    for (const auto& z : ode::solve(spring, std::array{x, v},
                                    linspace(0, 0.5 * static_cast<double>(count - 1), static_cast<int>(count)))
                             .z)
        path.push_back(z[0]), path.push_back(z[1]);
    return path;
}

void loss(const std::string& to) {
    const std::vector<double> data = orbit(2, 1, 1, 0, 41);
    const Range k{0, 6}, m{0, 4};
    const auto loss_of = [&](double stiff, double cubic, std::size_t count, std::size_t pieces) {
        double sum = 0;
        for (std::size_t piece = 0; piece < pieces; ++piece) {
            const std::size_t first = 2 * piece * (count - 1);
            const auto path = orbit(stiff, cubic, data[first], data[first + 1], count);
            for (std::size_t i = 0; i < path.size(); ++i) sum += std::pow(path[i] - data[first + i], 2);
        }
        return sum / static_cast<double>(2 * pieces * count);
    };
    const auto panel = [&](const char* title, std::size_t count, std::size_t pieces) {
        const auto of = [&](const Tensor& laws) {
            Tensor losses({laws.shape()[0], 1});
            for (Index row = 0; row < laws.shape()[0]; ++row)
                losses.data()[row] = static_cast<Real>(loss_of(laws(row, 0), laws(row, 1), count, pieces));
            return losses;
        };
        Plot plot({.title = title, .x = "k", .y = "m"});
        plot.heat(k, m, tabulate(k, m, 70, of), {.label = "loss", .low = 0, .high = 2.8, .bar = pieces > 1});
        plot.scatter({2}, {1}, {.color = palette(1), .width = 4});
        return plot;
    };
    Plot cut({.title = "Along m = 1", .x = "k"});
    const std::vector<double> along = linspace(0, 6, 121);
    const auto line = [&](const char* name, std::size_t count, std::size_t pieces, Style style) {
        std::vector<double> losses;
        for (const double stiff : along) losses.push_back(loss_of(stiff, 1, count, pieces));
        style.label = name;
        cut.line(along, losses, style);
    };
    line("all 41", 41, 1, {.color = palette(1), .width = 2});
    line("segments", 6, 8, {.color = palette(0), .width = 3.5, .dashed = true});
    save_svg(to + "/neural_loss.svg", {panel("All 41 at once", 41, 1), panel("8 segments of 5", 6, 8), cut},
             {.title = "A long orbit’s loss has many valleys, that of its pieces has one", .height = 230});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    depth(to);
    crossing(to);
    loss(to);
}
