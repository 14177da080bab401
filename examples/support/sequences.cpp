#include "examples/support/sequences.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "examples/support/cells.hpp"  // brings: text_of_file, lines_of, split, is_number, joined, ...
#include "examples/support/dates.hpp"  // brings: read_dates, looks_like_date

namespace costate::support {

namespace {

bool is_missing(std::string field) {
    std::transform(field.begin(), field.end(), field.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (const char* word : {"", "na", "n/a", "#n/a", "nan", "null", "-", "?", "."})
        if (field == word) return true;
    return false;
}

std::string with_dashes(const std::string& d) { return text(d.substr(0, 4), "-", d.substr(4, 2), "-", d.substr(6)); }
bool is_day_of_digits(const std::string& field) {  // 20240131: as a number, the day after it would be 70 later
    return field.size() == 8 && field.find_first_not_of("0123456789") == field.npos && field >= "1800" &&
           field < "2101" && read_dates({with_dashes(field)}).wrong == 1;
}

class Reader {
public:
    Reader(const std::string& origin, const Roles& roles, Where at) : origin_(origin), roles_(roles), at_(at) {}

    Sequences read(std::string_view text) {
        const std::vector<Line> lines = lines_of(text);
        if (lines.empty())
            refuse("is empty", "no line but blanks and comments", "a header line and rows of numbers", "");
        read_header(lines.front());
        for (std::size_t i = 1; i < lines.size(); ++i) read_row(lines[i]);
        if (rows_.size() < 3) refuse("has too few rows", text_of(rows_.size()) + " rows of numbers", "3 or more", "");
        assign_roles();
        find_decimal_mark();
        read_times();
        for (std::size_t row = 0; row < rows_.size(); ++row) enter(row);
        for (const Sequence& s : out_.list)
            if (s.rows() < 2)
                refuse("has a sequence of one row", in_quotes(s.name), "2 rows or more of each",
                       "is " + in_quotes(out_.sequence_name) + " the column that names sequences?");
        return std::move(out_);
    }

private:
    struct Row {
        int line;
        std::vector<std::string> fields;
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static std::string text_of(std::size_t n) { return std::to_string(n); }

    void read_header(const Line& line) {
        separator_ = separator_of(line.text);
        header_ = split(line.text, separator_);
        while (header_.size() > 1 && header_.back().empty()) header_.pop_back();
        double number = 0;
        if (is_number(header_.front(), number, separator_ == ',' ? '.' : ','))
            refuse_at(line.number, "has no header", in_quotes(line.text), "names: time,column,...", "");
        if (header_.size() < 2)
            refuse_at(line.number, "has no data column", in_quotes(line.text),
                      "a time and at least one column: time,column,...",
                      "separate the fields by commas, semicolons or tabs");
        for (std::size_t i = 0; i < header_.size(); ++i)
            if (header_[i].empty() || std::find(header_.begin(), header_.begin() + std::ptrdiff_t(i), header_[i]) !=
                                          header_.begin() + std::ptrdiff_t(i))
                refuse_at(line.number, header_[i].empty() ? "has a column without a name" : "has a name twice",
                          "column " + text_of(i + 1) + " of " + in_quotes(line.text), "a name for each column", "");
    }

    void read_row(const Line& line) {
        Row row{line.number, split(line.text, separator_)};
        while (row.fields.size() > header_.size() && row.fields.back().empty()) row.fields.pop_back();
        if (std::all_of(row.fields.begin(), row.fields.end(), [](const auto& f) { return f.empty(); })) return;
        if (row.fields.size() != header_.size())
            refuse_at(line.number, "is ragged", text_of(row.fields.size()) + " fields: " + in_quotes(line.text),
                      text_of(header_.size()) + ", as in the header",
                      row.fields.size() > header_.size() && separator_ == ','
                          ? "with decimal commas, separate the fields by semicolons"
                          : "");
        rows_.push_back(std::move(row));
    }

    std::size_t column_named(const std::string& name) const {
        const auto found = std::find(header_.begin(), header_.end(), name);
        if (found == header_.end())
            refuse("has no column " + in_quotes(name), joined(header_), "the name of a column", "");
        return static_cast<std::size_t>(found - header_.begin());
    }

    void assign_roles() {
        std::vector<bool> taken(header_.size(), false);
        const auto take = [&](const std::string& name) {
            const std::size_t column = column_named(name);
            if (taken[column])
                refuse("cannot use a column twice", in_quotes(name), "one of --sequence, --input, --without, --clock",
                       "");
            return taken[column] = true, column;
        };
        for (const std::string& name : roles_.without) take(name);
        if (!roles_.sequence.empty()) sequence_ = take(roles_.sequence);
        for (const std::string& name : roles_.inputs) inputs_.push_back(take(name));
        const auto left = static_cast<std::size_t>(std::find(taken.begin(), taken.end(), false) - taken.begin());
        if (!roles_.time.empty())
            time_ = take(roles_.time);
        else if (left < taken.size())
            time_ = left, taken[left] = true;
        for (std::size_t i = 0; i < taken.size(); ++i)
            if (!taken[i]) states_.push_back(i), out_.names.push_back(header_[i]);
        if (states_.empty())
            refuse("has no column left to be explained", text_of(header_.size()) + " columns",
                   "a time and at least one that is neither an input nor left out", "");
        out_.time_name = header_[time_];
        out_.sequence_name = roles_.sequence;
        out_.input_names = roles_.inputs;
    }

    // With commas between the fields there is no decimal one. Otherwise one mark for the whole table: 1,234 beside 5.6 is
    // a thousand in one land and one and a bit in another.
    void find_decimal_mark() {
        if (separator_ == ',') return;
        const Row *point = nullptr, *comma = nullptr;
        std::string with_point, with_comma;
        double number = 0;
        for (const Row& row : rows_)
            for (const std::size_t column : states_and_inputs()) {
                const std::string& field = row.fields[column];
                if (field.find('.') != field.npos && is_number(field, number)) point = &row, with_point = field;
                if (field.find(',') != field.npos && is_number(field, number, ',')) comma = &row, with_comma = field;
            }
        if (comma) decimal_ = ',';
        if (comma && point)
            refuse_at(std::max(point->line, comma->line), "has two decimal marks",
                      in_quotes(with_comma) + " and " + in_quotes(with_point), "one of them in all numbers",
                      "write numbers without marks between thousands");
    }
    std::vector<std::size_t> states_and_inputs() const {
        std::vector<std::size_t> all = states_;
        all.insert(all.end(), inputs_.begin(), inputs_.end());
        return all;
    }

    void read_times() {
        std::vector<std::string> fields;
        for (const Row& row : rows_) fields.push_back(row.fields[time_]);
        double number = 0;
        const bool digits = std::all_of(fields.begin(), fields.end(), is_day_of_digits);
        if (digits)
            for (std::string& field : fields) field = with_dashes(field);
        out_.dates = digits || (!is_number(fields.front(), number, decimal_) && looks_like_date(fields.front()));
        if (out_.dates) {
            Dates dates = read_dates(fields);
            if (dates.wrong < fields.size())
                refuse_at(rows_[dates.wrong].line, "holds a time that is no date", found(rows_[dates.wrong], time_),
                          "a date like the first one, " + in_quotes(fields.front()), "");
            if (dates.ambiguous)
                refuse("does not tell days from months", in_quotes(fields.front()) + " and no day beyond 12",
                       "dates such as 2024-01-31", "");
            times_ = std::move(dates.days);
            return;
        }
        for (std::size_t row = 0; row < rows_.size(); ++row) times_.push_back(number_in(rows_[row], time_));
    }

    double number_in(const Row& row, std::size_t column) const {
        const std::string& field = row.fields[column];
        const bool is_time = column == time_;
        double value = 0;
        if (is_missing(field)) {
            if (!is_time) return NAN;
            refuse_at(row.line, "has a row without a time", found(row, column), "a number or a date",
                      "leave such rows out");
        }
        if (!is_number(field, value, decimal_))
            refuse_at(row.line, "holds something that is not a number", found(row, column),
                      is_time ? "a number or a date such as 2024-01-31" : "a number such as 3.5 or 1e-3",
                      "a column of words may name sequences: --sequence " + header_[column] + "; --without " +
                          header_[column] + " leaves it out");
        // What overflows Real is as useless as what the file itself calls inf.
        if (!std::isfinite(value) || (!is_time && !std::isfinite(static_cast<Real>(value))))
            refuse_at(row.line, "holds a number that is not finite", found(row, column), "a finite number",
                      "leave the cell empty: it then counts as missing");
        return value;
    }

    void enter(std::size_t i) {
        const Row& row = rows_[i];
        Sequence& sequence = sequence_of(row);
        if (!sequence.times.empty() && !(times_[i] > sequence.times.back())) {
            const bool twice = times_[i] == sequence.times.back();
            const std::string last = sequence.times.back() == std::floor(sequence.times.back()) && out_.dates
                                         ? date_text(sequence.times.back())
                                         : exact_text(sequence.times.back());
            refuse_at(row.line, twice ? "has a time twice" : "goes back in time", found(row, time_),
                      "more than " + last + ", the time before",
                      out_.sequence_name.empty()
                          ? "sort the rows by time, one row a time; with several sequences: --sequence and the column "
                            "that names them"
                          : "sort the rows by time, and keep one row a time");
        }
        sequence.times.push_back(times_[i]);
        for (std::size_t j = 0; j < states_.size(); ++j) sequence.y[j].push_back(number_in(row, states_[j]));
        for (std::size_t j = 0; j < inputs_.size(); ++j) sequence.u[j].push_back(number_in(row, inputs_[j]));
    }

    Sequence& sequence_of(const Row& row) {
        const std::string name = sequence_ == none ? "" : row.fields[sequence_];
        if (sequence_ != none && name.empty())
            refuse_at(row.line, "has a row without a sequence", found(row, sequence_), "a name", "");
        const auto [place, is_new] = place_.try_emplace(name, out_.list.size());
        if (is_new) {
            out_.list.push_back({name, {}, {}, {}});
            out_.list.back().y.resize(states_.size());
            out_.list.back().u.resize(inputs_.size());
        }
        return out_.list[place->second];
    }

    std::string found(const Row& row, std::size_t column) const {
        return in_quotes(row.fields[column]) + " in column " + text_of(column + 1) + " (" + header_[column] + ")";
    }
    [[noreturn]] void refuse(const std::string& what, const std::string& got, const std::string& expected,
                             const std::string& fix) const {
        fail(at_, {.what = in_quotes(origin_) + " " + what, .got = got, .expected = expected, .fix = fix});
    }
    [[noreturn]] void refuse_at(int line, const std::string& what, const std::string& got, const std::string& expected,
                                const std::string& fix) const {
        refuse(what, "line " + std::to_string(line) + ": " + got, expected, fix);
    }

    const std::string& origin_;
    const Roles& roles_;
    Where at_;
    char separator_ = ',', decimal_ = '.';
    std::vector<std::string> header_;
    std::vector<Row> rows_;
    std::vector<double> times_;
    std::size_t time_ = none, sequence_ = none;
    std::vector<std::size_t> states_, inputs_;
    std::map<std::string, std::size_t> place_;
    Sequences out_;
};

}  // namespace

Index Sequences::rows() const {
    Index count = 0;
    for (const Sequence& sequence : list) count += sequence.rows();
    return count;
}

Sequences parse_sequences(std::string_view text, const std::string& origin, const Roles& roles, Where at) {
    return Reader(origin, roles, at).read(text);
}
Sequences read_sequences(const std::string& path, const Roles& roles, Where at) {
    return parse_sequences(text_of_file(path, at), path, roles, at);
}

}  // namespace costate::support
