// examples/support/dates.hpp — days of the calendar as numbers, and back
//   2024-01-31   2024-01-31 12:30   2024-01-31T12:30:05Z   2024/01/31   2024-01   31.01.2024   31/01/2024   1/31/2024
// A number counts days from 1970-01-01 on. With two numbers before the year the whole column tells which is the day: the one
// that goes beyond 12. Where none does, dots mean that the day comes first; slashes say nothing.
// source   civil days: std::chrono
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "examples/support/axis.hpp"  // brings: Axis, Tick

namespace costate::support {

struct Dates {
    std::vector<double> days;
    std::size_t wrong = 0;   // the first field that is no date: days has so many
    bool ambiguous = false;  // 3/4/2024 and no day beyond 12
};
bool looks_like_date(std::string_view field);
Dates read_dates(const std::vector<std::string>& fields);

std::string date_text(double days);  // 2024-01-31, with the time of day where there is one

// At years, months, days, hours or minutes, at least `spacing` pixels apart.
std::vector<Tick> date_ticks(const Axis& axis, double spacing);

}  // namespace costate::support
