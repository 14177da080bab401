// tests/examples/csv_test.cpp — a table of numbers is read, and anything else is refused by line and column
#include "examples/support/csv.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <string>

#include "tests/support/contains_all.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::support;

namespace {

const std::string table = "year,hare,lynx\n1900,30,4\n1901,47.2,6.1\n1902,70.2,9.8\n";

std::string error_of(const std::string& text) {
    return test::error_of([&] { parse_csv(text, "pelts.csv"); });
}

bool same(const Series& a, const Series& b) {
    return a.time_name == b.time_name && a.names == b.names && a.times == b.times && a.values == b.values;
}

// Does the refusal of `text` contain every one of these parts?
bool refused(const std::string& text, std::initializer_list<std::string> parts) {
    const std::string error = error_of(text);
    return test::contains_all(error, parts) && test::contains_all(error, {"'pelts.csv'", "csv_test.cpp"});
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("csv: the first column is the time, the others are the values") {
    const Series series = parse_csv(table, "pelts.csv");
    CHECK(series.time_name == "year");
    CHECK(series.names == std::vector<std::string>{"hare", "lynx"});
    CHECK(series.times == std::vector<double>{1900, 1901, 1902});
    CHECK(series.values == Tensor({3, 2}, {30, 4, 47.2, 6.1, 70.2, 9.8}));
}

TEST_CASE(
    "csv: comments, blank lines, blanks, quotes, CRLF, a byte-order mark and a missing last newline change nothing") {
    const Series expected = parse_csv(table, "");
    CHECK(same(parse_csv("# pelts\n\n" + table + "\n# end", ""), expected));
    CHECK(
        same(parse_csv("\xEF\xBB\xBFyear,hare,lynx\r\n1900,30,4\r\n\r\n1901,47.2,6.1\r\n1902,70.2,9.8", ""), expected));
    CHECK(same(parse_csv(" \"year\" ,\thare, lynx \n+1900, 30. ,4e0\n1901,4.72e1,6.1\n1902,70.2,9.8\n", ""), expected));
}

TEST_CASE("csv: lines end by LF, by CR or by both, and are counted alike") {
    for (const std::string end : {"\n", "\r", "\r\n"}) {
        std::string text = table;
        for (std::size_t i = 0; (i = text.find('\n', i)) != text.npos; i += end.size()) text.replace(i, 1, end);
        CHECK(same(parse_csv(text, ""), parse_csv(table, "")));
        CHECK(refused("t,x" + end + end + "1,2" + end + "x", {"line 4"}));
    }
}

TEST_CASE("csv: a file gives what its text gives") {
    const TemporaryFolder folder;
    std::ofstream(folder / "pelts.csv") << table;
    CHECK(same(read_csv(folder / "pelts.csv"), parse_csv(table, "")));
}

TEST_CASE("csv: a missing file is an error that names it") {
    CHECK_THROWS_WITH_AS(read_csv("no/such.csv", Where("a.cpp", 1)), doctest::Contains("'no/such.csv': No such file"),
                         Error);
}

TEST_CASE("csv: a folder is not an empty table") {
    const TemporaryFolder folder;
    CHECK_THROWS_WITH_AS(read_csv(folder / ""), doctest::Contains("Is a directory"), Error);
}

TEST_CASE("csv: a file without a table is empty") {
    CHECK(refused("", {"is empty"}));
    CHECK(refused("\n# only a comment\n\r\n", {"is empty"}));
}

TEST_CASE("csv: a first line of numbers is no header") {
    CHECK(refused("1900,30,4\n1901,47.2,6.1\n", {"has no header", "line 1: '1900,30,4'"}));
}

TEST_CASE("csv: a time alone is not enough, and other separators are named") {
    CHECK(refused("year\n1900\n", {"has no data column"}));
    CHECK(refused("# x\nyear;hare\n1900;30\n", {"has no data column", "line 2", "separate the fields by commas"}));
}

TEST_CASE("csv: a row of another length is refused by line") {
    CHECK(refused("t,x\n1,2\n\n2,3,4\n3,4\n", {"is ragged", "line 4: 3 fields: '2,3,4'", "2, as in the header"}));
    CHECK(refused("t,x\n1,2\n2\n", {"is ragged", "line 3: 1 fields"}));
}

TEST_CASE("csv: what is no number is refused by line and column") {
    CHECK(refused("t,x\n1,2\n2,three\n", {"not a number", "line 3: 'three' in column 2 (x)"}));
    CHECK(refused("t,x\n1,2\n2,3 kg\n", {"not a number", "'3 kg'"}));
    CHECK(refused("t,x\n1,2\n2,\n", {"not a number", "'' in column 2 (x)", "leave rows with missing values out"}));
    CHECK(refused("t,x\n1900-01-01,2\n", {"not a number", "line 2: '1900-01-01' in column 1 (t)"}));
    CHECK(refused("t,x\n1,0x10\n", {"not a number", "'0x10'"}));
    CHECK(refused("t,x\n1,+-5\n", {"not a number", "'+-5'"}));
    CHECK(refused("t,x\n1,++5\n", {"not a number", "'++5'"}));
    CHECK(refused("t,x\n1,-+5\n", {"not a number", "'-+5'"}));
}

TEST_CASE("csv: a number next to zero is zero, one out of range is not finite") {
    const Series series = parse_csv("t,x\n-1e-400,1e-400\n1,-1e-999\n2,+4e-320\n", "");
    CHECK(series.times == std::vector<double>{0, 1, 2});
    CHECK(series.values == Tensor({3, 1}, {0, 0, 4e-320}));
    CHECK(refused("t,x\n1,1e999\n", {"not finite", "'1e999'"}));
    CHECK(refused("t,x\n-1e400,1\n", {"not finite", "'-1e400'"}));
}

TEST_CASE("csv: nan and inf are refused") {
    for (const std::string word : {"nan", "NaN", "inf", "-inf", "Infinity"}) {
        CHECK(refused("t,x\n1,2\n2," + word + "\n", {"not finite", "line 3: '" + word + "' in column 2 (x)"}));
        CHECK(refused("t,x\n" + word + ",2\n", {"not finite", "line 2: '" + word + "' in column 1 (t)"}));
    }
}

TEST_CASE("csv: a number that Real cannot hold is refused") {
    CHECK((sizeof(Real) == 8 || refused("t,x\n1,1e300\n", {"not finite", "'1e300'"})));
}

TEST_CASE("csv: times increase") {
    CHECK(refused("t,x\n1,2\n3,2\n2,2\n", {"goes back in time", "line 4: '2' in column 1 (t)", "more than 3"}));
}

TEST_CASE("csv: a time that comes twice is said to come twice, with all its digits") {
    CHECK(refused("t,x\n1,2\n1,2\n", {"has a time twice", "line 3"}));
    CHECK(refused("t,x\n1,2\n1.0000000000000002,2\n1.0000000000000002,3\n",
                  {"has a time twice", "more than 1.0000000000000002"}));
}

TEST_CASE("csv: fewer than three rows are too few") {
    CHECK(refused("t,x\n1,2\n2,3\n", {"has too few rows", "2 rows", "3 or more"}));
    CHECK(refused("t,x\n", {"0 rows"}));
}

TEST_CASE("csv: a table without a time is all data") {
    const Table digits = parse_table("p0,label\n3,1\n3,0\n", "");
    CHECK(digits.names == std::vector<std::string>{"p0", "label"});
    CHECK(digits.values == Tensor({2, 2}, {3, 1, 3, 0}));
    CHECK(parse_table("x\n-1\n", "").values == Tensor({1, 1}, {-1}));
    CHECK(test::contains(test::error_of([] { parse_table("x,y\n", "data.csv"); }), "1 or more"));
    CHECK(test::contains(test::error_of([] { parse_table("x,y\n1,\n", "data.csv"); }), "not a number"));
}

TEST_SUITE_END();
