// tests/examples/markdown_test.cpp — what the chapters use becomes HTML; anything else is refused by file and line
#include "examples/support/markdown.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;

namespace {

struct Page : Words {  // with links that can be seen
    bool is_chapter(const std::string& name) const override { return name == "ode" || name == "adjoint"; }
    std::string equation(const Citation& cited, int) override {
        return "<" + cited.chapter + " " + std::to_string(cited.number) + ">";
    }
    std::string link(const std::string& html, const std::string& target, int) override {
        return "<a href=\"" + target + "\">" + html + "</a>";
    }
    std::string image(const std::string& title, const std::string& path, int) override {
        return "<img " + path + " " + title + ">";
    }
    std::string after_item(int number) override { return "#" + std::to_string(number); }
};

std::string html(const std::string& text) {
    Page page;
    page.origin = "chapter.md";
    std::string out;
    for (const Block& block : parse_markdown(text, "chapter.md")) out += to_html(block, page);
    return out;
}
std::string refusal(const std::string& text) {
    return test::error_of([&] { html(text); });
}

}  // namespace

TEST_SUITE("examples/markdown") {
    TEST_CASE("a paragraph: code, terms, emphasis, links and images, and what only looks like them") {
        CHECK(html("a `b < c` **term** *so*\non [x](y.md)\n") ==
              "<p>a <code>b &lt; c</code> <b>term</b> <em>so</em>\non <a href=\"y.md\">x</a></p>\n");
        CHECK(html("![A title.](a/b.svg)") == "<p><img a/b.svg A title.></p>\n");
        CHECK(html("above\n![A title.](b.svg)\nbelow") == "<p>above</p>\n<p><img b.svg A title.></p>\n<p>below</p>\n");
        CHECK(html("[`code` in (3)](x)") == "<p><a href=\"x\"><code>code</code> in < 3></a></p>\n");
        CHECK(html("t* solves g(t*, z) = 0, A [3,4] & 2 < 3 > <w, u> c_ij") ==
              "<p>t* solves g(t*, z) = 0, A [3,4] &amp; 2 &lt; 3 &gt; &lt;w, u&gt; c<sub>ij</sub></p>\n");
        CHECK(html("θ_0, a_{k+1}, O(h^{p+1}), 2^-53, e^(L(t)) and row_sum, `k_i`") ==
              "<p>θ<sub>0</sub>, a<sub>k+1</sub>, O(h<sup>p+1</sup>), 2<sup>-53</sup>, e<sup>L(t)</sup> and row_sum, "
              "<code>k_i</code></p>\n");
        CHECK(html("`**a** (3) [b](c)`") == "<p><code>**a** (3) [b](c)</code></p>\n");
    }

    TEST_CASE("a cited equation belongs to the chapter whose name stands before it, and so do those of its list") {
        CHECK(html("by (3)") == "<p>by < 3></p>\n");
        CHECK(html("adjoint (3)–(5), (7) and (8)") ==
              "<p>adjoint <adjoint 3>–<adjoint 5>, <adjoint 7> and <adjoint 8></p>\n");
        CHECK(html("ode (1); (2)") == "<p>ode <ode 1>; < 2></p>\n");
        CHECK(html("of the\nadjoint\n(10)") == "<p>of the\nadjoint\n<adjoint 10></p>\n");
        CHECK(html("f(3) is a call, (1986) a year") == "<p>f(3) is a call, (1986) a year</p>\n");
        CHECK(html("((3), (5))") == "<p>(< 3>, < 5>)</p>\n");
    }

    TEST_CASE("lists, with lines that go on, and what follows an item") {
        CHECK(html("- a\n  b\n- c\n") == "<ul>\n<li>a\nb#0</li>\n<li>c#1</li>\n</ul>\n");
        CHECK(html("in a line:\n2. x\n") == "<p>in a line:\n2. x</p>\n");  // as GitHub has it: only 1. interrupts
        CHECK(html("in a line:\n1. x\n2. y\n   z\n") ==
              "<p>in a line:</p>\n<ol start=\"1\">\n<li>x#1</li>\n<li>y\nz#2</li>\n</ol>\n");
    }

    TEST_CASE("a table: a | in code is no border, figures stand to the right") {
        CHECK(html("| a | b |\n|---|---|\n| `x|y` | 1e-3 |\n") ==
              "<div class=\"wide\"><table>\n<tr><th>a</th><th class=\"figure\">b</th></tr>\n"
              "<tr><td><code>x|y</code></td><td class=\"figure\">1e-3</td></tr>\n</table></div>\n");
    }

    TEST_CASE("blocks: fences keep every character, displays every line, comments are left out") {
        const std::vector<Block> blocks =
            parse_markdown("# t\n\n<!-- from: x -->\n```cpp\n  a < b;\n\n```\n\n    x = 1   (1)\n        y\n", "c.md");
        REQUIRE(blocks.size() == 3);
        CHECK(blocks[0].kind == Block::heading);
        CHECK(blocks[1].language == "cpp");
        REQUIRE(blocks[1].pieces.size() == 2);
        CHECK(blocks[1].pieces[0].text == "  a < b;");
        CHECK(blocks[1].pieces[0].line == 5);
        REQUIRE(blocks[2].pieces.size() == 2);
        CHECK(blocks[2].pieces[0].text == "x = 1   (1)");
        CHECK(blocks[2].pieces[1].text == "    y");
        CHECK(html("```text\n<&>\n```") == "<pre class=\"text\"><code>&lt;&amp;&gt;</code></pre>\n");
    }

    TEST_CASE("what the pages do not know is an error that names file and line") {
        CHECK(refusal("a\n\n> quoted\n") ==
              "markdown: chapter.md:3 is nothing that the pages know\n"
              "  got       > quoted\n"
              "  expected  a heading, paragraph, list, table, fence, display or comment\n"
              "  try       write it as the other chapters do, or teach examples/support/markdown.cpp");
        const std::vector<std::pair<std::string, std::string>> wrong{
            {"#### four", "chapter.md:1"},
            {"a\n\n* star\n", "chapter.md:3"},
            {"a\n    x = 1  (1)\n", "chapter.md:2"},
            {"    x = 1  (1)\nand on\n", "chapter.md:2"},
            {"- a\n    b\n", "chapter.md:2"},
            {"- a\nlazy\n", "chapter.md:2"},
            {"a\n```cpp\nx\n", "chapter.md:2"},
            {"| a | b |\n| 1 | 2 |\n", "chapter.md:2"},
            {"| a | b |\n", "chapter.md:2"},
            {"| a | b |\n|---|---|\n| 1 |\n", "chapter.md:3"},
            {"a\nb **c", "chapter.md:2"},
            {"a `b", "chapter.md:1"},
            {"an *emphasis without end", "chapter.md:1"},
            {"a <br> b", "chapter.md:1"},
            {"a &nbsp; b", "chapter.md:1"},
            {"a \\* b", "chapter.md:1"},
            {"[a][b]", "chapter.md:1"},
            {"[a](b c)", "chapter.md:1"},
            {"an _emphasis_", "chapter.md:1"},
            {"---", "chapter.md:1"},
            {"<!-- on two\nlines -->", "chapter.md:1"},
        };
        for (const auto& pair : wrong) {
            INFO(pair.first);
            CHECK(test::contains(refusal(pair.first), pair.second));
        }
    }
}
