// ode/tables/radau.hpp — collocation: methods whose stages are one system
// The step is the polynomial of degree s that starts in y and has the field's slope at s places c_i. Gauss's places give order
// 2s, and keep quadratic invariants; of Radau's the last is the end: order 2s − 1 and R(−∞) = 0, the stiff workhorse.
//   a_ij = ∫₀^{c_i} ℓ_j,   b_j = ∫₀¹ ℓ_j,   ℓ_j Lagrange's polynomial that is 1 at c_j and 0 at the others
// Radau's error estimate compares with a formula of order s that reads f(t, y), too,
//   e = h γ₀ ( k_0 + Σ_j d_j k_j )           s = 3: d_j = Σ_i DD_i a_ij, γ₀ the real eigenvalue of A    Hairer & Wanner, 8.17
//                                            s = 2: d = (−3/2, 1/2), the only ones; γ₀ = √det A, the eigenvalues' modulus
// and is measured as it is: k_0 is the last stage's (Z − base)/hγ, stiff (5), and of hλ → −∞ nothing has to be damped.
// source   Hairer & Wanner II, 2nd ed., §IV.5 (tables 5.1, 5.2, 5.5, 5.6), §IV.8
#pragma once
#include "ode/tables/decoupling.hpp"  // brings: decouples, decoupling_of, Tableau

namespace costate::ode::tables {

namespace radau_numbers {
inline constexpr double r3 = 1.7320508075688772935, r6 = 2.4494897427831780982, r15 = 3.8729833462074168852;
inline constexpr double cube_root_9 = 2.0800838230519041145;
inline constexpr double g3 = 1 / r6, g5 = (6 + cube_root_9 * (cube_root_9 - 1)) / 30;
// The rows of A of radau5, and by how much ŷ's weights differ from b
inline constexpr double a5[3][3] = {{(88 - 7 * r6) / 360, (296 - 169 * r6) / 1800, (-2 + 3 * r6) / 225},
                                    {(296 + 169 * r6) / 1800, (88 + 7 * r6) / 360, (-2 - 3 * r6) / 225},
                                    {(16 - r6) / 36, (16 + r6) / 36, 1. / 9}};
constexpr double e5(int j) {
    return g5 * (-(13 + 7 * r6) / 3 * a5[0][j] + (-13 + 7 * r6) / 3 * a5[1][j] - a5[2][j] / 3);
}
}  // namespace radau_numbers

inline constexpr auto radau3 = [] {
    using namespace radau_numbers;
    return Tableau<3>{
        .name = "radau3",
        .source = "Ehle 1969: Radau IIA of 2 stages",
        .order = 3,
        .embedded_order = 2,
        .rows = {{0, {}}, {1. / 3, {0, 5. / 12, -1. / 12}}, {1, {0, 3. / 4, 1. / 4}}},
        .b = {0, 3. / 4, 1. / 4},
        .b_hat = {-g3, 3. / 4 + 3 * g3 / 2, 1. / 4 - g3 / 2},
    };
}();

inline constexpr auto radau5 = [] {
    using namespace radau_numbers;
    return Tableau<4>{
        .name = "radau5",
        .source = "Ehle 1969: Radau IIA of 3 stages; its error as in Hairer & Wanner's RADAU5",
        .order = 5,
        .embedded_order = 3,
        .rows = {{0, {}},
                 {(4 - r6) / 10, {0, a5[0][0], a5[0][1], a5[0][2]}},
                 {(4 + r6) / 10, {0, a5[1][0], a5[1][1], a5[1][2]}},
                 {1, {0, a5[2][0], a5[2][1], a5[2][2]}}},
        .b = {0, a5[2][0], a5[2][1], a5[2][2]},
        .b_hat = {-g5, a5[2][0] - e5(0), a5[2][1] - e5(1), a5[2][2] - e5(2)},
        .lift = {-5. / 2, 5. / 6 + 5 * r6 / 4, 5. / 6 - 5 * r6 / 4, 5. / 6},
    };
}();

inline constexpr auto gauss4 = [] {
    using namespace radau_numbers;
    return Tableau<3>{
        .name = "gauss4",
        .source = "Hammer & Hollingsworth 1955: Gauss's places, 2 stages; symplectic",
        .order = 4,
        .rows = {{0, {}},
                 {1. / 2 - r3 / 6, {0, 1. / 4, 1. / 4 - r3 / 6}},
                 {1. / 2 + r3 / 6, {0, 1. / 4 + r3 / 6, 1. / 4}}},
        .b = {0, 1. / 2, 1. / 2},
    };
}();

inline constexpr auto gauss6 = [] {
    using namespace radau_numbers;
    return Tableau<4>{
        .name = "gauss6",
        .source = "Kuntzmann 1961, Butcher 1964: Gauss's places, 3 stages; symplectic",
        .order = 6,
        .rows = {{0, {}},
                 {1. / 2 - r15 / 10, {0, 5. / 36, 2. / 9 - r15 / 15, 5. / 36 - r15 / 30}},
                 {1. / 2, {0, 5. / 36 + r15 / 24, 2. / 9, 5. / 36 - r15 / 24}},
                 {1. / 2 + r15 / 10, {0, 5. / 36 + r15 / 30, 2. / 9 + r15 / 15, 5. / 36}}},
        .b = {0, 5. / 18, 4. / 9, 5. / 18},
        .lift = {-5, 25. / 6 + 5 * r15 / 6, -10. / 3, 25. / 6 - 5 * r15 / 6},
    };
}();

static_assert(decouples(decoupling_of(radau3), radau3) && decouples(decoupling_of(radau5), radau5) &&
                  decouples(decoupling_of(gauss4), gauss4) && decouples(decoupling_of(gauss6), gauss6),
              "ode/tables/decoupling.hpp (a): T must take the stages' A apart");

}  // namespace costate::ode::tables
