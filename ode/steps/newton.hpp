// ode/steps/newton.hpp — when has Newton's iteration for an implicit stage come far enough, and when will it never?
//   k_i = f(t_i, Z_i),  Z_i = base + hγ k_i,  by   (I − hγ J) Δ = f(t_i, Z) − k,   k ← k + Δ,   Z ← Z + hγ Δ     stiff (3)
//   Θ   = ‖Δ_m‖ / ‖Δ_{m−1}‖      the rate of convergence, ‖·‖ that of hγ Δ in units of the tolerance
//   Θ/(1 − Θ) ‖Δ_m‖ ≤ κ          far enough: what is left is a geometric series, and its sum small against the step's error
//   Θ ≥ 1, or Θ^{most − m + 1}/(1 − Θ) ‖Δ_m‖ > κ      it diverges, or will not come there in `most` iterations
// Simplified: J and the factors of I − hγ J are kept as long as they serve. J is computed anew where Θ > 10⁻³ says that it is
// old, the factors where h has changed. At a stage's first iteration Θ is not known: the last stage's Θ/(1 − Θ) is taken, to
// the power of 0.8 as it may have become worse.
// source   Hairer & Wanner, Solving Ordinary Differential Equations II, 2nd ed., §IV.8, "Starting values", "Stopping criterion"
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/elementary/pow.hpp"  // brings: elementary::pow; libm's decides otherwise by the platform
#include "core/real.hpp"            // brings: Number

namespace costate::ode {

class Newton {
public:
    static constexpr int most = 8;                  // iterations of a stage,
    static constexpr int to_rounding = 40;          // or of one that goes as far as it can, where steps are not chosen
    static constexpr Number enough = 0.01;          // κ,
    static constexpr Number enough_there = 0.0001;  // or of one to rounding: its Θ is that of few changes, and may grow
    static constexpr Number is_old = 0.001;         // a rate above it wants a new J

    enum class Verdict { go_on, converged, diverged };

    // patient: it may first become worse, as J is renewed on the way, or the state is groups that pass their changes on
    void begin(bool known_steps, bool patient = false) {
        iterations_ = 0;
        most_ = known_steps ? to_rounding : most;
        patient_ = patient;
        enough_ = known_steps ? enough_there : enough;
    }

    // size: ‖Δ‖. negligible: of a few roundings of the largest number in Z. It may then no longer become smaller.
    Verdict judge(Number size, bool negligible = false) {
        ++iterations_;
        if (!std::isfinite(size)) return Verdict::diverged;
        if (size == 0) return Verdict::converged;
        if (iterations_ == 1) {
            left_ = elementary::pow(std::max<Number>(left_, 1e-16), Number(0.8));
        } else {
            rate_ = size / last_;
            left_ = rate_ < 1 ? rate_ / (1 - rate_) : HUGE_VAL;
            if (!patient_ && comes_too_late(size)) return negligible ? Verdict::converged : Verdict::diverged;
        }
        last_ = size;
        if (left_ * size <= enough_ && (iterations_ > 1 || !patient_)) return Verdict::converged;
        return iterations_ < most_ ? Verdict::go_on : negligible ? Verdict::converged : Verdict::diverged;
    }
    bool is_slow() const { return iterations_ > 1 && rate_ > is_old; }
    void forget() { left_ = 1; }  // of another J nothing is known

private:
    bool comes_too_late(Number size) const {
        Number in_the_end = left_ * size;
        for (int m = iterations_; m < most_; ++m) in_the_end *= rate_;
        return !(in_the_end <= enough_);
    }

    int iterations_ = 0, most_ = most;
    bool patient_ = false;
    Number enough_ = enough, last_ = 0, rate_ = 0, left_ = 1;  // left_: Θ/(1 − Θ)
};

// The slope at θ of the cubic through the states y0, y1 and the rates k0, k1 at both ends of a step of length h: H'(θ)/h.
inline Number hermite_slope(Number theta, Number y0, Number y1, Number k0, Number k1, Number h) {
    const Number square = theta * theta;
    return (1 - 4 * theta + 3 * square) * k0 + (3 * square - 2 * theta) * k1 + 6 * (theta - square) * (y1 - y0) / h;
}

// How large is an update of Z where no tolerance says how far to go? The iteration then ends a few roundings from its limit.
class InRoundings {
public:
    template <class T>
    static constexpr Number few = 4096 * static_cast<Number>(std::numeric_limits<T>::epsilon());
    template <class T>
    void add(T change, T before, T z) {
        const Number x = std::abs(Number(change)), size = std::max(std::abs(Number(before)), std::abs(Number(z)));
        const Number ratio = x / std::max(few<T> * size, std::numeric_limits<Number>::min());
        largest_ = std::max(largest_, std::isfinite(x) ? ratio : std::numeric_limits<Number>::infinity());
        change_ = std::max(change_, std::isfinite(x) ? x : std::numeric_limits<Number>::infinity());
        state_ = std::max(state_, few<T> * size);
    }
    Number size() const { return largest_; }  // of the component that changes most, for its size
    bool negligible() const { return change_ <= state_ && std::isfinite(change_); }

private:
    Number largest_ = 0, change_ = 0, state_ = 0;
};

}  // namespace costate::ode
