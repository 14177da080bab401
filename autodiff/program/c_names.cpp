#include "autodiff/program/c_names.hpp"

#include <algorithm>
#include <cctype>

#include "autodiff/tape/c_code.hpp"  // brings: CCode, spelled

namespace costate::inline COSTATE_PRECISION {

bool mentions(std::string_view text, std::string_view name) {
    const auto is_part = [&](std::size_t at) { return at < text.size() && CCode::is_part_of_name(text[at]); };
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1))
        if (!is_part(at - 1) && !is_part(at + name.size())) return true;
    return false;
}

std::vector<Real> weights_of(const Program& program) {
    std::vector<Real> all;
    for (const Parameter& p : program.parameters) {
        const Tensor value = p.value();
        all.insert(all.end(), value.entries().begin(), value.entries().end());
    }
    return all;
}

std::vector<std::string> places_of_constants(const Program& program, std::string_view base, Index& numbers) {
    std::vector<std::string> all;
    for (const std::uint32_t v : program.at(Port::constant)) {
        all.push_back(spelled(base, " + ", numbers));
        numbers += program.values[v].shape.size();
    }
    return all;
}

std::vector<Index> places_of_parameters(const Program& program, Index first) {
    std::vector<Index> all(1, first);
    for (const std::uint32_t v : program.at(Port::parameter))
        all.push_back(all.back() + program.values[v].shape.size());
    return all;
}

std::vector<std::string> places_of_results(const Program& program, Port port, std::string_view letter) {
    std::vector<std::string> all;
    Index at = 0;
    for (std::size_t i = 0; i < program.at(port).size(); ++i) {
        const std::uint32_t v = program.at(port)[i];
        all.push_back(port == Port::summed ? spelled(letter, " + ", at) : numbered(letter, i));
        if (v != Program::none) at += program.values[v].shape.size();  // a sum that is always 0 has no place
    }
    return all;
}

std::string list_of_places(std::string_view each, std::string_view all, const std::vector<Listed>& numbers) {
    std::string text;
    Index at = 0;
    for (std::size_t i = 0; i < numbers.size(); at += numbers[i++].shape.size())
        if (numbers[i].is_there)
            text += spelled("    ", each, "_", i, " = ", at, ", /* ", numbers[i].name, " ", numbers[i].shape, " */\n");
    return text + spelled("    ", all, " = ", at, ",\n");
}

std::string list_of_sums(std::string_view name, const Program& program) {
    std::vector<Listed> sums;
    for (const std::uint32_t v : program.at(Port::summed))
        sums.push_back({spelled("sum ", sums.size()), v == Program::none ? Shape{0} : program.values[v].shape,
                        v != Program::none});
    return list_of_places(spelled(name, "_g_at"), spelled(name, "_outputs"), sums);
}

std::string numbered(std::string_view letter, std::size_t i) { return i == 0 ? spelled(letter) : spelled(letter, i); }

void add_parameters(std::vector<std::string>& list, const Program& program, Port port, std::string_view each) {
    for (std::size_t i = 0; i < program.at(port).size(); ++i) list.push_back(numbered(each, i));
}

std::string in_a_row(const std::vector<std::string>& parameters) {
    std::string all;
    for (const std::string& parameter : parameters) all += (all.empty() ? "" : ", ") + parameter;
    return all;
}

std::string with_body(const std::string& head, const std::vector<std::string>& parameters, const std::string& body) {
    std::string unused;
    for (const std::string& parameter : parameters) {
        const std::string name = parameter.substr(parameter.find_last_of(" *") + 1);
        if (!mentions(body, name)) unused += "    (void)" + name + ";\n";
    }
    return "\n" + head + " {\n" + unused + body + "}\n";
}

std::string_view require_name(std::string_view name, const char* by, Where at) {
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) ||
        !std::ranges::all_of(name, CCode::is_part_of_name))
        fail(at, {.what = text(by, ": a name that C cannot have"),
                  .got = text("'", name, "'"),
                  .expected = "letters, digits and _, no digit first: all names of the file begin with it"});
    return name;
}

}  // namespace costate
