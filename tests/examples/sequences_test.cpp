// tests/examples/sequences_test.cpp — a table as a person brings it is read, or refused with what to do about it
#include "examples/support/sequences.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <string>

#include "examples/support/cells.hpp"
#include "tests/support/contains_all.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using costate::test::contains;

namespace {

using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

Sequences read(const std::string& text, const Roles& roles = {}) { return parse_sequences(text, "mine.csv", roles); }

bool refused(const std::string& text, std::initializer_list<std::string> parts, const Roles& roles = {}) {
    const std::string error = test::error_of([&] { read(text, roles); });
    return test::contains_all(error, parts) && contains(error, "'mine.csv'");
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("cells: quotes hold separators and quotes, blanks around fields go, a header tells its separator") {
    CHECK(split(R"( "a, b" , "say ""no""",c)", ',') == Names{"a, b", "say \"no\"", "c"});
    CHECK(split("a\t\tb\t", '\t') == Names{"a", "", "b", ""});
    CHECK(separator_of("t;x,y") == ';');
    CHECK(separator_of("t\tx") == '\t');
    CHECK(separator_of("\"t;s\",x") == ',');
    double number = 0;
    CHECK((is_number("-3,5e2", number, ',') && number == -350));
    CHECK_FALSE(is_number("1.234,5", number, ','));
    CHECK_FALSE(is_number("3,5", number));
}

TEST_CASE("sequences: separators, decimal commas, a byte-order mark, CRLF and empty last columns change nothing") {
    for (const char* text : {"t,x,y\n0,1.5,2\n1,2.5,3\n2,3.5,5\n", "t;x;y\n0;1,5;2\n1;2,5;3\n2;3,5;5\n",
                             "t\tx\ty\n0\t1.5\t2\n1\t2.5\t3\n2\t3.5\t5\n",
                             "\xEF\xBB\xBFt;x;y;;\r\n0;1,5;2;;\r\n1;2,5;3;;\r\n2;3,5;5;;\r\n;;;;\r\n",
                             "t,x,y\r0,1.5,2\r1,2.5,3\r2,3.5,5\r"}) {
        const Sequences s = read(text);
        REQUIRE(s.list.size() == 1);
        CHECK(s.time_name == "t");
        CHECK(s.names == Names{"x", "y"});
        CHECK(s.list[0].times == Numbers{0, 1, 2});
        CHECK(s.list[0].y == std::vector<Numbers>{{1.5, 2.5, 3.5}, {2, 3, 5}});
    }
}

TEST_CASE("sequences: a missing cell is a nan") {
    const Sequences s = read("t,x\n0,1\n1,\n2,NA\n3,n/a\n4,-\n5,NaN\n6,2\n");
    for (std::size_t i = 1; i < 6; ++i) CHECK(std::isnan(s.list[0].y[0][i]));
    CHECK(s.list[0].y[0][6] == 2);
}

TEST_CASE("sequences: a column names sequences, whose rows may stand anywhere, and others are inputs or left out") {
    const Sequences s = read("site,day,heat,x,note\nb,0,1,10,no\na,5,2,20,no\nb,1,3,11,no\na,6,,21,no\n",
                             {.sequence = "site", .inputs = {"heat"}, .without = {"note"}});
    REQUIRE(s.list.size() == 2);
    CHECK(s.time_name == "day");
    CHECK(s.names == Names{"x"});
    CHECK(s.input_names == Names{"heat"});
    CHECK(s.list[0].name == "b");
    CHECK(s.list[0].times == Numbers{0, 1});
    CHECK(s.list[0].u[0] == Numbers{1, 3});
    CHECK(s.list[1].y[0] == Numbers{20, 21});
    CHECK(std::isnan(s.list[1].u[0][1]));
    CHECK(s.rows() == 4);
    CHECK(read("x,t\n1,0\n2,1\n3,2\n", {.time = "t"}).time_name == "t");
}

TEST_CASE("sequences: times may be dates, those of eight digits among them") {
    for (const char* text :
         {"d,x\n2024-02-28,1\n2024-02-29,2\n2024-03-01,3\n", "d,x\n20240228,1\n20240229,2\n20240301,3\n",
          "d;x\n28.02.2024;1\n29.02.2024;2\n01.03.2024;3\n"}) {
        const Sequences s = read(text);
        CHECK(s.dates);
        CHECK(s.list[0].times == Numbers{19781, 19782, 19783});
    }
    CHECK_FALSE(read("d,x\n20240228,1\n20240229,2\n20240230,3\n").dates);  // there is no such day
}

TEST_CASE("sequences: what cannot be read is refused by line, and by what to do") {
    CHECK(refused("", {"is empty"}));
    CHECK(refused("1,2\n3,4\n5,6\n", {"has no header", "line 1"}));
    CHECK(refused("t x\n0 1\n1 2\n2 3\n", {"has no data column", "commas, semicolons or tabs"}));
    CHECK(refused("t,x\n0,1\n1,2\n", {"has too few rows", "2 rows"}));
    CHECK(
        refused("t,x\n0,1,5\n1,2,5\n2,3,5\n", {"is ragged", "line 2: 3 fields", "separate the fields by semicolons"}));
    CHECK(refused("t,,x\n0,1,2\n1,2,3\n2,3,4\n", {"has a column without a name", "column 2"}));
    CHECK(refused("t,x,x\n0,1,2\n1,2,3\n2,3,4\n", {"has a name twice", "column 3"}));
    CHECK(refused("t,x\n0,1\n1,two\n2,3\n",
                  {"not a number", "line 3: 'two' in column 2 (x)", "--sequence x", "--without x"}));
    CHECK(refused("t,x\n0,1\n1,inf\n2,3\n", {"not finite", "'inf'", "leave the cell empty"}));
    CHECK(refused("t,x\n0,1\n,2\n2,3\n", {"has a row without a time", "line 3"}));
    CHECK(refused("t,x\n0,1\n1,2\n1,3\n", {"has a time twice", "line 4", "--sequence and the column that names them"}));
    CHECK(refused("t,x\n0,1\n2,2\n1,3\n", {"goes back in time", "more than 2"}));
    CHECK(refused("t;x\n0;1,5\n1;2.5\n2;3\n", {"two decimal marks", "line 3", "'1,5' and '2.5'"}));
    CHECK(refused("d,x\n2024-01-30,1\n2024-01-31,2\n2024-02-30,3\n", {"no date", "line 4: '2024-02-30'"}));
    CHECK(refused("d,x\n1/2/2024,1\n2/2/2024,2\n3/2/2024,3\n", {"does not tell days from months"}));
    CHECK(refused("s,t,x\na,0,1\na,1,2\nb,0,3\n", {"has a sequence of one row", "'b'"}, {.sequence = "s"}));
    CHECK(refused("s,t,x\na,0,1\n,1,2\nb,0,3\n", {"has a row without a sequence", "line 3"}, {.sequence = "s"}));
    CHECK(refused("t,x\n0,1\n1,2\n2,3\n", {"has no column 'u'", "t, x"}, {.inputs = {"u"}}));
    CHECK(refused("t,x\n0,1\n1,2\n2,3\n", {"cannot use a column twice", "'x'"}, {.inputs = {"x"}, .without = {"x"}}));
    CHECK(refused("t,x\n0,1\n1,2\n2,3\n", {"no column left"}, {.inputs = {"x"}}));
}

TEST_SUITE_END();
