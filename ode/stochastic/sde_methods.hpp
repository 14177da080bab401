// ode/stochastic/sde_methods.hpp — the steps of dz = f(t, z) dt + g(t, z) dW, each as a table
//   .method = ode::milstein   or   .method = "milstein"
//   I = (ΔW² − h) / 2, the integral of (W(s) − W(t)) dW(s) over the step, for noise that is Itô's and diagonal:
//   entry i of g has a Brownian path of its own, and depends on no entry of z but its own
//   H_i = z + h Σ_j a_ij f_j                   f_i = f(t + c_i h, H_i)
//   G_i = H_i + I/√h Σ_j b_ij g_j              g_i = g(t + c_i h, G_i)
//   z⁺  = z + h Σ_i α_i f_i + Σ_i (β_i ΔW + γ_i √h) g_i    + I g_1 ∂g_1/∂z, if the method takes this derivative      (a)
// orders   strong p: the path's error E|z_N − z(T)| falls like h^p;  weak q: that of an expectation, |E φ(z_N) − E φ(z(T))|,
//          like h^q. Where g does not depend on z, or is the same for all z, all of them have the strong order 1.
// checks   Σ α = Σ β = 1, Σ γ = 0; for the strong order 1 also  γ·Be [+ 1 with the derivative] = 1,  β·Be = 0,  γ·Ae = γ·c = 0,
//          γ·(Be)² = 0                                                                                                (b)
// A new method is one table here, its checks, and one name in all_sde_methods.
// source   with each table; (a), (b): Rößler 2010, "Runge-Kutta methods for the strong approximation of solutions of
//          stochastic differential equations", theorem 6.2 for diagonal noise
#pragma once
#include <algorithm>
#include <limits>

#include "ode/named.hpp"  // brings: Name, row_named, require_row

namespace costate::ode {

inline constexpr int most_sde_stages = 3;

struct SdeTable {
    struct Row {
        Number c;
        Number a[most_sde_stages] = {}, b[most_sde_stages] = {};
    };
    const char* name;
    const char* source;
    Number strong_order, weak_order;
    int stages;
    bool derivative = false;  // of g by z, in the direction g
    Row rows[most_sde_stages];
    Number alpha[most_sde_stages], beta[most_sde_stages], gamma[most_sde_stages] = {};
};

constexpr bool order_conditions_hold(const SdeTable& m) {
    constexpr Number little =
        std::max<Number>(1e-14, 8 * std::numeric_limits<Number>::epsilon() * (sizeof(Number) < 8));
    const auto close = [](Number x, Number y) { return x - y < little && y - x < little; };
    Number alphas = 0, betas = 0, gammas = 0, gamma_b = m.derivative, beta_b = 0, gamma_a = 0, gamma_c = 0,
           gamma_bb = 0;
    for (int i = 0; i < m.stages; ++i) {
        Number a = 0, b = 0;
        for (int j = 0; j < i; ++j) a += m.rows[i].a[j], b += m.rows[i].b[j];
        alphas += m.alpha[i], betas += m.beta[i], gammas += m.gamma[i];
        gamma_b += m.gamma[i] * b, beta_b += m.beta[i] * b, gamma_bb += m.gamma[i] * b * b;
        gamma_a += m.gamma[i] * a, gamma_c += m.gamma[i] * m.rows[i].c;
        for (int j = i; j < m.stages; ++j)
            if (m.rows[i].a[j] != 0 || m.rows[i].b[j] != 0) return false;  // not explicit
    }
    const bool consistent = close(alphas, 1) && close(betas, 1) && close(gammas, 0);
    if (m.strong_order < 1) return consistent;
    return consistent && close(gamma_b, 1) && close(beta_b, 0) && close(gamma_a, 0) && close(gamma_c, 0) &&
           close(gamma_bb, 0);
}

struct SdeMethod : SdeTable {
    constexpr SdeMethod(const SdeTable& table) : SdeTable(table) {}
    template <Name Text>
    SdeMethod(const Text& text, Where at = {}) : SdeMethod(named(text, at)) {}

    static const SdeMethod& named(std::string_view name, Where at);  // there is none: an error that lists them
    friend constexpr bool operator==(const SdeMethod& x, const SdeMethod& y) {
        return std::string_view(x.name) == y.name;
    }
};

// clang-format off
inline constexpr SdeMethod euler_maruyama = SdeTable{
    .name = "euler_maruyama", .source = "Maruyama 1955", .strong_order = 0.5, .weak_order = 1,
    .stages = 1,
    .rows = {{ 0 }},
    .alpha = { 1 },
    .beta  = { 1 },
};

inline constexpr SdeMethod milstein = SdeTable{
    .name = "milstein", .source = "Milstein 1974", .strong_order = 1, .weak_order = 1,
    .stages = 1, .derivative = true,
    .rows = {{ 0 }},
    .alpha = { 1 },
    .beta  = { 1 },
};

inline constexpr SdeMethod sri2 = SdeTable{  // without a derivative; Heun's method of order 2 where g = 0
    .name = "sri2", .source = "Roessler 2010, SRI2", .strong_order = 1, .weak_order = 1,
    .stages = 3,
    .rows = {
        //  c     a_i1 a_i2     b_i1 b_i2
        {   0,  {          },  {           }},
        {   1,  { 1        },  {  1        }},
        {   1,  { 1,   0   },  { -1,   0   }},
    },
    .alpha =    { 1./2, 1./2,  0     },
    .beta  =    { 1,    0,     0     },
    .gamma =    { 0,    1./2, -1./2  },
};
// clang-format on

static_assert(order_conditions_hold(euler_maruyama) && order_conditions_hold(milstein) && order_conditions_hold(sri2),
              "a sum or an order condition is missed: a coefficient is mistyped");

inline constexpr SdeMethod all_sde_methods[] = {euler_maruyama, milstein, sri2};

inline const SdeMethod& SdeMethod::named(std::string_view name, Where at) {
    return require_row(all_sde_methods, "stochastic method", name, at);
}

}  // namespace costate::ode
