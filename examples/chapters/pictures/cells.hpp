// examples/chapters/pictures/cells.hpp — rows of cells, as memory has them: boxes with a number, words, arrows
//   Cells cells("A tensor is a row of numbers", 320);       1000 wide, 320 high
//   cells.cell(80, 90, "3", pale).words(80, 60, "in memory").save("figures/core_right.svg");
#pragma once
#include <string>
#include <vector>

#include "examples/chapters/pictures/canvas.hpp"  // brings: Canvas, text

namespace costate::support {

class Cells : public Canvas<Cells> {
public:
    static constexpr const char *white = "#ffffff", *blue = "#c9dff0", *orange = "#f8dcc4", *grey = "#e9edf2";

    Cells(const std::string& title, double height) : Canvas(title, height) {}
    // Of `width` × 36 pixels, its upper left corner at (x, y); a repeated one has a dashed border.
    Cells& cell(double x, double y, const std::string& label, const char* fill = white, double width = 44,
                bool repeated = false) {
        marks_ += text("<rect x='", x, "' y='", y, "' width='", width, "' height='36' fill='", fill,
                       "' stroke='#1f2933' stroke-width='1.5'", repeated ? " stroke-dasharray='5 4'" : "", "/>\n");
        return words(x + width / 2, y + 25, label, "font-size='18' text-anchor='middle'");
    }
    Cells& row(double x, double y, const std::vector<std::string>& labels, const char* fill = white,
               bool repeated = false) {
        for (std::size_t i = 0; i < labels.size(); ++i)
            cell(x + 44 * static_cast<double>(i), y, labels[i], fill, 44, repeated);
        return *this;
    }
    Cells& down(double x, double from, double to) {
        marks_ += text("<path d='M", x, ",", from, " V", to - 10, "' stroke='#1f2933' stroke-width='2'/>\n<path d='M",
                       x, ",", to, " l-6,-12 h12 Z' fill='#1f2933'/>\n");
        return *this;
    }
};

}  // namespace costate::support
