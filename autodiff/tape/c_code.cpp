// autodiff/tape/c_code.cpp — loops, names and numbers as C
#include "autodiff/tape/c_code.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>  // brings: std::strtod

#include "core/error.hpp"         // brings: spelled
#include "core/kernels/nest.hpp"  // brings: Nest

namespace costate::inline COSTATE_PRECISION {

std::string CCode::operand(std::size_t i) const {
    if (in.size() == 1) return "x";
    return in.size() <= 3 ? std::string(1, static_cast<char>('a' + i)) : spelled("x", i);
}

void CCode::line(std::string_view text) { text_.append(4 * depth_, ' ').append(text).append("\n"); }
void CCode::begin(std::string_view head) {
    line(std::string(head) + (head.empty() ? "{" : " {"));
    ++depth_;
}
void CCode::end() {
    --depth_;
    line("}");
}

std::string CCode::elementary(std::string_view name) {
    if (std::ranges::find(elementaries_, name) == elementaries_.end()) elementaries_.emplace_back(name);
    return prefix_ + "_" + std::string(name);
}

std::string CCode::helper(std::string_view name, std::string_view text) {
    const std::string whole = prefix_ + "_" + std::string(name);
    if (std::ranges::find(known_helpers_, name) == known_helpers_.end()) {
        known_helpers_.emplace_back(name);
        for (std::string_view left = text; !left.empty();) {  // LAW stands for the prefix
            const std::size_t at = left.find("LAW");
            helpers_.append(left.substr(0, at));
            if (at == left.npos) break;
            helpers_.append(prefix_);
            left.remove_prefix(at + 3);
        }
    }
    return whole;
}

std::string CCode::number(Index value) { return std::to_string(value); }

// In as few decimal digits as read back to the same number.
std::string CCode::number(double value) {
    const Real rounded = static_cast<Real>(value);
    if (std::isnan(rounded)) return "(0 / (real)0)";
    if (std::isinf(rounded)) return rounded < 0 ? "(-1 / (real)0)" : "(1 / (real)0)";
    char text[40];
    for (int count = 6; count <= 17; ++count) {
        std::snprintf(text, sizeof text, "%.*g", count, static_cast<double>(rounded));
        if (static_cast<Real>(std::strtod(text, nullptr)) == rounded) break;
    }
    std::string digits = text;
    if (digits.find_first_of(".e") == digits.npos) digits += ".0";
    if (sizeof(Real) == sizeof(float)) digits += "f";
    return std::signbit(rounded) ? spelled("(", digits, ")") : digits;
}

namespace {

template <class N>
std::string list_of(std::span<const N> numbers) {
    std::string text = "[] = {";
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if constexpr (std::is_same_v<N, int>)
            text += spelled(i % 16 == 0 ? "\n    " : " ", numbers[i], ",");
        else
            text += spelled(i % 6 == 0 ? "\n    " : " ", CCode::number(static_cast<double>(numbers[i])), ",");
    }
    return text + (numbers.empty() ? "0};\n\n" : "\n};\n\n");
}

}  // namespace

std::string CCode::array(const std::string& declared, std::span<const Real> numbers) {
    return declared + list_of(numbers);
}

std::string CCode::table(const std::string& type, const std::string& list) {
    const std::string text = type + list;
    std::size_t place = 0;
    while (place < known_tables_.size() && known_tables_[place] != text) ++place;
    const std::string name = spelled("table", place == 0 ? std::string() : std::to_string(place));
    if (place == known_tables_.size()) {
        known_tables_.push_back(text);
        helper(name, "\nstatic const " + type + " LAW_" + name + list);
    }
    return prefix_ + "_" + name;
}

std::string CCode::table(std::span<const Real> numbers) { return table("real", list_of(numbers)); }

std::string CCode::table(std::span<const int> numbers) {
    const int most = numbers.empty() ? 0 : *std::ranges::max_element(numbers);
    return table(most < 256 ? "unsigned char" : most < 65536 ? "unsigned short" : "int", list_of(numbers));
}

bool CCode::is_part_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string CCode::in_c(std::string_view expression, Names names) {
    const auto is_part = [](char c) { return is_part_of_name(c) || c == ':'; };
    const auto replaced = [&](std::string_view word) -> std::string {
        for (const auto& [from, to] : names)
            if (from == word) return to;
        if (word == "Real") return "(real)";
        const std::size_t colon = word.rfind(':');
        const bool in_a_namespace = colon != word.npos && colon > 0 && word[colon - 1] == ':';
        return in_a_namespace ? elementary(word.substr(colon + 1)) : std::string(word);
    };
    std::string text;
    for (std::size_t at = 0; at < expression.size();) {
        std::size_t end = at;
        const bool is_word = std::isalpha(static_cast<unsigned char>(expression[at]));
        while (is_word && end < expression.size() && is_part(expression[end])) ++end;
        while (is_word && expression[end - 1] == ':' && expression[end - 2] != ':') --end;  // a ? b : c
        text += is_word ? replaced(expression.substr(at, end - at)) : std::string(1, expression[at]);
        at = std::max(end, at + 1);
    }
    return text;
}

void CCode::map(std::string_view expression) {
    static constexpr std::string_view index[] = {"i", "j", "k", "l", "m", "n", "o", "p"};
    const Shape& first = in.empty() ? out : in[0];
    const Nest nest(out, {&first, in.size() > 1 ? &in[1] : &first, in.size() > 2 ? &in[2] : &first});
    const auto loop_of = [&](int d) { return index[nest.depth - 1 - d]; };
    const auto entry = [&](const std::string& of, auto stride_of) {
        std::string place;
        for (int d = nest.depth; d-- > 0;) {
            const Index stride = stride_of(d);
            if (stride == 0) continue;
            place +=
                (place.empty() ? "" : " + ") + std::string(loop_of(d)) + (stride == 1 ? "" : " * " + number(stride));
        }
        return spelled(of, "[", place.empty() ? "0" : place, "]");
    };
    std::vector<Index> stride_of_y(nest.depth, 1);
    for (int d = 1; d < nest.depth; ++d) stride_of_y[d] = stride_of_y[d - 1] * nest.loops[d - 1].extent;
    std::string names[Nest::max_operands];
    for (std::size_t k = 0; k < in.size(); ++k) {
        names[k] = entry(operand(k), [&](int d) { return nest.loops[d].stride[k]; });
    }
    const std::string y = entry("y", [&](int d) { return stride_of_y[d]; });
    std::string value;
    if (in.size() <= 1)
        value = in_c(expression, {{"x", names[0]}});
    else
        value = in_c(expression, {{"a", names[0]}, {"b", names[1]}, {"c", names[2]}});
    const auto loop = [&](auto&& self, int d) -> void {
        if (d < 0) return line(y + " = " + value + ";");
        each(loop_of(d), nest.loops[d].extent, [&] { self(self, d - 1); });
    };
    loop(loop, nest.depth - 1);
}

}  // namespace costate
