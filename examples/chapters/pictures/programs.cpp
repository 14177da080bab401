// examples/chapters/pictures/programs.cpp — the pictures of autodiff/programs.md: a tape that grows, a program in its phases
//   programs FOLDER      programs_wrong.svg, programs_right.svg
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/chapters/pictures/cells.hpp"  // brings: Cells
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// The lines of a tape behind a solve of so many steps of rk4 and its gradient, by a route.
double lines_of_tape(int steps, const ode::Route& route) {
    Tape tape;
    const Parameter W("W", Tensor({2, 2}, {0, 1, -1, 0}));
    const auto field = [&](Var, Var z) { return tanh(matmul(z, z.tape().use(W), false, true)); };
    const Var end =
        ode::solve(tape, field, Tensor({4, 2}), {0, 1}, {.method = ode::rk4_classic, .gradient = route, .steps = steps})
            .end();
    grad(sum(end), W);
    return static_cast<double>(tape.operations().size());
}

void growth(const std::string& path) {
    std::vector<double> steps, at_every_stage, once;
    for (const int n : {1, 3, 10, 30, 100, 300}) {
        steps.push_back(n);
        at_every_stage.push_back(lines_of_tape(n, ode::direct));
        once.push_back(lines_of_tape(n, ode::discrete));
    }
    Plot plot({.x = "steps of rk4", .y = "lines on the tape", .log_x = true, .log_y = true});
    plot.line(steps, at_every_stage, {.label = "recorded at every stage", .color = palette(1), .width = 3})
        .scatter(steps, at_every_stage, {.color = palette(1), .width = 3})
        .line(steps, once, {.label = "recorded once, replayed", .color = palette(0), .width = 3, .dashed = true})
        .scatter(steps, once, {.color = palette(0), .width = 3});
    save_svg(path, {plot}, {.title = "Recorded at every stage, a tape grows with every step", .height = 340});
}

// f = tanh(z Wᵀ) and its pullback, the lines of to_text(program), a column for each phase.
void phases(const std::string& path) {
    Cells c("A program is cut by how often each of its lines is needed", 400);
    struct Column {
        const char *name, *often;
        std::vector<std::pair<std::string, const char*>> lines;  // and its home
    };
    const Column columns[] = {
        {"prologue", "once a solve", {{"transpose W", Cells::blue}}},
        {"forward", "at every stage", {{"matmul z Wᵀ", Cells::white}, {"tanh", Cells::orange}}},
        {"reverse",
         "every stage, backwards",
         {{"1 − tanh²", Cells::white}, {"w · that", Cells::orange}, {"cotangent of z", Cells::orange}}},
        {"sums", "several stages at once", {{"cotangent of W, +=", Cells::grey}}},
    };
    double x = 30;
    for (const Column& column : columns) {
        c.words(x, 84, column.name, "font-size='19' font-weight='bold'").words(x, 112, column.often);
        double y = 136;
        for (const auto& [line, home] : column.lines) {
            c.cell(x, y, line, home, 200);
            y += 50;
        }
        x += 242;
    }
    const std::pair<const char*, const char*> homes[] = {
        {"once", Cells::blue}, {"scratch", Cells::white}, {"slot", Cells::orange}, {"sum", Cells::grey}};
    x = 180;
    c.words(30, 341, "where it lives:");
    for (const auto& [name, fill] : homes) {
        c.cell(x, 317, name, fill, 120);
        x += 140;
    }
    c.words(30, 384,
            "once: for the whole solve.   scratch: until its memory is wanted.   slot: kept for each stage.   sum: "
            "added up.");
    c.save(path);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    growth(folder + "/programs_wrong.svg");
    phases(folder + "/programs_right.svg");
}
