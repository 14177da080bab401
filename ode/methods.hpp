// ode/methods.hpp — all methods, each made of its table
//   .method = ode::dopri5   or   .method = "dopri5"
// One without an error estimate takes equal steps, .steps = n, or chosen ones as ode::doubled<ode::rk4_classic>.
// A new method is one table in ode/tables/, its line here, and its name in AllTables. Reversible Heun is no table.
// see      ode/tables/ (the coefficients) · ode/method.hpp (what a solver reads) · ode/methods.cpp (they are right)
#pragma once
#include <string_view>

#include "ode/doubling.hpp"         // brings: doubled
#include "ode/method.hpp"           // brings: Method, method_of, check_table
#include "ode/reversible_heun.hpp"  // brings: reversible_heun
#include "ode/tables/dop853.hpp"    // brings: dop853
#include "ode/tables/fifth.hpp"     // brings: fehlberg45, cash_karp, dopri5, tsit5
#include "ode/tables/high.hpp"      // brings: vern6, dopri8
#include "ode/tables/low.hpp"       // brings: euler ... rk4_38

namespace costate::ode {

template <const auto&... table>
struct Tables {
    static constexpr Method methods[] = {unchecked_method_of<table>()..., reversible_heun};
    static constexpr bool check() { return (check_table<table>() && ...); }
};

inline constexpr Method euler = unchecked_method_of<tables::euler>();
inline constexpr Method midpoint = unchecked_method_of<tables::midpoint>();
inline constexpr Method heun2 = unchecked_method_of<tables::heun2>();
inline constexpr Method ralston = unchecked_method_of<tables::ralston>();
inline constexpr Method adaptive_heun = unchecked_method_of<tables::adaptive_heun>();
inline constexpr Method fehlberg2 = unchecked_method_of<tables::fehlberg2>();
inline constexpr Method heun3 = unchecked_method_of<tables::heun3>();
inline constexpr Method bosh3 = unchecked_method_of<tables::bosh3>();
inline constexpr Method rk4_classic = unchecked_method_of<tables::rk4_classic>();
inline constexpr Method rk4_38 = unchecked_method_of<tables::rk4_38>();
inline constexpr Method fehlberg45 = unchecked_method_of<tables::fehlberg45>();
inline constexpr Method cash_karp = unchecked_method_of<tables::cash_karp>();
inline constexpr Method dopri5 = unchecked_method_of<tables::dopri5>();
inline constexpr Method tsit5 = unchecked_method_of<tables::tsit5>();
inline constexpr Method vern6 = unchecked_method_of<tables::vern6>();
inline constexpr Method dopri8 = unchecked_method_of<tables::dopri8>();
inline constexpr Method dop853 = unchecked_method_of<tables::dop853>();

using AllTables =
    Tables<tables::euler, tables::midpoint, tables::heun2, tables::ralston, tables::adaptive_heun, tables::fehlberg2,
           tables::heun3, tables::bosh3, tables::rk4_classic, tables::rk4_38, tables::dopri5, tables::tsit5,
           tables::fehlberg45, tables::cash_karp, tables::vern6, tables::dopri8, tables::dop853>;
inline constexpr auto& all_methods = AllTables::methods;

constexpr const Method* find_method(std::string_view name) { return row_named(all_methods, name); }  // null: none

inline const Method& Method::named(std::string_view name, Where at) {
    return require_row(all_methods, "method", name, at);
}

}  // namespace costate::ode
