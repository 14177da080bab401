// examples/chapters/pictures/operators.cpp — the pictures of autodiff/operators.md: a value off the tape, its rule; parts
//   operators FOLDER      operators_wrong.svg, operators_right.svg, operators_parts.svg
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: grad
#include "autodiff/operators.hpp"
#include "core/kernels/map.hpp"                  // brings: map
#include "examples/chapters/pictures/cells.hpp"  // brings: Cells
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

constexpr double e = 0.8;

double newton(double M) {  // the E of E − e sin E = M
    double E = 3.141592653589793;
    for (int n = 0; n < 50; ++n) E -= (E - e * std::sin(E) - M) / (1 - e * std::cos(E));
    return E;
}

struct Kepler {
    static constexpr const char* name = "kepler";
    bool operator==(const Kepler&) const = default;
    Shape shape(const Shape& M, Where) const { return M; }
    void eval(const View& M, const MutableView& E) const {
        map([](Real m) { return static_cast<Real>(newton(m)); }, E, M);
    }
    Var jvp(Var, Var E, Var dM) const { return dM / (1 - e * cos(E)); }
    Var vjp(Var, Var E, Var gE, Needs) const { return gE / (1 - e * cos(E)); }
};

// Along M from 0 to 2π: E; its first and its second slope by differences, by the rule; what a tape without a rule says.
struct Curves {
    std::vector<double> M, E, differences, second_differences, rule, second, without_rule;
};
Curves curves(int points) {
    Curves c;
    for (int i = 0; i <= points; ++i) {
        const double m = 2 * 3.141592653589793 * (i + 0.5) / (points + 1), h = 1e-4;
        c.M.push_back(m), c.E.push_back(newton(m));
        c.differences.push_back((newton(m + h) - newton(m - h)) / (2 * h));
        c.second_differences.push_back((newton(m + h) - 2 * newton(m) + newton(m - h)) / (h * h));
        Tape tape;
        const Var M = tape.variable(m), by_rule = record(Kepler{}, M), slope = grad(by_rule, M);
        c.rule.push_back(double(slope.item())), c.second.push_back(double(grad(slope, M).item()));
        const Var off_tape = M + e * sin(tape.constant(newton(m)));  // E = M + e sin E, with E from elsewhere
        c.without_rule.push_back(double(grad(off_tape, M).item()));
    }
    return c;
}

void slopes(const std::string& to) {
    const Curves line = curves(800), dots = curves(24);
    Plot value({.title = "Value: E = M + e sin E, e = 0.8", .x = "M", .y = "E"});
    value.line(line.M, line.E, {.label = "E, by Newton's iteration", .color = palette(0), .width = 3});
    Plot wrong({.title = "Its slope", .x = "M", .y = "dE/dM"});
    wrong.scatter(dots.M, dots.differences, {.label = "by differences", .color = palette(0), .width = 3})
        .line(line.M, line.without_rule,
              {.label = "the tape: always 1", .color = palette(1), .width = 3, .dashed = true})
        .y_range(0, 4);
    save_svg(to + "/operators_wrong.svg", {value, wrong},
             {.title = "A value that was computed off the tape is right, its slope is not"});

    Plot first({.title = "First slope", .x = "M", .y = "dE/dM"}),
        second({.title = "Second slope", .x = "M", .y = "d²E/dM²"});
    first.scatter(dots.M, dots.differences, {.label = "by differences", .color = palette(0), .width = 3})
        .line(line.M, line.rule, {.label = "by the rule", .color = palette(2), .width = 3})
        .y_range(0, 5.5);
    second.scatter(dots.M, dots.second_differences, {.label = "differences", .color = palette(0), .width = 3})
        .line(line.M, line.second, {.label = "by the rule of the rule", .color = palette(2), .width = 3});
    save_svg(to + "/operators_right.svg", {first, second},
             {.title = "With a rule of one line beside it, every slope is right"});
}

void parts(const std::string& to) {
    Cells c("A part takes entries out; its cotangent puts them back, among zeros", 410);
    c.words(30, 84, "x").row(30, 100, {"1", "2", "3"}).row(30, 136, {"4", "5", "6"}, Cells::blue);
    c.words(230, 84, "gather rows 1, 0, 1").row(230, 100, {"4", "5", "6"}, Cells::blue);
    c.row(230, 136, {"1", "2", "3"}).row(230, 172, {"4", "5", "6"}, Cells::blue);
    c.words(230, 252, "x̄: row 1 was taken twice").row(230, 268, {"1", "1", "1"});
    c.row(230, 304, {"2", "2", "2"}, Cells::blue);
    c.words(530, 84, "column 2").row(530, 100, {"3"}, Cells::orange).row(530, 136, {"6"}, Cells::orange);
    c.words(530, 252, "x̄").row(530, 268, {"0", "0"}).cell(618, 268, "1", Cells::orange);
    c.row(530, 304, {"0", "0"}).cell(618, 304, "1", Cells::orange);
    c.words(780, 84, "x[1][2]").row(780, 100, {"6"}, Cells::grey);
    c.words(780, 252, "x̄").row(780, 268, {"0", "0", "0"}).row(780, 304, {"0", "0"}).cell(868, 304, "1", Cells::grey);
    c.words(30, 388, "above: what a part takes of x;  below: the gradient by x of the sum of what was taken");
    c.save(to + "/operators_parts.svg");
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    slopes(to);
    parts(to);
}
