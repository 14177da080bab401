// ode/methods.hpp — all methods, each made of its table
//   .method = ode::dopri5   or   .method = "dopri5"
// One without an error estimate takes equal steps, .steps = n, or chosen ones as ode::doubled<ode::rk4_classic>.
// A new method is a table in ode/tables/, its name in AllTables, and its line here. Reversible Heun and the asynchronous
// leapfrog are no tables.
// see      ode/tables/ (the coefficients) · ode/method.hpp (what a solver reads) · ode/methods.cpp (they are right)
#pragma once
#include <string_view>
#include <type_traits>  // brings: std::is_same_v

#include "ode/method.hpp"                         // brings: Method, MethodFrom
#include "ode/methods/asynchronous_leapfrog.hpp"  // brings: asynchronous_leapfrog
#include "ode/methods/doubling.hpp"               // brings: doubled
#include "ode/methods/reversible_heun.hpp"        // brings: reversible_heun
#include "ode/methods/stage_behind.hpp"           // brings: the same of additive pairs, and of Rosenbrock's tables
#include "ode/tables/dop853.hpp"                  // brings: dop853
#include "ode/tables/fifth.hpp"                   // brings: fehlberg45, cash_karp, dopri5, tsit5
#include "ode/tables/high.hpp"                    // brings: vern6, dopri8
#include "ode/tables/implicit.hpp"                // brings: implicit_euler ... kvaerno5
#include "ode/tables/kencarp.hpp"  // brings: kencarp3, kencarp4, kencarp5, kencarp3_imex ... kencarp5_imex
#include "ode/tables/low.hpp"      // brings: euler ... rk4_38
#include "ode/tables/radau.hpp"    // brings: radau3, radau5, gauss4, gauss6
#include "ode/tables/rodas.hpp"    // brings: rodas4

namespace costate::ode {

template <const auto& table>
struct Named {};

template <const auto&... table>
struct MethodList {
    static constexpr Method methods[] = {MethodFrom<table>::make()..., asynchronous_leapfrog, reversible_heun};
    static constexpr bool check() { return (MethodFrom<table>::check() && ...); }

    template <const auto& mine>
    static constexpr Method method() {
        static_assert((std::is_same_v<Named<mine>, Named<table>> || ...),
                      "a method of the library is one of AllTables");
        return MethodFrom<mine>::make();
    }
};

using AllTables =
    MethodList<tables::euler, tables::midpoint, tables::heun2, tables::ralston, tables::adaptive_heun,
               tables::fehlberg2, tables::heun3, tables::bosh3, tables::rk4_classic, tables::rk4_38, tables::dopri5,
               tables::tsit5, tables::fehlberg45, tables::cash_karp, tables::vern6, tables::dopri8, tables::dop853,
               tables::implicit_euler, tables::implicit_midpoint, tables::trapezoid, tables::sdirk2, tables::trbdf2,
               tables::kvaerno3, tables::kvaerno4, tables::kvaerno5, tables::kencarp3, tables::kencarp4,
               tables::kencarp5, tables::radau3, tables::radau5, tables::gauss4, tables::gauss6, tables::kencarp3_imex,
               tables::kencarp4_imex, tables::kencarp5_imex, tables::rodas4>;

inline constexpr Method euler = AllTables::method<tables::euler>();
inline constexpr Method midpoint = AllTables::method<tables::midpoint>();
inline constexpr Method heun2 = AllTables::method<tables::heun2>();
inline constexpr Method ralston = AllTables::method<tables::ralston>();
inline constexpr Method adaptive_heun = AllTables::method<tables::adaptive_heun>();
inline constexpr Method fehlberg2 = AllTables::method<tables::fehlberg2>();
inline constexpr Method heun3 = AllTables::method<tables::heun3>();
inline constexpr Method bosh3 = AllTables::method<tables::bosh3>();
inline constexpr Method rk4_classic = AllTables::method<tables::rk4_classic>();
inline constexpr Method rk4_38 = AllTables::method<tables::rk4_38>();
inline constexpr Method fehlberg45 = AllTables::method<tables::fehlberg45>();
inline constexpr Method cash_karp = AllTables::method<tables::cash_karp>();
inline constexpr Method dopri5 = AllTables::method<tables::dopri5>();
inline constexpr Method tsit5 = AllTables::method<tables::tsit5>();
inline constexpr Method vern6 = AllTables::method<tables::vern6>();
inline constexpr Method dopri8 = AllTables::method<tables::dopri8>();
inline constexpr Method dop853 = AllTables::method<tables::dop853>();

inline constexpr Method implicit_euler = AllTables::method<tables::implicit_euler>();
inline constexpr Method implicit_midpoint = AllTables::method<tables::implicit_midpoint>();
inline constexpr Method trapezoid = AllTables::method<tables::trapezoid>();
inline constexpr Method sdirk2 = AllTables::method<tables::sdirk2>();
inline constexpr Method trbdf2 = AllTables::method<tables::trbdf2>();
inline constexpr Method kvaerno3 = AllTables::method<tables::kvaerno3>();
inline constexpr Method kvaerno4 = AllTables::method<tables::kvaerno4>();
inline constexpr Method kvaerno5 = AllTables::method<tables::kvaerno5>();
inline constexpr Method kencarp3 = AllTables::method<tables::kencarp3>();
inline constexpr Method kencarp4 = AllTables::method<tables::kencarp4>();
inline constexpr Method kencarp5 = AllTables::method<tables::kencarp5>();
inline constexpr Method radau3 = AllTables::method<tables::radau3>();
inline constexpr Method radau5 = AllTables::method<tables::radau5>();
inline constexpr Method gauss4 = AllTables::method<tables::gauss4>();
inline constexpr Method gauss6 = AllTables::method<tables::gauss6>();

inline constexpr Method kencarp3_imex = AllTables::method<tables::kencarp3_imex>();
inline constexpr Method kencarp4_imex = AllTables::method<tables::kencarp4_imex>();
inline constexpr Method kencarp5_imex = AllTables::method<tables::kencarp5_imex>();
inline constexpr Method rodas4 = AllTables::method<tables::rodas4>();

inline constexpr auto& all_methods = AllTables::methods;

constexpr const Method* find_method(std::string_view name) { return row_named(all_methods, name); }  // null: none

inline const Method& Method::named(std::string_view name, Where at) {
    return require_row(all_methods, "method", name, at);
}

}  // namespace costate::ode
