// ode/steps/order_choice.hpp — how long is the next multistep step, and of which order?
// A next step of order k may be (6 err_k)^{−1/(k+1)} times as long as this one; after q + 1 steps of order q those of q − 1
// and, with 10 for 6, of q + 1 are asked, too. The longest is taken where it is worth it: 1.5 times this one by BDF, which
// makes new factors, 1.25 by Adams. Where q − 1 would err less than q, it is the next order at any rate: what q sees then is
// an iteration's noise, or that it is not stable.
// why      A longer step of any order is better, as all cost the same. Where Adams stayed at an order whose noise kept its
//          steps short, and BDF at one that is not stable, falling saved half of the evaluations, and all but 1 in 30.
// source   Brown, Byrne & Hindmarsh 1989, "VODE": the numbers 6, 10 and 1.5; Shampine & Gordon 1975: falling
// see      ode/nordsieck.hpp (who asks) · ode/steps/multistep_formulas.hpp (the errors)
#pragma once
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/elementary/pow.hpp"        // brings: elementary::pow; libm's decides otherwise by the platform
#include "ode/steps/measure.hpp"          // brings: Measure
#include "ode/steps/nordsieck_array.hpp"  // brings: NordsieckArray

namespace costate::ode::plain {

class OrderChoice {
public:
    OrderChoice(bool stiff, int highest) : worth_(stiff ? 1.5 : 1.25), highest_(highest) {}

    int order() const { return order_; }  // of the next step
    void stay(int order) { order_ = order; }
    void begin() {  // at order 1: its first step says little about the next ones
        order_ = 1;
        failures_ = 0;
        most_growth_ = 1e4;
    }
    bool has_failed() const { return failures_ >= 3; }

    // After a step that is kept; trial: memory for a state. The next one's length by this one's.
    template <class T>
    double choose(double error, const NordsieckArray<T>& p, Measure<T>& measure, Index n, T* trial) {
        const int q = order_ = p.order();
        double best = longer(error, q, 6);
        bool falls = false;
        const auto consider = [&](int order, double of_order, double safety) {
            const double factor = longer(of_order, order, safety);
            if (factor > best) best = factor, order_ = order;
        };
        failures_ = 0;
        if (p.knows_neighbours() && most_growth_ > 1) {
            if (q > 1) {
                const double lower = p.lower_error() * measure.norm(n, p.next(q), p.state(), p.next());
                falls = lower <= error;
                consider(q - 1, lower, 6);
            }
            if (q < highest_ && !falls) {
                const double factor = p.higher_error(trial);
                consider(q + 1, factor * measure.norm(n, trial, p.state(), p.next()), 10);
            }
        }
        best = std::min(best, std::exchange(most_growth_, 10));
        if (best >= worth_) return best;
        order_ = falls ? q - 1 : q;
        return 1;
    }
    double shorten(double error, int order) {  // after one that is not; the next one that is does not grow
        order_ = order;
        most_growth_ = 1;
        if (!std::isfinite(error)) return 0.25;
        return ++failures_ >= 3 ? 0.1 : std::clamp(longer(error, order, 6), 0.2, 0.9);
    }

private:
    static double longer(double error, int order, double safety) {
        return elementary::pow(std::max(safety * error, 1e-60), -1. / (order + 1));
    }

    const double worth_;
    const int highest_;
    int order_ = 1, failures_ = 0;  // errors too large, in this step
    double most_growth_ = 10;
};

}  // namespace costate::ode::plain
