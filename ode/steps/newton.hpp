// ode/steps/newton.hpp — when has Newton's iteration for an implicit stage come far enough, and when will it never?
//   k_i = f(t_i, Z_i),  Z_i = base + hγ k_i,  by   (I − hγ J) Δ = f(t_i, Z) − k,   k ← k + Δ,   Z ← Z + hγ Δ           (a)
//   Θ   = ‖Δ_m‖ / ‖Δ_{m−1}‖      the rate of convergence, ‖·‖ that of hγ Δ in units of the tolerance
//   Θ/(1 − Θ) ‖Δ_m‖ ≤ κ          far enough: what is left is a geometric series, and its sum small against the step's error
//   Θ ≥ 1, or Θ^{most − m}/(1 − Θ) ‖Δ_m‖ > κ      it diverges, or will not come there in `most` iterations
// Simplified: J and the factors of I − hγ J are kept as long as they serve. J is computed anew where Θ > 10⁻³ says that it is
// old, the factors where h has changed. At a stage's first iteration Θ is not known: the last stage's is taken, to the power
// of 0.8 as it may have become worse.
// source   Hairer & Wanner, Solving Ordinary Differential Equations II, 2nd ed., §IV.8, "Starting values", "Stopping criterion"
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/elementary/pow.hpp"  // brings: elementary::pow; libm's decides otherwise by the platform
#include "core/real.hpp"            // brings: Index

namespace costate::ode {

class Newton {
public:
    static constexpr int most = 8;           // iterations of a stage
    static constexpr double enough = 0.01;   // κ
    static constexpr double is_old = 0.001;  // a rate above it wants a new J

    enum class Verdict { go_on, converged, diverged };

    void begin() { iterations_ = 0; }

    Verdict judge(double size) {
        ++iterations_;
        if (!std::isfinite(size)) return Verdict::diverged;
        if (size == 0) return Verdict::converged;
        if (iterations_ == 1) {
            left_ = elementary::pow(std::max(left_, 1e-16), 0.8);
        } else {
            rate_ = size / last_;
            if (rate_ >= 1) return Verdict::diverged;
            left_ = rate_ / (1 - rate_);
            double in_the_end = left_ * size;
            for (int m = iterations_; m < most; ++m) in_the_end *= rate_;
            if (in_the_end > enough) return Verdict::diverged;
        }
        last_ = size;
        return left_ * size <= enough ? Verdict::converged : Verdict::go_on;
    }
    bool is_slow() const { return iterations_ > 1 && rate_ > is_old; }
    void forget() { left_ = 1; }  // of another J nothing is known

private:
    int iterations_ = 0;
    double last_ = 0, rate_ = 0, left_ = 1;  // left_: Θ/(1 − Θ)
};

// The slope at θ of the cubic through the states y0, y1 and the rates k0, k1 at both ends of a step of length h: H'(θ)/h.
inline double hermite_slope(double theta, double y0, double y1, double k0, double k1, double h) {
    const double square = theta * theta;
    return (1 - 4 * theta + 3 * square) * k0 + (3 * square - 2 * theta) * k1 + 6 * (theta - square) * (y1 - y0) / h;
}

// How large is an update x at z where no tolerance says how far to go? The iteration then ends a few roundings from its limit.
template <class T>
double in_roundings(const T* x, const T* before, const T* z, Index n) {
    constexpr double few = 4096 * static_cast<double>(std::numeric_limits<T>::epsilon());
    double largest = 0;
    for (Index j = 0; j < n; ++j) {
        const double scale = few * std::max(std::abs(double(z[j])), std::abs(double(before[j])));
        const double ratio = std::abs(double(x[j])) / std::max(scale, std::numeric_limits<double>::min());
        if (!(ratio <= largest)) largest = ratio;
    }
    return largest;
}

}  // namespace costate::ode
