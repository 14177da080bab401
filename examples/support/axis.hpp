// examples/support/axis.hpp — from data to pixels along one axis, and where its ticks stand
//   pixel = first + (s(value) - low) / (high - low) · (last - first),    s(value) = value, or log10(value)
// Ticks are multiples of 1, 2 or 5 times a power of ten; on a logarithmic axis whole powers of ten, and 2 and 5 times
// them where there is room.
#pragma once
#include <string>
#include <vector>

namespace costate::support {

struct Axis {
    double low, high;  // of s(value)
    double first_pixel, last_pixel;
    bool log = false;

    static Axis fitted(double low_value, double high_value, double first_pixel, double last_pixel, bool log);
    double operator()(double value) const;  // the pixel; far outside the axis it stays within a few thousand
    double pixels_per_unit() const;
    bool shows(double value) const;         // finite, and positive if logarithmic
    void widen_to(double pixels_per_unit);  // about its middle
};

struct Tick {
    double value;
    std::string label;
};

std::vector<Tick> ticks(const Axis& axis, double spacing);  // at least `spacing` pixels apart

}  // namespace costate::support
