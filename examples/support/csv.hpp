// examples/support/csv.hpp — a time series from a table of numbers
//   # comment
//   year,hare,lynx            the header: the first column is the time, the others are what was observed
//   1900,30.0,4.0             one row a time, times increasing
// Lines that begin with '#' and blank lines do not count; CR, LF or both end a line; a byte-order mark and blanks around
// fields are accepted.
// read_table reads any other table: every column is data.
// Anything else that is not a table of finite numbers is an error that names file, line, column and what was found.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"   // brings: Where
#include "core/tensor.hpp"  // brings: Tensor

namespace costate::support {

struct Series {
    std::string time_name;
    std::vector<std::string> names;  // of the columns behind the time: [D]
    std::vector<double> times;       // [T], increasing
    Tensor values;                   // [T, D]
};

struct Table {
    std::vector<std::string> names;  // of the columns: [D]
    Tensor values;                   // [rows, D]
};

Series read_csv(const std::string& path, Where at = {});
Table read_table(const std::string& path, Where at = {});
Series parse_csv(std::string_view text, const std::string& origin, Where at = {});  // `origin`: the name in messages
Table parse_table(std::string_view text, const std::string& origin, Where at = {});

}  // namespace costate::support
