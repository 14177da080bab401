// examples/course/pages.cpp — pages to play with: three tapes, step by step, and two sliders over time
//   pages FOLDER     writes tape_sum.html, tape_neuron.html, tape_step.html, adjoint.html, drift.html and index.html
// Look for: sums that wait for all their parts; a and g, which are walked backwards; a path that does not come back.
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/pictures/page.hpp"   // brings: to_html_section, html_page
#include "core/files/file.hpp"          // brings: replace_file
#include "core/linspace.hpp"            // brings: linspace
#include "examples/course/tapes.hpp"    // brings: tape_of_sums, tape_of_a_neuron
#include "examples/support/slider.hpp"  // brings: Slider
#include "ode/plain.hpp"                // brings: solve without a tape

using namespace costate;
using support::Plot, support::Slider, support::Veil;

namespace {

void save(const std::string& path, const std::string& page) {
    replace_file(path, std::vector<std::uint8_t>(page.begin(), page.end()));
    std::printf("%s\n", path.c_str());
}

// z' = θ z (1 − z), a step of length 1 from z = 0.1
std::string euler_step() {
    Tape tape;
    const Var z = tape.variable(0.1), theta = tape.variable(1.0), h = tape.constant(1.0);
    const Var one = tape.constant(1.0);
    const Var room = one - z;
    const Var product = z * room;
    const Var f = theta * product;
    const Var change = h * f;
    const Var next = z + change;
    return to_html_section(tape, {.title = "A step of Euler's: z⁺ = z + h θ z (1 − z)",
                                  .of = next,
                                  .names = {{z, "z"},
                                            {theta, "θ"},
                                            {h, "h"},
                                            {one, "1"},
                                            {room, "1−z"},
                                            {product, "z(1−z)"},
                                            {f, "f"},
                                            {change, "hf"},
                                            {next, "z⁺"}},
                                  .id = "euler"});
}

std::string rk4_step() {
    Tape tape;
    const Var z = tape.variable(0.1), theta = tape.variable(1.0);
    const double h = 1;
    const auto f = [theta](Var state) { return theta * state * (1 - state); };
    const Var k1 = f(z), z2 = z + h / 2 * k1;
    const Var k2 = f(z2), z3 = z + h / 2 * k2;
    const Var k3 = f(z3), z4 = z + h * k3;
    const Var k4 = f(z4), next = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    return to_html_section(tape, {.title = "A step of rk4, of the same field",
                                  .of = next,
                                  .names = {{z, "z"},
                                            {theta, "θ"},
                                            {k1, "k1"},
                                            {z2, "z2"},
                                            {k2, "k2"},
                                            {z3, "z3"},
                                            {k3, "k3"},
                                            {z4, "z4"},
                                            {k4, "k4"},
                                            {next, "z⁺"}},
                                  .id = "rk4"});
}

// z' = θ z (1 − z) from 0.1 at θ = 1, seen at t = 0, 1, 2, 3: L = Σ z(t_i)², as in ode/adjoint.md. The times begin at 3 and
// go down, as the walk does; each of those seen stands there twice, without and with its jump.
Slider adjoint() {
    const auto growth = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[0] * (1 - z[0]); };
    const auto backward = [](double, std::span<const double> s, std::span<double> ds) {
        const double z = s[0], a = s[1];
        ds[0] = z * (1 - z);
        ds[1] = -a * (1 - 2 * z);  // adjoint (3)
        ds[2] = -a * z * (1 - z);  // adjoint (5)
    };
    const ode::SolveOptions tight{.rtol = 1e-9, .atol = 1e-12};
    Slider slider{
        .title = "Growth, seen four times, and its adjoint: who is to blame for L = Σ z(t_i)²?",
        .says =
            "z' = θ z (1 − z), θ = 1, was solved forwards, from 0.1. Move t from the right to the left, as the walk "
            "goes: a is 0 at "
            "first, jumps by 2 z where z was seen, and shrinks or grows between; g adds up on the way.",
        .height = 170};
    std::vector<double> z, a, g;
    const auto put = [&](double t, const std::array<double, 3>& s, const char* note) {
        slider.x.push_back(t), z.push_back(s[0]), a.push_back(s[1]), g.push_back(s[2]), slider.notes.push_back(note);
    };
    std::array s{ode::solve(growth, std::array{0.1}, {0, 3}, tight).end()[0], 0.0, 0.0};
    for (int seen = 3; seen >= 0; --seen) {
        put(seen, s,
            seen == 3 ? "behind the last observation nothing depends on z: a = 0, g = 0"
                      : "seen here: before the jump");
        s[1] += 2 * s[0];  // adjoint (4)
        put(seen, s, seen == 0 ? "after the jump: a is dL/dz0, and g is dL/dθ" : "seen here: a has jumped by 2 z");
        if (seen == 0) break;
        const std::vector<double> times = linspace(seen, seen - 1, 51);
        const auto path = ode::solve(backward, s, times, tight).z;
        for (std::size_t i = 1; i + 1 < path.size(); ++i) put(times[i], path[i], "");
        s = path.back();
    }
    std::reverse(slider.x.begin(), slider.x.end());
    std::reverse(slider.notes.begin(), slider.notes.end());
    for (std::vector<double>* list : {&z, &a, &g}) std::reverse(list->begin(), list->end());
    const std::vector<double> seen{0, 1, 2, 3};
    std::vector<double> seen_z;
    for (const double t : seen) seen_z.push_back(1 / (1 + 9 * std::exp(-t)));
    slider.panels.push_back({Plot({.title = "the state, and where it was seen"}), {{"z", z, support::palette(0)}}});
    slider.panels.back().plot.scatter(seen, seen_z, {.color = support::palette(0), .width = 2.5});
    slider.panels.push_back(
        {Plot({.title = "∂L/∂z(t), walked backwards"}), {{"a", a, support::palette(1)}}, Veil::before});
    slider.panels.push_back(
        {Plot({.title = "dL/dθ as far as it has come"}), {{"g", g, support::palette(2)}}, Veil::before});
    return slider;
}

// x' = −θ x, y' = x from (1, 0) at θ = 1, L = y(30), the drift of the route backsolve: x solved back from its end.
Slider drift() {
    const auto forward = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = -z[0], dz[1] = z[0]; };
    const auto backward = [](double, std::span<const double> s, std::span<double> ds) {  // x, y, a of x, g; a of y is 1
        ds[0] = -s[0], ds[1] = s[0];
        ds[2] = s[2] - 1;     // adjoint (3): −(−a_x + a_y)
        ds[3] = s[2] * s[0];  // adjoint (5): −a_x (−x)
    };
    constexpr double T = 30;
    Slider slider{
        .title = "At T = 30 the path that comes back is not the one that went",
        .says =
            "x' = −θx, y' = x from (1, 0), θ = 1, L = y(30). Move t from the right to the left: x is solved backwards "
            "from its "
            "end, where all starts end near 0. Going back, its error grows like e^t, and g, which should come to −1, "
            "is summed along the wrong path.",
        .height = 240};
    const auto end = ode::solve(forward, std::array{1.0, 0.0}, {0, T}).end();
    std::vector<double> times = linspace(T, 0, 301), true_x, back_x, true_g, back_g;
    const auto path = ode::solve(backward, std::array{end[0], end[1], 0.0, 0.0}, times).z;
    for (std::size_t i = times.size(); i-- > 0;) {
        const double t = times[i];
        slider.x.push_back(t);
        true_x.push_back(std::exp(-t));
        back_x.push_back(std::abs(path[i][0]));
        true_g.push_back(std::exp(-T) * (1 + T - t) - std::exp(-t));
        back_g.push_back(path[i][3]);
    }
    slider.panels.push_back(
        {Plot({.title = "x(t)", .log_y = true}),
         {{"x, true", true_x, support::palette(0)}, {"|x|, solved back", back_x, support::palette(1), true}},
         Veil::before});
    slider.panels.push_back(
        {Plot({.title = "dL/dθ as far as it has come"}),
         {{"g, true", true_g, support::palette(0)}, {"g, solved back", back_g, support::palette(1), true}},
         Veil::before});
    return slider;
}

std::string page_of(const Slider& slider) {
    return html_page(slider.title, to_html_section(slider), page_style() + support::slider_style(),
                     support::slider_script());
}

std::string index() {
    constexpr const char* pages[][2] = {{"tape_sum.html", "b = a + a, c = b + b, and the wrong walk that finds 6"},
                                        {"tape_neuron.html", "a neuron"},
                                        {"tape_step.html", "one step of a field: Euler's, and rk4's"},
                                        {"adjoint.html", "z, a and g over time"},
                                        {"drift.html", "a path that does not come back"}};
    std::string list;
    for (const auto& [file, words] : pages) list += text("<li><a href='", file, "'>", words, "</a></li>\n");
    return html_page("costate: pages to play with", "<h1>Pages to play with</h1>\n<ul>\n" + list + "</ul>\n",
                     page_style(), "");
}

}  // namespace

int main(int count, char** words) try {
    const std::string folder = count > 1 ? words[1] : "out/pages";
    save(folder + "/tape_sum.html", html_page(course::sum_title, course::tape_of_sums("tape")));
    save(folder + "/tape_neuron.html", html_page(course::neuron_title, course::tape_of_a_neuron("tape")));
    save(folder + "/tape_step.html", html_page("One step of a field", euler_step() + rk4_step()));
    save(folder + "/adjoint.html", page_of(adjoint()));
    save(folder + "/drift.html", page_of(drift()));
    save(folder + "/index.html", index());
} catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
