#include "examples/support/dates.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>

#include "examples/support/cells.hpp"  // brings: is_number

namespace costate::support {

namespace {

using namespace std::chrono;

struct Parts {  // as they stand in a field
    double number[6] = {};
    std::size_t count = 0;
    bool year_first = false, dots = false;
};

// Two or three numbers between the same marks, and maybe a time of day.
bool parts_of(std::string_view field, Parts& parts) {
    if (field.ends_with('Z')) field.remove_suffix(1);
    const std::size_t time = field.find_first_of(" T");
    const std::string_view date = field.substr(0, time);
    const std::size_t mark = date.find_first_of("-/.");
    if (mark == date.npos || mark == 0) return false;  // a number, though it may be meant as 20240131
    parts.dots = date[mark] == '.';
    const auto read = [&](std::string_view text, char between, std::size_t most) {
        const std::size_t first = parts.count;
        for (const std::string& part : split(text, between)) {
            if (parts.count == first + most || part.empty() || part.front() < '0' || part.front() > '9') return false;
            if (!is_number(part, parts.number[parts.count++])) return false;
        }
        return true;
    };
    parts.year_first = mark == 4;
    if (!read(date, date[mark], 3) || parts.count < 2 || (parts.count == 2 && !parts.year_first)) return false;
    if (parts.count == 2) parts.number[parts.count++] = 1;  // a month: its first day
    return time == field.npos || (read(field.substr(time + 1), ':', 3) && parts.count >= 5);
}

bool days_of(const Parts& p, bool month_first, double& days) {
    const double* n = p.number;
    const auto whole = [](double x) { return static_cast<int>(std::min(x, 1e4)); };
    const auto y = year(whole(p.year_first ? n[0] : n[2]));
    const auto m = month(static_cast<unsigned>(whole(p.year_first ? n[1] : month_first ? n[0] : n[1])));
    const auto d = day(static_cast<unsigned>(whole(p.year_first ? n[2] : month_first ? n[1] : n[0])));
    const year_month_day date(y, m, d);
    const bool four_digits = static_cast<int>(y) >= 1000 && static_cast<int>(y) <= 9999;
    if (!date.ok() || !four_digits || n[3] > 24 || n[4] >= 60 || n[5] >= 61) return false;
    days = static_cast<double>(sys_days(date).time_since_epoch().count()) + (n[3] + (n[4] + n[5] / 60) / 60) / 24;
    return true;
}

struct Civil {
    int year;
    unsigned month, day;
    long seconds;  // of the day

    explicit Civil(double days) {
        const double whole = std::floor(days + 0.5 / 86400);
        const year_month_day date(sys_days(std::chrono::days(static_cast<int>(whole))));
        year = static_cast<int>(date.year());
        month = static_cast<unsigned>(date.month());
        day = static_cast<unsigned>(date.day());
        seconds = std::max(0L, std::lround((days - whole) * 86400));
    }
};

double first_of(int year, int month) {  // months count on from 0, beyond 11 into the next years
    year += month / 12;
    const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month % 12) + 1),
                              day(1));
    return static_cast<double>(sys_days(date).time_since_epoch().count());
}

template <class... Values>
std::string printed(const char* format, Values... values) {
    char text[48];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string tick_text(double days, double step) {
    static const char* const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Civil c(days);
    const char* name = names[c.month - 1];
    if (step >= 365) return printed("%d", c.year);
    if (step >= 28) return printed("%s %d", name, c.year);
    if (step >= 1) return printed("%u %s %d", c.day, name, c.year);
    return printed("%u %s %02ld:%02ld", c.day, name, c.seconds / 3600, c.seconds / 60 % 60);
}

}  // namespace

bool looks_like_date(std::string_view field) {
    Parts parts;
    return parts_of(field, parts);
}

Dates read_dates(const std::vector<std::string>& fields) {
    Dates out;
    std::vector<Parts> all;
    bool day_first = false, month_first = false, numbers_first = false, dots = false;
    for (const std::string& field : fields) {
        Parts p;
        if (!parts_of(field, p)) break;
        if (!p.year_first) {
            numbers_first = true;
            dots = dots || p.dots;
            day_first = day_first || p.number[0] > 12;
            month_first = month_first || p.number[1] > 12;
        }
        all.push_back(p);
    }
    out.ambiguous = numbers_first && !day_first && !month_first && !dots;
    for (const Parts& p : all) {
        double days = 0;
        if (!days_of(p, month_first && !day_first, days)) break;
        out.days.push_back(days);
    }
    out.wrong = out.days.size();
    return out;
}

std::string date_text(double days) {
    const Civil c(days);
    const std::string date = printed("%04d-%02u-%02u", c.year, c.month, c.day);
    if (c.seconds == 0) return date;
    const std::string time = printed(" %02ld:%02ld", c.seconds / 3600, c.seconds / 60 % 60);
    return date + time + (c.seconds % 60 == 0 ? "" : printed(":%02ld", c.seconds % 60));
}

std::vector<Tick> date_ticks(const Axis& axis, double spacing) {
    const double finest = spacing / axis.pixels_per_unit();
    std::vector<Tick> out;
    for (const int months : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000})
        if (const double step = 30.4 * months; finest > 14 && (step >= finest || months == 6000)) {
            const int first = Civil(axis.low).year, from = first - (first % std::max(1, months / 12));
            for (int i = 0;; i += months) {
                const double at = first_of(from, i);
                if (at > axis.high) return out;
                if (at >= axis.low) out.push_back({at, tick_text(at, months >= 12 ? 365 : 28)});
            }
        }
    double step = 14;
    for (const double smaller : {7.0, 2.0, 1.0, 0.5, 0.25, 0.125, 1. / 24, 1. / 48, 1. / 144, 1. / 288, 1. / 1440})
        if (smaller >= finest) step = smaller;
    for (double i = std::ceil(axis.low / step); i * step <= axis.high; ++i)
        out.push_back({i * step, tick_text(i * step, step)});
    return out;
}

}  // namespace costate::support
