// tests/ode/tableau_test.cpp — no coefficient of a table may be wrong
#include "ode/tableau.hpp"

#include <doctest/doctest.h>

#include "ode/methods.hpp"

using namespace costate::ode;

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
        if (table.dense_order > 0)
            for (double& coefficient : table.dense[i]) spoil(coefficient);
    }
    return accepted;
}

// clang-format off
constexpr Tableau<4> bosh3{
    .name = "bosh3", .source = "Bogacki & Shampine 1989", .order = 3, .embedded_order = 2,
    .rows = {
        {  0,      {                       }},
        {  1./2,   { 1./2                  }},
        {  3./4,   { 0,     3./4           }},
        {  1,      { 2./9,  1./3,   4./9   }},
    },
    .b     =       { 2./9,  1./3,   4./9,  0    },
    .b_hat =       { 7./24, 1./4,   1./3,  1./8 },
};
constexpr Tableau<1> euler{.name = "euler", .source = "Euler 1768", .order = 1, .rows = {{0, {}}}, .b = {1}};
// clang-format on

constexpr auto mistyped(Tableau<4> table) {
    table.rows[2].a[1] = table.rows[2].c = 3. / 5;  // 3/4
    return table;
}
static_assert(consistent(bosh3) && order_conditions_hold(bosh3) && first_same_as_last(bosh3));
static_assert(consistent(mistyped(bosh3)), "its rows still sum to c ...");
static_assert(!order_conditions_hold(mistyped(bosh3)), "... but the order is gone: this would not compile");
static_assert(method_of<bosh3>().dense_stages == 4 && method_of<bosh3>().dense_order == 3);
static_assert(method_of<euler>().dense_stages == 2 && method_of<euler>().dense_order == 1);

constexpr auto promising_more(Tableau<4> table) {
    ++table.order;
    return table;
}
static_assert(!order_conditions_hold(promising_more(tables::rk4_classic)), "rk4 is not of order 5");

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("tableau: a coefficient that is off by 1e-9 is found, wherever it stands") {
        CHECK(wrong_tables_accepted(tables::rk4_classic) == 0);
        CHECK(wrong_tables_accepted(tables::dopri5) == 0);
        CHECK(wrong_tables_accepted(tables::tsit5) == 0);
        CHECK(wrong_tables_accepted(bosh3) == 0);
    }

    TEST_CASE("tableau: no table reaches a higher order than it says") {
        for (int order = 1; order <= 5; ++order) {
            CHECK(reaches_order(tables::rk4_classic, order, column(tables::rk4_classic.b)) == (order <= 4));
            CHECK(reaches_order(tables::dopri5, order, column(tables::dopri5.b_hat)) == (order <= 4));
            CHECK(reaches_order(tables::tsit5, order, column(tables::tsit5.b_hat)) == (order <= 4));
            CHECK(reaches_order(bosh3, order, column(bosh3.b)) == (order <= 3));
            CHECK(reaches_order(bosh3, order, column(bosh3.b_hat)) == (order <= 2));
        }
    }

    TEST_CASE("tableau: first same as last is found, not stated") {
        CHECK(first_same_as_last(tables::dopri5));
        CHECK(first_same_as_last(tables::tsit5));
        CHECK_FALSE(first_same_as_last(tables::rk4_classic));
        CHECK_FALSE(first_same_as_last(euler));
    }

    TEST_CASE("tableau: a stage that uses itself or a later one is not explicit") {
        Tableau<4> implicit = tables::rk4_classic;
        implicit.rows[1].a[1] = 1. / 4;
        implicit.rows[1].a[0] = 1. / 4;
        CHECK_FALSE(consistent(implicit));
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
