// ode/steps/growth.hpp — do cotangents grow by more, step after step, than the steps can have resolved?
// Chosen steps resolve what the state does. Of a stiff state at rest they see nothing: its error is 0 however long they are,
// and each of them magnifies the cotangents by |R(hλ)| ≫ 1, stiff (1), where those of the solution decay. What a step may make
// of them is what its error would let pass of y' = λy, λ > 0: y⁺ = R(hλ) y, where
//   |e(hλ)| = rtol R(hλ),    e(x) = x Σ_i (b_i − b̂_i) κ_i,   κ_i = 1 + x Σ_j a_ij κ_j,   R(x) = 1 + x Σ_i b_i κ_i          (a)
// A run of steps that make more of them, by 10⁶ altogether, whatever it makes in between, is none of the solution's.
//   growth.begin(observed, resolved);    growth.see(largest cotangent at the step's start) ...;    growth.excess()
// source   a cumulated sum of logarithms, as a product: Page 1954, "Continuous inspection schemes"
// see      ode/steps/check.hpp (the warning) · ode/gradients/reverse_sweep.hpp, ode/gradients/own_sweep.cpp (the steps)
#pragma once
#include <algorithm>
#include <cmath>

#include "core/small.hpp"  // brings: small_machine
#include "ode/method.hpp"  // brings: Method

namespace costate::ode {

// (a): R, at most e^8
double resolved_growth(const Method& m, double rtol);

class Growth {
public:
    static constexpr double most = 1e6;

    // Of `largest` and n numbers; no number, where one of them is none.
    template <class T>
    static double largest_of(const T* x, Index n, double largest) {
        for (Index i = 0; i < n; ++i) {
            const double size = std::abs(double(x[i]));
            largest = size <= largest || std::isnan(largest) ? largest : size;
        }
        return largest;
    }

    void begin(double observed, double resolved) {  // cotangents below those of what is observed have not grown
        *this = {};
        observed_ = last_ = observed;
        resolved_ = resolved;
    }
    bool watches() const { return !small_machine && resolved_ > 0; }
    void see(double size) {  // no number: that is beyond any
        const double now = size <= observed_ ? observed_ : size, run = run_ * now / (last_ * resolved_);
        run_ = run <= 1 ? 1 : run;
        excess_ = run_ <= excess_ ? excess_ : std::isnan(run_) ? HUGE_VAL : run_;
        last_ = now;
    }
    void start_again() {  // with the next tile
        last_ = observed_;
        run_ = 1;
    }
    void join(const Growth& other) { excess_ = std::max(excess_, other.excess_); }
    double resolved() const { return resolved_; }
    double excess() const { return excess_; }

private:
    double observed_ = 0, resolved_ = 0, last_ = 0, run_ = 1, excess_ = 1;
};

}  // namespace costate::ode
