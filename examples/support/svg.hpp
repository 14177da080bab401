// examples/support/svg.hpp — our own plotter: plots in, one small SVG file out
//   save_svg("out/fit.svg", {plot, phase_plane}, {.title = "Lynx and hare"});        panels side by side, axes aligned
// A sheet is 1000 pixels wide, text 16 high: fit for a slide. Its ground is white, so that a dark page leaves it legible.
// The same plots give the same bytes.
#pragma once
#include <string>
#include <vector>

#include "core/error.hpp"             // brings: Where
#include "examples/support/plot.hpp"  // brings: Plot, Style, Heat, palette, component, tabulate

namespace costate::support {

struct Sheet {
    std::string title = {};
    int columns = 0;          // panels side by side; 0: up to three, and four as two by two
    double height = 0;        // of the axes, in pixels of a sheet that is 1000 wide; 0: what suits their width
    bool one_legend = false;  // under the title, for all panels: each label once
};

std::string to_svg(const std::vector<Plot>& panels, const Sheet& sheet = {});
void save_svg(const std::string& path, const std::vector<Plot>& panels, const Sheet& sheet = {}, Where at = {});

}  // namespace costate::support
