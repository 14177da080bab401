// examples/chapters/pictures/bits.cpp — the pictures of core/bits.md: what tiles make of a sum, and ranges of rows
//   bits FOLDER      bits_wrong.svg, bits_right.svg
#include <limits>
#include <string>
#include <vector>

#include "core/kernels/reduce.hpp"               // brings: sum
#include "core/tensor.hpp"                       // brings: Tensor
#include "examples/chapters/pictures/cells.hpp"  // brings: Cells
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// 1 and 63 numbers of half a gap, each thread adds a tile, then the tiles are added.
void tiles(const std::string& path) {
    constexpr Real gap = std::numeric_limits<Real>::epsilon();
    Tensor x({64}, gap / 2), part;
    x[0] = 1;
    std::vector<double> place, gaps;
    std::vector<std::string> names;  // 1, 2, 4, ...: so many threads
    for (Index n = 1; n <= 32; n *= 2) {
        Real total = 0;
        for (Index first = 0; first < 64; first += 64 / n) {
            sum(x.rows(first, 64 / n), 1, part.view());
            total += part[0];
        }
        names.push_back(text(n));
        place.push_back(static_cast<double>(names.size()));
        gaps.push_back(static_cast<double>((total - 1) / gap));
    }
    Plot plot({.x = "threads, a tile of the numbers each", .y = "gaps above 1"});
    plot.line({1, 6}, {31.5, 31.5}, {.label = "exactly", .color = "#1f2933", .width = 2, .dashed = true})
        .line(place, gaps, {.color = palette(1), .width = 1.5})
        .scatter(place, gaps, {.label = "added by so many threads", .color = palette(1), .width = 5})
        .y_range(-2, 36)
        .names_on_x(names);
    save_svg(path, {plot}, {.title = "Every number of threads has a sum of its own", .height = 340});
}

void ranges(const std::string& path) {
    Cells c("The rows alone decide where a sum is cut, so any threads agree", 400);
    const char* fills[] = {Cells::blue, Cells::orange, Cells::grey};
    const char* labels[] = {"rows 0 ... 31", "rows 32 ... 63", "64 ... 89"};
    const double widths[] = {340, 340, 200};
    double x = 30;
    c.words(30, 84, "90 rows: ranges of max(32, ⌈90 / 8⌉) = 32");
    for (int i = 0; i < 3; ++i) {
        c.cell(x, 100, labels[i], fills[i], widths[i]).down(x + widths[i] / 2, 136, 196);
        c.cell(x + widths[i] / 2 - 75, 196, text("p", i, " = one chain"), fills[i], 150);
        x += widths[i];
    }
    c.words(500, 292, "sum = (p0 + p1) + p2", "font-size='22' text-anchor='middle'");
    c.words(30, 340,
            "one thread: p0, then p1, then p2.    two threads: p0 and p1, p2 by who is free.    three: one each.");
    c.words(30, 372, "Who added a range, and when, is nowhere in the formula.");
    c.save(path);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    tiles(folder + "/bits_wrong.svg");
    ranges(folder + "/bits_right.svg");
}
