#include "examples/support/markup.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace costate::support {

namespace {

// Bytes of the UTF-8 character that begins the text; 0 when none does.
std::size_t character_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    for (std::size_t i = 1; i < length; ++i)
        if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
    return length;
}

std::string opacity(const Style& style) { return style.opacity < 1 ? cat("' opacity='", style.opacity) : ""; }

}  // namespace

double text_width(std::string_view text, double size) {
    const auto characters = std::count_if(text.begin(), text.end(), [](char c) {  // UTF-8: not its second bytes
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    return 0.58 * size * static_cast<double>(characters);
}

std::vector<std::string> wrapped(std::string_view text, double width, double size) {
    std::vector<std::string> lines;
    const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    while (!text.empty()) {
        std::size_t end = 0, blank = 0;  // of the longest beginning that fits; of its last word
        for (std::size_t i = 1; i <= text.size(); ++i) {
            if (i < text.size() && !begins_character(text[i])) continue;
            if (end > 0 && text_width(text.substr(0, i), size) > width) break;
            end = i;
            if (i < text.size() && text[i] == ' ') blank = i;
        }
        if (end < text.size() && blank > 0) end = blank;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
        if (text.starts_with(' ')) text.remove_prefix(1);
    }
    return lines;
}

void append(std::string& out, std::string_view text) { out += text; }

void append(std::string& out, double pixels) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", pixels);
    out += text;
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
}

// No markup, no control characters, and a "?" for what is not UTF-8.
std::string escaped(std::string_view text) {
    constexpr std::string_view special = "&<>'";
    const char* const names[] = {"&amp;", "&lt;", "&gt;", "&apos;"};
    std::string out;
    while (!text.empty()) {
        const std::size_t length = character_length(text), found = special.find(text.front());
        if (found != special.npos)
            out += names[found];
        else if (static_cast<unsigned char>(text.front()) >= ' ')
            out += length > 0 ? text.substr(0, length) : "?";
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
    return out;
}

std::string text_at(double x, double y, const std::string& text, const std::string& attributes) {
    return text.empty() ? "" : cat("<text x='", x, "' y='", y, "' ", attributes, ">", escaped(text), "</text>\n");
}

std::string stroked(const std::string& path, const Style& style) {
    if (path.empty()) return "";
    return cat("<path d='", path, "' fill='none' stroke='", escaped(style.color), "' stroke-width='", style.width,
               "' stroke-linejoin='round' stroke-linecap='round", style.dashed ? "' stroke-dasharray='7 6" : "",
               opacity(style), "'/>\n");
}

std::string filled(const std::string& path, const Style& style) {
    return path.empty() ? "" : cat("<path d='", path, "Z' fill='", escaped(style.color), opacity(style), "'/>\n");
}

std::string dot(double x, double y, const Style& style) {
    return cat("<circle cx='", x, "' cy='", y, "' r='", 2 * style.width, "' fill='", escaped(style.color),
               "' stroke='#ffffff", opacity(style), "'/>\n");
}

}  // namespace costate::support
