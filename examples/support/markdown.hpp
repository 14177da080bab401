// examples/support/markdown.hpp — the Markdown of our chapters as blocks, and those as HTML
//   for (const Block& block : parse_markdown(text, "ode/adjoint.md")) page += to_html(block, words);
// It knows what the chapters use and nothing else: # headings, paragraphs, `- ` and `1. ` lists, | tables |, ``` fences,
// displays (four blanks, a number at the end of a line), <!-- comments --> on a line of their own; within a line `code`,
// **term**, *emphasis*, [link](to) and ![image](path). Anything else is an error that names file and line, not a page that
// is silently wrong. What is written is well-formed XML, too.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace costate::support {

struct Piece {  // of a block, and the line where it begins
    std::string text;
    int line = 0;
};

struct Block {
    enum Kind { heading, paragraph, bullets, numbered, table, maths, code } kind = paragraph;
    std::vector<Piece> pieces = {};  // lines; of a list its items, of a table its cells, row by row
    int level = 0;                   // of a heading; the columns of a table; a list's first number
    std::string language = {};       // of code
};

// A chapter and labels, alone, in a list or from one to another, as equations are cited; the chapter "" is the one that cites.
struct Citation {
    std::string chapter;
    int number = 0;
    std::size_t begin = 0, end = 0;  // of the label in the text
};

// What a page makes of words; these are the defaults, without links.
struct Words {
    std::string origin = {};  // the file that is read, for messages
    virtual ~Words() = default;
    virtual bool is_chapter(const std::string&) const { return false; }
    virtual std::string equation(const Citation& cited, int line);  // the HTML of a label
    virtual std::string cpp(const Piece& code);                     // a block of C++
    virtual std::string code(const std::string& text);
    virtual std::string term(const std::string& text);
    virtual std::string link(const std::string& html, const std::string& target, int line);
    virtual std::string image(const std::string& title, const std::string& path, int line);
    virtual std::string after_item(int /*number*/) { return ""; }
};

std::vector<Block> parse_markdown(std::string_view text, const std::string& origin);
std::vector<Citation> citations(const std::string& text, const Words& words);
std::string escaped_html(std::string_view text);  // as text, or between double quotes
std::string to_html(const Piece& words_in_line, Words& words);
std::string to_html(const Block& block, Words& words);  // any but a display

}  // namespace costate::support
