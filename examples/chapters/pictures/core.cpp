// examples/chapters/pictures/core.cpp — the pictures of core/README.md: two orders of one sum; tensor, broadcasting, product
//   core FOLDER      core_wrong.svg, core_right.svg
#include <limits>
#include <string>
#include <vector>

#include "core/real.hpp"
#include "examples/chapters/pictures/cells.hpp"  // brings: Cells
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// 1 and 63 numbers of half a gap: their sum so far, without the 1, in gaps.
void two_orders(const std::string& path) {
    constexpr double gap = std::numeric_limits<double>::epsilon();
    std::vector<double> count, large_first, small_first;
    double from_1 = 1, from_0 = 0;
    for (int i = 0; i <= 63; ++i) {
        count.push_back(i);
        large_first.push_back((from_1 - 1) / gap);
        small_first.push_back(from_0 / gap);
        from_1 += gap / 2;
        from_0 += gap / 2;
    }
    Plot plot({.x = "numbers of half a gap that were added", .y = "sum so far, without the 1, in gaps"});
    plot.line(count, small_first, {.label = "the small ones first: 31.5 gaps, then the 1 comes", .width = 3})
        .line(count, large_first, {.label = "the 1 first: each half gap is rounded away", .width = 3, .dashed = true});
    save_svg(path, {plot}, {.title = "The same 64 numbers in two orders have two sums", .height = 340});
}

void shapes(const std::string& path) {
    Cells c("A tensor is a row of numbers: its shape says which of them is meant", 470);
    const char* blue = Cells::blue;
    const char* orange = Cells::orange;
    c.words(30, 76, "shape [3,2]").row(30, 90, {"1", "2"}).row(30, 126, {"3", "4"}, blue).row(30, 162, {"5", "6"});
    c.words(200, 76, "in memory, row by row").row(200, 126, {"1", "2"}).row(288, 126, {"3", "4"}, blue);
    c.row(376, 126, {"5", "6"}).words(200, 192, "(i, j) lies at 2 i + j");

    c.words(560, 76, "broadcasting: [3,2] + [2], the row repeats");
    c.row(560, 90, {"1", "2"}).row(560, 126, {"3", "4"}).row(560, 162, {"5", "6"}).words(660, 151, "+");
    c.row(690, 90, {"10", "20"}, orange)
        .row(690, 126, {"10", "20"}, orange, true)
        .row(690, 162, {"10", "20"}, orange, true);
    c.words(790, 151, "=").row(820, 90, {"11", "22"}).row(820, 126, {"13", "24"}).row(820, 162, {"15", "26"});

    c.words(30, 262, "matrix product: an entry is a row times a column, added up");
    c.row(30, 280, {"1", "2"}).row(30, 316, {"3", "4"}, blue).row(30, 352, {"5", "6"}).words(134, 341, "×");
    c.cell(170, 298, "7")
        .cell(214, 298, "8", orange)
        .cell(170, 334, "9")
        .cell(214, 334, "0", orange)
        .words(276, 341, "=");
    c.row(310, 280, {"25", "8"}).cell(310, 316, "57").cell(354, 316, "24", Cells::grey).row(310, 352, {"89", "40"});
    c.words(430, 341, "24 = 3 · 8 + 4 · 0");
    c.words(30, 440, "solid: numbers in memory; dashed: the same numbers, read again");
    c.save(path);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    two_orders(folder + "/core_wrong.svg");
    shapes(folder + "/core_right.svg");
}
