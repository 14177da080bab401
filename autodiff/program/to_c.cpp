// autodiff/program/to_c.cpp — a Program from its tables to a text: its functions phase by phase, and in front of them what they
// turned out to need
#include "autodiff/program/to_c.hpp"

#include <algorithm>
#include <vector>

#include "autodiff/program/c_printer.hpp"  // brings: CFile, CPrinter

namespace costate::inline COSTATE_PRECISION {

namespace {

class Printer {
public:
    Printer(const Program& p, std::string_view name, const ToC& options, Where at)
        : p_(p),
          name_(require_name(name, "to_c", at)),
          options_(options),
          constants_(places_of_constants(p, "p", inputs_)),  // they are the first of p
          file_(name, at),
          printer_(p, file_, constants_, places_of_parameters(p, inputs_)) {}

    std::string whole() {
        begin();
        stage("f", {Phase::forward}, Port::forward);
        reverse();
        end();
        return spelled("/* ", name_, ".c: printed by costate. C99, of libc memcpy alone.\n",
                       "   p holds the constants and parameters, m ", name_, "_numbers numbers of memory. */\n") +
               file_.whole(constants_text(), prototypes_, functions_);
    }

private:
    // Of these parameters: "const real *p, real *m".
    void function(std::string_view called, const std::vector<std::string>& parameters) {
        const std::string head = spelled("void ", name_, "_", called, "(", in_a_row(parameters), ")");
        prototypes_ += head + ";\n";
        functions_ += with_body(head, parameters, file_.code.take_text());
    }

    void begin() {
        printer_.operations(Phase::prologue);
        printer_.clear_sums();
        function("begin", {"const real *p", "real *m"});
    }

    void stage(std::string_view called, std::initializer_list<Phase> phases, Port results) {
        for (const Phase phase : phases) printer_.operations(phase);
        const bool is_forward = results == Port::forward;
        if (!is_forward) printer_.add_totals();
        printer_.hand_out(results, places_of_results(p_, results, is_forward ? "dz" : "gz"));
        std::vector<std::string> parameters{"const real *p", "real *m"};
        if (!p_.at(Port::time).empty()) parameters.push_back("real t");
        add_parameters(parameters, p_, Port::state, "const real *z");
        if (!is_forward) add_parameters(parameters, p_, Port::cotangent, "const real *w");
        add_parameters(parameters, p_, results, is_forward ? "real *dz" : "real *gz");
        function(called, parameters);
    }

    void reverse() {
        const bool has_any = !p_.at(Port::cotangent).empty() || !p_.at(Port::summed).empty();
        if (!has_any && p_.at(Port::reverse).empty()) return;
        stage(p_.at(Port::cotangent).empty() ? "sums" : "vjp", {Phase::reverse, Phase::sums}, Port::reverse);
    }

    void end() {
        if (p_.at(Port::summed).empty()) return;
        printer_.operations(Phase::epilogue);
        printer_.hand_out(Port::summed, places_of_results(p_, Port::summed, "g"));
        function("end", {"const real *p", "real *m", "real *g"});
    }

    std::string constants_text() const {
        const Index numbers = std::max<Index>(1, file_.numbers);
        std::string text = spelled("enum {\n    ", name_, "_numbers = ", numbers, ",\n    ", name_,
                                   "_bytes = ", numbers, " * sizeof(real),\n");
        std::vector<Listed> inputs;
        for (const std::uint32_t v : p_.at(Port::constant)) inputs.push_back({"a constant", p_.values[v].shape});
        for (const Parameter& p : p_.parameters) inputs.push_back({p.name(), p.shape()});
        text += list_of_places(name_ + "_at", name_ + "_inputs", inputs) + list_of_sums(name_, p_);
        text += "};\n\n";
        if (options_.weights) text += CCode::array(spelled("const real ", name_, "_parameters"), weights_of(p_));
        return text;
    }

    const Program& p_;
    std::string name_;
    ToC options_;
    Index inputs_ = 0;
    std::vector<std::string> constants_;  // where they lie, and how many numbers they are: inputs_
    CFile file_;
    CPrinter printer_;
    std::string prototypes_, functions_;
};

}  // namespace

std::string to_c(const Program& program, std::string_view name, const ToC& options, Where at) {
    return Printer(program, name, options, at).whole();
}

}  // namespace costate
