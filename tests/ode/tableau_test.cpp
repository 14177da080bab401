// tests/ode/tableau_test.cpp — no coefficient of a table may be wrong
#include "ode/tables/tableau.hpp"

#include <doctest/doctest.h>
#include <set>
#include <string>
#include <vector>

#include "tests/ode/each_table.hpp"

using namespace costate::ode;
using costate::test::for_each_table;
namespace tables = costate::ode::tables;

namespace {

// A table with one coefficient off by 1e-9 that still passes its checks is counted.
template <int S, int D>
int wrong_tables_accepted(Tableau<S, D> table) {
    int accepted = 0;
    const auto spoil = [&](double& coefficient) {
        const double right = coefficient;
        coefficient += 1e-9;
        accepted +=
            consistent(table) && order_conditions_hold(table) && (table.dense_order == 0 || dense_output_holds(table));
        coefficient = right;
    };
    for (int i = 0; i < S; ++i) {
        spoil(table.rows[i].c);
        for (int j = 0; j < S; ++j) spoil(table.rows[i].a[j]);
        spoil(table.b[i]);
        if (table.embedded_order > 0) spoil(table.b_hat[i]);
        if (table.tilde_order > 0) spoil(table.b_tilde[i]);
        if (table.dense_order > 0)
            for (double& coefficient : table.dense[i]) spoil(coefficient);
    }
    return accepted;
}

constexpr auto mistyped(Tableau<4> table) {
    table.rows[2].a[1] = table.rows[2].c = 3. / 5;  // 3/4
    return table;
}
static_assert(consistent(mistyped(tables::bosh3)), "its rows still sum to c ...");
static_assert(!order_conditions_hold(mistyped(tables::bosh3)), "... but the order is gone: this would not compile");
static_assert(bosh3.dense_stages == 4 && bosh3.dense_order == 3);
static_assert(vern6.fsal && vern6.stages == 9 && vern6.last == 8 && vern6.dense_stages == 12);
static_assert(!dop853.fsal && dop853.stages == 12 && dop853.last == 12 && dop853.dense_stages == 16);
static_assert(dopri8.stages == 13 && dopri8.last == 13 && dopri8.dense_stages == 21 && dopri8.dense_order == 7);
static_assert(cash_karp.dense_stages == 8 && cash_karp.dense_order == 4 && dop853.embedded_order == 7);
static_assert(euler.dense_stages == 2 && euler.dense_order == 1);
static_assert(kvaerno5.coupled == 1 && kvaerno5.fsal && kvaerno5.dense_order == 4 && trbdf2.embedded_order == 2);
static_assert(radau5.coupled == 3 && radau5.fsal && gauss6.coupled == 3 && !gauss6.fsal && gauss6.last == 4);

constexpr auto promising_more(Tableau<4> table) {
    ++table.order;
    return table;
}
static_assert(!order_conditions_hold(promising_more(tables::rk4_classic)), "rk4 is not of order 5");

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("tableau: a coefficient that is off by 1e-9 is found, wherever it stands") {
        const int tableaux = for_each_table([]<int S, int D>(const Tableau<S, D>& table) {
            CAPTURE(std::string(table.name));
            CHECK(wrong_tables_accepted(table) == 0);
        });
        CHECK(tableaux > 30);
    }

    TEST_CASE("tableau: no table reaches a higher order than it says") {
        for_each_table([]<int S, int D>(const Tableau<S, D>& table) {
            CAPTURE(std::string(table.name));
            for (int order = 1; order <= Tree::most_nodes; ++order) {
                CHECK(reaches_order(table, order, column(table.b)) == (order <= table.order));
                if (table.embedded_order > 0)
                    CHECK(reaches_order(table, order, column(table.b_hat)) == (order <= table.embedded_order));
                if (table.tilde_order > 0)
                    CHECK(reaches_order(table, order, column(table.b_tilde)) == (order <= table.tilde_order));
            }
        });
    }

    TEST_CASE("tableau: there are as many rooted trees as there should be, each another one") {
        const int known[] = {1, 1, 2, 4, 9, 20, 48, 115};  // Hairer, Nørsett & Wanner I, table II.2.1
        for (int nodes = 1; nodes <= Tree::most_nodes; ++nodes) {
            std::set<std::vector<int>> trees;
            Tree tree = Tree::chain(nodes);
            double gamma = 1;
            for (int n = 2; n <= nodes; ++n) gamma *= n;
            CHECK(tree.gamma() == gamma);  // of a chain n!, of a bush n
            do {
                trees.insert({tree.depth, tree.depth + nodes});
                gamma = tree.gamma();
            } while (tree.advance());
            CHECK(int(trees.size()) == known[nodes - 1]);
            CHECK(gamma == nodes);
        }
    }

    TEST_CASE("tableau: first same as last is found, not stated") {
        CHECK(first_same_as_last(tables::dopri5));
        CHECK(first_same_as_last(tables::tsit5));
        CHECK_FALSE(first_same_as_last(tables::rk4_classic));
        CHECK_FALSE(first_same_as_last(tables::euler));
    }

    TEST_CASE("tableau: a stage may use itself and later ones, but for the first") {
        Tableau<4> implicit = tables::rk4_classic;
        implicit.rows[1].a[1] = 1. / 4;
        implicit.rows[1].a[0] = 1. / 4;
        CHECK(consistent(implicit));
        CHECK(coupled_of(implicit) == 1);
        CHECK_FALSE(order_conditions_hold(implicit));
        implicit.rows[1].a[2] = 1. / 4;
        implicit.rows[1].a[0] = 0;
        CHECK(consistent(implicit));
        CHECK(coupled_of(implicit) == 2);
        Tableau<4> behind = implicit;  // an equation of its own behind one system
        behind.rows[3].a[3] = 1. / 4;
        behind.rows[3].a[0] = behind.rows[3].c - 5. / 4;
        behind.rows[3].a[2] = 1;
        CHECK_FALSE(consistent(behind));
        implicit.rows[0].a[1] = 1. / 4;
        implicit.rows[0].c = 1. / 4;
        CHECK_FALSE(first_is_explicit(implicit));
        CHECK_FALSE(consistent(implicit));
        CHECK_FALSE(first_is_explicit(Tableau<1>{.name = "", .source = "", .order = 1, .rows = {{1, {1}}}, .b = {1}}));
    }

    TEST_CASE("tableau: dense output of order 4 is not of order 5") {
        Tableau<7, 4> table = tables::dopri5;
        REQUIRE(dense_output_holds(table));
        bool more = true;
        for (const double theta : {0.25, 0.5, 0.75})
            more = more && reaches_order(table, 5, weights_at(table, theta), theta);
        CHECK_FALSE(more);
    }
}
