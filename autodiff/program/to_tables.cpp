#include "autodiff/program/to_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autodiff/operators/compiled.hpp"  // brings: PackOnce
#include "autodiff/program/c_places.hpp"    // brings: CPlaces
#include "autodiff/program/c_printer.hpp"   // brings: require_name, weights_of
#include "core/rows.hpp"                    // brings: range_length

namespace costate::inline COSTATE_PRECISION {

class HeldTables::Maker {
public:
    Maker(HeldTables& to, const Program& p, int stages, Where at)
        : to_(to),
          p_(p),
          stages_(stages),
          merged_(p.merges_stages && stages * p.recorded_rows() <= sum_block),
          at_(at) {}

    void run() {
        require();
        place_values();
        for (const Program::Instruction& c : p_.code) add(c);
        for (const Program::Total& t : p_.totals) to_.totals_.push_back({where_[t.value], where_[t.total]});
        for (std::uint32_t v = 0; v < p_.values.size(); ++v)
            if (p_.values[v].home == Program::Home::sum && !is_total(v)) to_.sums_.push_back(where_[v]);
        for (const Port port : {Port::time, Port::state, Port::cotangent, Port::forward, Port::reverse, Port::summed})
            add_port(port);
        if (to_.places_.size() > 0xffff)
            fail(at_, {.what = "to_tables: a program that is too long for tables",
                       .got = text(to_.places_.size(), " operands and results"),
                       .expected = "at most 65535"});
        point_to_all();
    }

private:
    void require() const {
        for (const Program::Instruction& c : p_.code) {
            const bool is_ours = c.op < library_operators.size();
            if (is_ours && c.n_in > Tables::most_operands)
                fail(at_,
                     {.what = "to_tables: an operation of more operands than tables have",
                      .got = text(operator_of(c.op).name, " with ", c.n_in, " operands, recorded at ", c.where),
                      .expected = text("at most ", Tables::most_operands),
                      .fix =
                          "a sum of two sums, a concatenation of two; a gradient adds up as often as a value is used"});
            if (!is_ours || c.n_out != 1)
                fail(at_, {.what = "to_tables: an operation that tables cannot have",
                           .got = text(operator_of(c.op).name, ", recorded at ", c.where),
                           .expected = "operators of the library with one result, and no solve",
                           .fix = "tables of the field, whose solve is a loop of yours; or optim::to_c"});
            if (c.op == operator_number<PackOnce>())
                fail(at_, {.what = "to_tables: a weight that was packed for this machine's vectors",
                           .got = text(p_.recorded_rows(), " rows"),
                           .expected = "fewer than 32",
                           .fix = "record the field with fewer rows"});
        }
        const Index rows = p_.recorded_rows();
        if (rows > range_length(rows) && !p_.code_of(Phase::sums).empty())
            fail(at_, {.what = "to_tables: sums over more rows than one range has",
                       .got = text(rows, " rows"),
                       .expected = text("at most ", range_length(1)),
                       .fix = "record the field with fewer rows"});
    }

    void place_values() {
        std::vector<std::uint8_t> given(p_.values.size(), false);
        p_.each({Port::constant, Port::parameter, Port::stored}, [&](std::uint32_t v) { given[v] = true; });
        const CPlaces places(p_, given, stages_, merged_);
        if (stages_ < 1 || places.numbers() > std::numeric_limits<std::int32_t>::max())
            fail(at_, {.what = "to_tables: so many stages have no places",
                       .got = text(stages_),
                       .expected = "1 or more, and places for all of them below 2^31"});
        to_.tables_.numbers = static_cast<std::int32_t>(places.numbers());
        for (std::uint32_t v = 0; v < p_.values.size(); ++v)
            where_.push_back({.at = static_cast<std::int32_t>(places.of(v)),
                              .shape = shape(p_.values[v].shape),
                              .of_stage = p_.values[v].home == Program::Home::slot});
        p_.each({Port::constant, Port::parameter}, [&](std::uint32_t v) {
            where_[v].in = Tables::In::p;
            where_[v].at = to_.tables_.inputs;
            to_.tables_.inputs += static_cast<std::int32_t>(p_.values[v].shape.size());
        });
        for (std::size_t k = 0; k < p_.stored.size(); ++k) {
            Tables::Place& place = where_[p_.at(Port::stored)[k]];
            place.in = Tables::In::stored;
            place.at = static_cast<std::int32_t>(to_.stored_.size());
            to_.stored_.insert(to_.stored_.end(), p_.stored[k].entries().begin(), p_.stored[k].entries().end());
        }
    }

    template <class T, class Same>
    static std::uint16_t place_in(std::vector<T>& list, const T& entry, Same&& same) {
        const auto at = std::ranges::find_if(list, [&](const T& other) { return same(other, entry); });
        const std::size_t place = at - list.begin();
        if (at == list.end()) list.push_back(entry);
        return static_cast<std::uint16_t>(place);
    }
    std::uint16_t shape(const Shape& shape) { return place_in(to_.shapes_, shape, std::equal_to<>()); }

    void add(const Program::Instruction& c) {
        const Operator& op = operator_of(c.op);
        const auto same = [](const Attributes& a, const Attributes& b) { return a.bytes == b.bytes; };
        to_.code_.push_back({.evaluator = &op,
                             .attributes = place_in(to_.attributes_, c.attributes, same),
                             .first = static_cast<std::uint16_t>(to_.places_.size()),
                             .n_in = static_cast<std::uint8_t>(c.n_in),
                             .accumulates = c.accumulates});
        to_.numbers_.push_back(c.op);
        for (const std::uint32_t v : p_.in(c)) to_.places_.push_back(op.shape_only ? where_[v] : place(v, c.phase));
        to_.places_.push_back(place(c.first_out, c.phase));
    }

    // Where stages are summed at once, their rows are those of one value: they lie one behind the other.
    Tables::Place place(std::uint32_t v, Phase phase) {
        Tables::Place place = where_[v];
        if (!merged_ || phase != Phase::sums || p_.values[v].rows != Rows::row) return place;
        const Shape& one = p_.values[v].shape;
        place.shape = shape(one.with(0, one[0] * stages_));
        place.of_stage = false;
        return place;
    }

    bool is_total(std::uint32_t v) const {
        return std::ranges::any_of(p_.totals, [v](const Program::Total& t) { return t.total == v; });
    }

    void add_port(Port port) {
        std::vector<Tables::Place>& places = to_.ports_.emplace_back();
        for (const std::uint32_t v : p_.at(port)) places.push_back(v == Program::none ? Tables::Place{} : where_[v]);
    }

    void point_to_all() {
        Tables& t = to_.tables_;
        t.stages = stages_;
        t.sums_at_once = merged_;
        t.shapes = to_.shapes_;
        t.attributes = to_.attributes_;
        t.places = to_.places_;
        t.code = to_.code_;
        std::ranges::copy(p_.phase_begin, t.phase_begin.begin());
        std::span<const Tables::Place>* const lists[] = {&t.times,   &t.states,  &t.cotangents,
                                                         &t.forward, &t.reverse, &t.summed};
        for (std::size_t k = 0; k < std::size(lists); ++k) *lists[k] = to_.ports_[k];
        t.sums = to_.sums_;
        t.totals = to_.totals_;
        t.stored = to_.stored_;
    }

    HeldTables& to_;
    const Program& p_;
    const int stages_;
    const bool merged_;
    const Where at_;
    std::vector<Tables::Place> where_;  // of each value
};

HeldTables::HeldTables(const Program& program, int stages, Where at) { Maker(*this, program, stages, at).run(); }

namespace {

std::string number_in_cpp(Real x) {
    if (std::isfinite(x)) return CCode::number(double(x));
    return spelled(x < 0 ? "-" : "", "std::numeric_limits<Real>::", x != x ? "quiet_NaN()" : "infinity()");
}

std::string in_cpp(const Shape& shape) {
    std::string extents;
    for (int axis = 0; axis < shape.rank(); ++axis) extents += spelled(axis == 0 ? "" : ", ", shape[axis]);
    return spelled("Shape::stated(", shape.rank(), ", {", extents, "})");
}

std::string in_cpp(const Attributes& attributes) {
    std::string bytes;
    for (std::size_t k = 0; k < attributes.bytes.size(); ++k)
        bytes += spelled(k == 0 ? "" : ", ", "std::byte(", static_cast<int>(attributes.bytes[k]), ")");
    return "{{" + bytes + "}}";
}

std::string in_cpp(const Tables::Place& p) {
    constexpr const char* names[] = {"m", "p", "stored"};
    return spelled("{", p.at, ", ", p.shape, ", Tables::In::", names[static_cast<int>(p.in)],
                   p.of_stage ? ", true}" : ", false}");
}

// An array, an entry a line.
template <class List, class Text>
std::string array_in_cpp(std::string_view type, std::string_view name, const List& list, Text&& entry) {
    std::string text = spelled("inline constexpr std::array<", type, ", ", list.size(), "> ", name, "{{\n");
    for (const auto& one : list) text += spelled("    ", entry(one), ",\n");
    return text + "}};\n";
}

constexpr auto as_it_is = [](const auto& one) { return in_cpp(one); };
constexpr const char* port_lists[] = {"times", "states", "cotangents", "forward", "reverse", "summed"};

}  // namespace

// The evaluators that the code names, which are in the operators' files.
std::string HeldTables::declarations() const {
    std::vector<std::uint32_t> used = numbers_;
    std::ranges::sort(used);
    used.erase(std::unique(used.begin(), used.end()), used.end());
    std::string text;
    for (const std::uint32_t op : used)
        text += spelled("template <>\nconst Evaluator EvaluatorOf<", op, ">::row;  // ", library_operators[op], "\n");
    return text;
}

std::string HeldTables::arrays() const {
    std::string text = array_in_cpp("Shape", "shapes", shapes_, as_it_is);
    text += array_in_cpp("Attributes", "attributes", attributes_, as_it_is);
    text += array_in_cpp("Tables::Place", "places", places_, as_it_is);
    std::size_t n = 0;
    text += array_in_cpp("Tables::Operation", "code", code_, [&](const Tables::Operation& o) {
        const std::uint32_t op = numbers_[n++];
        return spelled("/* ", library_operators[op], " */ {&EvaluatorOf<", op, ">::row, ", o.attributes, ", ", o.first,
                       ", ", static_cast<int>(o.n_in), o.accumulates ? ", true}" : ", false}");
    });
    for (std::size_t k = 0; k < std::size(port_lists); ++k)
        text += array_in_cpp("Tables::Place", port_lists[k], ports_[k], as_it_is);
    text += array_in_cpp("Tables::Place", "sums", sums_, as_it_is);
    text += array_in_cpp("Tables::Total", "totals", totals_, [](const Tables::Total& t) {
        return spelled("{", in_cpp(t.value), ", ", in_cpp(t.total), "}");
    });
    return text + array_in_cpp("Real", "stored", stored_, number_in_cpp);
}

namespace {

constexpr std::string_view names_of_cpp[] = {"alignas",       "alignof",      "and",
                                             "asm",           "auto",         "bool",
                                             "break",         "case",         "catch",
                                             "char",          "class",        "compl",
                                             "concept",       "const",        "constexpr",
                                             "continue",      "costate",      "decltype",
                                             "default",       "delete",       "do",
                                             "double",        "else",         "enum",
                                             "explicit",      "export",       "extern",
                                             "false",         "float",        "for",
                                             "friend",        "goto",         "if",
                                             "inline",        "int",          "long",
                                             "main",          "mutable",      "namespace",
                                             "new",           "noexcept",     "not",
                                             "nullptr",       "operator",     "or",
                                             "private",       "protected",    "public",
                                             "register",      "requires",     "return",
                                             "short",         "signed",       "sizeof",
                                             "static",        "std",          "struct",
                                             "switch",        "template",     "this",
                                             "throw",         "true",         "try",
                                             "typedef",       "typeid",       "typename",
                                             "union",         "unsigned",     "using",
                                             "virtual",       "void",         "volatile",
                                             "wchar_t",       "while",        "xor",
                                             "bitand",        "bitor",        "and_eq",
                                             "or_eq",         "xor_eq",       "not_eq",
                                             "char8_t",       "char16_t",     "char32_t",
                                             "consteval",     "constinit",    "co_await",
                                             "co_return",     "co_yield",     "const_cast",
                                             "static_cast",   "dynamic_cast", "reinterpret_cast",
                                             "static_assert", "thread_local"};

}  // namespace

std::string to_tables(const Program& program, std::string_view name, const ToTables& options, Where at) {
    require_name(name, "to_tables", at);
    if (std::ranges::find(names_of_cpp, name) != std::end(names_of_cpp))
        fail(at, {.what = "to_tables: a name that C++ has for itself",
                  .got = text("'", name, "'"),
                  .expected = "one for a variable: the tables are inline constexpr costate::Tables name{...}"});
    const HeldTables held(program, options.stages, at);
    const Tables& t = held.tables();
    std::string begins, lists;
    for (const std::uint16_t begin : t.phase_begin) begins += spelled(begins.empty() ? "" : ", ", begin);
    const auto name_list = [&](std::string_view list) {
        lists += spelled("    .", list, " = costate::", name, "_tables::", list, ",\n");
    };
    for (const char* list : {"shapes", "attributes", "places", "code"}) name_list(list);
    lists += spelled("    .phase_begin = {", begins, "},\n");
    for (const char* list : port_lists) name_list(list);
    for (const char* list : {"sums", "totals", "stored"}) name_list(list);
    std::string text = spelled(
        "// ", name, ".hpp: a Program as tables, printed by costate. autodiff/replay/tables.hpp says how it is ",
        "used.\n#pragma once\n#include <limits>\n\n#include \"autodiff/replay/tables.hpp\"\n\n",
        "static_assert(sizeof(costate::Real) == ", sizeof(Real), ");\n\n",
        "namespace costate::inline COSTATE_PRECISION {\n\n", held.declarations(), "\nnamespace ", name, "_tables {\n",
        held.arrays(), "}\n\n}\n\ninline constexpr costate::Tables ", name, "{\n    .numbers = ", t.numbers,
        ", .inputs = ", t.inputs, ", .stages = ", t.stages, ", .sums_at_once = ", t.sums_at_once ? "true" : "false",
        ",\n", lists, "};\n");
    if (options.weights)
        text += array_in_cpp("costate::Real", spelled(name, "_weights"), weights_of(program), number_in_cpp);
    return text;
}

}  // namespace costate
