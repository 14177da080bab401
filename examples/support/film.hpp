// examples/support/film.hpp — a film in one SVG file: its frames lie on one another, and CSS shows them in turn
//   save_film("out/flow.svg", frames, {.title = "From noise to data"});     a Plot for each frame
// Printed, or where nothing moves, it is a picture: the last frame.
#pragma once
#include <string>
#include <vector>

#include "examples/support/svg.hpp"  // brings: Plot, Sheet, to_svg

namespace costate::support {

struct Film {
    double seconds = 3;  // from the first frame to the last
    double hold = 2;     // so long the last one stays
    double width = 480;  // of the whole, in pixels
};

std::string to_film(const std::vector<Plot>& frames, const Sheet& sheet = {}, const Film& film = {});
void save_film(const std::string& path, const std::vector<Plot>& frames, const Sheet& sheet = {}, const Film& film = {},
               Where at = {});

}  // namespace costate::support
