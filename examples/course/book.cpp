// examples/course/book.cpp — the course as one page                                    make book -> out/book.html
//   Contents; the chapters, with the lines of code that cite an equation, what the files of the map say of themselves and the
//   hints folded in; an index of terms. Every label is a link to its equation. The page needs no script, fetches nothing.
#include <cstdio>

#include "examples/course/library.hpp"  // brings: course.hpp; highlighted, citing_lines
#include "examples/course/tapes.hpp"    // brings: tapes, page_style, page_script

using namespace costate;
using namespace costate::course;
namespace fs = std::filesystem;

namespace {

std::string slug(std::string text) {
    for (char& c : text) c = 'A' <= c && c <= 'Z' ? char(c + 32) : c;
    return std::regex_replace(text, std::regex("[ ,;:.?!'\"()/&<>]+"), "-");
}

struct Book : support::Words {
    std::vector<Chapter> chapters = read_course();
    const Chapter* chapter = nullptr;          // the one that is written
    std::string section, root;                 // its section; the way from the page to the project
    std::map<std::string, std::string> terms;  // and its line in the index
    std::map<std::string, std::vector<Line>> citing = citing_lines(*this);
    int pictures = 0;

    explicit Book(const std::string& page) : root(fs::relative(".", fs::absolute(page).parent_path()).string() + "/") {}

    [[noreturn]] void wrong(int line, const std::string& what, const std::string& got,
                            const std::string& expected) const {
        fail(Where::nowhere(),
             {.what = "book: " + origin + ":" + std::to_string(line) + " " + what, .got = got, .expected = expected});
    }
    const Chapter* find(const std::string& name) const {
        for (const Chapter& one : chapters)
            if (one.name == name || one.file == name) return &one;
        return nullptr;
    }
    bool is_chapter(const std::string& name) const override { return find(name) != nullptr; }
    std::string equation(const Citation& cited, int line) override {
        const Chapter& home = cited.chapter.empty() ? *chapter : *find(cited.chapter);
        if (cited.number < 1 || cited.number > home.equations)
            wrong(line, "cites an equation that there is not", equation_id(home.name, cited.number),
                  "1 to " + std::to_string(home.equations));
        return anchor("#" + equation_id(home.name, cited.number), Words::equation(cited, line));
    }
    std::string cpp(const Piece& code) override { return highlighted(code, *this); }
    std::string term(
        const std::string& text) override {  // the first of its name is in the index; chapter 0 defines none
        const std::string id = "term-" + slug(text),
                          entry = anchor("#" + id, escaped_html(text)) + " " + element("small", chapter->name);
        if (chapter == &chapters.front() || text.find_last_of(".:") == text.size() - 1 ||
            !terms.emplace(slug(text), entry).second)
            return Words::term(text);
        return "<b id=\"" + escaped_html(id) + "\">" + escaped_html(text) + "</b>";
    }
    std::string index() const {
        std::string entries;
        for (const auto& [key, entry] : terms) entries += element("li", entry) + "\n";
        return entries;
    }
    std::string path_of(const std::string& target, int line) const {
        const std::string path =
            fs::path(chapter->folder() + target.substr(0, target.find('#'))).lexically_normal().string();
        if (!fs::exists(path))
            wrong(line, "names a file that there is not", target, "a path from the chapter's own folder");
        return path;
    }
    std::string link(const std::string& html, const std::string& target, int line) override {
        if (target.starts_with("http")) return anchor(target, html);
        const std::string path = path_of(target, line);
        const Chapter* other = find(path);
        return anchor(other ? "#" + other->name : root + path, html);
    }
    std::string image(const std::string& title, const std::string& path, int line) override {
        return element("figure", inlined_svg(path_of(path, line), "picture" + std::to_string(++pictures), title));
    }
    std::string after_item(int number) override {  // an exercise's hints
        std::string hints;
        if (section == "exercises")
            for (const Block& block : hints_of(*chapter, number))
                hints += folded("hint", hints.empty() ? "A hint" : "One that says more", to_html(block, *this));
        return hints;
    }

    std::string display(const Block& block) {
        std::string lines, code;
        std::size_t count = 0;
        for (const Piece& piece : block.pieces) {
            const auto [formula, number] = numbered(piece.text);
            const std::string id = equation_id(chapter->name, number), label = "(" + std::to_string(number) + ")";
            const std::string text = element("span", escaped_html(formula));
            lines += number == 0 ? element("div", text) + "\n"
                                 : "<div id=\"" + id + "\">" + text + anchor("#" + id, label) + "</div>\n";
            for (const Line& line : citing[id]) {
                const std::string where = anchor(root + line.file, line.file + ":" + std::to_string(line.number));
                support::Words no_links;
                code += element("li", label + " " + where +
                                          element("code", highlighted({line.text, line.number}, no_links))) +
                        "\n";
                ++count;
            }
        }
        const std::string summary =
            std::to_string(count) + (count == 1 ? " line of code cites this" : " lines of code cite this");
        return element("div class=\"maths\"", lines) + "\n" +
               (count == 0 ? "" : folded("cited", summary, element("ul", code)));
    }
    std::string written(const Block& block) {
        const Piece& first = block.pieces.at(0);
        if (block.kind == Block::maths) return display(block);
        if (block.kind == Block::table && section == "map") return to_html(block, *this) + heads(files_in(block), root);
        if (block.kind == Block::paragraph && (first.text.starts_with("![") || section == "recap")) {  // line by line
            std::string lines;
            for (const Piece& piece : block.pieces)
                lines += to_html(piece, *this) + (section == "recap" ? "<br />\n" : "\n");
            return element(section == "recap" ? "p" : "div class=\"pictures\"", lines) + "\n";
        }
        if (block.kind != Block::heading) return to_html(block, *this);
        if (block.level == 3) return element("h4", to_html(block, *this)) + "\n";
        const std::string close = section.empty() ? "" : "</section>\n";
        section = slug(first.text);
        return close + "<section class=\"" + section + "\">\n" + element("h3", to_html(block, *this)) + "\n";
    }
    std::string written(const Chapter& one, std::size_t number) {
        chapter = &one, origin = one.file, section = "";
        std::string out = "<article id=\"" + one.name + "\">\n<header><p>" + std::to_string(number) + " · " + one.name +
                          "</p>" + element("h2", question(one)) + "</header>\n";
        for (std::size_t i = 1; i < one.blocks.size(); ++i) out += written(one.blocks[i]);
        return out + (section.empty() ? "" : "</section>\n") + "</article>\n";
    }
};

}  // namespace

int main(int argc, char** argv) try {
    const std::string out = argc > 1 ? argv[1] : "out/book.html";
    Book book(out);
    std::string contents, chapters;
    double hours = 0;
    for (std::size_t i = 0; i < book.chapters.size(); hours += book.chapters[i++].hours) {
        const Chapter& chapter = book.chapters[i];
        chapters += book.written(chapter, i);
        const std::string title = element("span", chapter.name) + " " + question(chapter);
        contents += element("li", anchor("#" + chapter.name, title) + element("small", in_hours(chapter.hours))) + "\n";
        if (chapter.name == "autodiff") chapters += tapes();
    }
    save_page(out, "costate: the course", read_text("examples/course/book.css") + page_style(),
              "<nav id=\"contents\">\n<h1>costate: the course</h1>\n<ol>\n" + contents + "</ol>\n<p>" +
                  anchor("#index", "Index of terms") + " · " + in_hours(hours) + " in all</p>\n</nav>\n<main>\n" +
                  chapters + "<article id=\"index\">\n<header><h2>Index of terms</h2></header>\n<ul>\n" + book.index() +
                  "</ul>\n</article>\n</main>\n<script>\n" + page_script() + "</script>\n");
    std::printf("  book     %s\n", out.c_str());
} catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
