// examples/chapters/pictures/stiff.cpp — the pictures of ode/stiff.md: short steps, one arrow at the end, |R|, long steps
//   stiff FOLDER      stiff_wrong.svg, stiff_right.svg, stiff_regions.svg, stiff_steps.svg
#include <cmath>
#include <numbers>

#include "costate.hpp"
#include "examples/support/stability.hpp"  // brings: stability
#include "examples/support/svg.hpp"        // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

const std::string dark = "#1f2933";

void van_der_pol(double, std::span<const double> z, std::span<double> dz) {
    dz[0] = z[1], dz[1] = 1000 * (1 - z[0] * z[0]) * z[1] - z[0];
}

struct Steps {
    std::vector<double> t, h, x;
    long count = 0;
};
// Of very many steps the ends of some are kept: 2 apart, or h another by a quarter.
Steps walk(const ode::Method& method, double tolerance, double end) {
    Steps all;
    ode::Stepper stepper(van_der_pol, std::array{2.0, 0.0}, {0, end},
                         {.method = method, .rtol = tolerance, .atol = tolerance, .max_steps = 10'000'000});
    double before = 0;
    while (stepper.step()) {
        const double h = stepper.t() - before;
        ++all.count;
        if (all.t.empty() || stepper.t() - all.t.back() > 2 || std::fabs(std::log(h / all.h.back())) > 0.25)
            all.t.push_back(stepper.t()), all.h.push_back(h), all.x.push_back(stepper.z()[0]);
        before = stepper.t();
    }
    return all;
}

void short_steps(const std::string& to) {
    const Steps fine = walk(ode::tsit5, 1e-6, 800), rough = walk(ode::tsit5, 1e-3, 800);
    Plot curve({.title = "The curve that is followed", .x = "t", .y = "x"});
    curve.line(fine.t, fine.x, {.color = dark, .width = 3});
    Plot lengths({.title = "tsit5's steps", .x = "t", .y = "h", .log_y = true});
    lengths.line(rough.t, rough.h, {.label = text("1e-3: ", rough.count, " steps"), .color = palette(1), .width = 4});
    lengths.line(fine.t, fine.h, {.label = text("1e-6: ", fine.count, " steps"), .color = palette(0), .width = 1.6});
    lengths.y_range(1e-4, 1e-1);
    save_svg(to + "/stiff_wrong.svg", {curve, lengths},
             {.title = "The curve hardly moves, and no tolerance makes the steps longer", .height = 240});
}

// One step of y' = −λ (y − cos t) with hλ = 6, from beside the curve: along the arrow at its start, and along that at its end.
void one_arrow(const std::string& to) {
    const double lambda = 15, h = 0.4, y0 = 1.25;
    const auto f = [&](double t, double y) { return -lambda * (y - std::cos(t)); };
    const double ahead = y0 + h * f(0, y0), back = (y0 + h * lambda * std::cos(h)) / (1 + h * lambda);
    std::vector<double> t = linspace(0, 0.6, 61), smooth;
    for (const double s : t) smooth.push_back(std::cos(s));
    Plot plot({.x = "t", .y = "y"});
    plot.field({0, 0.6}, {-0.4, 1.6}, [&](const Tensor& z) {
        Tensor dz(z.shape());
        for (Index i = 0; i < z.size() / 2; ++i)
            dz(i, 0) = 1, dz(i, 1) = static_cast<Real>(f(static_cast<double>(z(i, 0)), static_cast<double>(z(i, 1))));
        return dz;
    });
    plot.line(t, smooth, {.label = "where all arrows lead", .color = dark, .width = 4});
    plot.line({0, h}, {y0, ahead}, {.label = "along the arrow at the start", .color = palette(1), .width = 2.5});
    plot.line({0, h}, {y0, back}, {.label = "along the arrow at the end", .color = palette(0), .width = 2.5});
    plot.line({h - 0.02, h + 0.02}, {back - 0.02 * f(h, back), back + 0.02 * f(h, back)},
              {.color = palette(0), .width = 6});
    plot.line({0, 0.02}, {y0, y0 + 0.02 * f(0, y0)}, {.color = palette(1), .width = 6});
    plot.scatter({0}, {y0}, {.color = dark, .width = 3});
    plot.scatter({h}, {ahead}, {.color = palette(1), .width = 3});
    plot.scatter({h}, {back}, {.color = palette(0), .width = 3});
    plot.x_range(-0.03, 0.62).y_range(-0.5, 1.6);
    save_svg(to + "/stiff_right.svg", {plot},
             {.title = "One arrow at the end of the step does not overshoot", .height = 330});
}

void regions(const std::string& to) {
    const auto size_in = [](const ode::Method& m, Plot::Range x, Plot::Range y) {
        return tabulate(x, y, 241, [&](const Tensor& at) {
            Tensor size({at.size() / 2, 1});
            for (Index i = 0; i < size.size(); ++i)
                size[i] = static_cast<Real>(std::min(
                    4.0, std::abs(stability(m, {static_cast<double>(at(i, 0)), static_cast<double>(at(i, 1))}))));
            return size;
        });
    };
    const struct {
        ode::Method method;
        const char* label;
    } all[] = {{ode::euler, "euler"},         {ode::rk4_classic, "rk4_classic"},
               {ode::dopri5, "dopri5"},       {ode::implicit_euler, "implicit_euler"},
               {ode::trapezoid, "trapezoid"}, {ode::kvaerno5, "kvaerno5"},
               {ode::radau5, "radau5"}};
    Plot in({.title = "Explicit: within", .x = "Re hλ", .y = "Im hλ", .equal = true}),
        out({.title = "Implicit: outside", .x = "Re hλ", .y = "Im hλ", .equal = true}),
        axis({.title = "|R(−x)|", .x = "x", .y = "|R(−x)|", .log_x = true, .log_y = true});
    std::vector<double> x, sizes;
    for (const double power : linspace(-1, 6, 281)) x.push_back(std::pow(10, power));
    for (std::size_t i = 0; i < std::size(all); ++i) {
        const bool is_explicit = !all[i].method.implicit();
        Plot& plot = is_explicit ? in : out;
        const Plot::Range across = is_explicit ? Plot::Range{-5, 2} : Plot::Range{-6, 22};
        const Plot::Range up = is_explicit ? Plot::Range{-4, 4} : Plot::Range{-14, 14};
        plot.contour(across, up, size_in(all[i].method, across, up), {1},
                     {.label = all[i].label, .color = palette(i), .width = 2.4});
        sizes.clear();
        for (const double at : x) sizes.push_back(std::abs(stability(all[i].method, -at)));
        axis.line(x, sizes, {.label = all[i].label, .color = palette(i), .width = 2});
    }
    axis.y_range(1e-6, 1e2);
    save_svg(to + "/stiff_regions.svg", {in, out, axis},
             {.title = "Where a step does not magnify, |R(hλ)| ≤ 1, drawn from the tables",
              .height = 300,
              .one_legend = true});
}

void long_steps(const std::string& to) {
    Plot plot({.x = "t", .y = "h", .log_y = true});
    const struct {
        ode::Method method;
        const char* label;
    } all[] = {{ode::tsit5, "tsit5"}, {ode::radau5, "radau5"}, {ode::kvaerno5, "kvaerno5"}};
    std::size_t color = 0;
    for (const auto& [method, label] : all) {
        const Steps steps = walk(method, 1e-6, 2000);
        plot.line(steps.t, steps.h,
                  {.label = text(label, ": ", steps.count, " steps"), .color = palette(color), .width = 2.2});
        ++color;
    }
    save_svg(to + "/stiff_steps.svg", {plot},
             {.title = "Implicit steps are as long as the curve is smooth", .height = 280});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    short_steps(to);
    one_arrow(to);
    regions(to);
    long_steps(to);
}
