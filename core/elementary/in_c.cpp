// core/elementary/in_c.cpp — C texts, filled with the constants of the C++ functions
#include "core/elementary/in_c.hpp"

#include <algorithm>    // brings: std::find
#include <cstdint>      // brings: std::uint64_t
#include <type_traits>  // brings: std::is_same_v
#include <vector>

#include "core/elementary/c_text.hpp"      // brings: c_text::Function, of_exp, of_log, of_angles
#include "core/elementary/elementary.hpp"  // brings: Ln2, Range, Pi, ExpCubic, ...
#include "core/error.hpp"                  // brings: fail, spelled

namespace costate::elementary::inline COSTATE_PRECISION {
namespace {

constexpr std::string_view in_c_names[] = {"exp", "expm1", "log", "log1p", "tanh",  "sigmoid", "softplus", "sin", "cos",
                                           "tan", "atan",  "erf", "pow",   "hypot", "atan2",   "sqrt",     "abs"};

// ---- constants, and how C spells them
template <class C>
struct Named {
    std::string_view name;
    C value;
};
template <class T>
constexpr Named<T> named_numbers[] = {
    {"log2_e", detail::log2_e<T>},
    {"exp_shifter", detail::exp_shifter<T>},
    {"rounding_shifter", detail::rounding_shifter<T>},
    {"ln2_short_head", detail::Ln2<T>::short_head},
    {"ln2_tail", detail::Ln2<T>::tail},
    {"ln2_nearest", detail::Ln2<T>::nearest},
    {"ln2_rest", detail::Ln2<T>::rest},
    {"highest", detail::Range<T>::highest},
    {"lowest", detail::Range<T>::lowest},
    {"minus_one", detail::Range<T>::minus_one},
    {"tanh_one", detail::Range<T>::one},
    {"erf_one", detail::Range<T>::erf_one},
    {"largest", std::numeric_limits<T>::max()},
    {"smallest_normal", detail::smallest_normal<T>},
    {"ones", detail::ones<T>},
    {"ones_and_bias", detail::ones<T> + static_cast<T>(detail::Format<T>::bias)},
    {"lift_of_root", sizeof(T) == sizeof(float) ? T(0x1p24) : T(0x1p52)},
    {"back_of_root", sizeof(T) == sizeof(float) ? T(0x1p-12) : T(0x1p-26)},
    {"quarter_turn", detail::Pi<T>::head / 2},
    {"quarter_turn_tail", detail::Pi<T>::tail / 2},
    {"two_thirds", static_cast<T>(detail::two_thirds[0])},
    {"two_thirds_tail", static_cast<T>(detail::two_thirds[1])},
    {"two_over_pi", static_cast<T>(detail::two_over_pi)},
    {"half_pi_0", static_cast<T>(detail::half_pi[0])},
    {"half_pi_1", static_cast<T>(detail::half_pi[1])},
    {"half_pi_2", static_cast<T>(detail::half_pi[2])},
    {"largest_angle", static_cast<T>(detail::largest_angle)},
};
template <class T>
constexpr Named<std::uint64_t> named_bits[] = {
    {"sign", detail::sign_mask<T>},
    {"sign_place", detail::Format<T>::sign},
    {"fraction", detail::Format<T>::fraction},
    {"fraction_mask", detail::fraction_mask<T>},
    {"bias", detail::Format<T>::bias},
    {"root_half", detail::root_half<T>},
    {"one", detail::bits_of(T(1))},
    {"bits_of_ones", detail::bits_of(detail::ones<T>)},
    {"nan", detail::bits_of(detail::nan<T>)},
    {"infinity", detail::bits_of(detail::infinity<T>)},
    {"minus_infinity", detail::bits_of(-detail::infinity<T>)},
    {"tanh_one_bits", detail::bits_of(detail::Range<T>::one)},
    {"pi_digits", detail::pi_digits},
};
struct Table {
    std::string_view name;
    std::span<const double> c;
    bool by_horner = false;
};
template <class T>
constexpr Table tables[] = {
    {"exp_cubic", detail::ExpCubic<T>::c},
    {"log_R", detail::LogR<T>::c},
    {"erf_P", detail::ErfP<T>::c},
    {"erf_Q", detail::ErfQ<T>::c},
    {"atan_A", detail::AtanA<T>::c, true},
    {"pow_Q", detail::pow_Q},
    {"sin_S", detail::sin_S},
    {"cos_C", detail::cos_C},
};

std::string hexadecimal(std::uint64_t bits, int digits) {
    std::string text;
    for (int i = digits - 1; i >= 0; --i) text += "0123456789abcdef"[bits >> 4 * i & 15];
    return text;
}
std::string spelled_bits(std::uint64_t bits) {
    if (bits < 10000) return std::to_string(bits) + "u";
    return "0x" + hexadecimal(bits, bits >> 32 != 0 ? 16 : 8) + "u";
}
template <class T>
constexpr std::string_view suffix = sizeof(T) == sizeof(float) ? "f" : "";

// A normal number, every digit of it: 10.0, ±0x1.8p+30
template <class T>
std::string spelled_number(T x) {
    using Format = detail::Format<T>;
    if (detail::magnitude(x) < 10000 && x == static_cast<T>(static_cast<int>(x)))
        return spelled(static_cast<int>(x), ".0", suffix<T>);
    const auto bits = detail::bits_of(detail::magnitude(x));
    const int exponent = static_cast<int>(bits >> Format::fraction) - static_cast<int>(Format::bias);
    constexpr int digits = (Format::fraction + 3) / 4;
    std::string fraction = hexadecimal((bits & detail::fraction_mask<T>) << (4 * digits - Format::fraction), digits);
    fraction.resize(fraction.find_last_not_of('0') + 1);
    return spelled(x < 0 ? "-" : "", fraction.empty() ? "0x1" : "0x1.", fraction, exponent < 0 ? "p-" : "p+",
                   exponent < 0 ? -exponent : exponent, suffix<T>);
}
template <class T>
std::string constant(std::string_view name) {
    if (name[0] >= '0' && name[0] <= '9') return spelled(name, suffix<T>);
    for (const auto& number : named_numbers<T>)
        if (number.name == name) return spelled_number(number.value);
    for (const auto& bits : named_bits<T>)
        if (bits.name == name) return spelled_bits(bits.value);
    fail({.what = text("functions_in_c: no constant ", name)});
}

// ---- texts that are made of a table
// Two chains, or Horner's one: polynomial and horner of bits.hpp.
template <class T>
std::string polynomial_text(const Table& table) {
    const auto c = [&](std::size_t i) { return spelled_number(static_cast<T>(table.c[i])); };
    const std::size_t n = table.c.size(), last[] = {n - 1 - n % 2, n - 2 + n % 2};  // the highest odd and even power
    std::string lines = spelled("\nstatic real @", table.name, "(real x) {\n");
    if (table.by_horner) {
        lines += spelled("    real sum = ", c(n - 1), ";\n");
        for (std::size_t i = n - 1; i-- > 0;) lines += spelled("    sum = x * sum + ", c(i), ";\n");
        return lines + "    return sum;\n}\n";
    }
    lines += spelled("    const real x2 = x * x;\n    real odd = ", c(last[0]), ", even = ", c(last[1]), ";\n");
    for (std::size_t i = std::min(last[0], last[1]); i-- > 0;)
        lines += spelled(i % 2 != 0 ? "    odd = x2 * odd + " : "    even = x2 * even + ", c(i), ";\n");
    return lines + "    return x * odd + even;\n}\n";
}
std::string digits_text() {
    std::string lines = "\nstatic const uint32_t @two_over_pi_digits[] = {";
    for (std::size_t i = 0; i < std::size(detail::two_over_pi_digits); ++i)
        lines += spelled(i % 8 == 0 ? "\n    " : " ", spelled_bits(detail::two_over_pi_digits[i]), ",");
    return lines + "\n};\n";
}
template <class T>
std::string source_of(std::string_view name) {
    constexpr auto other = sizeof(T) == sizeof(float) ? c_text::For::only_double : c_text::For::only_float;
    for (const auto family : {c_text::of_exp(), c_text::of_log(), c_text::of_angles()})
        for (const c_text::Function& function : family)
            if (function.name == name && function.precision != other) return std::string(function.text);
    for (const Table& table : tables<T>)
        if (table.name == name) return polynomial_text<T>(table);
    if (name == "two_over_pi_digits") return digits_text();
    fail({.what = text("functions_in_c: no function ", name)});
}

class Printer {
public:
    explicit Printer(std::string_view prefix) : prefix_(prefix) {}
    std::string text;

    // The function's name in the text; before, what it needs, and itself, if they are not there yet.
    template <class T>
    std::string need(std::string_view name) {
        constexpr std::string_view of_double = "double_";
        if (name.starts_with(of_double)) return need<double>(name.substr(of_double.size()));
        const std::string in_text = spelled(prefix_, std::is_same_v<T, Real> ? "" : of_double, name);
        if (std::find(there_.begin(), there_.end(), in_text) == there_.end()) {
            there_.push_back(in_text);
            const std::string filled = fill<T>(source_of<T>(name));
            text += filled;
        }
        return in_text;
    }

private:
    static bool in_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    template <class T>
    std::string fill(std::string_view source) {
        std::string filled;
        while (!source.empty()) {
            const char mark = source[0];
            std::size_t end = mark == '@' || mark == '$' || in_name(mark);
            while (end > 0 && end < source.size() && (in_name(source[end]) || is_point(source, end))) ++end;
            const std::string_view word = source.substr(0, std::max<std::size_t>(end, 1));
            if (mark == '@')
                filled += need<T>(word.substr(1));
            else if (mark == '$')
                filled += constant<T>(word.substr(1));
            else if (word == "uint")
                filled += sizeof(T) == sizeof(float) ? "uint32_t" : "uint64_t";
            else if (word == "whole")
                filled += sizeof(T) == sizeof(float) ? "int32_t" : "int64_t";
            else if (word == "real" && !std::is_same_v<T, Real>)
                filled += "double";
            else
                filled += word;
            source.remove_prefix(word.size());
        }
        return filled;
    }
    // within $0.5
    static bool is_point(std::string_view source, std::size_t at) {
        return source[0] == '$' && source[at] == '.' && source[1] >= '0' && source[1] <= '9';
    }

    std::string_view prefix_;
    std::vector<std::string> there_;
};

constexpr std::string_view head =
    "#include <float.h>\n#include <stdint.h>\n#include <string.h>\n"  // no lines of their own: tests/single.sh takes those
    R"(
/* Every product and every sum is rounded by itself: gcc takes -ffp-contract=off (or -std=c99), others this pragma. */
#if defined(__clang__) || !defined(__GNUC__)
#pragma STDC FP_CONTRACT OFF
#endif
#if FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "sums are wider here than their type: with gcc on x86, -msse2 -mfpmath=sse"
#endif
#if FLT_MANT_DIG != 24 || DBL_MANT_DIG != 53
#error "float and double are not those of IEEE 754 here"
#endif
)";

}  // namespace

bool is_in_c(std::string_view name) {
    return std::find(std::begin(in_c_names), std::end(in_c_names), name) != std::end(in_c_names);
}

std::string functions_in_c(std::span<const std::string_view> names, std::string_view prefix) {
    Printer printer(prefix);
    printer.text = spelled(head, "typedef char ", prefix, "real_has_", sizeof(Real),
                           "_bytes[sizeof(real) == ", sizeof(Real), " ? 1 : -1];\n");
    for (const std::string_view name : names) {
        if (!is_in_c(name))
            fail({.what = "functions_in_c: no such function",
                  .got = text(name),
                  .expected = "exp, expm1, log, log1p, tanh, sigmoid, softplus, sin, cos, tan, atan, erf, pow, hypot, "
                              "atan2, sqrt or abs"});
        printer.need<Real>(name);
    }
    return printer.text;
}

}  // namespace costate::elementary::inline COSTATE_PRECISION
