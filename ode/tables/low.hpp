// ode/tables/low.hpp — the classical methods of the first to fourth order
// source   with each table
#pragma once
#include "ode/tables/tableau.hpp"  // brings: Tableau

namespace costate::ode::tables {

// clang-format off
inline constexpr Tableau<1> euler{
    .name = "euler", .source = "Euler 1768", .order = 1,
    .rows = {{ 0, { }}},
    .b     =     { 1 },
};

inline constexpr Tableau<2> midpoint{
    .name = "midpoint", .source = "Runge 1895", .order = 2,
    .rows = {
        {  0,      {            }},
        {  1./2,   { 1./2       }},
    },
    .b     =       { 0,      1   },
};

inline constexpr Tableau<2> heun2{
    .name = "heun2", .source = "Heun 1900: the trapezoidal rule", .order = 2,
    .rows = {
        {  0,      {            }},
        {  1,      { 1          }},
    },
    .b     =       { 1./2,  1./2 },
};

inline constexpr Tableau<2> ralston{
    .name = "ralston", .source = "Ralston 1962: the least error bound of its kind", .order = 2,
    .rows = {
        {  0,      {            }},
        {  2./3,   { 2./3       }},
    },
    .b     =       { 1./4,  3./4 },
};

inline constexpr Tableau<2> adaptive_heun{
    .name = "adaptive_heun", .source = "heun2 with Euler's method for its error", .order = 2, .embedded_order = 1,
    .rows = {
        {  0,      {            }},
        {  1,      { 1          }},
    },
    .b     =       { 1./2,  1./2 },
    .b_hat =       { 1,      0   },
};

inline constexpr Tableau<3> fehlberg2{
    .name = "fehlberg2", .source = "Fehlberg 1969, RK1(2), going on with the second order", .order = 2, .embedded_order = 1,
    .rows = {
        {  0,      {                           }},
        {  1./2,   { 1./2                      }},
        {  1,      { 1./256,  255./256         }},
    },
    .b     =       { 1./512,  255./256,  1./512 },
    .b_hat =       { 1./256,  255./256,  0      },
};

inline constexpr Tableau<3> heun3{
    .name = "heun3", .source = "Heun 1900", .order = 3,
    .rows = {
        {  0,      {                   }},
        {  1./3,   { 1./3              }},
        {  2./3,   { 0,      2./3      }},
    },
    .b     =       { 1./4,   0,   3./4  },
};

inline constexpr Tableau<4> bosh3{
    .name = "bosh3", .source = "Bogacki & Shampine 1989", .order = 3, .embedded_order = 2,
    .rows = {
        {  0,      {                            }},
        {  1./2,   { 1./2                       }},
        {  3./4,   { 0,      3./4               }},
        {  1,      { 2./9,   1./3,   4./9       }},
    },
    .b     =       { 2./9,   1./3,   4./9,  0    },
    .b_hat =       { 7./24,  1./4,   1./3,  1./8 },
};

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

inline constexpr Tableau<4> rk4_38{
    .name = "rk4_38", .source = "Kutta 1901: the 3/8 rule", .order = 4,
    .rows = {
        {  0,      {                         }},
        {  1./3,   {  1./3                   }},
        {  2./3,   { -1./3,   1              }},
        {  1,      {  1,     -1,      1      }},
    },
    .b     =       {  1./8,   3./8,   3./8,   1./8 },
};

// clang-format on

}  // namespace costate::ode::tables
