// examples/chapters/pictures/cells.hpp — rows of cells, as memory has them: boxes with a number, words, arrows
//   Cells cells("A tensor is a row of numbers", 320);       1000 wide, 320 high
//   cells.cell(80, 90, "3", pale).words(80, 60, "in memory").save("figures/core_right.svg");
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"       // brings: text
#include "core/files/file.hpp"  // brings: replace_file

namespace costate::support {

class Cells {
public:
    static constexpr const char *white = "#ffffff", *blue = "#c9dff0", *orange = "#f8dcc4", *grey = "#e9edf2";

    Cells(const std::string& title, double height) : height_(height) {
        words(14, 34, title, "font-size='22' font-weight='bold'");
    }
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
    Cells& words(double x, double y, const std::string& what, const std::string& more = "font-size='17'") {
        marks_ += text("<text x='", x, "' y='", y, "' ", more, ">", what, "</text>\n");
        return *this;
    }
    Cells& down(double x, double from, double to) {
        marks_ += text("<path d='M", x, ",", from, " V", to - 10, "' stroke='#1f2933' stroke-width='2'/>\n<path d='M",
                       x, ",", to, " l-6,-12 h12 Z' fill='#1f2933'/>\n");
        return *this;
    }
    void save(const std::string& path) const {
        const std::string svg =
            text("<svg xmlns='http://www.w3.org/2000/svg' width='1000' height='", height_, "' viewBox='0 0 1000 ",
                 height_, "' font-family='Helvetica, Arial, Liberation Sans, sans-serif' fill='#1f2933'>\n",
                 "<rect width='100%' height='100%' fill='#ffffff'/>\n", marks_, "</svg>\n");
        replace_file(path, std::vector<std::uint8_t>(svg.begin(), svg.end()), {});
    }

private:
    double height_;
    std::string marks_;
};

}  // namespace costate::support
