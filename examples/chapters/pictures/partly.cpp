// examples/chapters/pictures/partly.cpp — the pictures of ode/partly.md: how often the half that is not stiff is asked
//   partly FOLDER        partly_wrong.svg, partly_right.svg
#include <cmath>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

constexpr std::size_t cells = 60;  // u, v, u, v, ... along a line, as in examples/chapters/partly.cpp
constexpr double end = 10;

void spread(double, std::span<const double> y, std::span<double> dy) {
    for (std::size_t i = 0; i < 2 * cells; ++i) {
        const double outside = i % 2 ? 3 : 1, left = i < 2 ? outside : y[i - 2];
        const double right = i + 2 < 2 * cells ? y[i + 2] : outside;
        dy[i] = 0.02 * double((cells + 1) * (cells + 1)) * (left - 2 * y[i] + right);
    }
}
struct React {
    long* asked;
    void operator()(double, std::span<const double> y, std::span<double> dy) const {
        ++*asked;
        for (std::size_t i = 0; i < 2 * cells; i += 2) {
            const double made = y[i] * y[i] * y[i + 1];
            dy[i] = 1 + made - 4 * y[i], dy[i + 1] = 3 * y[i] - made;
        }
    }
};

struct Bill {  // how often the reaction was asked until t, step by step
    std::vector<double> t{0}, asked{0};
};
Bill bill_of(const ode::Method& method) {
    std::vector<double> start(2 * cells);
    for (std::size_t i = 0; i < cells; ++i)
        start[2 * i] = 1 + std::sin(2 * 3.14159265358979 * double(i + 1) / (cells + 1)), start[2 * i + 1] = 3;
    long asked = 0;
    Bill bill;
    auto law = ode::halves(spread, React{&asked});
    ode::Stepper stepper(law, start, {0, end}, {.method = method, .rtol = 1e-5, .atol = 1e-5});
    while (stepper.step()) bill.t.push_back(stepper.t()), bill.asked.push_back(double(asked));
    return bill;
}

void draw(const std::vector<ode::Method>& methods, const std::string& path, const char* title) {
    Plot plot({.title = "How often is the reaction asked until t?", .x = "t", .y = "times"});
    for (std::size_t i = 0; i < methods.size(); ++i) {
        const Bill bill = bill_of(methods[i]);
        const std::string steps = text(methods[i].name, ", ", bill.t.size() - 1, " steps");
        plot.line(bill.t, bill.asked, {.label = steps, .color = palette(int(i)), .width = 2});
        if (bill.t.size() < 100) plot.scatter(bill.t, bill.asked, {.color = palette(int(i)), .width = 2.6});
    }
    plot.x_range(0, end).y_range(0, 5200);
    save_svg(path, {plot}, {.title = title, .height = 260});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    draw({ode::tsit5, ode::kencarp4}, to + "/partly_wrong.svg",
         "The reaction is asked in every round and for every slope, though nothing of it is stiff");
    draw({ode::tsit5, ode::kencarp4, ode::kencarp4_imex}, to + "/partly_right.svg",
         "The stiff half is an equation, the other half is asked once a stage");
}
