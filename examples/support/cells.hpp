// examples/support/cells.hpp — a text as lines, a line as fields, a field as a number
//   for (const Line& line : lines_of(text)) for (const std::string& field : split(line.text, ',')) ...
// LF, CR or both end a line; a byte-order mark, blank lines and lines that begin with '#' do not count. Blanks around fields
// and quotes around them go; what is quoted may hold the separator, and "" for a quote.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"  // brings: Where

namespace costate::support {

struct Line {
    int number;  // from 1 on, of all lines
    std::string_view text;
};

std::string text_of_file(const std::string& path, Where at);
std::vector<Line> lines_of(std::string_view text);
std::vector<std::string> split(std::string_view line, char separator);
char separator_of(std::string_view header);  // ';', a tab or ','; what stands between quotes is none

// The whole field, or nothing: "1.5 kg" and "1,5" are no numbers; with the decimal mark ',' "1,5" is. What is out of range is
// one: 1e400 is infinite, 1e-400 is 0.
bool is_number(std::string_view field, double& value, char decimal = '.');

std::string in_quotes(std::string_view text);
std::string joined(const std::vector<std::string>& names);  // "a, b, c"
std::string exact_text(double value);                       // as many digits as tell it from its neighbours

}  // namespace costate::support
