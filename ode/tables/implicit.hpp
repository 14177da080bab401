// ode/tables/implicit.hpp — diagonally implicit methods: one implicit stage after the other, the same γ on the diagonal
//   Z_i = y + h Σ_{j<i} a_ij k_j + hγ k_i, stiff (2): n equations a stage, and the same matrix I − hγJ for all of them
// Their stability function R(z), stiff (1), is at most 1 in modulus wherever Re z ≤ 0 (A-stable), and but for the
// implicit midpoint and the trapezoidal rule R(−∞) = 0 (L-stable): what is stiff is damped in one step. Where b is the last
// stage's row, y⁺ is that stage's state (stiffly accurate).
// source   with each table; stability: Hairer & Wanner II, 2nd ed., §IV.3, §IV.6
// see      ode/tables/kencarp.hpp · tests/ode/implicit_test.cpp (order and stability)
#pragma once
#include "ode/tables/tableau.hpp"  // brings: Tableau

namespace costate::ode::tables {

// clang-format off
inline constexpr Tableau<2> implicit_euler{
    .name = "implicit_euler", .source = "Cauchy 1824", .order = 1,
    .rows = {
        {  0,      {            }},
        {  1,      { 0,      1  }},
    },
    .b     =       { 0,      1   },
};

inline constexpr Tableau<2> implicit_midpoint{
    .name = "implicit_midpoint", .source = "Gauss's method of one stage; symplectic", .order = 2,
    .rows = {
        {  0,      {            }},
        {  1./2,   { 0,    1./2 }},
    },
    .b     =       { 0,      1   },
};

inline constexpr Tableau<2> trapezoid{
    .name = "trapezoid", .source = "Crank & Nicolson 1947", .order = 2,
    .rows = {
        {  0,      {            }},
        {  1,      { 1./2, 1./2 }},
    },
    .b     =       { 1./2,  1./2 },
};

inline constexpr double sqrt_half = 0.70710678118654752440;

namespace sdirk2_numbers {
inline constexpr double g = 1 - sqrt_half;
}
inline constexpr Tableau<3> sdirk2{
    .name = "sdirk2", .source = "Alexander 1977, its first stage's Euler step for its error",
    .order = 2, .embedded_order = 1,
    .rows = {
        {  0,                  {                                              }},
        {  sdirk2_numbers::g,  { 0,   sdirk2_numbers::g                       }},
        {  1,                  { 0,   1 - sdirk2_numbers::g, sdirk2_numbers::g }},
    },
    .b     =                   { 0,   1 - sdirk2_numbers::g, sdirk2_numbers::g },
    .b_hat =                   { 0,   1,                     0                 },
};

// The trapezoidal rule as far as γ = 2 − √2, then the backward differentiation formula of second order.
namespace trbdf2_numbers {
inline constexpr double d = 1 - sqrt_half, w = sqrt_half / 2;
}
inline constexpr Tableau<3> trbdf2{
    .name = "trbdf2", .source = "Bank et al. 1985; as a Runge-Kutta method Hosea & Shampine 1996",
    .order = 2, .embedded_order = 3,
    .rows = {
        {  0,                      {                                                           }},
        {  2 * trbdf2_numbers::d,  { trbdf2_numbers::d, trbdf2_numbers::d                      }},
        {  1,                      { trbdf2_numbers::w, trbdf2_numbers::w, trbdf2_numbers::d   }},
    },
    .b     =                       { trbdf2_numbers::w, trbdf2_numbers::w, trbdf2_numbers::d   },
    .b_hat =                       { (1 - trbdf2_numbers::w) / 3, (3 * trbdf2_numbers::w + 1) / 3, trbdf2_numbers::d / 3 },
};

// clang-format on

// Kværnø's pairs: both y⁺ and ŷ are stages at the end of the step, and both are stiffly accurate. Where it is stiff, e of
// stiff (5) is as small as that makes it, O(1/λ), and says nothing of what the step misses between its ends, O(h³): steps would
// be as long as y⁺ is good (Prothero–Robinson, ode/stiff.md). The same two stages' slopes see that, in a second estimate,
//   y⁺ − ỹ = h (k_s − k_{s−1}) / 10   ≈ hJ e / 10
// which is small where it is not stiff. 1/10 is ours: it keeps the dense output within some ten tolerances. The slopes of
// kvaerno4 miss f by a polynomial of degree 2 in c, and once a step follows its like, k_s and k_{s−1} by the same: no
// combination that is small elsewhere sees it, and what lies between its steps is within a hundred tolerances.
namespace kvaerno3_numbers {
inline constexpr double g = 0.4358665215084589994160194;  // 6γ³ − 18γ² + 9γ − 1 = 0
inline constexpr double a31 = (-4 * g * g + 6 * g - 1) / (4 * g), a32 = (1 - 2 * g) / (4 * g);
inline constexpr double a41 = (6 * g - 1) / (12 * g), a42 = -1 / ((24 * g - 12) * g),
                        a43 = (-6 * g * g + 6 * g - 1) / (6 * g - 3);
}  // namespace kvaerno3_numbers

inline constexpr auto kvaerno3 = [] {
    using namespace kvaerno3_numbers;
    return Tableau<4>{
        .name = "kvaerno3",
        .source = "Kværnø 2004, ESDIRK 3/2 A",
        .order = 3,
        .embedded_order = 2,
        .tilde_order = 3,
        .rows = {{0, {}}, {2 * g, {g, g}}, {1, {a31, a32, g}}, {1, {a41, a42, a43, g}}},
        .b = {a41, a42, a43, g},
        .b_hat = {a31, a32, g},
        .b_tilde = {a41, a42, a43 + 0.1, g - 0.1},
    };
}();

namespace kvaerno4_numbers {
inline constexpr double g = 0.5728160624821348554080014;  // 24γ⁴ − 96γ³ + 72γ² − 16γ + 1 = 0

constexpr double p(std::initializer_list<double> coefficients) {  // a polynomial in γ, by Horner's rule
    double sum = 0;
    for (const double c : coefficients) sum = sum * g + c;
    return sum;
}
inline constexpr double q = p({12, -6, 1}), r = p({12, -9, 2}), s = p({3, -1});
inline constexpr double a31 = p({144, -180, 81, -15, 1}) * g / (q * q), a32 = p({-36, 39, -15, 2}) * g / (q * q);
inline constexpr double a41 = p({-144, 396, -330, 117, -18, 1}) / (12 * g * g * r),
                        a42 = p({72, -126, 69, -15, 1}) / (12 * g * g * s),
                        a43 = p({-6, 6, -1}) * q * q / (12 * g * g * r * s);
inline constexpr double a51 = p({288, -312, 120, -18, 1}) / (48 * g * g * r), a52 = p({24, -12, 1}) / (48 * g * g * s),
                        a53 = -q * q * q / (48 * g * g * s * r * p({6, -6, 1})),
                        a54 = p({-24, 36, -12, 1}) / p({24, -24, 4});
}  // namespace kvaerno4_numbers

inline constexpr auto kvaerno4 = [] {
    using namespace kvaerno4_numbers;
    return Tableau<5>{
        .name = "kvaerno4",
        .source = "Kværnø 2004, ESDIRK 4/3 A",
        .order = 4,
        .embedded_order = 3,
        .tilde_order = 4,
        .rows = {{0, {}},
                 {2 * g, {g, g}},
                 {a31 + a32 + g, {a31, a32, g}},
                 {1, {a41, a42, a43, g}},
                 {1, {a51, a52, a53, a54, g}}},
        .b = {a51, a52, a53, a54, g},
        .b_hat = {a41, a42, a43, g},
        .b_tilde = {a51, a52, a53, a54 + 0.1, g - 0.1},
    };
}();

// clang-format off
inline constexpr Tableau<7> kvaerno5{
    .name = "kvaerno5", .source = "Kværnø 2004, ESDIRK 5/4", .order = 5, .embedded_order = 4, .tilde_order = 5,
    .rows = {
        {  0,                   {                                          }},
        {  0.52,                { 0.26,                0.26                }},
        {  1.230333209967908,   { 0.13,                0.84033320996790809, 0.26 }},
        {  0.8957659843500759,  { 0.22371961478320505, 0.47675532319799699, -0.06470895363112615, 0.26 }},
        {  0.43639360985864756, { 0.16648564323248321, 0.10450018841591720, 0.03631482272098715, -0.13090704451073998, 0.26 }},
        {  1,                   { 0.13855640231268224, 0, -0.04245337201752043, 0.02446657898003141, 0.61943039072480676,
                                  0.26 }},
        {  1,                   { 0.13659751177640291, 0, -0.05496908796538376, -0.04118626728321046, 0.62993304899016403,
                                  0.06962479448202728, 0.26 }},
    },
    .b     =                    { 0.13659751177640291, 0, -0.05496908796538376, -0.04118626728321046, 0.62993304899016403,
                                  0.06962479448202728, 0.26 },
    .b_hat =                    { 0.13855640231268224, 0, -0.04245337201752043, 0.02446657898003141, 0.61943039072480676,
                                  0.26 },
    .b_tilde =                  { 0.13659751177640291, 0, -0.05496908796538376, -0.04118626728321046, 0.62993304899016403,
                                  0.16962479448202728, 0.16 },
    .lift  =                    { -0.48424934964585886, 0, 0.9921747011803463, -0.6241080331021561, 1.3801004273784232,
                                  -0.631958872905378, -0.631958872905378 },
};
// clang-format on

}  // namespace costate::ode::tables
