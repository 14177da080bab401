// examples/chapters/pictures/multistep.cpp — the pictures of ode/multistep.md: arrows that are forgotten, arrows that are kept
//   multistep FOLDER      multistep_wrong.svg, multistep_right.svg
#include <algorithm>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

const std::string dark = "#1f2933";
const std::array start{10.0, 5.0};
constexpr double end = 16;

void hares_and_lynxes(double, std::span<const double> z, std::span<double> dz) {
    dz[0] = z[0] * (1.1 - 0.4 * z[1]);
    dz[1] = z[1] * (0.1 * z[0] - 0.4);
}

struct Points {
    std::vector<double> t, y;
    void add(double at, double value) { t.push_back(at), y.push_back(value); }
};
struct Asked {  // the law, which notes where it is asked
    Points* points;
    void operator()(double t, std::span<const double> z, std::span<double> dz) const {
        points->add(t, z[0]);
        hares_and_lynxes(t, z, dz);
    }
};

Plot hares(const Points& asked, const Points& steps, const char* title) {
    const auto exact = ode::solve_dense(hares_and_lynxes, start, {0, end}, {.method = ode::dop853, .rtol = 1e-9});
    Points curve;
    for (const double t : linspace(0, end, 401)) curve.add(t, exact(t)[0]);
    Plot plot(
        {.title = text(title, ": ", steps.t.size(), " steps, ", asked.t.size(), " arrows"), .x = "t", .y = "hares"});
    plot.line(curve.t, curve.y, {.color = dark, .width = 1.5});
    plot.scatter(asked.t, asked.y, {.label = "an arrow", .color = palette(1), .width = 2});
    plot.scatter(steps.t, steps.y, {.label = "a step's end", .color = palette(0), .width = 3.2});
    plot.x_range(0, end).y_range(-1, 16);
    return plot;
}

void forgotten(const std::string& to) {
    Points asked, ends;
    ode::Stepper stepper(Asked{&asked}, start, {0, end}, {.method = ode::dop853, .rtol = 1e-4, .atol = 1e-4});
    while (stepper.step()) ends.add(stepper.t(), stepper.z()[0]);
    save_svg(to + "/multistep_wrong.svg", {hares(asked, ends, "dop853")},
             {.title = "Twelve arrows for a step, and the next one begins with none of them", .height = 260});
}

// The rate along the curve, the polynomial through the last four and what it says of the next step; and Adams's steps.
void kept(const std::string& to) {
    const auto exact = ode::solve_dense(hares_and_lynxes, start, {0, end}, {.method = ode::dop853, .rtol = 1e-9});
    const double now = 9.6, h = 0.5;
    Points rate, known, guess;
    for (const double t : linspace(now - 3.5 * h, now + 1.4 * h, 121)) rate.add(t, exact.rate(t)[0]);
    for (int i = 3; i >= 0; --i) known.add(now - i * h, exact.rate(now - i * h)[0]);
    for (const double t : linspace(now - 3.5 * h, now + h, 121)) {
        double sum = 0;  // Lagrange's form
        for (std::size_t i = 0; i < 4; ++i) {
            double weight = known.y[i];
            for (std::size_t j = 0; j < 4; ++j)
                if (j != i) weight *= (t - known.t[j]) / (known.t[i] - known.t[j]);
            sum += weight;
        }
        guess.add(t, sum);
    }
    Plot plot({.title = "One more step", .x = "t", .y = "rate of the hares"});
    plot.line(rate.t, rate.y, {.label = "the rate", .color = dark, .width = 1.5});
    plot.line(guess.t, guess.y, {.label = "through the last four", .color = palette(0), .width = 2.5});
    plot.scatter(known.t, known.y, {.color = palette(0), .width = 3.2});
    plot.line({now, now}, {-6, 6}, {.color = dark, .width = 0.7})
        .line({now + h, now + h}, {-6, 6}, {.color = dark, .width = 0.7});
    Points asked, ends;
    ode::Nordsieck stepper(Asked{&asked}, start, {0, end}, {.method = ode::adams, .rtol = 1e-4, .atol = 1e-4});
    while (stepper.step()) ends.add(stepper.t(), stepper.z()[0]);
    save_svg(to + "/multistep_right.svg", {plot, hares(asked, ends, "Adams")},
             {.title = "A polynomial through the last arrows is good for one step more", .height = 260});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    forgotten(to);
    kept(to);
}
