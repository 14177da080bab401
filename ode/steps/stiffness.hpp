// ode/steps/stiffness.hpp — is it stability, not accuracy, that limits the steps?
//   h|λ| ≈ h ‖k_s − k_{s−1}‖ / ‖Z_s − Z_{s−1}‖                                                                    (a)
// of the last two stages, where both lie at the step's end (c = 1): their states differ by little, and mostly in the stiff
// direction. That is so in units of the tolerance: a large number that moves slowly may differ by more than a small one that
// is stiff (Robertson's reaction by tsit5, rtol 1e-9: h|λ| is 3.4, and .3 by (a) in the numbers' own units).
// Where this is beyond what the method is stable for in 15 steps, and not below it 6 times in a row, the problem is stiff. One
// step in a thousand is looked at, and those after a suspect one.
// Who changes methods for it (ode/switching/switching.hpp) looks at every step, and sooner: at tight tolerances steps come to
// rest far below the bound, since in the stiff direction what the stages miss of a smooth solution is magnified by h|λ| to the
// power of the order. To him a step is suspect when h|λ| > 1 and the solution bends too little for such an error:
//   h ‖k_s‖ · β^p < err / 100,    β = ‖k_s − k_0‖ / ‖k_s‖                                                          (b)
// With T the time in which the solution changes its direction, β is h/T, and the left side what a method of order p errs by,
// but for a constant that is below 1.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.4 and his dopri5.f (3.25) and dop853.f (6.1); Hairer & Wanner II, §IV.2;
//          (b) is ours
#pragma once
#include <cmath>
#include <limits>

#include "ode/method.hpp"  // brings: Method

namespace costate::ode {

// Sums of squares: how far the last two stages are apart; how fast the state moves, and how much it turns.
struct Apart {
    Number rates = 0, states = 0, moved = 0, turned = 0, numbers = 0;
    template <class T, class Unit>
    void add(const T* first_rate, const T* rate, const T* rate_before, const T* state, const T* state_before,
             Index count, Unit&& unit) {
        for (Index i = 0; i < count; ++i) {
            const Number w = 1 / unit(i), end = Number(rate[i]) * w, k = end - Number(rate_before[i]) * w,
                         z = (Number(state[i]) - Number(state_before[i])) * w, turn = end - Number(first_rate[i]) * w;
            rates += k * k;
            states += z * z;
            moved += end * end;
            turned += turn * turn;
        }
        numbers += static_cast<Number>(count);
    }
    void add(const Apart& other) {
        rates += other.rates;
        states += other.states;
        moved += other.moved;
        turned += other.turned;
        numbers += other.numbers;
    }
    Number reach(Number h) const { return std::abs(h) * std::sqrt(rates / states); }  // (a)
    Number bending(Number h, int order) const {                                       // (b)
        Number error = std::abs(h) * std::sqrt(moved / numbers);
        for (int p = 0; p < order && error > 0; ++p) error *= std::sqrt(turned / moved);
        return error;
    }
};

class Stiffness {
public:
    static bool can_be_seen(const Method& m) {
        return m.fsal && !m.implicit() && m.stages > 2 && m.c[m.stages - 2] == 1;
    }
    static Number bound(const Method& m) { return m.order < 8 ? 3.25 : 6.1; }
    explicit Stiffness(const Method& m) : bound_(bound(m)), order_(m.order) {
        if (!can_be_seen(m)) stop();
    }

    void look_always() {  // and soon, by (b)
        look_at_ = every_ = 1;
        bound_ = 1;
        soon_ = true;
    }

    void stop() { look_at_ = std::numeric_limits<long>::max(); }
    long next_look() const { return look_at_; }  // the number of an accepted step
    void see(const Apart& apart, Number error, Number h, Number t, long step) {
        const bool suspect =
            apart.states > 0 && apart.reach(h) > bound_ && (!soon_ || 100 * apart.bending(h, order_) < error);
        if (suspect) {
            calm_ = 0;
            if (++suspect_ < 15) return;
            stiff_at_ = t;
            return stop();
        }
        if (++calm_ == 6) suspect_ = 0;
        if (suspect_ == 0) look_at_ = (step / every_ + 1) * every_;
    }
    Number stiff_at() const { return stiff_at_; }

private:
    Number bound_, stiff_at_ = HUGE_VAL;
    int order_, suspect_ = 0, calm_ = 0;
    bool soon_ = false;
    long every_ = 1000, look_at_ = every_;
};

}  // namespace costate::ode
