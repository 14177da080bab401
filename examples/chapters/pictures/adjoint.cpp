// examples/chapters/pictures/adjoint.cpp — the pictures of ode/adjoint.md: a walk without its jumps, one with them, a step
//   adjoint FOLDER      adjoint_wrong.svg, adjoint_right.svg, adjoint_step.svg
#include <array>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/chapters/pictures/graph.hpp"  // brings: Graph
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

struct Course {
    std::vector<double> t, z, a, g;
    std::vector<std::array<double, 3>> jumps;  // t, a before and behind, as the walk passes
};

// z' = z (1 − z) from 0.1, L = Σ z(t_i)² over t = 0, 1, 2, 3, or z(3)² alone: z, a and g from t = 3 down to 0
Course walk(bool all) {
    const auto growth = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[0] * (1 - z[0]); };
    const auto backward = [](double, std::span<const double> s, std::span<double> ds) {
        ds[0] = s[0] * (1 - s[0]);
        ds[1] = -s[1] * (1 - 2 * s[0]);
        ds[2] = -s[1] * s[0] * (1 - s[0]);
    };
    std::array<double, 3> s{ode::solve(growth, std::array{0.1}, {0, 3}, {.rtol = 1e-9}).end()[0], 0, 0};
    Course course;
    const auto seen = [&](double t) {
        course.t.push_back(t), course.z.push_back(s[0]), course.a.push_back(s[1]), course.g.push_back(s[2]);
    };
    seen(3.3), seen(3);
    course.z[0] = course.z[1] = s[0];
    for (int i = 3;; --i) {
        const double before = s[1];
        if (all || i == 3) s[1] += 2 * s[0], course.jumps.push_back({double(i), before, s[1]});
        seen(i);
        if (i == 0) return course;
        for (int part = 1; part <= 20; ++part) {
            const double t = i - part / 20.0;
            s = ode::solve(backward, s, {t + 0.05, t}, {.rtol = 1e-9}).end();
            seen(t);
        }
    }
}

Plot states(const Course& course) {
    Plot z({.y = "state z"});
    z.line(std::span(course.t).subspan(2), std::span(course.z).subspan(2), {.color = palette(0), .width = 3});
    for (const int i : {0, 1, 2, 3})
        z.scatter({double(i)}, {course.z[static_cast<std::size_t>(2 + 21 * (3 - i))]},
                  {.color = palette(0), .width = 4});
    z.x_range(-0.15, 3.3).y_range(0, 0.9);
    return z;
}

void add_jumps(Plot& plot, const Course& course) {
    for (const auto& [t, before, behind] : course.jumps)
        plot.line({t, t}, {before, behind}, {.color = "#1f2933", .width = 6})
            .scatter({t}, {behind}, {.color = "#1f2933", .width = 3});
}

void wrong(const std::string& to, const Course& right, const Course& alone) {
    Plot a({.x = "t, walked from right to left", .y = "a, what z is to blame for"});
    a.line(right.t, right.a, {.label = "as it is", .color = "#6b7480", .width = 2, .dashed = true});
    a.line(alone.t, alone.a, {.label = "walked without the jumps at t = 2, 1, 0", .color = palette(1), .width = 3});
    add_jumps(a, alone);
    a.text(2.55, 2.1, "the one jump").text(0.25, 4.9 - 1.4, "half is missing");
    a.x_range(-0.15, 3.3).y_range(0, 7.5);
    save_svg(to + "/adjoint_wrong.svg", {states(right), a},
             {.title = "Without its jumps, a blames the start for one observation alone", .columns = 1, .height = 170});
}

void right_one(const std::string& to, const Course& course) {
    Plot a({.y = "blame a"}), g({.x = "t, walked from right to left", .y = "sum g"});
    a.line(course.t, course.a, {.color = palette(1), .width = 3});
    add_jumps(a, course);
    a.text(2.62, 2.4, "the first: 0 → 2z")
        .text(2.05, 2.4, "a jump")
        .text(1.05, 3.6, "a jump")
        .text(0.06, 6.9, "dL/dz0 = 6.88");
    a.x_range(-0.15, 3.3).y_range(0, 7.8);
    g.line(course.t, course.g, {.color = palette(2), .width = 3})
        .scatter({0}, {course.g.back()}, {.color = palette(2), .width = 4});
    g.text(0.06, 1.5, "dL/dθ = 1.41").text(3.06, 0.22, "g = 0");
    g.x_range(-0.15, 3.3).y_range(0, 1.8);
    save_svg(to + "/adjoint_right.svg", {states(course), a, g},
             {.title = "The blame a jumps at every observation, and g adds up on the way back",
              .columns = 1,
              .height = 150});
}

void step(const std::string& to) {
    Graph graph("Two edges leave zₙ, so two cotangents meet there: one step of Euler, and back", 420);
    graph.node("z", 110, 260, "zₙ", true).node("theta", 110, 120, "θ", true).node("f", 400, 120, "f");
    graph.node("h", 640, 120, "× h").node("plus", 640, 260, "+").node("next", 890, 260, "zₙ₊₁", true);
    graph.edge("z", "f").edge("theta", "f").edge("f", "h").edge("h", "plus").edge("z", "plus").edge("plus", "next");
    graph.back("next", "plus", "aₙ₊₁", 30).back("plus", "z", "aₙ₊₁", 36).back("plus", "h", "aₙ₊₁", -36);
    graph.back("h", "f", "h aₙ₊₁", -30).back("f", "theta", "h aₙ₊₁ᵀ ∂f/∂θ", -30).back("f", "z", "", 26);
    graph.words(350, 214, "h aₙ₊₁ᵀ ∂f/∂z", "font-size='17' fill='" + palette(1) + "'");
    graph.words(40, 365, "at zₙ:  aₙ = aₙ₊₁ + h aₙ₊₁ᵀ ∂f/∂z", "font-size='20'");
    graph.words(560, 365, "at θ:  gₙ = gₙ₊₁ + h aₙ₊₁ᵀ ∂f/∂θ", "font-size='20'");
    graph.words(40, 402, "solid: values, forwards;  dashed: cotangents, backwards");
    graph.save(to + "/adjoint_step.svg");
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    const Course right = walk(true);
    wrong(to, right, walk(false));
    right_one(to, right);
    step(to);
}
