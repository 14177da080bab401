// ode/steps/order_choice.hpp — how long is the next multistep step, and of which order?
// A next step of order k may be (6 err_k)^{−1/(k+1)} times as long as this one; after q + 1 steps of order q those of q − 1
// and q + 1 are asked, too. The longest is taken where it is worth it: 1.5 times this one by BDF, which makes new factors,
// 1.25 by Adams. Where it is not, the length stays, and the order is the next one at any rate
//   q − 1   that would err less than q: what q sees is then an iteration's noise, or that it is not stable;
//   q + 1   that would err less than half as much: all cost the same.
// why      Where Adams stayed at an order whose noise kept its steps short, and BDF at one that is not stable, falling saved
//          half of the evaluations, and all but 1 in 30. An order that rises for a longer step alone
//          stays where q + 1 errs by a tenth of q, which is not 1.25 times the length. Rising, and 6 in the place of VODE's 10
//          for q + 1, left 0.7 of Adams's errors on 200 smooth random problems, for 0.95 of the evaluations.
// source   Brown, Byrne & Hindmarsh 1989, "VODE": the numbers 6 and 1.5; Shampine & Gordon 1975: falling and rising
// see      ode/multistep/nordsieck.hpp (who asks) · ode/steps/multistep_formulas.hpp (the errors)
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
    Number choose(Number error, const NordsieckArray<T>& p, Measure<T>& measure, Index n, T* trial) {
        const int q = order_ = p.order();
        int wanted = q;  // if the length stays
        Number best = longer(error, q);
        const auto consider = [&](int order, Number of_order) {
            const Number factor = longer(of_order, order);
            if (factor > best) best = factor, order_ = order;
        };
        failures_ = 0;
        if (p.knows_neighbours() && most_growth_ > 1) {
            if (q > 1) {
                const Number lower = p.lower_error() * measure.norm(n, p.next(q), p.state(), p.next());
                if (lower <= error) wanted = q - 1;
                consider(q - 1, lower);
            }
            if (q < highest_ && wanted == q) {
                const Number factor = p.higher_error(trial);
                const Number higher = factor * measure.norm(n, trial, p.state(), p.next());
                if (2 * higher < error) wanted = q + 1;
                consider(q + 1, higher);
            }
        }
        best = std::min(best, std::exchange(most_growth_, 10));
        if (best >= worth_) return best;
        order_ = wanted;
        return 1;
    }
    Number shorten(Number error, int order) {  // after one that is not; the next one that is does not grow
        order_ = order;
        most_growth_ = 1;
        if (!std::isfinite(error)) return 0.25;
        return ++failures_ >= 3 ? Number(0.1) : std::clamp<Number>(longer(error, order), 0.2, 0.9);
    }

private:
    static Number longer(Number error, int order) {
        return elementary::pow(std::max<Number>(6 * error, 1e-60), Number(-1) / (order + 1));
    }

    const Number worth_;
    const int highest_;
    int order_ = 1, failures_ = 0;  // errors too large, in this step
    Number most_growth_ = 10;
};

}  // namespace costate::ode::plain
