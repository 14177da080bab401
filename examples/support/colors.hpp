// examples/support/colors.hpp — the colours of series, and those that stand for a number
//   palette(0) = "#0072b2", ...             seven that colour-blind readers can tell apart
//   color_at(ColorMap::viridis, 0) = {68, 1, 84}   red, green, blue, for a share from 0 to 1
// source   palette: Okabe & Ito, "Color Universal Design" (2008); viridis: S. van der Walt & N. Smith (2015, CC0), every
//          ninth of it; diverging: C. Brewer's RdBu, seven classes
#pragma once
#include <array>
#include <string>

namespace costate::support {

std::string palette(std::size_t i);  // the colour of the i-th series; repeats after seven

enum class ColorMap {
    viridis,    // small is dark blue, large is yellow: as grey it rises, too
    diverging,  // blue, white, red: for what has a middle, such as 0
    pale        // the palest blue, white, the palest orange: regions behind points
};

std::array<unsigned char, 3> color_at(ColorMap map, double share);  // red, green, blue

}  // namespace costate::support
