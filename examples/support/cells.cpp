#include "examples/support/cells.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "core/files/file.hpp"  // brings: read_file

namespace costate::support {

namespace {

std::string_view without(std::string_view text, std::string_view blanks) {
    const std::size_t first = text.find_first_not_of(blanks);
    return first == text.npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string field_of(std::string_view text, char separator) {
    text = without(text, separator == '\t' ? " " : " \t");
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    std::string field(text.substr(1, text.size() - 2));
    for (std::size_t at = 0; (at = field.find("\"\"", at)) != field.npos; ++at) field.erase(at, 1);
    return field;
}

}  // namespace

std::string text_of_file(const std::string& path, Where at) {
    const std::vector<std::uint8_t> bytes = read_file(path, at);
    return {bytes.begin(), bytes.end()};
}

std::vector<Line> lines_of(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // the byte-order mark that spreadsheets write
    std::vector<Line> lines;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        const std::string_view line = text.substr(0, end), inner = without(line, " \t");
        if (!inner.empty() && inner.front() != '#') lines.push_back({number, without(line, " ")});
        text.remove_prefix(end);
        text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
    }
    return lines;
}

std::vector<std::string> split(std::string_view line, char separator) {
    std::vector<std::string> fields;
    bool within = false;  // quotes
    std::size_t first = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') within = !within;
        if (line[i] != separator || within) continue;
        fields.push_back(field_of(line.substr(first, i - first), separator));
        first = i + 1;
    }
    fields.push_back(field_of(line.substr(first), separator));
    return fields;
}

char separator_of(std::string_view header) {
    for (const char separator : {';', '\t'})
        if (split(header, separator).size() > 1) return separator;
    return ',';
}

bool is_number(std::string_view field, double& value, char decimal) {
    std::string with_point;
    if (decimal != '.') {
        with_point = field;
        std::replace(with_point.begin(), with_point.end(), decimal, '.');  // a second one is no number
        field = with_point;
    }
    if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
    // from_chars does not ask the locale; it says only that a number is out of range, not on which side.
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error == std::errc::result_out_of_range) value = std::strtod(std::string(field).c_str(), nullptr);
    return error != std::errc::invalid_argument && end == field.data() + field.size();
}

std::string in_quotes(std::string_view text) { return std::string(1, '\'').append(text).append(1, '\''); }

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all.append(all.empty() ? "" : ", ").append(name);
    return all;
}

std::string exact_text(double value) {
    char text[32];
    return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

}  // namespace costate::support
