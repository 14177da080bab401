// autodiff/program/c_functions.cpp — a program that a solve runs, as functions of the file that the solve stands in
//   law_solve_begin(p, m)          what depends on its constants alone
//   law_solve_f(p, m, stage)       f at the stage's state, both in m; what the pullback reads of it stays there
//   law_solve_clear(m)             the sums begin at 0
//   law_solve_vjp(p, m, stage)     wᵀ ∂f/∂z
//   law_solve_sums(p, m)           Σ wᵀ ∂f/∂c, stage by stage in their order, or all in one sum, where the library makes one
//   law_solve_end(p, m)            what comes after those sums
#include <algorithm>

#include "autodiff/program/c_printer.hpp"

namespace costate::inline COSTATE_PRECISION {

CPrinter::CPrinter(const Program& program, CFile& file, std::vector<std::string> constants,
                   std::span<const std::string> sums, Index stages)
    : p_(program),
      file_(file),
      code_(file.code),
      stages_(stages),
      expression_(program.values.size()),
      place_(program.values.size(), CFunctions::nowhere) {
    require();
    for (const Program::Instruction& c : p_.code)
        if (operator_of(c.op).moved != nullptr)
            fail(code_.where, {.what = "to_c: a solve within the field of a solve",
                               .got = operator_of(c.op).name,
                               .expected = "fields of other operations",
                               .fix = "make one system of both"});
    name_inputs(constants, places_of_parameters(p_, 0));
    std::vector<std::uint8_t> given = given_inputs();
    for (std::size_t i = 0; i < sums.size(); ++i) {  // summed where somebody wants it
        const std::uint32_t v = p_.at(Port::summed)[i];
        if (v == Program::none || given[v]) continue;
        if (p_.values[v].home != Program::Home::sum && p_.values[v].phase != Phase::epilogue) continue;
        expression_[v] = sums[i];
        given[v] = true;
    }
    place(given);
}

CFunctions CPrinter::functions(const Program& program, Index stages, Index few, std::span<const std::string> constants,
                               std::span<const std::string> sums) {
    for (Printed& known : printed_)
        if (known.id == program.id && known.stages == stages && std::ranges::equal(known.constants, constants) &&
            std::ranges::equal(known.sums, sums)) {
            known.functions.new_here = false;
            return known.functions;
        }
    const std::vector<std::string> given(constants.begin(), constants.end()), wanted(sums.begin(), sums.end());
    const std::vector<Shape> in = code_.in;
    const Shape out = code_.out;
    CPrinter printer(program, file_, given, sums, stages);
    const std::string name = numbered(file_.name + "_solve", file_.programs++);
    printed_.push_back({program.id, stages, given, wanted, printer.printed(name, few, sums)});
    code_.in = in;
    code_.out = out;
    code_.into = Into::assign;
    code_.around = this;
    return printed_.back().functions;
}

template <class Body>
void CPrinter::function(const std::string& name, const std::string& more, Body&& body) {
    const std::string all = file_.parameters + more;
    std::vector<std::string> parameters;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = std::min(all.find(", ", at), all.size());
        parameters.push_back(all.substr(at, end - at));
        at = end + 2;
    }
    const std::string text = code_.written_apart(body);
    file_.functions += with_body("static void " + name + "(" + all + ")", parameters, text);
}

void CPrinter::print_sums(Index stages) {
    summed_stages_ = stages;
    if (p_.merges_stages) return operations(Phase::sums);
    code_.each("stage", stages, [&] {
        operations(Phase::sums);
        add_totals();
    });
}

CFunctions CPrinter::printed(const std::string& name, Index few, std::span<const std::string> sums) {
    const bool with_sums = !p_.at(Port::cotangent).empty();
    function(name + "_begin", "", [&] { operations(Phase::prologue); });
    function(name + "_f", ", int stage", [&] { operations(Phase::forward); });
    if (with_sums) {
        function(name + "_clear", "", [&] { clear_sums(); });
        function(name + "_vjp", ", int stage", [&] { operations(Phase::reverse); });
        function(name + "_sums", "", [&] { print_sums(stages_); });
        if (few < stages_) function(name + "_few_sums", "", [&] { print_sums(few); });
        function(name + "_end", "", [&] {
            operations(Phase::epilogue);
            for (std::size_t i = 0; i < sums.size(); ++i) {
                const std::uint32_t v = p_.at(Port::summed)[i];
                if (v != Program::none && expression_[v] != sums[i]) copy(sums[i], v);
            }
        });
    }
    const auto place = [&](Port port) { return p_.at(port).empty() ? CFunctions::nowhere : place_[p_.at(port)[0]]; };
    const bool reads_time = !p_.at(Port::time).empty() && p_.values[p_.at(Port::time)[0]].read;
    return {.name = name,
            .time = reads_time ? place(Port::time) : CFunctions::nowhere,
            .state = place(Port::state),
            .rate = place(Port::forward),
            .cotangent = place(Port::cotangent),
            .bar = place(Port::reverse),
            .size = p_.values[p_.at(Port::state)[0]].shape.size()};
}

}  // namespace costate
