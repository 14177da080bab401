// examples/support/svg.hpp — our own plotter: plots in, one small SVG file out
//   save_svg("out/fit.svg", {plot, phase_plane}, {.title = "Lynx and hare"});        panels side by side, axes aligned
#pragma once
#include <string>
#include <vector>

#include "core/error.hpp"             // brings: Where
#include "examples/support/plot.hpp"  // brings: Plot, Style, palette

namespace costate::support {

struct Sheet {
    std::string title = {};
    int columns = 3;  // panels side by side before a new row begins
    double panel_width = 440, panel_height = 330;
};

std::string to_svg(const std::vector<Plot>& panels, const Sheet& sheet = {});
void save_svg(const std::string& path, const std::vector<Plot>& panels, const Sheet& sheet = {}, Where at = {});

}  // namespace costate::support
