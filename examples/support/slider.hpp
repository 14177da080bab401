// examples/support/slider.hpp — curves over one axis, and a slider that walks along it: a section of a page
//   Slider slider{.title = "z and its adjoint", .axis = "t", .x = times};
//   slider.panels.push_back({Plot({.title = "the state"}), {{"z", z}}});
//   slider.panels.push_back({Plot({.title = "walked backwards"}), {{"a", a}, {"g", g}}, Veil::before});
//   html_page(slider.title, to_html_section(slider), page_style() + slider_style(), slider_script())
// All curves have a number for each x. An x may stand there twice, where a curve jumps. What the slider has not reached is
// veiled; without scripts the whole figure stands there, and a table of some of its numbers. Keys: those of any slider.
#pragma once
#include <string>
#include <vector>

#include "core/error.hpp"             // brings: Where
#include "examples/support/plot.hpp"  // brings: Plot

namespace costate::support {

enum class Veil {
    none,
    before,  // what lies left of the slider: curves that are walked backwards
    after    // what lies right of it
};

struct Curve {
    std::string name;
    std::vector<double> y;   // at each x of the slider
    std::string color = {};  // "": the next of the palette
    bool dashed = false;
};

struct SliderPanel {
    Plot plot;  // what is there beside the curves
    std::vector<Curve> curves;
    Veil veil = Veil::none;
};

struct Slider {
    std::string title = {};
    std::string says = {};  // below it
    std::string axis = "t";
    std::vector<double> x = {};
    std::vector<std::string> notes = {};  // to each x, or none at all
    std::vector<SliderPanel> panels = {};
    std::string id = "slider";  // of the section, in a page of several
    double height = 190;        // of each panel, in pixels of a sheet that is 1000 wide
};

std::string to_html_section(const Slider& slider, Where at = {});
std::string slider_style();   // what stands in <style>, beside page_style()
std::string slider_script();  // and, behind the sections, in <script>

}  // namespace costate::support
