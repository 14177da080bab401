#include "examples/support/csv.hpp"

#include <cmath>

#include "examples/support/cells.hpp"  // brings: text_of_file, lines_of, split, is_number, in_quotes, exact_text

namespace costate::support {

namespace {

constexpr std::size_t fewest_times = 3;  // two points fit every law

class Parser {
public:
    Parser(const std::string& origin, bool timed, Where at) : origin_(origin), timed_(timed), at_(at) {}

    Series parse(std::string_view text) {
        for (const Line& line : lines_of(text)) {
            line_ = line.number;
            header_.empty() ? read_header(line.text) : read_row(line.text);
        }
        if (header_.empty()) refuse("is empty", "no line but blanks and comments", "a header line and rows of numbers");
        const std::size_t fewest = timed_ ? fewest_times : 1;
        if (rows_ < fewest)
            refuse("has too few rows", std::to_string(rows_) + " rows of numbers", std::to_string(fewest) + " or more");
        const auto rows = static_cast<Index>(rows_), columns = static_cast<Index>(series_.names.size());
        series_.values = Tensor({rows, columns}, std::span<const double>(values_));
        return std::move(series_);
    }

private:
    void read_header(std::string_view line) {
        header_ = split(line, ',');
        double number = 0;
        if (is_number(header_.front(), number)) refuse_here("has no header", in_quotes(line), "names: time,column,...");
        if (timed_ && header_.size() < 2)
            refuse_here("has no data column", in_quotes(line), "a time and at least one column: time,column,...",
                        line.find_first_of(";\t") == line.npos ? "" : "separate the fields by commas");
        if (timed_) series_.time_name = header_.front();
        series_.names.assign(header_.begin() + timed_, header_.end());
    }

    void read_row(std::string_view line) {
        const auto fields = split(line, ',');
        if (fields.size() != header_.size())
            refuse_here("is ragged", std::to_string(fields.size()) + " fields: " + in_quotes(line),
                        std::to_string(header_.size()) + ", as in the header");
        for (std::size_t column = 0; column < fields.size(); ++column) read_field(fields[column], column);
        ++rows_;
    }

    void read_field(std::string_view field, std::size_t column) {
        const std::string found =
            in_quotes(field) + " in column " + std::to_string(column + 1) + " (" + header_[column] + ")";
        const bool is_time = timed_ && column == 0;
        double value = 0;
        if (!is_number(field, value))
            refuse_here("holds something that is not a number", found, "a number such as 3.5 or 1e-3",
                        field.empty() ? "leave rows with missing values out" : "");
        // What overflows Real is as useless as what the file itself calls inf.
        if (!std::isfinite(value) || (!is_time && !std::isfinite(static_cast<Real>(value))))
            refuse_here("holds a number that is not finite", found, "a finite number",
                        "leave rows with missing values out");
        if (!is_time)
            values_.push_back(value);
        else if (series_.times.empty() || value > series_.times.back())
            series_.times.push_back(value);
        else
            refuse_here(value == series_.times.back() ? "has a time twice" : "goes back in time", found,
                        "more than " + exact_text(series_.times.back()) + ", the time before",
                        "sort the rows by time, and keep one row a time");
    }

    [[noreturn]] void refuse(const std::string& what, const std::string& got, const std::string& expected,
                             const std::string& fix = "") const {
        fail(at_,
             {.what = "read_csv: " + in_quotes(origin_) + " " + what, .got = got, .expected = expected, .fix = fix});
    }
    [[noreturn]] void refuse_here(const std::string& what, const std::string& got, const std::string& expected,
                                  const std::string& fix = "") const {
        refuse(what, "line " + std::to_string(line_) + ": " + got, expected, fix);
    }

    const std::string& origin_;
    bool timed_;  // the first column is the time
    Where at_;
    int line_ = 0;
    std::size_t rows_ = 0;
    std::vector<std::string> header_;
    std::vector<double> values_;
    Series series_;
};

}  // namespace

Series parse_csv(std::string_view text, const std::string& origin, Where at) {
    return Parser(origin, true, at).parse(text);
}
Table parse_table(std::string_view text, const std::string& origin, Where at) {
    Series all = Parser(origin, false, at).parse(text);
    return {std::move(all.names), std::move(all.values)};
}

Series read_csv(const std::string& path, Where at) { return parse_csv(text_of_file(path, at), path, at); }
Table read_table(const std::string& path, Where at) { return parse_table(text_of_file(path, at), path, at); }

}  // namespace costate::support
