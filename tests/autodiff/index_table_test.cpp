// tests/autodiff/index_table_test.cpp — finding what is there already costs the same, however much is there
#include <doctest/doctest.h>

#include "autodiff/tape/index_table.hpp"
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

int compared = 0;  // attributes, by the operator below

struct Counted {  // y = x, whose attributes count how often they are compared
    int key = 0;
    static constexpr const char* name = "test: counted";
    bool operator==(const Counted& other) const { return ++compared, key == other.key; }
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var, Var dx) const { return dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("index table: what was put in is found, nothing else is, and few places are looked at") {
    IndexTable table;
    constexpr std::uint32_t n = 20'000;
    const auto hash = [](std::uint32_t i) { return IndexTable::mixed(7, i); };
    for (int round = 0; round < 2; ++round) {
        const std::uint64_t before = table.looked_at();
        for (std::uint32_t i = 0; i < n; ++i) {
            CHECK(table.find(hash(i), [i](std::uint32_t k) { return k == i; }) == IndexTable::none);
            table.add(hash(i), i);
        }
        bool all = true;
        for (std::uint32_t i = 0; i < n; ++i)
            all = all && table.find(hash(i), [i](std::uint32_t k) { return k == i; }) == i;
        CHECK(all);
        CHECK(table.looked_at() - before < 8 * n);
        table.clear();
        CHECK(table.find(hash(1), [](std::uint32_t) { return true; }) == IndexTable::none);
    }
}

TEST_CASE("compiling compares an operation with those of equal operands only") {
    for (const int n : {1000, 4000}) {
        Tape tape;
        const Var x = tape.variable(Tensor({2}, {1, 2}));
        Var chain = x, again = x;
        for (int i = 0; i < n; ++i) chain = record(Counted{i}, chain);
        for (int i = 0; i < n; ++i) again = record(Counted{i}, again);
        const Var outputs[] = {chain, again};
        compared = 0;
        const Program p = compile(tape, Vars(&x, 1), outputs);
        CHECK(p.code.size() == static_cast<std::size_t>(n));
        CHECK(compared == n);
    }
}

TEST_CASE("using a parameter, and lifting a Var, looks at few leaves, however many there are") {
    constexpr std::uint64_t n = 3000;
    std::vector<Parameter> parameters;
    for (std::uint64_t i = 0; i < n; ++i) parameters.emplace_back("p", Tensor({1}, {double(i)}));
    Tape outer;
    Tape child(&outer);
    for (int time = 0; time < 2; ++time)
        for (const Parameter& p : parameters) child.use(p);
    CHECK(child.values().size() == n);
    CHECK(outer.values().size() == n);
    CHECK(child.view(child.use(parameters[77]))[0] == 77);
    CHECK(outer.leaves_looked_at() + child.leaves_looked_at() < 24 * n);
}

TEST_SUITE_END();
