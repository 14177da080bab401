#include "autodiff/program/to_tables.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "autodiff/program/c_printer.hpp"  // brings: require_name, weights_of

namespace costate::inline COSTATE_PRECISION {

namespace {

std::string number_in_cpp(Real x) {
    if (std::isfinite(x)) return CCode::number(double(x));
    return spelled(x < 0 ? "-" : "", "std::numeric_limits<costate::Real>::", x != x ? "quiet_NaN()" : "infinity()");
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
        if (op < library_operators.size())
            text +=
                spelled("template <>\nconst Evaluator EvaluatorOf<", op, ">::row;  // ", library_operators[op], "\n");
    return text;
}

std::string HeldTables::arrays(std::string_view name) const {
    std::string text = array_in_cpp("Shape", "shapes", shapes_, as_it_is);
    text += array_in_cpp("Attributes", "attributes", attributes_, as_it_is);
    text += array_in_cpp("Tables::Place", "places", places_, as_it_is);
    std::size_t n = 0;
    text += array_in_cpp("Tables::Operation", "code", code_, [&](const Tables::Operation& o) {
        const std::uint32_t op = numbers_[n++];
        if (!o.evaluator)
            return spelled("/* a task */ {nullptr, ", o.attributes, ", ", o.first, ", ", static_cast<int>(o.n_in), "}");
        return spelled("/* ", library_operators[op], " */ {&EvaluatorOf<", op, ">::row, ", o.attributes, ", ", o.first,
                       ", ", static_cast<int>(o.n_in), o.accumulates ? ", true}" : ", false}");
    });
    for (std::size_t k = 0; k < std::size(port_lists); ++k)
        text += array_in_cpp("Tables::Place", port_lists[k], ports_[k], as_it_is);
    text += array_in_cpp("Tables::Place", "sums", sums_, as_it_is);
    text += array_in_cpp("Tables::Total", "totals", totals_, [](const Tables::Total& t) {
        return spelled("{", in_cpp(t.value), ", ", in_cpp(t.total), "}");
    });
    text += array_in_cpp("Tables::Task", "tasks", names_, [&](const Named& task) {
        return spelled("{", task.function, ", &", name, "_solve", task.object, "}");
    });
    return text + array_in_cpp("Real", "stored", stored_, number_in_cpp);
}

std::string HeldTables::objects(std::string_view name) const {
    std::string text;
    for (std::size_t k = 0; k < objects_.size(); ++k) text += objects_[k].held->text(spelled(name, "_solve", k));
    return text;
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

std::string tables_in_cpp(const HeldTables& held, std::string_view name) {
    const Tables& t = held.tables();
    std::string begins, lists;
    for (const std::uint16_t begin : t.phase_begin) begins += spelled(begins.empty() ? "" : ", ", begin);
    const auto name_list = [&](std::string_view list) {
        lists += spelled("    .", list, " = costate::", name, "_tables::", list, ",\n");
    };
    for (const char* list : {"shapes", "attributes", "places", "code"}) name_list(list);
    lists += spelled("    .phase_begin = {", begins, "},\n");
    for (const char* list : port_lists) name_list(list);
    for (const char* list : {"sums", "totals", "stored", "tasks"}) name_list(list);
    return spelled(held.objects(name), "namespace costate::inline COSTATE_PRECISION {\n\n", held.declarations(),
                   "\nnamespace ", name, "_tables {\n", held.arrays(name),
                   "}\n\n}\n\ninline constexpr costate::Tables ", name, "{\n    .numbers = ", t.numbers,
                   ", .inputs = ", t.inputs, ", .stages = ", t.stages,
                   ", .sums_at_once = ", t.sums_at_once ? "true" : "false", ",\n", lists, "};\n");
}

std::string array_in_cpp(std::string_view type, std::string_view name, std::span<const Real> numbers) {
    return array_in_cpp(type, name, numbers, number_in_cpp);
}

std::string to_tables(const Program& program, std::string_view name, const ToTables& options, Where at) {
    require_name(name, "to_tables", at);
    if (std::ranges::find(names_of_cpp, name) != std::end(names_of_cpp))
        fail(at, {.what = "to_tables: a name that C++ has for itself",
                  .got = text("'", name, "'"),
                  .expected = "one for a variable: the tables are inline constexpr costate::Tables name{...}"});
    const HeldTables held(program, options, at);
    std::string head = spelled(
        "// ", name, ".hpp: a Program as tables, printed by costate. autodiff/replay/tables.hpp says how it is ",
        "used.\n#pragma once\n#include <bit>\n#include <limits>\n\n#include \"autodiff/replay/tables.hpp\"\n");
    if (held.has_tasks()) head += spelled("#include \"", options.solves->header, "\"\n");
    constexpr bool little =
        std::endian::native == std::endian::little;  // attributes are bytes as this machine has them
    head += spelled("\nstatic_assert(sizeof(costate::Real) == ", sizeof(Real), ");\n",
                    "static_assert(std::endian::native == std::endian::", little ? "little" : "big", ");\n\n",
                    tables_in_cpp(held, name));
    if (options.weights)
        head += array_in_cpp("costate::Real", spelled(name, "_weights"), weights_of(program), number_in_cpp);
    return head;
}

}  // namespace costate
