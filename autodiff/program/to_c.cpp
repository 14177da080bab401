// autodiff/program/to_c.cpp — a Program from its tables to a text: what it reads, its functions phase by phase, and in front of
// them what they turned out to need
#include "autodiff/program/to_c.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "autodiff/program/c_places.hpp"  // brings: CPlaces
#include "autodiff/tape/registry.hpp"     // brings: operator_of
#include "core/elementary/in_c.hpp"       // brings: functions_in_c
#include "core/rows.hpp"                  // brings: range_length

namespace costate::inline COSTATE_PRECISION {

namespace {

// a b + c is rounded twice, as BITS=same has it.
constexpr std::string_view unfused = R"(#if defined(__FAST_MATH__)
#error "printed for sums and products as they stand: no -ffast-math"
#endif
#if !defined(__clang__) && defined(__GNUC__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off")
#endif
)";
constexpr std::string_view fused_again = R"(
#if !defined(__clang__) && defined(__GNUC__)
#pragma GCC pop_options
#endif
)";

// Is this name in the text, and not as a part of another?
bool mentions(std::string_view text, std::string_view name) {
    const auto is_part = [&](std::size_t at) { return at < text.size() && CCode::is_part_of_name(text[at]); };
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1))
        if (!is_part(at - 1) && !is_part(at + name.size())) return true;
    return false;
}

// z, z1, z2, ...
std::string numbered(std::string_view letter, std::size_t i) { return i == 0 ? spelled(letter) : spelled(letter, i); }

class Printer {
public:
    Printer(const Program& p, std::string_view name, const ToC& options, Where at)
        : p_(p), places_(p), code_(name, at), name_(name), options_(options), at_(at), expression_(p.values.size()) {
        require();
        for (std::uint32_t v = 0; v < p.values.size(); ++v) expression_[v] = spelled("m + ", places_.of(v));
        name_inputs();
    }

    std::string whole() {
        std::string functions = begin();
        functions += stage("f", {Phase::forward}, Port::forward);
        functions += reverse();
        functions += end();
        std::string text = head();
        text += prototypes_;
        const std::vector<std::string_view> needed(code_.elementaries().begin(), code_.elementaries().end());
        text += elementary::functions_in_c(needed, name_ + "_");
        text += code_.helpers();
        return text + functions + std::string(fused_again);
    }

private:
    void require() const {
        if (name_.empty() || std::isdigit(static_cast<unsigned char>(name_[0])) ||
            !std::ranges::all_of(name_, CCode::is_part_of_name))
            fail(at_, {.what = "to_c: a name that C cannot have",
                       .got = text("'", name_, "'"),
                       .expected = "letters, digits and _, no digit first: all names of the file begin with it"});
        for (const Port port : {Port::forward, Port::reverse})
            if (std::ranges::find(p_.at(port), Program::none) != p_.at(port).end())
                fail(at_,
                     {.what = "to_c: a result that is always 0",
                      .got = text("a zero Var among the ", port == Port::forward ? "forward" : "reverse", " results"),
                      .expected = "results that something computes",
                      .fix = "leave it out"});
        const Index rows = p_.recorded_rows();
        if (rows > range_length(rows) && !p_.code_of(Phase::sums).empty())
            fail(at_, {.what = "to_c: sums over more rows than one range has",
                       .got = text(rows, " rows"),
                       .expected = text("at most ", range_length(rows)),
                       .fix = text("record the field with fewer rows, and call ", name_,
                                   "_f and the others for each lot of them")});
        if (p_.at(Port::time).size() > 1)
            fail(at_, {.what = "to_c: more than one time",
                       .got = text(p_.at(Port::time).size()),
                       .expected = "none, or one"});
        for (const Program::Instruction& c : p_.code) {
            const Operator& op = operator_of(c.op);
            if (!op.print)
                fail(at_, {.what = "to_c: an operation that cannot be written as C",
                           .got = text(op.name),
                           .expected = "operators with print(CCode&), as most of the library's are",
                           .fix = "give it one: autodiff/tape/c_code.hpp"});
        }
    }

    void name_inputs() {
        for (const Port port : {Port::constant, Port::parameter})
            for (const std::uint32_t v : p_.at(port)) {
                expression_[v] = spelled("p + ", inputs_);
                inputs_ += p_.values[v].shape.size();
            }
        for (std::size_t i = 0; i < p_.at(Port::stored).size(); ++i)
            expression_[p_.at(Port::stored)[i]] = spelled(name_, "_stored_", i);
        const auto name_all = [&](Port port, const char* letter) {
            for (std::size_t i = 0; i < p_.at(port).size(); ++i) expression_[p_.at(port)[i]] = numbered(letter, i);
        };
        for (const std::uint32_t v : p_.at(Port::time)) expression_[v] = "&t";
        name_all(Port::state, "z");
        name_all(Port::cotangent, "w");
    }

    void operation(const Program::Instruction& c) {
        std::string shapes;
        code_.in.clear();
        for (const std::uint32_t v : p_.in(c)) {
            code_.in.push_back(p_.values[v].shape);
            shapes += (shapes.empty() ? " of " : ", ") + to_text(p_.values[v].shape);
        }
        code_.out = p_.values[c.first_out].shape;
        code_.into = c.accumulates ? Into::extend : Into::assign;
        code_.begin();
        const std::string body = code_.written([&] { operator_of(c.op).print(c.attributes, code_); });
        code_.line(spelled("/* ", operator_of(c.op).name, " ", code_.out, shapes, " */"));
        for (std::size_t i = 0; i < code_.in.size(); ++i)
            if (mentions(body, code_.operand(i)))
                code_.line(spelled("const real *", code_.operand(i), " = ", expression_[p_.in(c)[i]], ";"));
        code_.line(spelled("real *y = ", expression_[c.first_out], ";"));
        code_.put(body);
        code_.end();
    }

    void hand_out(Port port, const char* letter) {  // results to the caller
        Index at = 0;
        for (std::size_t i = 0; i < p_.at(port).size(); ++i) {
            const std::uint32_t v = p_.at(port)[i];
            const std::string to = port == Port::summed ? spelled(letter, " + ", at) : numbered(letter, i);
            if (v == Program::none) continue;  // a sum that is always 0 has no place
            code_.line(
                spelled("memcpy(", to, ", ", expression_[v], ", ", p_.values[v].shape.size(), " * sizeof(real));"));
            at += p_.values[v].shape.size();
        }
    }

    // Of these parameters: "const real *p, real *m".
    std::string function(std::string_view called, const std::vector<std::string>& parameters) {
        const std::string body = code_.take_text();
        std::string list, unused;
        for (const std::string& parameter : parameters) {
            const std::string parameter_name = parameter.substr(parameter.find_last_of(" *") + 1);
            list += (list.empty() ? "" : ", ") + parameter;
            if (!mentions(body, parameter_name)) unused += "    (void)" + parameter_name + ";\n";
        }
        const std::string head_line = spelled("void ", name_, "_", called, "(", list, ")");
        prototypes_ += head_line + ";\n";
        return "\n" + head_line + " {\n" + unused + body + "}\n";
    }

    std::string begin() {
        for (const Program::Instruction& c : p_.code_of(Phase::prologue)) operation(c);
        for (std::uint32_t v = 0; v < p_.values.size(); ++v) {
            if (p_.values[v].home != Program::Home::sum) continue;
            const bool is_total = std::ranges::any_of(p_.totals, [&](const Program::Total& t) { return t.total == v; });
            code_.each("i", p_.values[v].shape.size(), [&] {  // −0 + x is x, be it −0 as well
                code_.line(spelled("(", expression_[v], ")[i] = ", is_total ? "-(real)0" : "0", ";"));
            });
        }
        return function("begin", {"const real *p", "real *m"});
    }

    void add_parameters(std::vector<std::string>& list, Port port, const std::string& of) const {
        for (std::size_t i = 0; i < p_.at(port).size(); ++i) list.push_back(numbered(of, i));
    }

    std::string stage(std::string_view called, std::initializer_list<Phase> phases, Port results) {
        for (const Phase phase : phases)
            for (const Program::Instruction& c : p_.code_of(phase)) operation(c);
        const bool is_forward = results == Port::forward;
        if (!is_forward) add_totals();
        hand_out(results, is_forward ? "dz" : "gz");
        std::vector<std::string> parameters{"const real *p", "real *m"};
        if (!p_.at(Port::time).empty()) parameters.push_back("real t");
        add_parameters(parameters, Port::state, "const real *z");
        if (!is_forward) add_parameters(parameters, Port::cotangent, "const real *w");
        add_parameters(parameters, results, is_forward ? "real *dz" : "real *gz");
        return function(called, parameters);
    }

    void add_totals() {
        for (const Program::Total& sum : p_.totals)
            code_.each("i", p_.values[sum.total].shape.size(), [&] {
                code_.line(spelled("(", expression_[sum.total], ")[i] += (", expression_[sum.value], ")[i];"));
            });
    }

    std::string reverse() {
        const bool has_any = !p_.at(Port::cotangent).empty() || !p_.at(Port::summed).empty();
        if (!has_any && p_.at(Port::reverse).empty()) return "";
        return stage(p_.at(Port::cotangent).empty() ? "sums" : "vjp", {Phase::reverse, Phase::sums}, Port::reverse);
    }

    std::string end() {
        if (p_.at(Port::summed).empty()) return "";
        for (const Program::Instruction& c : p_.code_of(Phase::epilogue)) operation(c);
        hand_out(Port::summed, "g");
        return function("end", {"const real *p", "real *m", "real *g"});
    }

    std::string head() const {
        std::string text = spelled("/* ", name_, ".c: printed by costate. C99, of libc memcpy alone.\n",
                                   "   p holds the constants and parameters, m ", name_,
                                   "_numbers numbers of memory. */\n", "#include <stdint.h>\n#include <string.h>\n\n",
                                   unfused, "#ifndef COSTATE_PRINTED_REAL\n#define COSTATE_PRINTED_REAL\ntypedef ",
                                   sizeof(Real) == 8 ? "double" : "float", " real;\n#endif\n", "typedef char ", name_,
                                   "_real_is_as_printed[sizeof(real) == ", sizeof(Real), " ? 1 : -1];\n\n");
        text += spelled("enum {\n    ", name_, "_numbers = ", std::max<Index>(1, places_.numbers()), ",\n    ", name_,
                        "_bytes = ", std::max<Index>(1, places_.numbers()), " * sizeof(real),\n");
        std::vector<std::uint32_t> inputs = p_.at(Port::constant);
        const std::size_t constants = inputs.size();
        inputs.insert(inputs.end(), p_.at(Port::parameter).begin(), p_.at(Port::parameter).end());
        text += places("at", "inputs", inputs, [&](std::size_t i) {
            return i < constants ? std::string("a constant") : p_.parameters[i - constants].name();
        });
        text += places("g_at", "outputs", p_.at(Port::summed), [](std::size_t i) { return spelled("sum ", i); });
        text += "};\n\n";
        for (std::size_t k = 0; k < p_.stored.size(); ++k)
            text += "static " + array(spelled(name_, "_stored_", k), p_.stored[k].entries());
        if (options_.weights) {
            std::vector<Real> all;
            for (const Parameter& p : p_.parameters) {
                const Tensor value = p.value();
                all.insert(all.end(), value.entries().begin(), value.entries().end());
            }
            text += array(spelled(name_, "_parameters"), all);
        }
        return text;
    }

    // Where numbers lie that stand one behind the other: "law_at_1 = 16, /* layers.0.bias [8] */", and how many there are.
    template <class NameOf>
    std::string places(const char* each, const char* all, const std::vector<std::uint32_t>& values, NameOf&& of) const {
        std::string text;
        Index at = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i] == Program::none) continue;
            const Shape& shape = p_.values[values[i]].shape;
            text += spelled("    ", name_, "_", each, "_", i, " = ", at, ", /* ", of(i), " ", shape, " */\n");
            at += shape.size();
        }
        return text + spelled("    ", name_, "_", all, " = ", at, ",\n");
    }

    std::string array(const std::string& called, std::span<const Real> numbers) const {
        std::string text = spelled("const real ", called, "[] = {");
        for (std::size_t i = 0; i < numbers.size(); ++i)
            text += spelled(i % 6 == 0 ? "\n    " : " ", CCode::number(static_cast<double>(numbers[i])), ",");
        return text + (numbers.empty() ? "0};\n\n" : "\n};\n\n");
    }

    const Program& p_;
    CPlaces places_;
    CCode code_;
    std::string name_;
    ToC options_;
    Where at_;
    std::vector<std::string> expression_;  // that points to a value's numbers
    std::string prototypes_;
    Index inputs_ = 0;
};

}  // namespace

std::string to_c(const Program& program, std::string_view name, const ToC& options, Where at) {
    return Printer(program, name, options, at).whole();
}

}  // namespace costate
