#include "examples/support/axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace costate::support {

namespace {

std::string power_of_ten(int exponent) {
    static const char* const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string text = exponent < 0 ? "10⁻" : "10";
    for (const char c : std::to_string(std::abs(exponent))) text += digits[c - '0'];
    return text;
}

std::string with_minus(const char* digits) {  // a real minus sign, which is as wide as a digit
    std::string text;
    for (const char* c = digits; *c; ++c) text += *c == '-' ? "−" : std::string(1, *c);
    return text;
}

std::string decimal(double value, int decimals) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
    return with_minus(digits);
}

std::string short_decimal(double value) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.6g", value);
    return with_minus(digits);
}

// 1 700 000 000: thin spaces between thousands, from a million on.
std::string grouped(std::string text) {
    const std::size_t first = text.starts_with("−") ? std::string("−").size() : 0,
                      point = std::min(text.find('.'), text.size());
    if (point - first <= 6) return text;
    for (std::size_t at = point; at > first + 3;) text.insert(at -= 3, "\u2009");
    return text;
}

// 2.5·10³⁰
std::string power(double value, int digits) {
    if (value == 0) return "0";
    char text[64];
    std::snprintf(text, sizeof text, "%.*e", std::max(0, digits), value);
    const std::string whole = text;
    const std::size_t e = whole.find('e');
    return with_minus(whole.substr(0, e).c_str()) + "·" + power_of_ten(std::atoi(whole.c_str() + e + 1));
}

}  // namespace

Axis Axis::fitted(double low_value, double high_value, double first_pixel, double last_pixel, bool log) {
    Axis axis{0, 1, first_pixel, last_pixel, log};
    if (low_value > high_value) return axis;  // nothing to show
    axis.low = log ? std::log10(low_value) : low_value;
    axis.high = log ? std::log10(high_value) : high_value;
    // One value, or several that rounding cannot tell apart: show something around it.
    const double size = std::max(std::fabs(axis.low), std::fabs(axis.high));
    if (axis.high - axis.low <= 1e-12 * size) {
        const double around = log || size == 0 ? 0.5 : size / 2;
        axis.low -= around;
        axis.high += around;
    }
    return axis;
}

double Axis::operator()(double value) const {
    const double share = ((log ? std::log10(value) : value) - low) / (high - low);
    return first_pixel + std::clamp(share, -9.0, 9.0) * (last_pixel - first_pixel);
}

double Axis::pixels_per_unit() const { return std::fabs(last_pixel - first_pixel) / (high - low); }

bool Axis::shows(double value) const { return std::isfinite(value) && (!log || value > 0); }

void Axis::widen_to(double wanted) {
    const double more = (std::fabs(last_pixel - first_pixel) / wanted - (high - low)) / 2;
    low -= more;
    high += more;
}

std::vector<Tick> ticks(const Axis& axis, double spacing) {
    // Less than one decade has no two powers of ten: take the ticks of a linear axis instead.
    if (axis.log && axis.high - axis.low < 0.7)
        return ticks({std::pow(10, axis.low), std::pow(10, axis.high), axis.first_pixel, axis.last_pixel},
                     1.5 * spacing);
    if (axis.log && 0.3 * axis.pixels_per_unit() >= 0.75 * spacing) {  // from 1 to 2 and from 2 to 5 there is room
        std::vector<Tick> out;
        for (double power = std::floor(axis.low); power <= axis.high; ++power)
            for (const double factor : {1.0, 2.0, 5.0})
                if (const double value = factor * std::pow(10, power), at = std::log10(value);
                    at >= axis.low - 1e-9 && at <= axis.high + 1e-9)
                    out.push_back({value, short_decimal(value)});
        return out;
    }
    const double finest = spacing / axis.pixels_per_unit();
    double step = std::pow(10, std::floor(std::log10(finest)));
    for (const double factor : {2.0, 2.5, 2.0})  // 1 -> 2 -> 5 -> 10
        if (step < finest * (1 - 1e-9)) step *= factor;
    if (axis.log) step = std::max(1.0, step);

    const double most = std::max(std::fabs(axis.low), std::fabs(axis.high));
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    // So many digits tell a tick from its neighbour.
    const int digits =
        axis.log ? 1 : static_cast<int>(std::floor(std::log10(most)) - std::floor(std::log10(step) + 1e-9));
    const bool plain = most < 1e6 ? step > 1e-5 : most < 1e13 && decimals <= 3 && digits >= 3;
    std::vector<Tick> out;
    const double slack = 1e-9 * (axis.high - axis.low) / step;  // a tick at the very end is not lost to rounding
    for (double i = std::ceil(axis.low / step - slack); i <= axis.high / step + slack; ++i) {
        const double at = i == 0 ? 0 : i * step;  // never "-0"
        out.push_back(axis.log ? Tick{std::pow(10, at), power_of_ten(static_cast<int>(at))}
                               : Tick{at, plain ? grouped(decimal(at, decimals)) : power(at, digits)});
    }
    return out;
}

}  // namespace costate::support
