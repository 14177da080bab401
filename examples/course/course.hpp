// examples/course/course.hpp — what the book and the slides are made from: the chapters in order, and their pictures
#pragma once
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.hpp"                 // brings: fail
#include "examples/support/cells.hpp"     // brings: text_of_file
#include "examples/support/markdown.hpp"  // brings: Block, parse_markdown, Words

namespace costate::course {

using support::Block, support::Piece;

inline std::string read_text(const std::string& path) { return support::text_of_file(path, Where::nowhere()); }

struct Chapter {
    std::string name, file;
    double hours = 0;  // to read it and to do its exercises
    std::vector<Block> blocks = {};
    int equations = 0;       // the last one's number
    std::string asked = {};  // the question, where the title does not say it

    std::string title() const {
        return blocks.front().pieces.front().text;
    }  // "adjoint: who is to blame for the loss?"
    std::string folder() const { return file.substr(0, file.rfind('/') + 1); }
};

// Of a displayed line, "da/dt = −aᵀ ∂f/∂z" and its label: the formula, and its number or 0.
inline std::pair<std::string, int> numbered(const std::string& line) {
    static const std::regex number("^(.*[^ ]) {2,}\\(([0-9]{1,2})\\)$");
    std::smatch found;
    if (!std::regex_match(line, found, number)) return {line, 0};
    return {found[1], std::stoi(found[2])};
}

// Where a page has it: "adjoint-3".
inline std::string equation_id(const std::string& chapter, int number) {
    return chapter + "-" + std::to_string(number);
}

// examples/course/contents: a chapter a line, its name, file and hours, and a question that its title lacks.
inline std::vector<Chapter> read_course(const std::string& path = "examples/course/contents") {
    std::vector<Chapter> chapters;
    std::istringstream lines(read_text(path));
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.front() == '#') continue;
        Chapter chapter;
        std::istringstream fields(line);
        fields >> chapter.name >> chapter.file >> chapter.hours >> std::ws;
        std::getline(fields, chapter.asked);
        chapter.blocks = support::parse_markdown(read_text(chapter.file), chapter.file);
        if (chapter.blocks.empty() || chapter.blocks.front().level != 1 ||
            chapter.blocks.front().kind != Block::heading)
            fail(Where::nowhere(),
                 {.what = "course: " + chapter.file + ":1 is no title", .expected = "# name: the question?"});
        for (const Block& block : chapter.blocks)
            for (const Piece& piece : block.pieces)
                if (block.kind == Block::maths)
                    chapter.equations = std::max(chapter.equations, numbered(piece.text).second);
        chapters.push_back(std::move(chapter));
    }
    return chapters;
}

// A recap's lines: each ends where a line of the text ends and a sentence, too.
inline std::vector<Piece> recap_lines(const Block& recap) {
    std::vector<Piece> lines;
    for (const Piece& piece : recap.pieces)
        if (lines.empty() || lines.back().text.back() == '.')
            lines.push_back(piece);
        else
            lines.back().text.append("\n").append(piece.text);
    return lines;
}

// The hints of an exercise, a paragraph each: what stands under "## 2" in the chapter's file of hints.
inline std::vector<Block> hints_of(const Chapter& chapter, int exercise) {
    const std::string path = "examples/exercises/hints/" + chapter.name + ".md";
    std::vector<Block> hints;
    if (!std::filesystem::exists(path)) return hints;
    bool inside = false;
    for (Block& block : support::parse_markdown(read_text(path), path))
        if (block.kind == Block::heading)
            inside = block.pieces.at(0).text == std::to_string(exercise);
        else if (inside)
            hints.push_back(std::move(block));
    return hints;
}

// An SVG as part of a page: its ids and its style are its own.
inline std::string inlined_svg(const std::string& path, const std::string& id, const std::string& title) {
    std::string svg = read_text(path);
    const auto replace = [&](const char* pattern, const std::string& by) {
        svg = std::regex_replace(svg, std::regex(pattern), by);
    };
    replace(" xmlns=(['\"])[^'\"]*\\1", "");
    replace(" id=(['\"])", " id=$1" + id + "-");
    replace("url\\(#", "url(#" + id + "-");
    replace("href=(['\"])#", "href=$1#" + id + "-");
    std::smatch style;
    if (std::regex_search(svg, style, std::regex("<style>([^<]*)</style>"))) {
        const std::string own =
            std::regex_replace(style[1].str(), std::regex("([^{}]+)(\\{[^}]*\\})"), "#" + id + " $1$2 ");
        svg.replace(std::size_t(style.position(1)), std::size_t(style.length(1)), own);
    }
    const std::size_t begin = svg.find("<svg");
    if (begin == std::string::npos) fail(Where::nowhere(), {.what = "course: " + path + " is no SVG"});
    return svg.substr(begin).insert(
        4, " id=\"" + id + "\" role=\"img\" aria-label=\"" + support::escaped_html(title) + "\"");
}

// <tag ...>inside</tag>
inline std::string element(const std::string& tag, const std::string& inside) {
    return "<" + tag + ">" + inside + "</" + tag.substr(0, tag.find(' ')) + ">";
}
inline std::string anchor(const std::string& target, const std::string& html) {
    return "<a href=\"" + support::escaped_html(target) + "\">" + html + "</a>";
}
inline std::string folded(const std::string& kind, const std::string& summary, const std::string& inside) {
    return "<details class=\"" + kind + "\"><summary>" + summary + "</summary>\n" + inside + "</details>\n";
}

inline std::string in_hours(double hours) {
    std::ostringstream text;
    text << hours << " h";
    return text.str();
}

// A page that stands alone: its style is in it.
inline void save_page(const std::string& path, const std::string& title, const std::string& style,
                      const std::string& body) {
    std::ofstream page(path, std::ios::binary);
    page << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
         << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n<title>" << title
         << "</title>\n<style>\n"
         << style << "</style>\n</head>\n<body>\n"
         << body << "</body>\n</html>\n";
    if (!page.flush())
        fail(Where::nowhere(), {.what = "course: cannot write " + path, .fix = "make its folder: mkdir -p out"});
}

// "adjoint: who is to blame for the loss?": the question, with a capital.
inline std::string question(const Chapter& chapter) {
    const std::string title = chapter.title();
    const std::size_t colon = title.find(": ");
    std::string text = !chapter.asked.empty()       ? chapter.asked
                       : colon == std::string::npos ? title
                                                    : title.substr(colon + 2);
    if ('a' <= text[0] && text[0] <= 'z') text[0] = char(text[0] - 32);
    return support::escaped_html(text);
}

}  // namespace costate::course
