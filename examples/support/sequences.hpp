// examples/support/sequences.hpp — a table as a person brings it: what was observed over time, once or several times over
//   site;date;temp;heater                     --sequence site: a column that names sequences;  --input heater: known, not
//   north;31.01.2024;3,5;1                    explained;  the first column that is left is the time, the others are states
// read_sequences(path, {.sequence = "site", .inputs = {"heater"}})
// separators   commas, semicolons or tabs, as the header has them; with the last two 3,5 is a decimal comma.
// times        numbers, or dates (examples/support/dates.hpp; 20240131 is one), increasing within each sequence.
// gaps         An empty cell, NA, N/A, #N/A, NaN, null, a dash, ? or . is missing: a nan. Not in times, nor in names.
// spreadsheets Columns at the end without a name and rows without any number vanish.
// Anything else is an error that names file, line, column and what to do.
// see          examples/support/csv.hpp (a strict table) · examples/support/fit_data.hpp (what is made of it)
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"  // brings: Where
#include "core/real.hpp"   // brings: Index

namespace costate::support {

struct Roles {
    std::string time = {}, sequence = {};                // names of columns; time: empty is the first that is left
    std::vector<std::string> inputs = {}, without = {};  // the latter are not read
};

struct Sequence {
    std::string name;                    // empty where the table has one
    std::vector<double> times;           // [T], increasing
    std::vector<std::vector<double>> y;  // [D][T]: the states' columns, a nan where nothing was observed
    std::vector<std::vector<double>> u;  // [U][T]: the inputs'
    Index rows() const { return static_cast<Index>(times.size()); }
};

struct Sequences {
    std::string time_name, sequence_name;
    std::vector<std::string> names, input_names;
    bool dates = false;  // times are days since 1970-01-01
    std::vector<Sequence> list;
    Index rows() const;  // of all
};

Sequences read_sequences(const std::string& path, const Roles& roles = {}, Where at = {});
Sequences parse_sequences(std::string_view text, const std::string& origin, const Roles& roles = {}, Where at = {});

}  // namespace costate::support
