// examples/chapters/pictures/latent.cpp — the pictures of ode/latent.md: a state that waits, and one that follows a law
//   latent FOLDER      latent_wrong.svg, latent_right.svg
#include <cmath>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// A swing, of which the place alone is seen: x(t) = e^−.1t (u cos 2t − v sin 2t), z0 = (u, v) = (1.2, .6), noise .1
constexpr double noise = 0.1;
double share(int which, double t) { return std::exp(-0.1 * t) * (which == 0 ? std::cos(2 * t) : -std::sin(2 * t)); }
double truth(double t) { return 1.2 * share(0, t) + 0.6 * share(1, t); }
const std::vector<double> times{0.3, 0.7, 1.9, 2.2, 3.6, 4.1, 5.9};
const std::vector<double> errors{0.05, -0.12, 0.08, 0.1, -0.09, 0.04, -0.06};

void base(Plot& plot, std::size_t count) {
    const std::vector<double> t = linspace(0, 9, 181);
    std::vector<double> x, at, data;
    for (const double s : t) x.push_back(truth(s));
    for (std::size_t i = 0; i < count; ++i) at.push_back(times[i]), data.push_back(truth(times[i]) + errors[i]);
    plot.line(t, x, {.label = "truth", .color = "#1f2933", .width = 2, .dashed = true});
    plot.scatter(at, data, {.label = "seen", .color = palette(1), .width = 3.6});
    plot.y_range(-2.2, 2.2).x_range(0, 9);
}

Plot posterior(const std::string& title,
               std::size_t count) {  // z0 ~ N(0, 1), all is normal: Bayes' rule in closed form
    double p[3] = {1, 0, 1}, b[2] = {};
    for (std::size_t i = 0; i < count; ++i) {
        const double u = share(0, times[i]), v = share(1, times[i]), w = 1 / (noise * noise);
        const double x = truth(times[i]) + errors[i];
        p[0] += w * u * u, p[1] += w * u * v, p[2] += w * v * v, b[0] += w * u * x, b[1] += w * v * x;
    }
    const double det = p[0] * p[2] - p[1] * p[1];
    const double mean[2] = {(p[2] * b[0] - p[1] * b[1]) / det, (p[0] * b[1] - p[1] * b[0]) / det};
    Plot plot({.title = title, .x = "t", .y = count == 2 ? "x" : ""});
    const std::vector<double> t = linspace(0, 9, 181);
    std::vector<double> middle, low, high;
    for (const double s : t) {
        const double u = share(0, s), v = share(1, s);
        const double spread = 2 * std::sqrt((p[2] * u * u - 2 * p[1] * u * v + p[0] * v * v) / det);
        middle.push_back(u * mean[0] + v * mean[1]);
        low.push_back(middle.back() - spread), high.push_back(middle.back() + spread);
    }
    plot.between(t, low, high, {.label = "± 2 deviations", .color = palette(0), .opacity = 0.25});
    plot.line(t, middle, {.label = "decoded", .color = palette(0), .width = 3});
    base(plot, count);
    return plot;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    Plot wait({.x = "t", .y = "x"});
    std::vector<double> t, held;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double x = truth(times[i]) + errors[i];
        t.push_back(times[i]), held.push_back(x);
        t.push_back(i + 1 < times.size() ? times[i + 1] : 9), held.push_back(x);
    }
    wait.line(t, held, {.label = "state that waits", .color = palette(0), .width = 3});
    base(wait, times.size());
    save_svg(to + "/latent_wrong.svg", {wait},
             {.title = "A state that waits for the next sample forecasts a flat line", .height = 300});
    save_svg(
        to + "/latent_right.svg", {posterior("Two points seen", 2), posterior("Seven points seen", 7)},
        {.title = "One point z₀ and one law are a whole curve, with its doubts", .height = 300, .one_legend = true});
}
