#include "examples/support/markdown.hpp"

#include <algorithm>
#include <regex>

#include "core/error.hpp"  // brings: fail

namespace costate::support {

namespace {

[[noreturn]] void refuse(const std::string& origin, int line, const std::string& got, const std::string& expected) {
    fail(Where::nowhere(),
         {.what = "markdown: " + origin + ":" + std::to_string(line) + " is nothing that the pages know",
          .got = got,
          .expected = expected,
          .fix = "write it as the other chapters do, or teach examples/support/markdown.cpp"});
}

struct Reader {
    std::string origin;
    std::vector<std::string> lines = {};
    std::size_t i = 0;  // the next line
    std::vector<Block> blocks = {};

    [[noreturn]] void wrong(const std::string& expected) const {
        refuse(origin, int(i) + 1, i < lines.size() ? lines[i] : "the end", expected);
    }
    bool is(const char* pattern) const { return i < lines.size() && std::regex_search(lines[i], std::regex(pattern)); }
    bool begins() const { return is("^(```|#|\\||<!--|- |1\\. |!\\[)"); }  // what needs no blank line before it
    void take(std::size_t from) { blocks.back().pieces.push_back({lines[i].substr(from), int(i) + 1}), ++i; }
    Block& add(Block::Kind kind) { return blocks.emplace_back(Block{.kind = kind}); }

    void fence() {
        const std::size_t opened = i;
        add(Block::code).language = lines[i++].substr(3);
        while (i < lines.size() && lines[i] != "```") take(0);
        if (i++ == lines.size()) i = opened, wrong("a ``` that ends this block");
    }
    void row(Block& table) {
        if (!is("\\| *$")) wrong("a row that ends in |");
        bool code = false;  // a | in `code` is none of the table's
        for (std::size_t begin = 1, j = 1; j < lines[i].size(); ++j) {
            if (lines[i][j] == '`') code = !code;
            if (lines[i][j] != '|' || code) continue;
            const std::string cell = std::regex_replace(lines[i].substr(begin, j - begin), std::regex("^ +| +$"), "");
            table.pieces.push_back({cell, int(i) + 1}), begin = j + 1;
        }
        if (table.level == 0) table.level = int(table.pieces.size());
        if (table.pieces.size() % std::size_t(table.level) != 0) wrong("as many cells as in the first row");
        ++i;
    }
    void list() {
        const char* const begin = is("^-") ? "^- " : "^[0-9]+\\. ";
        add(is("^-") ? Block::bullets : Block::numbered).level = is("^-") ? 0 : std::stoi(lines[i]);
        while (is(begin)) {
            const std::size_t inside = lines[i].find(' ') + 1;
            for (take(inside); is("^ "); ++i) {
                if (lines[i].find_first_not_of(' ') != inside) wrong("the item's next line under its first letter");
                blocks.back().pieces.back().text.append("\n").append(lines[i], inside);
            }
        }
    }
    void block() {
        if (is("^<!--.*-->$")) return void(++i);  // says where a block was cut from
        if (is("^```")) return fence();
        if (is("^#{1,3} ")) return add(Block::heading).level = int(lines[i].find(' ')), take(lines[i].find(' ') + 1);
        if (is("^\\|")) {
            row(add(Block::table));
            if (!is("^\\|[-|: ]+$")) wrong("|---|---| below the first row of a table");
            for (++i; is("^\\|");) row(blocks.back());
            return;
        }
        if (is("^!\\[")) {  // pictures: a paragraph of their own
            for (add(Block::paragraph); is("^!\\[");) take(0);
            return;
        }
        if (is("^(- |[0-9]+\\. )")) {
            list();
        } else if (is("^    ")) {
            for (add(Block::maths); is("^    ");) take(4);
        } else {
            if (is("^([ >+<#~\t]|\\* |---|===)")) wrong("a heading, paragraph, list, table, fence, display or comment");
            for (add(Block::paragraph); is("^[^ ]") && !begins();) take(0);
        }
        if (is("[^ ]") && !begins()) wrong("a blank line before this");
    }
};

// k_i, O(h^{p+1}), 2^-53, e^(Lt) as one writes them; `wide_names` are no letters with an index.
std::string with_indices(const std::string& html) {
    static const std::regex below("([^ _])_(\\{([^{}]+)\\}|([a-z0-9]{1,2}|θ)(?![A-Za-z0-9_]))");
    static const std::regex above("\\^(\\{([^{}]+)\\}|\\((([^()]|\\([^()]*\\))+)\\)|([-+]?[A-Za-z0-9]+))");
    return std::regex_replace(std::regex_replace(html, below, "$1<sub>$3$4</sub>"), above, "<sup>$2$3$5</sup>");
}

// What stands between the marks: cited equations become links, and no mark may be left.
std::string plain(const std::string& all, std::size_t begin, std::size_t end, int line, Words& words) {
    static const std::regex mark(
        "[`\\\\]|\\*\\*|\\]\\(|\\]\\[|</?[A-Za-z][A-Za-z0-9]*[ />]|<!|&\\w+;|(^|[ (])(_|\\*\\w)");
    const std::string text = all.substr(begin, end - begin);
    if (std::smatch found; std::regex_search(text, found, mark))
        refuse(words.origin, line + int(std::count(text.begin(), text.begin() + found.position(), '\n')),
               found.str() + found.suffix().str().substr(0, 40),
               "`code`, **term**, *emphasis*, [link](to), ![image](path), each ended within its paragraph; no HTML");
    std::string out;
    for (const Citation& cited : citations(all.substr(0, end), words)) {
        if (cited.begin < begin) continue;
        out += with_indices(escaped_html(all.substr(begin, cited.begin - begin))) + words.equation(cited, line);
        begin = cited.end;
    }
    return out + with_indices(escaped_html(all.substr(begin, end - begin)));
}

std::string table_html(const Block& table, Words& words) {
    static const std::regex figure("[-+−.]*[0-9][^ ]*( [^ ]+)?|");
    const auto columns = std::size_t(table.level), cells = table.pieces.size();
    std::vector<bool> figures(columns, true);
    for (std::size_t i = columns; i < cells; ++i)
        if (!std::regex_match(table.pieces[i].text, figure)) figures[i % columns] = false;
    std::string out;
    for (std::size_t i = 0; i < cells; ++i) {
        const std::string tag = i < columns ? "th" : "td", kind = figures[i % columns] ? " class=\"figure\"" : "";
        out += (i % columns == 0 ? "<tr><" : "<") + tag + kind + ">" + to_html(table.pieces[i], words) + "</" + tag +
               ">" + (i % columns == columns - 1 ? "</tr>\n" : "");
    }
    return "<div class=\"wide\"><table>\n" + out + "</table></div>\n";
}

}  // namespace

std::string Words::equation(const Citation& cited, int) {
    return std::string("(") + std::to_string(cited.number) + ")";
}
std::string Words::cpp(const Piece& code) { return escaped_html(code.text); }
std::string Words::code(const std::string& text) { return "<code>" + escaped_html(text) + "</code>"; }
std::string Words::term(const std::string& text) { return "<b>" + escaped_html(text) + "</b>"; }
std::string Words::link(const std::string& html, const std::string&, int) { return html; }
std::string Words::image(const std::string& title, const std::string&, int) { return escaped_html(title); }

std::vector<Block> parse_markdown(std::string_view text, const std::string& origin) {
    Reader reader{origin};
    for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
        end = std::min(text.find('\n', begin), text.size());
        reader.lines.emplace_back(text.substr(begin, end - begin));
    }
    while (reader.i < reader.lines.size()) {
        if (reader.is("[^ ]"))
            reader.block();
        else
            ++reader.i;
    }
    return std::move(reader.blocks);
}

std::vector<Citation> citations(const std::string& text, const Words& words) {
    static const std::regex number("\\(([0-9]{1,2})\\)"), goes_on("(–|-|,? (and |or |to )?)?"), name("([a-z]+)[ \n]$");
    std::vector<Citation> found;
    std::size_t last = 0;  // the end of the last one; 0: of none
    for (std::sregex_iterator match(text.begin(), text.end(), number), end; match != end; ++match) {
        const auto begin = std::size_t(match->position());
        const std::string before = text.substr(last, begin - last);
        std::string chapter;
        if (last > 0 && !before.empty() && std::regex_match(before, goes_on))
            chapter = found.back().chapter;
        else if (begin > 0 && std::string_view(" (\"|\n").find(text[begin - 1]) == std::string_view::npos)
            continue;  // f(3) is a call
        else if (std::smatch word; std::regex_search(before, word, name) && words.is_chapter(word[1]))
            chapter = word[1];
        last = begin + std::size_t(match->length());
        found.push_back({chapter, std::stoi((*match)[1]), begin, last});
    }
    return found;
}

std::string escaped_html(std::string_view text) {
    static constexpr std::string_view special = "&<>\"";
    static constexpr const char* names[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    std::string out;
    for (const char c : text)
        if (const std::size_t i = special.find(c); i != special.npos)
            out += names[i];
        else
            out += c;
    return out;
}

std::string to_html(const Piece& from, Words& words) {
    static const std::regex marks(
        "`([^`]+)`|\\*\\*([^*]+)\\*\\*|(!?)\\[([^\\[\\]]*(?:\\[[^\\]]*\\][^\\[\\]]*)*)\\]\\(([^ )]+)\\)|(^|[ "
        "(\"\n])\\*(\\w[^*]*)\\*");
    const std::string& s = from.text;
    const auto line = [&](std::size_t i) {
        return from.line + int(std::count(s.begin(), s.begin() + std::ptrdiff_t(i), '\n'));
    };
    std::string out;
    std::size_t done = 0;
    for (std::sregex_iterator match(s.begin(), s.end(), marks), end; match != end; ++match) {
        const std::smatch& m = *match;
        const auto at = std::size_t(m.position());
        const int here = line(at);
        out += plain(s, done, at, line(done), words);
        done = at + std::size_t(m.length());
        if (m[1].matched)
            out += words.code(m[1]);
        else if (m[2].matched)
            out += words.term(m[2]);
        else if (m[7].matched)
            out += m[6].str() + "<em>" + to_html(Piece{m[7], here}, words) + "</em>";
        else if (m[3].length() > 0)
            out += words.image(m[4], m[5], here);
        else
            out += words.link(to_html(Piece{m[4], here}, words), m[5], here);
    }
    return out + plain(s, done, s.size(), line(done), words);
}

std::string to_html(const Block& block, Words& words) {
    std::string out;
    if (block.kind == Block::table) return table_html(block, words);
    if (block.kind == Block::bullets || block.kind == Block::numbered) {
        for (std::size_t i = 0; i < block.pieces.size(); ++i)
            out += "<li>" + to_html(block.pieces[i], words) + words.after_item(block.level + int(i)) + "</li>\n";
        if (block.kind == Block::bullets) return "<ul>\n" + out + "</ul>\n";
        return "<ol start=\"" + std::to_string(block.level) + "\">\n" + out + "</ol>\n";
    }
    for (const Piece& piece : block.pieces) out += (out.empty() ? "" : "\n") + piece.text;
    const Piece all{out, block.pieces.empty() ? 0 : block.pieces.front().line};
    if (block.kind == Block::paragraph) return "<p>" + to_html(all, words) + "</p>\n";
    if (block.kind == Block::heading) return to_html(all, words);
    return "<pre class=\"" + (block.language.empty() ? "drawn" : block.language) + "\"><code>" +
           (block.language == "cpp" ? words.cpp(all) : escaped_html(all.text)) + "</code></pre>\n";
}

}  // namespace costate::support
