// ode/methods.hpp — the tables, each as its paper prints it
//   .method = ode::dopri5   or   .method = "dopri5"
// A new method is one table here, its checks, and one name in all_methods.
// source   with each table; the decimals of tsit5 are those of the paper's accompanying coefficient files, 16 digits
// see      ode/tableau.hpp (what the checks check) · ode/method.hpp (what a solver reads)
#pragma once
#include <string_view>

#include "ode/method.hpp"   // brings: Method, method_of
#include "ode/tableau.hpp"  // brings: Tableau, consistent, order_conditions_hold, dense_output_holds

namespace costate::ode {

// clang-format off
namespace tables {

inline constexpr Tableau<4> rk4_classic{
    .name = "rk4_classic", .source = "Kutta 1901", .order = 4,
    .rows = {
        //  c        a_i1    a_i2    a_i3
        {  0,      {                       }},
        {  1./2,   { 1./2                  }},
        {  1./2,   { 0,      1./2          }},
        {  1,      { 0,      0,      1     }},
    },
    .b     =       { 1./6,   1./3,   1./3,   1./6 },
};

inline constexpr Tableau<7, 4> dopri5{
    .name = "dopri5", .source = "Dormand & Prince 1980, RK5(4)7M; dense output Shampine 1986",
    .order = 5, .embedded_order = 4, .dense_order = 4,
    .rows = {
        {  0,      {                                                                                            }},
        {  1./5,   { 1./5                                                                                       }},
        {  3./10,  { 3./40,        9./40                                                                        }},
        {  4./5,   { 44./45,      -56./15,       32./9                                                          }},
        {  8./9,   { 19372./6561, -25360./2187,  64448./6561, -212./729                                         }},
        {  1,      { 9017./3168,  -355./33,      46732./5247,  49./176,   -5103./18656                          }},
        {  1,      { 35./384,      0,            500./1113,    125./192,  -2187./6784,     11./84               }},
    },
    .b     =       { 35./384,      0,            500./1113,    125./192,  -2187./6784,     11./84,    0         },
    .b_hat =       { 5179./57600,  0,            7571./16695,  393./640,  -92097./339200,  187./2100, 1./40     },
    .dense = {     //  θ   θ²                          θ³                           θ⁴
        { 1, -8048581381./2820520608,    8663915743./2820520608,     -12715105075./11282082432  },
        { 0,  0,                         0,                           0                         },
        { 0,  131558114200./32700410799, -68118460800./10900136933,   87487479700./32700410799  },
        { 0, -1754552775./470086768,     14199869525./1410260304,    -10690763975./1880347072   },
        { 0,  127303824393./49829197408, -318862633887./49829197408,  701980252875./199316789632},
        { 0, -282668133./205662961,      2019193451./616988883,      -1453857185./822651844     },
        { 0,  40617522./29380423,        -110615467./29380423,        69997945./29380423        },
    },
};

inline constexpr Tableau<7, 4> tsit5{
    .name = "tsit5", .source = "Tsitouras 2011",
    .order = 5, .embedded_order = 4, .dense_order = 4,
    .rows = {  // a_i1, a_i2, a_i3 | a_i4, a_i5, a_i6
        { 0,                  { }},
        { 0.161,              { 0.161 }},
        { 0.327,              { -0.008480655492356989, 0.335480655492357 }},
        { 0.9,                { 2.8971530571054935, -6.359448489975075, 4.3622954328695815 }},
        { 0.9800255409045097, { 5.325864828439257, -11.748883564062828, 7.4955393428898365,
                               -0.09249506636175525 }},
        { 1,                  { 5.86145544294642, -12.92096931784711, 8.159367898576159,
                               -0.071584973281401, -0.028269050394068383 }},
        { 1,                  { 0.09646076681806523, 0.01, 0.4798896504144996,
                                1.379008574103742, -3.290069515436081, 2.324710524099774 }},
    },
    .b     =                  { 0.09646076681806523, 0.01, 0.4798896504144996,
                                1.379008574103742, -3.290069515436081, 2.324710524099774, 0 },
    .b_hat =                  { 0.09824077787029123, 0.010816434459657, 0.4720087724042376,
                                1.5237195812770048, -3.872426680888636, 2.7827926300289607, -1./66 },
    .dense = {
        // θ   θ²                   θ³                   θ⁴
        { 1,  -2.763706197274826,   2.9132554618219126,  -1.0530884977290216 },
        { 0,   0.1317,             -0.2234,               0.1017             },
        { 0,   3.9302962368947516, -5.941033872131505,    2.490627285651253  },
        { 0, -12.411077166933676,  30.33818863028232,   -16.548102889244902  },
        { 0,  37.50931341651104,  -88.1789048947664,     47.37952196281928   },
        { 0, -27.896526289197286,  65.09189467479366,   -34.87065786149661   },
        { 0,   1.5,                -4,                    2.5                },
    },
};

}  // namespace tables
// clang-format on

inline constexpr Method rk4_classic = method_of<tables::rk4_classic>();
inline constexpr Method dopri5 = method_of<tables::dopri5>();
inline constexpr Method tsit5 = method_of<tables::tsit5>();

inline constexpr Method all_methods[] = {rk4_classic, dopri5, tsit5};

constexpr const Method* find_method(std::string_view name) { return row_named(all_methods, name); }  // null: none

inline const Method& Method::named(std::string_view name, Where at) {
    return require_row(all_methods, "method", name, at);
}

}  // namespace costate::ode
