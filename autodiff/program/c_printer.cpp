#include "autodiff/program/c_printer.hpp"

#include <algorithm>

#include "core/elementary/in_c.hpp"  // brings: functions_in_c
#include "core/rows.hpp"             // brings: range_length

namespace costate::inline COSTATE_PRECISION {

namespace {

// a b + c is rounded twice, as BITS=same has it; and no loop becomes a memset.
constexpr std::string_view unfused = R"(#if defined(__FAST_MATH__)
#error "printed for sums and products as they stand: no -ffast-math"
#endif
#if !defined(__clang__) && defined(__GNUC__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off", "no-tree-loop-distribute-patterns")
#endif
)";
constexpr std::string_view fused_again = R"(
#if !defined(__clang__) && defined(__GNUC__)
#pragma GCC pop_options
#endif
)";

constexpr std::string_view of_stage = " + stage * ";

// Of "m + 12"; nowhere of anything else.
Index place_in(std::string_view expression, std::string_view base = "m") {
    Index place = 0;
    if (!expression.starts_with(base) || !expression.substr(base.size()).starts_with(" + ")) return CFunctions::nowhere;
    for (const char digit : expression.substr(base.size() + 3)) {
        if (digit < '0' || digit > '9') return CFunctions::nowhere;
        place = 10 * place + (digit - '0');
    }
    return place;
}

}  // namespace

std::string CFile::whole(const std::string& constants, const std::string& prototypes, const std::string& body) {
    std::string text = spelled("#include <stdint.h>\n#include <string.h>\n\n", unfused,
                               "#ifndef COSTATE_PRINTED_REAL\n#define COSTATE_PRINTED_REAL\ntypedef ",
                               sizeof(Real) == 8 ? "double" : "float", " real;\n#endif\n", "typedef char ", name,
                               "_real_is_as_printed[sizeof(real) == ", sizeof(Real), " ? 1 : -1];\n\n", constants);
    for (const auto& [called, tensor] : stored)
        if (mentions(functions, called) || mentions(body, called))
            text += CCode::array("static const real " + called, tensor.entries());
    text += prototypes;
    const std::vector<std::string_view> needed(code.elementaries().begin(), code.elementaries().end());
    text += elementary::functions_in_c(needed, name + "_");
    text += code.helpers();
    return text + functions + body + std::string(fused_again);
}

CPrinter::CPrinter(const Program& program, CFile& file, const std::vector<std::string>& constants,
                   std::span<const Index> parameters)
    : p_(program),
      file_(file),
      code_(file.code),
      expression_(program.values.size()),
      place_(program.values.size(), CFunctions::nowhere) {
    require();
    name_inputs(constants, parameters);
    const auto name_all = [&](Port port, const char* letter) {
        for (std::size_t i = 0; i < p_.at(port).size(); ++i) expression_[p_.at(port)[i]] = numbered(letter, i);
    };
    for (const std::uint32_t v : p_.at(Port::time)) expression_[v] = "&t";
    name_all(Port::state, "z");
    name_all(Port::cotangent, "w");
    std::vector<std::uint8_t> given = given_inputs();
    p_.each({Port::time, Port::state, Port::cotangent}, [&](std::uint32_t v) { given[v] = true; });
    place(given);
}

void CPrinter::require() const {
    for (const Port port : {Port::forward, Port::reverse})
        if (std::ranges::find(p_.at(port), Program::none) != p_.at(port).end())
            fail(code_.where,
                 {.what = "to_c: a result that is always 0",
                  .got = text("a zero Var among the ", port == Port::forward ? "forward" : "reverse", " results"),
                  .expected = "results that something computes",
                  .fix = "leave it out"});
    const Index rows = p_.recorded_rows();
    if (rows > range_length(rows) && !p_.code_of(Phase::sums).empty())
        fail(code_.where, {.what = "to_c: sums over more rows than one range has",
                           .got = text(rows, " rows"),
                           .expected = text("at most ", range_length(rows)),
                           .fix = text("record the field with fewer rows, and call ", file_.name,
                                       "_f and the others for each lot of "
                                       "them")});
    if (p_.at(Port::time).size() > 1)
        fail(code_.where,
             {.what = "to_c: more than one time", .got = text(p_.at(Port::time).size()), .expected = "none, or one"});
    for (const Program::Instruction& c : p_.code) {
        const Operator& op = operator_of(c.op);
        if (!op.print)
            fail(code_.where, {.what = "to_c: an operation that cannot be written as C",
                               .got = text(op.name),
                               .expected = "operators with print(CCode&), as the library's are",
                               .fix = "give it one: autodiff/tape/c_code.hpp"});
    }
}

void CPrinter::name_inputs(const std::vector<std::string>& constants, std::span<const Index> parameters) {
    for (std::size_t i = 0; i < constants.size(); ++i) expression_[p_.at(Port::constant)[i]] = constants[i];
    for (std::size_t i = 0; i < p_.at(Port::parameter).size(); ++i)
        expression_[p_.at(Port::parameter)[i]] = spelled("p + ", parameters[i]);
    for (std::size_t k = 0; k < p_.stored.size(); ++k) {
        const std::string name = spelled(file_.name, "_stored_", file_.stored.size());
        file_.stored.push_back({name, p_.stored[k]});
        expression_[p_.at(Port::stored)[k]] = name;
    }
}

std::vector<std::uint8_t> CPrinter::given_inputs() const {
    std::vector<std::uint8_t> given(p_.values.size(), false);
    p_.each({Port::constant, Port::parameter, Port::stored}, [&](std::uint32_t v) { given[v] = true; });
    return given;
}

void CPrinter::place(const std::vector<std::uint8_t>& given) {
    const CPlaces places(p_, given, std::max<Index>(1, stages_), stages_ > 0 && p_.merges_stages);
    const Index first = more(places.numbers());
    for (std::uint32_t v = 0; v < p_.values.size(); ++v) {
        if (given[v]) continue;
        place_[v] = first + places.of(v);
        expression_[v] = spelled("m + ", place_[v]);
        if (stages_ > 0 && p_.values[v].home == Program::Home::slot)
            expression_[v] += spelled(of_stage, p_.values[v].shape.size());
    }
}

// Does it take the rows of all stages at once?
bool CPrinter::merges(const Program::Instruction& c) const {
    return stages_ > 0 && p_.merges_stages && c.phase == Phase::sums;
}

void CPrinter::operations(Phase phase) {
    for (const Program::Instruction& c : p_.code_of(phase)) operation(c);
}

void CPrinter::operation(const Program::Instruction& c) {
    now_ = &c;
    const bool all_stages = merges(c);
    const auto shape = [&](std::uint32_t v) {
        const Shape& s = p_.values[v].shape;
        return all_stages && p_.values[v].rows == Rows::row ? s.with(0, s[0] * summed_stages_) : s;
    };
    const auto from = [&](std::uint32_t v) {  // the first stage's, where all are meant
        return all_stages ? expression_[v].substr(0, expression_[v].find(of_stage)) : expression_[v];
    };
    std::string shapes;
    code_.in.clear();
    for (const std::uint32_t v : p_.in(c)) {
        code_.in.push_back(shape(v));
        shapes += (shapes.empty() ? " of " : ", ") + to_text(code_.in.back());
    }
    code_.out = shape(c.first_out);
    code_.into = c.accumulates ? Into::extend : Into::assign;
    code_.around = this;
    code_.part_from = -1;
    const std::string body = code_.written_within([&] { operator_of(c.op).print(c.attributes, code_); });
    if (code_.part_from >= 0 && is_part(c)) return;
    code_.begin();
    code_.line(spelled("/* ", operator_of(c.op).name, " ", shape(c.first_out), shapes, " */"));
    for (std::size_t i = 0; i < p_.in(c).size(); ++i)
        if (mentions(body, code_.operand(i)))
            code_.line(spelled("const real *", code_.operand(i), " = ", from(p_.in(c)[i]), ";"));
    if (mentions(body, "y")) code_.line(spelled("real *y = ", from(c.first_out), ";"));
    code_.put(body);
    code_.end();
}

// A part of what stays where it is needs no copy.
bool CPrinter::is_part(const Program::Instruction& c) {
    const std::string& whole = expression_[p_.in(c)[0]];
    const std::string base = whole.substr(0, whole.find(" + "));
    const bool stays = base == "in" || base == "p" || base.starts_with(file_.name + "_stored_");
    if (!stays) return false;
    const Index from = base == whole ? 0 : place_in(whole, base);
    expression_[c.first_out] = spelled(base, " + ", from + code_.part_from);
    place_[c.first_out] = CFunctions::nowhere;
    return true;
}

void CPrinter::add_totals() {
    for (const Program::Total& sum : p_.totals)
        code_.each("j", p_.values[sum.total].shape.size(), [&] {
            code_.line(spelled("(", expression_[sum.total], ")[j] += (", expression_[sum.value], ")[j];"));
        });
}

void CPrinter::clear_sums() {
    struct Run {
        std::string at;
        Index place, numbers;
        bool is_total;
    };
    std::vector<Run> runs;  // those that lie side by side at once
    for (std::uint32_t v = 0; v < p_.values.size(); ++v) {
        if (p_.values[v].home != Program::Home::sum) continue;
        const bool is_total = std::ranges::any_of(p_.totals, [&](const Program::Total& t) { return t.total == v; });
        runs.push_back({expression_[v], place_in(expression_[v]), p_.values[v].shape.size(), is_total});
    }
    std::ranges::sort(runs, {}, &Run::place);
    for (std::size_t i = 0, end; i < runs.size(); i = end) {
        Index numbers = runs[i].numbers;
        for (end = i + 1; end < runs.size() && runs[i].place >= 0 && runs[end].place == runs[i].place + numbers &&
                          runs[end].is_total == runs[i].is_total;
             ++end)
            numbers += runs[end].numbers;
        code_.each("i", numbers, [&] {  // −0 + x is x, be it −0 as well
            code_.line(spelled("(", runs[i].at, ")[i] = ", runs[i].is_total ? "-(real)0" : "0", ";"));
        });
    }
}

void CPrinter::copy(const std::string& to, std::uint32_t v) {
    code_.line(spelled("memcpy(", to, ", ", expression_[v], ", ", p_.values[v].shape.size(), " * sizeof(real));"));
}

void CPrinter::hand_out(Port port, const std::vector<std::string>& to) {
    for (std::size_t i = 0; i < p_.at(port).size(); ++i) {
        const std::uint32_t v = p_.at(port)[i];
        if (v != Program::none && expression_[v] != to[i]) copy(to[i], v);
    }
}

CPrinter::Reader CPrinter::reader(std::uint32_t kind) const {
    const Program::Instruction* c = p_.reader(*now_, kind);
    if (!c) return {nullptr, {}};
    Reader found{&c->attributes, {}};
    for (const std::uint32_t v : c->results()) found.results.push_back(expression_[v]);
    return found;
}

std::span<const Real> CPrinter::known(std::size_t operand) const { return p_.known(p_.in(*now_)[operand]); }

Index CPrinter::memory(std::size_t operand, Index numbers) {
    const auto in = p_.in(*now_);
    const std::uint32_t value = operand < in.size() ? in[operand] : now_->first_out + now_->n_out - 1;
    for (const auto& [of, place] : memory_of_)
        if (of == value) return place;
    memory_of_.emplace_back(value, more(numbers));
    return memory_of_.back().second;
}

}  // namespace costate
