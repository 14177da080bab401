// examples/support/markup.hpp — pieces of SVG as text
//   cat("M", 1.5, " ", 2.0) = "M1.5 2"         numbers have two decimals at most
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "examples/support/plot.hpp"  // brings: Style

namespace costate::support {

// Sizes in pixels of a sheet that is 1000 wide: 16 is what the last row of a lecture hall can read.
constexpr double text_size = 16, title_size = 18, sheet_title_size = 22;
double text_width(std::string_view text, double size = text_size);  // on average: SVG cannot be asked

// In lines that are no wider than that, broken at a blank if there is one, else anywhere; nothing is lost. "": no line.
std::vector<std::string> wrapped(std::string_view text, double width, double size = text_size);

void append(std::string& out, std::string_view text);
void append(std::string& out, double pixels);

template <class... Parts>
std::string cat(const Parts&... parts) {
    std::string out;
    (append(out, parts), ...);
    return out;
}

std::string escaped(std::string_view text);  // as XML accepts it
std::string text_at(double x, double y, const std::string& text, const std::string& attributes = "");
std::string stroked(const std::string& path, const Style& style);
std::string filled(const std::string& path, const Style& style);
std::string dot(double x, double y, const Style& style);

}  // namespace costate::support
