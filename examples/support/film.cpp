#include "examples/support/film.hpp"

#include <cstdint>

#include "core/files/file.hpp"          // brings: replace_file
#include "examples/support/markup.hpp"  // brings: cat

namespace costate::support {

// Every frame is shown for its part of the film and hidden for the rest: one rule for all, begun one after the other.
std::string to_film(const std::vector<Plot>& frames, const Sheet& sheet, const Film& film) {
    if (frames.empty()) return to_svg(frames, sheet);
    const double whole = film.seconds + film.hold, each = film.seconds / static_cast<double>(frames.size());
    const double end = 100 * each / whole, last = 100 * (each + film.hold) / whole;
    std::string body, first = to_svg({frames[0]}, sheet);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const bool is_last = i + 1 == frames.size();
        body += cat("<g class='", is_last ? "frame last" : "frame",
                    "' style='animation-delay:", each * static_cast<double>(i), "s'>\n", to_svg({frames[i]}, sheet),
                    "</g>\n");
    }
    const std::size_t box = first.find("viewBox='"), close = first.find('\'', box + 9);
    const std::string view_box = first.substr(box, close + 1 - box);
    return cat("<svg xmlns='http://www.w3.org/2000/svg' width='", film.width, "' ", view_box, ">\n<style>\n",
               "@keyframes show{0%,", end, "%{opacity:1} ", end + 0.01, "%,100%{opacity:0}}\n", "@keyframes stay{0%,",
               last, "%{opacity:1} ", last + 0.01, "%,100%{opacity:0}}\n", ".frame{opacity:0;animation:show ", whole,
               "s infinite}\n.last{opacity:1;animation-name:stay}\n",
               "@media print,(prefers-reduced-motion:reduce){.frame{animation:none}}\n</style>\n", body, "</svg>\n");
}

void save_film(const std::string& path, const std::vector<Plot>& frames, const Sheet& sheet, const Film& film,
               Where at) {
    const std::string svg = to_film(frames, sheet, film);
    replace_file(path, std::vector<std::uint8_t>(svg.begin(), svg.end()), at);
}

}  // namespace costate::support
