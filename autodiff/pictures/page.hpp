// autodiff/pictures/page.hpp — a page that steps through a tape: its list and its graph, by keys and buttons
//   to_html(tape, {.title = "b = a + a, c = b + b", .of = c, .names = {{a, "a"}, {b, "b"}, {c, "c"}}})
//   1  values forwards       2  the wrong walk, which hands a gradient on as soon as some of it has come
//   3  cotangents backwards, with sums that wait       4  tangents forwards       5  the list again, for another number
// One file that fetches nothing. Without scripts all steps stand there as tables. Light and dark, as the reader's machine is.
// For a book of one's own: as many sections as one likes, and style and script once.
// (The style touches sections of the class "tape" only; its colours are variables, --tape-ink and so on.)
//   html_page("Two tapes", to_html_section(one, {.id = "one"}) + to_html_section(two, {.id = "two"}))
// The same tape gives the same bytes; the tape is neither changed nor tainted.
// errors   what picture.hpp says; .of more than one number, or made of no variable; numbers that were only noted
// see      autodiff/pictures/walks.hpp (the steps) · autodiff/pictures/script.cpp (style and script)
#pragma once
#include <string>
#include <vector>

#include "autodiff/pictures/drawing.hpp"  // brings: NamedVar, Tape, Var

namespace costate::inline COSTATE_PRECISION {

struct Page {
    std::string title = "Step through a tape";
    Var of{};                          // the number that is differentiated; a zero Var: the last value of the tape
    std::vector<NamedVar> names = {};  // the others are called by their places: #3
    Var along{};                       // the variable that tangents are along; a zero Var: the first one
    View again{};                      // its number in 5; without data: one more
    std::string id = "tape";           // of the section, in a page of several
};

std::string to_html(const Tape& tape, const Page& page = {}, Where at = {});
std::string to_html_section(const Tape& tape, const Page& page = {}, Where at = {});

std::string page_style();   // what stands in <style>
std::string page_script();  // and, behind the sections, in <script>
std::string html_page(const std::string& title, const std::string& body, const std::string& style = page_style(),
                      const std::string& script = page_script());

}  // namespace costate
