// ode/steps/multistep_formulas.hpp — BDF and Adams's formulas for steps of any lengths, as polynomials
// The history of a solve is a polynomial p_n of degree q. A step of order q adds one to it, multistep (3):
//   p_n = p_{n−1} + e Λ,   e = y_n − p_{n−1}(t_n)               x = (t − t_n)/h,   ξ_i = (t_n − t_{n−i})/h,   ξ_0 = 0
//   BDF     Λ = (1 + x/ξ*) Π_{0<i<q} (1 + x/ξ_i),   1/ξ* = H_q − Σ_{0<i<q} 1/ξ_i,   H_q = Σ_{1≤i≤q} 1/i                 (a)
//   Adams   Λ = ∫_{−1}^x Π_{0<i<q} (s + ξ_i) ds, divided by the same up to 0                                           (b)
// (a) leaves the values at t_{n−1} ... t_{n−q+1} as they are, and Λ'(0) = H_q whatever the steps are (a fixed leading
// coefficient: factors of I − hγJ, γ = 1/Λ'(0), serve as long as h does); (b) leaves y(t_{n−1}) and the rates there.
// The next term of such an interpolation, which these values do not notice, has the leading coefficient 1:
//   BDF     N_m = Π_{i<m} (x + ξ_i)             Adams   N_m = m ∫_0^x Π_{i<m−1} (s + ξ_i) ds                           (c)
// With c = h^{q+1} y^{(q+1)} / (q+1)!, the first term that p_{n−1} misses, e and a step's error are, to leading order,
//   BDF     e = c Π_{1≤i≤q+1} ξ_i,             error = e ( Σ_{1≤i≤q+1} 1/ξ_i − H_q )                                 (d)
//   Adams   e = c (q+1) Π_{1≤i≤q} ξ_i / Λ'(0),   error = c |N_{q+1}(−1)|                                               (e)
// and the next higher one, c⁺, is a difference of two: c_n, and c_{n−1} in units of this step's h,
//   BDF     c⁺ = (c_n − c_{n−1}) / ξ_{q+2}      Adams   c⁺ = (c_n − c_{n−1}) (q+1) / ((q+2) ξ_{q+1})                   (f)
// A step's error is what it leaves in all that follow. By BDF that is H_q times what y_n errs by, Σ (1/ξ_i) / H_q − 1: h y' of
// the formula, which errs so, is H_q (y_n − ...), and is summed up from step to step. Equal steps: (d) is e / (q+1).
// why      VODE takes what y_n errs by. The errors of the end were then 2.3 times what the steps' said at order 5, as H_5 is.
// source   Byrne & Hindmarsh 1975, "A polyalgorithm for the numerical solution of ordinary differential equations"; a fixed
//          leading coefficient: Jackson & Sacks-Davis 1980, Brown, Byrne & Hindmarsh 1989, "VODE". (c)–(f) are derived here,
//          from divided differences: of y for BDF, of y' for Adams.
// see      ode/multistep.md · ode/steps/nordsieck_array.hpp · tests/ode/nordsieck_test.cpp
#pragma once
#include <cmath>

#include "core/real.hpp"  // brings: Number

namespace costate::ode {

inline constexpr int most_multistep_order = 12;

struct MultistepPolynomial {  // Σ_j c_j x^j
    int degree = 0;
    Number c[most_multistep_order + 2] = {1};

    void multiply(Number a, Number b) {  // by a + b x
        for (int j = ++degree; j > 0; --j) c[j] = a * c[j] + b * c[j - 1];
        c[0] *= a;
    }
    void integrate() {  // from 0 on
        for (int j = ++degree; j > 0; --j) c[j] = c[j - 1] / j;
        c[0] = 0;
    }
    void scale(Number by) {
        for (int j = 0; j <= degree; ++j) c[j] *= by;
    }
    Number at(Number x) const {
        Number sum = 0;
        for (int j = degree; j >= 0; --j) sum = sum * x + c[j];
        return sum;
    }
};

class MultistepFormulas {
public:
    static constexpr int places = most_multistep_order + 3;  // ξ_0 ... ξ_{q+2}

    // BDF (stiff) or Adams, of a step of length h to t, before which steps ended at past[0], past[1], ...
    void look_back(bool stiff, Number t, Number h, const Number* past) {
        stiff_ = stiff;
        for (int i = 1; i < places; ++i) xi_[i] = (t - past[i - 1]) / h;
    }

    MultistepPolynomial correction(int q) const {  // (a), (b)
        MultistepPolynomial p;
        Number slope = 0;
        for (int i = 1; i < q; ++i) {
            p.multiply(stiff_ ? 1 : xi_[i], stiff_ ? 1 / xi_[i] : 1);
            slope += 1 / xi_[i];
        }
        if (stiff_) {
            p.multiply(1, harmonic(q) - slope);
        } else {
            p.integrate();
            p.c[0] = -p.at(-1);
            p.scale(1 / p.c[0]);
        }
        return p;
    }
    MultistepPolynomial unnoticed(int m) const {  // (c)
        MultistepPolynomial p;
        for (int i = 0; i < (stiff_ ? m : m - 1); ++i) p.multiply(xi_[i], 1);
        if (stiff_) return p;
        p.integrate();
        p.scale(m);
        return p;
    }
    Number change(int q) const {  // e/c
        Number product = stiff_ ? xi_[q + 1] : (q + 1) / correction(q).c[1];
        for (int i = 1; i <= q; ++i) product *= xi_[i];
        return product;
    }
    Number error(int q) const {  // the error, by c
        if (!stiff_) return std::abs(unnoticed(q + 1).at(-1));
        Number sum = 0;
        for (int i = 1; i <= q + 1; ++i) sum += 1 / xi_[i];
        return change(q) * std::abs(sum - harmonic(q));
    }
    Number next_term(int q) const {  // c⁺ by c_n − c_{n−1}
        return stiff_ ? 1 / xi_[q + 2] : (q + 1) / ((q + 2) * xi_[q + 1]);
    }

private:
    static Number harmonic(int q) {
        Number sum = 0;
        for (int i = 1; i <= q; ++i) sum += 1. / i;
        return sum;
    }

    bool stiff_ = true;
    Number xi_[places] = {};
};

}  // namespace costate::ode
