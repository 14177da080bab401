// examples/chapters/pictures/taste.cpp — the pictures of README.md: a polynomial through lynx and hare, and the taste
//   taste FOLDER      taste_wrong.svg, taste_right.svg
#include <cmath>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/csv.hpp"  // brings: read_table
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// The polynomial through all points, by Lagrange: Σ y_i Π (x − x_j) / (x_i − x_j).
double through_all(const std::vector<double>& x, const std::vector<double>& y, double at) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double term = y[i];
        for (std::size_t j = 0; j < x.size(); ++j)
            if (j != i) term *= (at - x[j]) / (x[i] - x[j]);
        sum += term;
    }
    return sum;
}

void polynomial(const std::string& path) {
    const Tensor table = read_table("examples/data/lynx_hare.csv").values;  // year, hares, lynxes in thousands
    std::vector<double> years, seen[2];
    for (Index row = 0; row < table.shape()[0]; ++row) {
        years.push_back(table(row, 0));
        for (Index column = 0; column < 2; ++column) seen[column].push_back(table(row, column + 1));
    }
    Plot plot({.x = "year", .y = "pelts, thousands"});
    const char* names[] = {"hares", "lynxes"};
    for (std::size_t i = 0; i < 2; ++i) {
        std::vector<double> fine, curve;
        for (double year = 1900; year <= 1920; year += 0.02) {
            fine.push_back(year);
            curve.push_back(through_all(years, seen[i], year));
        }
        plot.line(fine, curve, {.label = text("polynomial, ", names[i]), .color = palette(i), .dashed = i == 1})
            .scatter(years, seen[i], {.label = names[i], .color = palette(i), .width = i ? 1.6 : 2.2});
    }
    plot.y_range(-300, 400);
    save_svg(path, {plot}, {.title = "A polynomial meets every year, and talks nonsense in between", .height = 380});
}

// The program of README.md, its path drawn twice as far as it was taught.
void taste(const std::string& path) {
    const auto law = [](Var, Var z) { return concatenate({column(z, 1), -sin(column(z, 0))}, 1); };
    const std::vector<double> times = linspace(0, 6, 21), fine = linspace(0, 12, 241);
    const Tensor z0({1, 2}, {1, 0}), seen = ode::solve(law, z0, times).z;
    const nn::MLP field({2, 32, 2}, nn::tanh, Rng{0});
    const ode::NeuralODE model(field, times, {.gradient = ode::backsolve});
    optim::Adam adam(model, {.lr = 1e-2});
    for (Tape tape; adam.steps() < 300; tape.rewind()) adam.minimise(nn::mse(model.path(tape.constant(z0)), seen));

    const Tensor learned = ode::solve(field, z0, fine).z, truth = ode::solve(law, z0, fine).z;
    Plot course({.title = "its angle over time", .x = "t", .y = "angle"}),
        plane({.title = "its law", .x = "angle", .y = "velocity"});
    course.band(6, 12, "not seen")
        .line(fine, component(truth, 0), {.label = "the pendulum", .color = "#1f2933", .width = 5, .opacity = 0.3})
        .line(fine, component(learned, 0), {.label = "the network, followed", .color = palette(0), .width = 2.5})
        .scatter(times, component(seen, 0), {.label = "the 21 observations", .color = palette(1)});
    plane.field({-1.5, 1.5}, {-1.5, 1.5}, [&](const Tensor& z) { return field(z); })
        .line(component(learned, 0), component(learned, 1), {.color = palette(0), .width = 2.5})
        .scatter(component(seen, 0), component(seen, 1), {.color = palette(1)});
    save_svg(path, {course, plane}, {.title = "A network that learned the law goes on by itself", .height = 330});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    polynomial(folder + "/taste_wrong.svg");
    taste(folder + "/taste_right.svg");
}
