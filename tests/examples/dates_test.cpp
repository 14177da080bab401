// tests/examples/dates_test.cpp — the calendar: numbers of days, and ticks that people read
#include "examples/support/dates.hpp"

#include <doctest/doctest.h>

using namespace costate::support;
using doctest::Approx;

namespace {

using Fields = std::vector<std::string>;

std::vector<std::string> labels(double low, double high, double spacing) {
    std::vector<std::string> out;
    for (const Tick& tick : date_ticks({low, high, 0, 300}, spacing)) {
        CHECK(tick.value >= low);
        CHECK(tick.value <= high);
        out.push_back(tick.label);
    }
    return out;
}

double day(const std::string& text) { return read_dates({text}).days.at(0); }

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("dates: days count from 1970 on, in both directions and over leap years") {
    CHECK(day("1970-01-01") == 0);
    CHECK(day("1969-12-31") == -1);
    CHECK(day("2000-03-01") == 11017);  // as GNU date has it: date -d 2000-03-01 +%s, by 86400
    CHECK(day("1900-03-01") == -25508);
    CHECK(day("2024-02") == 19754);
    CHECK(day("2024/02/01") == 19754);
    CHECK(day("1.2.2024") == 19754);
    CHECK(day("2024-02-01T18:00Z") == 19754.75);
    CHECK(day("2024-02-01 00:00:36") == Approx(19754 + 36 / 86400.));
}

TEST_CASE("dates: of two numbers before the year the column tells which is the day") {
    CHECK(read_dates({"1/2/2024", "1/31/2024"}).days == std::vector<double>{19724, 19753});
    CHECK(read_dates({"1/2/2024", "31/1/2024"}).days == std::vector<double>{19754, 19753});
    CHECK(read_dates({"1/2/2024", "2/3/2024"}).ambiguous);
    CHECK_FALSE(read_dates({"1.2.2024", "2.3.2024"}).ambiguous);
    CHECK(read_dates({"1/13/2024", "13/1/2024"}).wrong == 0);
}

TEST_CASE("dates: what is none") {
    for (const char* text : {"3.5", "-2", "1e-5", "12:30", "a-b-c", "", "2024-1-", "1-2"})
        CHECK_FALSE(looks_like_date(text));
    for (const char* text : {"2023-02-29", "2024-13-01", "2024-00-01", "2024-01-01 25:00", "2024-01-01 10:60"})
        CHECK(read_dates({text}).days.empty());
    CHECK(read_dates({"2024-01-01", "soon"}).wrong == 1);
}

TEST_CASE("dates: a date is written as it is read") {
    for (const char* text : {"2024-02-29", "1899-12-31", "2024-02-29 23:59", "2024-02-29 23:59:58"})
        CHECK(date_text(day(text)) == text);
}

TEST_CASE("dates: ticks stand at years, months, days and hours, whatever there is room for") {
    CHECK(labels(day("1999-06-01"), day("2003-02-01"), 60) == Fields{"2000", "2001", "2002", "2003"});
    CHECK(labels(day("1900-01-01"), day("1999-12-31"), 55) == Fields{"1900", "1920", "1940", "1960", "1980"});
    CHECK(labels(day("2023-01-15"), day("2023-07-02"), 100) == Fields{"Mar 2023", "May 2023", "Jul 2023"});
    CHECK(labels(day("2024-02-28"), day("2024-03-02"), 90) ==
          Fields{"28 Feb 2024", "29 Feb 2024", "1 Mar 2024", "2 Mar 2024"});
    CHECK(labels(day("2024-02-28"), day("2024-02-29"), 90) == Fields{"28 Feb 00:00", "28 Feb 12:00", "29 Feb 00:00"});
}

TEST_SUITE_END();
