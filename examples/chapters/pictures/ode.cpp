// examples/chapters/pictures/ode.cpp — the pictures of ode/README.md: Euler and the circle, rk4's looks, work, stiffness
//   ode FOLDER      ode_wrong.svg, ode_right.svg, ode_tableau.svg, ode_work.svg, ode_stiff.svg
#include <cmath>
#include <fstream>
#include <numbers>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

constexpr double turn = 2 * std::numbers::pi;
void circle(double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -z[0]; }

struct Path {
    std::vector<double> x, y;
};

void euler(const std::string& to) {
    const auto walk = [](int steps) {
        const auto z = ode::solve(circle, std::array{1.0, 0.0}, linspace(0, turn, steps + 1),
                                  {.method = ode::euler, .steps = steps});
        Path path;
        for (int n = 0; n <= steps; ++n) path.x.push_back(z.at(n)[0]), path.y.push_back(z.at(n)[1]);
        return path;
    };
    Path round;
    for (const double t : linspace(0, turn, 101)) round.x.push_back(std::cos(t)), round.y.push_back(-std::sin(t));
    const Path few = walk(20), many = walk(80);
    Plot plot({.x = "x", .y = "v", .equal = true});
    plot.field({-4.6, 5.0}, {-2.0, 2.0},
               [](const Tensor& z) {
                   Tensor dz(z.shape());
                   for (Index i = 0; i < z.size() / 2; ++i) dz(i, 0) = z(i, 1), dz(i, 1) = -z(i, 0);
                   return dz;
               })
        .line(round.x, round.y, {.label = "the circle", .color = "#1f2933", .width = 4})
        .line(many.x, many.y, {.label = "80 steps of Euler", .color = palette(0), .width = 2, .dashed = true})
        .line(few.x, few.y, {.label = "20 steps", .color = palette(1), .width = 2})
        .scatter(few.x, few.y, {.color = palette(1), .width = 2.2});
    save_svg(to + "/ode_wrong.svg", {plot},
             {.title = "Euler's steps spiral out of the circle that they should follow"});
}

// One step of rk4 for y' = 1.5 y: where each look is taken, and its arrow there, a short piece with slope k_i.
void four_looks(const std::string& to) {
    const auto f = [](double y) { return 1.5 * y; };
    const double y0 = 0.4, k1 = f(y0), k2 = f(y0 + k1 / 2), k3 = f(y0 + k2 / 2), k4 = f(y0 + k3);
    const double at[4] = {0, 0.5, 0.5, 1}, y[4] = {y0, y0 + k1 / 2, y0 + k2 / 2, y0 + k3}, k[4] = {k1, k2, k3, k4};
    std::vector<double> t = linspace(0, 1.12, 57), exact;
    for (const double s : t) exact.push_back(y0 * std::exp(1.5 * s));
    Plot plot({.x = "t, in steps of h", .y = "z"});
    plot.line(t, exact, {.label = "the curve through the start", .color = "#9aa3ad", .width = 5});
    for (int i = 1; i < 4; ++i)
        plot.line({0, at[i]}, {y0, y[i]},
                  {.color = palette(static_cast<std::size_t>(i)), .width = 1.4, .dashed = true});
    plot.line({0, 1}, {y0, y0 + (k1 + 2 * k2 + 2 * k3 + k4) / 6},
              {.label = "the step: along (k₁ + 2k₂ + 2k₃ + k₄)/6", .color = "#1f2933", .width = 2.5});
    const double dx[] = {0.03, 0.06, -0.3, -0.32}, dy[] = {-0.16, -0.13, 0.18, 0.12};
    const char* name[] = {"k₁: at the start", "k₂: half way along k₁", "k₃: half way along k₂", "k₄: at the end of k₃"};
    for (int i = 0; i < 4; ++i) {
        const double half = 0.1 / std::hypot(1, k[i]) * 1.3;
        const std::string color = palette(static_cast<std::size_t>(i));
        plot.line({at[i] - half, at[i] + half}, {y[i] - half * k[i], y[i] + half * k[i]}, {.color = color, .width = 5});
        plot.scatter({at[i]}, {y[i]}, {.color = color, .width = 3.5});
        plot.text(at[i] + dx[i], y[i] + dy[i], name[i], color);
    }
    plot.scatter({1}, {y0 + (k1 + 2 * k2 + 2 * k3 + k4) / 6}, {.color = "#1f2933", .width = 2.2});
    plot.text(1.025, y0 + (k1 + 2 * k2 + 2 * k3 + k4) / 6 - 0.07, "z⁺");
    plot.x_range(-0.12, 1.15).y_range(0.05, 2.3);
    save_svg(to + "/ode_right.svg", {plot},
             {.title = "rk4 looks at four arrows, then moves along their weighted mean"});
}

// The table of rk4 as the books print it, and what each of its rows says.
void tableau(const std::string& to) {
    const char* c[] = {"0", "1/2", "1/2", "1", ""};
    const char* a[][4] = {
        {"", "", "", ""}, {"1/2", "", "", ""}, {"0", "1/2", "", ""}, {"0", "0", "1", ""}, {"1/6", "1/3", "1/3", "1/6"}};
    const char* says[] = {"k₁ = f(t, z)", "k₂ = f(t + h/2, z + h k₁/2)", "k₃ = f(t + h/2, z + h k₂/2)",
                          "k₄ = f(t + h, z + h k₃)", "z⁺ = z + h (k₁ + 2k₂ + 2k₃ + k₄)/6"};
    std::string svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 345\" width=\"1000\" height=\"345\" "
        "font-family=\"Helvetica, Arial, Liberation Sans, sans-serif\" font-size=\"20\" fill=\"#1f2933\">\n"
        "<rect width=\"1000\" height=\"345\" fill=\"#ffffff\"/>\n"
        "<text x=\"14\" y=\"33\" font-weight=\"bold\" font-size=\"22\">rk4&apos;s table: a row is a look at the field, "
        "the "
        "last "
        "row is the step</text>\n"
        "<path d=\"M150,80 V330 M70,278 H520\" stroke=\"#1f2933\" stroke-width=\"2\" fill=\"none\"/>\n";
    const auto write = [&](double x, double y, const std::string& words, const char* more) {
        if (!words.empty()) svg += text("<text x=\"", x, "\" y=\"", y, "\"", more, ">", words, "</text>\n");
    };
    write(110, 72, "c", " text-anchor=\"middle\" fill=\"#566270\"");
    write(330, 72, "a", " text-anchor=\"middle\" fill=\"#566270\"");
    write(110, 312, "b", " text-anchor=\"middle\" fill=\"#566270\"");
    for (int i = 0; i < 5; ++i) {
        const double y = i < 4 ? 108 + 48 * i : 312;
        write(110, y, c[i], " text-anchor=\"middle\"");
        for (int j = 0; j < 4; ++j) write(200 + 88 * j, y, a[i][j], " text-anchor=\"middle\"");
        write(570, y, says[i], i < 4 ? "" : " font-weight=\"bold\"");
    }
    std::ofstream(to + "/ode_tableau.svg") << svg << "</svg>\n";
}

void error_and_work(const std::string& to) {
    Plot plot({.x = "looks at the field", .y = "error after a turn of the circle", .log_x = true, .log_y = true});
    const auto add = [&](const char* name, const ode::Method& method, int stages, std::initializer_list<int> steps,
                         double width, bool dashed) {
        std::vector<double> work, error;
        for (const int n : steps) {
            const auto z = ode::solve(circle, std::array{1.0, 0.0}, {0, turn}, {.method = method, .steps = n}).end();
            work.push_back(stages * n), error.push_back(std::hypot(z[0] - 1, z[1]));
        }
        const std::string color = palette(plot.marks().size() / 2);
        plot.line(work, error, {.label = name, .color = color, .width = width, .dashed = dashed});
        plot.scatter(work, error, {.color = color, .width = width});
    };
    add("euler, order 1", ode::euler, 1, {16, 64, 256, 1024, 4096}, 1.5, false);
    add("heun2, order 2", ode::heun2, 2, {8, 32, 128, 512, 2048}, 2, true);
    add("rk4_classic, order 4", ode::rk4_classic, 4, {5, 16, 64, 256, 1024}, 2.5, false);
    add("tsit5, order 5", ode::tsit5, 6, {4, 12, 48, 192, 300}, 3, true);
    add("dop853, order 8", ode::dop853, 12, {2, 4, 8, 16, 32}, 3.5, false);
    save_svg(to + "/ode_work.svg", {plot}, {.title = "The higher the order, the cheaper the next digit"});
}

void stiff(const std::string& to) {
    const auto pulled = [](double t, std::span<const double> y, std::span<double> dy) {
        dy[0] = -50 * (y[0] - std::cos(t));
    };
    Plot plot({.x = "t", .y = "y"});
    std::vector<double> t = linspace(0, 1, 51), slow;
    for (const double s : t) slow.push_back(std::cos(s));
    plot.line(t, slow, {.label = "cos t, which y soon follows", .color = "#9aa3ad", .width = 6});
    for (const int steps : {20, 15}) {
        const std::vector<double> times = linspace(0, 1, steps + 1);
        const auto z = ode::solve(pulled, std::array{0.0}, times, {.method = ode::rk4_classic, .steps = steps});
        std::vector<double> y;
        for (int n = 0; n <= steps; ++n) y.push_back(z.at(n)[0]);
        const std::string color = palette(steps == 20 ? 0 : 1);
        plot.line(times, y,
                  {.label = text("rk4, ", steps, " steps"), .color = color, .width = 2.2, .dashed = steps == 15});
        plot.scatter(times, y, {.color = color, .width = steps == 20 ? 2.2 : 1.6});
    }
    plot.y_range(-12, 3);
    save_svg(to + "/ode_stiff.svg", {plot}, {.title = "Steps a little too long: the walk leaves the curve for ever"});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    euler(to);
    four_looks(to);
    tableau(to);
    error_and_work(to);
    stiff(to);
}
