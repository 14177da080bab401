// examples/chapters/pictures/canvas.hpp — what drawings of boxes share: a title, words, a white sheet that is 1000 wide
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"       // brings: text
#include "core/files/file.hpp"  // brings: replace_file

namespace costate::support {

template <class Kind>  // of drawing: words and marks are a chain of its own calls
class Canvas {
public:
    Kind& words(double x, double y, const std::string& what, const std::string& more = "font-size='17'") {
        marks_ += text("<text x='", x, "' y='", y, "' ", more, ">", what, "</text>\n");
        return static_cast<Kind&>(*this);
    }
    void save(const std::string& path) const {
        const std::string svg =
            text("<svg xmlns='http://www.w3.org/2000/svg' width='1000' height='", height_, "' viewBox='0 0 1000 ",
                 height_, "' font-family='Helvetica, Arial, Liberation Sans, sans-serif' fill='#1f2933'>\n",
                 "<rect width='100%' height='100%' fill='#ffffff'/>\n", below_, marks_, "</svg>\n");
        replace_file(path, std::vector<std::uint8_t>(svg.begin(), svg.end()), {});
    }

protected:
    Canvas(const std::string& title, double height) : height_(height) {
        words(14, 34, title, "font-size='22' font-weight='bold'");
    }

    double height_;
    std::string below_, marks_;  // what marks are drawn over; marks, in order
};

}  // namespace costate::support
