#include "optim/law_in_c.hpp"

#include <algorithm>

namespace costate::optim::inline COSTATE_PRECISION {

LawInC::LawInC(const Program& law, const Program& step, CFile& file, Where at)
    : law_(law), file_(file), at_(at), printer_(law, file, {}, places_in(step)) {
    if (!law_.at(Port::summed).empty()) prototypes = spelled("enum {\n", list_of_sums(name_, law_), "};\n");
    evaluate();
    door("f", Port::forward, "dz");
    if (!law_.at(Port::reverse).empty() || !law_.at(Port::summed).empty())
        door(law_.at(Port::cotangent).empty() ? "sums" : "vjp", Port::reverse, "gz");
}

// Its parameters' places among those that the step trains.
std::vector<Index> LawInC::places_in(const Program& step) const {
    if (!law_.at(Port::constant).empty())
        fail(at_, {.what = "to_c: a law with constants",
                   .got = text(law_.at(Port::constant).size(), " of them"),
                   .expected = "time, states and the parameters of the step: the arena has nothing else",
                   .fix = "make them parameters, or states"});
    const std::vector<Index> places = places_of_parameters(step, 0);
    std::vector<Index> all;
    for (const Parameter& p : law_.parameters) {
        const auto found = std::ranges::find(step.parameters, p);
        if (found == step.parameters.end())
            fail(at_, {.what = "to_c: the law has a parameter that the step does not have",
                       .got = text('"', p.name(), '"', ", ", p.shape()),
                       .expected = "those that the loss depends on: their weights are in the arena",
                       .fix = "the law of the model that is trained"});
        all.push_back(places[found - step.parameters.begin()]);
    }
    return all;
}

std::vector<std::string> LawInC::inputs() const {
    std::vector<std::string> all;
    if (!law_.at(Port::time).empty()) all.push_back("real t");
    add_parameters(all, law_, Port::state, "const real *z");
    return all;
}

// What both doors begin with.
void LawInC::evaluate() {
    printer_.operations(Phase::prologue);
    printer_.operations(Phase::forward);
    std::vector<std::string> parameters{"const real *p", "real *m"};
    std::ranges::copy(inputs(), std::back_inserter(parameters));
    functions += with_body(spelled("static void ", name_, "_evaluate(", in_a_row(parameters), ")"), parameters,
                           file_.code.take_text());
}

void LawInC::door(std::string_view called, Port results, const char* letter) {
    const bool pulls = results == Port::reverse;
    std::vector<std::string> parameters = inputs();
    std::string arguments = "p, m";
    for (const std::string& parameter : parameters)
        arguments += ", " + parameter.substr(parameter.find_last_of(" *") + 1);
    parameters.insert(parameters.begin(), "void *arena");
    if (pulls) add_parameters(parameters, law_, Port::cotangent, "const real *w");
    add_parameters(parameters, law_, results, spelled("real *", letter));
    if (pulls && !law_.at(Port::summed).empty()) parameters.push_back("real *g");

    CCode& c = file_.code;
    c.line(spelled(name_, "_memory *all = ", name_, "_in(arena);"));
    c.line("const real *p = all->state.p;");
    c.line("real *m = all->m;");
    c.line(spelled("if (all->state.mark != ", name_, "_mark) return ", name_, "_not_begun;"));
    c.line(spelled(name_, "_evaluate(", arguments, ");"));
    if (pulls) {
        printer_.clear_sums();
        printer_.operations(Phase::reverse);
        printer_.operations(Phase::sums);
        printer_.add_totals();
        printer_.operations(Phase::epilogue);
    }
    printer_.hand_out(results, places_of_results(law_, results, letter));
    if (pulls) printer_.hand_out(Port::summed, places_of_results(law_, Port::summed, "g"));
    c.line(spelled("return ", name_, "_ok;"));
    const std::string head = spelled("int ", name_, "_", called, "(", in_a_row(parameters), ")");
    prototypes += head + ";\n";
    functions += with_body(head, parameters, c.take_text());
}

}  // namespace costate::optim
