// examples/course/slides.cpp — the lecturer's slides, from the chapters themselves       make slides -> out/slides.html
//   For each chapter: its question, the wrong picture, the right one, each group of numbered equations, what the program
//   prints, a quiz from examples/course/lecturer*.md (questions, then answers), the recap. 16:9; ← → space Home End; printed,
//   a slide is a page. Without scripts the slides follow each other. Text has 24 of 1080 lines at least.
#include <algorithm>
#include <cstdio>

#include "examples/course/course.hpp"   // brings: read_course, inlined_svg, Words
#include "examples/support/markup.hpp"  // brings: escaped

using namespace costate;
using namespace costate::course;
using support::escaped_html;

namespace {

constexpr double smallest = 1.3, largest = 2.8;  // of what is set in columns, in hundredths of the width: 25 of 1920
constexpr std::size_t most_lines = 16;

double columns(const std::string& line) {  // UTF-8: neither a character's second bytes nor a mark above
    return double(std::count_if(line.begin(), line.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte & 0xC0) != 0x80 && byte != 0xCC && byte != 0xCD;
    }));
}
std::string sized(const std::vector<std::string>& lines, double extra) {  // as large as fits
    double widest = 1;
    for (const std::string& line : lines) widest = std::max(widest, columns(line) + extra);
    const double size = std::min({largest, 92 / (.605 * widest), 36 / (1.5 * double(lines.size()))});
    if (size < smallest)
        fail(Where::nowhere(), {.what = "slides: a line is too long to be read from the last row",
                                .got = lines.front(),
                                .expected = std::to_string(int(92 / (.605 * smallest) - extra)) + " columns at most"});
    std::ostringstream out;
    out.precision(3);
    out << "style=\"font-size:calc(var(--u)*" << size << ")\"";
    return out.str();
}

// Without its own title, which is the slide's: the lines that hold it are cut off.
std::string without_title(std::string svg, const std::string& title) {
    static const std::regex text("<text ([^>]*)>([^<]*)</text>"), y("(?:^| )y=.([0-9.]+)"),
        size(" (width|height)=.[0-9]+.");
    static const std::regex box("viewBox=(.)0 0 ([0-9.]+) ([0-9.]+)");
    double top = 0;
    std::smatch found, at;
    for (auto from = svg.cbegin(); std::regex_search(from, svg.cend(), found, text);) {
        const std::string attributes = found[1];
        const auto begin = found[0].first - svg.cbegin();
        from = found[0].second;
        if (attributes.find("class='sheet'") == std::string::npos && found[2] != support::escaped(title)) continue;
        if (std::regex_search(attributes, at, y)) top = std::max(top, std::stod(at[1]) + 12);
        svg.erase(std::size_t(begin), std::size_t(found.length()));
        from = svg.cbegin() + begin;
    }
    const std::size_t end = svg.find('>');
    std::string head = std::regex_replace(svg.substr(0, end), size, "");
    if (!std::regex_search(head, found, box)) return svg;
    std::ostringstream view;
    view << "viewBox=" << found[1] << "0 " << top << " " << found[2] << " " << std::stod(found[3]) - top;
    return std::regex_replace(head, box, view.str()) + svg.substr(end);
}

struct Slides {
    std::string out = {};
    std::string chapter = {};
    int count = 0;
    support::Words words = {};

    void add(const std::string& kind, const std::string& headline, const std::string& inside) {
        const std::string number = std::to_string(++count);
        out += "<section class=\"" + kind + "\" id=\"slide" + number + "\"><div>\n" +
               (headline.empty() ? "" : "<h2>" + headline + "</h2>\n") + inside + "<footer><span>" + chapter +
               "</span><span>" + number + "</span></footer>\n</div></section>\n";
    }
    void pictures(const std::string& kind, const Piece& line) {
        static const std::regex image("!\\[([^\\]]*)\\]\\(([^)]*)\\)");
        for (std::sregex_iterator found(line.text.begin(), line.text.end(), image), end; found != end; ++found) {
            const std::string title = (*found)[1],
                              path = std::filesystem::path(folder + (*found)[2].str()).lexically_normal();
            if (path.find("examples/chapters/figures/") != 0) continue;  // an experiment's: not the chapter's own
            add(kind, escaped_html(title),
                "<figure>" + without_title(inlined_svg(path, "picture" + std::to_string(count), title), title) +
                    "</figure>\n");
        }
    }
    void equations(const Block& block, const std::string& headline) {
        std::vector<std::string> formulas;
        std::string lines;
        bool any = false, wide = false;
        for (const Piece& piece : block.pieces) wide = wide || columns(numbered(piece.text).first) > 84;
        for (const Piece& piece : block.pieces) {
            auto [formula, number] = numbered(piece.text);
            if (block.pieces.size() == 1)  // alone it may take several lines, and be larger
                formula = std::regex_replace(formula, std::regex(" {3,}"), columns(formula) > 55 ? "\n" : "      ");
            else if (wide && columns(formula) > 60)  // its remark below it
                formula = std::regex_replace(formula, std::regex("^(.{8,}[^ ]) {3,}([^ ].*)$"), "$1\n      $2");
            std::istringstream parts(formula);
            for (std::string part; std::getline(parts, part);) formulas.push_back(part);
            any = any || number > 0;
            lines += "<div><span>" + escaped_html(formula) + "</span>" +
                     (number > 0 ? "<b>(" + std::to_string(number) + ")</b>" : "") + "</div>\n";
        }
        if (any) add("equations", headline, "<div class=\"maths\" " + sized(formulas, 7) + ">\n" + lines + "</div>\n");
    }
    void output(const Block& block, const std::string& headline) {
        for (std::size_t begin = 0; begin < block.pieces.size(); begin += most_lines) {
            std::vector<std::string> lines;
            std::string text;
            for (std::size_t i = begin; i < std::min(begin + most_lines, block.pieces.size()); ++i) {
                lines.push_back(block.pieces[i].text);
                text += escaped_html(block.pieces[i].text) + "\n";
            }
            add("output", headline, "<pre " + sized(lines, 2) + ">" + text + "</pre>\n");
        }
    }
    // The last sentence before a display says what it is: the slide's headline.
    std::string lead(const Block& before, const std::string& otherwise) {
        if (before.kind != Block::paragraph) return otherwise;
        std::string text;
        for (const Piece& piece : before.pieces) text += (text.empty() ? "" : " ") + piece.text;
        static const std::regex last("^([^]*[^ ]{2}[.?] )([A-Z`*(][^]*)$");
        std::smatch found;
        if (std::regex_match(text, found, last) &&
            std::count(text.begin(), text.begin() + found.position(2), '`') % 2 == 0)
            text = found[2];
        const std::string html = to_html(Piece{text, before.pieces[0].line}, words);
        return columns(text) > 110 ? "<small>" + html + "</small>" : html;
    }
    void quiz(const Block& list) {
        static const std::regex item("^([^]*\\?)[ \n]\\*([^]*)\\*$");
        std::string questions, answers;
        for (const Piece& piece : list.pieces) {
            std::smatch found;
            if (!std::regex_match(piece.text, found, item))
                fail(Where::nowhere(), {.what = "slides: " + words.origin + ":" + std::to_string(piece.line) +
                                                " is no question of a quiz",
                                        .got = piece.text,
                                        .expected = "A question? *Its answer.*"});
            questions += "<li>" + to_html(Piece{found[1], piece.line}, words) + "</li>\n";
            answers += "<li>" + to_html(Piece{found[2], piece.line}, words) + "</li>\n";
        }
        add("quiz", "Five questions", "<ol>\n" + questions + "</ol>\n");
        add("quiz", "Five answers", "<ol>\n" + answers + "</ol>\n");
    }
    std::string folder = {};  // of the chapter

    void write(const Chapter& one, std::size_t number, const std::vector<Block>& guide) {
        chapter = one.name, folder = one.folder(), words.origin = one.file;
        std::string section, headline;
        for (std::size_t i = 1; i < one.blocks.size(); ++i) {
            const Block& block = one.blocks[i];
            const Piece& first = block.pieces.at(0);
            if (i == 1)
                add("title", "",
                    "<p>" + std::to_string(number) + " · " + one.name + "</p>\n<h1>" + question(one) + "</h1>\n" +
                        (block.kind == Block::paragraph ? to_html(block, words) : ""));
            if (block.kind == Block::heading) headline = to_html(block, words);
            if (block.kind == Block::heading && block.level == 2) section = first.text;
            if (block.kind == Block::paragraph && first.text.starts_with("!["))
                for (const Piece& line : block.pieces)
                    pictures(section == "The wrong picture" ? "picture wrong" : "picture right", line);
            if (block.kind == Block::maths) equations(block, lead(one.blocks[i - 1], headline));
            if (block.kind == Block::code && block.language == "text")
                output(block, lead(one.blocks[i - 1], "The program prints"));
            if (section != "Recap" || block.kind != Block::paragraph || first.text.starts_with("Next: ")) continue;
            quizzes(guide);
            std::string lines;
            for (const Piece& line : recap_lines(block)) lines += "<li>" + to_html(line, words) + "</li>\n";
            add("recap", "Recap", "<ul>\n" + lines + "</ul>\n");
        }
        if (section != "Recap") quizzes(guide);
    }
    void quizzes(const std::vector<Block>& guide) {
        bool here = false;  // under ## name, ### Quiz
        std::string part;
        for (const Block& block : guide) {
            if (block.kind == Block::heading && block.level == 2) here = block.pieces[0].text == chapter;
            if (block.kind == Block::heading) part = block.pieces[0].text;
            if (here && part == "Quiz" && block.kind == Block::numbered) quiz(block);
        }
    }
};

}  // namespace

int main(int argc, char** argv) try {
    const std::string out = argc > 1 ? argv[1] : "out/slides.html";
    std::vector<Block> guide;
    for (const auto& entry : std::filesystem::directory_iterator("examples/course"))
        if (entry.path().filename().string().starts_with("lecturer"))
            for (Block& block : support::parse_markdown(read_text(entry.path()), entry.path()))
                guide.push_back(std::move(block));
    Slides slides;
    const std::vector<Chapter> chapters = read_course();
    for (std::size_t i = 0; i < chapters.size(); ++i) slides.write(chapters[i], i, guide);
    save_page(out, "costate: the slides", read_text("examples/course/slides.css"),
              slides.out + "<script>\n" + read_text("examples/course/slides.js") + "</script>\n");
    std::printf("  slides   %s: %d\n", out.c_str(), slides.count);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
