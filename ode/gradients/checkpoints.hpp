// ode/gradients/checkpoints.hpp — which states of a solve are kept where there is room for c of them (internal to ode/)
//   β(s, r) = C(s + r, s)                 the most steps that s states reverse with no step run more than r times forward  (a)
//   t(l, s) = r l − β(s + 1, r − 1)       the fewest forward steps to reverse l, where β(s, r − 1) < l ≤ β(s, r)           (b)
//           = min_m ( m + t(l − m, s − 1) + t(m, s) )     the next state is kept after m steps, and reversed from first    (c)
//   min( β(s, r − 1), l − β(s − 1, r − 1) )               is such an m                                                    (d)
// The first state is one of the s. Known steps: the solve itself is the first run of (b), and since it goes on behind the last
// state that is needed, it is placed for n + 1 steps: t(n + 1, c) − n steps are run again, the fewest that there can be.
// Steps that are not known: while there is room every state is kept. Then a new one takes the place of that which would be
// missed least, were this the last step: by (b), segment by segment. Whenever the solve then ends, it and what is run again
// are at most 1.15 times the fewest steps for c = 2, 1.07 times from c = 4 on, as measured (tests/ode/checkpoints_test.cpp).
// Nothing here knows what a state is. What is done is a list of actions: load a kept state, advance over a step, keep the
// state that was reached, reverse a step.
// source   (a)–(d): Griewank & Walther 2000, "Algorithm 799: revolve", ACM TOMS 26(1). For steps that are not known there are
//          other rules: Wang, Moin & Iaccarino 2009, SIAM J. Sci. Comput. 31(4); Stumm & Walther 2010, same journal, 32(2)
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace costate::ode {

std::int64_t fewest_steps(std::int64_t steps, std::int64_t states);      // (b): run forward, to reverse so many
std::int64_t steps_until_next(std::int64_t steps, std::int64_t states);  // (d)

class Checkpoints {
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    // For at most so many states; how many steps there will be, or 0: that is not known.
    void begin(std::size_t most, std::size_t steps);
    // Of the solve, step by step from 0 on: the slot in which the state that this step starts from is kept, or none.
    std::size_t slot_for(std::size_t step);

    // From the last of so many steps to the first. Actions: load(slot), advance(step), keep(slot), reverse(step).
    // What they leave in the slots is not what slot_for put there.
    template <class Actions>
    void reverse(std::size_t steps, Actions&& actions) {
        for (std::size_t n = steps; n-- > 0;) {
            actions.load(kept_[count_ - 1].slot);
            std::size_t at = kept_[count_ - 1].step;
            while (at < n) {
                const std::size_t next = next_after(at, n + 1);
                for (; at < next; ++at) actions.advance(at);
                if (at < n) actions.keep(add(at));
            }
            actions.reverse(n);
            if (kept_[count_ - 1].step == n) --count_;
        }
    }
    void forget_all_but_first() { count_ = 1; }

private:
    struct Kept {
        std::size_t step, slot;
    };

    std::size_t free() const { return most_ - count_; }
    // After the state of step `at`, the last that is kept, that of which step is, with the steps before `end` to reverse?
    std::size_t next_after(std::size_t at, std::size_t end) const;
    std::size_t add(std::size_t step);
    std::int64_t between(std::size_t i, std::size_t end, std::size_t states) const;
    std::size_t least_missed(std::size_t step) const;

    std::vector<Kept> kept_;  // the first `count_`, by their steps; behind them slots that are free again
    std::size_t most_ = 1, count_ = 0, steps_ = 0, next_ = 0;
};

}  // namespace costate::ode
