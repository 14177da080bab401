// optim/line_search.hpp — how far along a direction? Until the strong Wolfe conditions, optim (9), hold: (a) and (b)
//   φ(α) = L(x + α d),  φ′(α) = gᵀd;  φ′(0) < 0: d leads down
//   φ(α) ≤ φ(0) + c₁ α φ′(0)                 it went down enough                                              (a)
//   |φ′(α)| ≤ c₂ |φ′(0)|                     and the slope is nearly used up                                  (b)
//   WolfeSearch search(loss, slope, 1);
//   do { /* x + search.trial() d: its loss and slope */ } while (search.judge(loss, slope) == Verdict::go_on);
// As long as φ keeps falling, the trials grow. Once it does not, a minimum lies between lo, the lowest trial so far, and
// hi, and every further trial, the minimum of the cubic with φ and φ′ of both ends, makes the interval smaller.
// A trial without a finite loss went too far, and is hi: the next one is half way back.
// rounding  (a) lets φ rise by ten units in the last place: near a minimum the differences of φ are nothing else, while
//           φ′ still tells the way.
// source    Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 3.5 and 3.6 as one loop, (3.59)
#pragma once
#include "core/real.hpp"  // brings: Real

namespace costate::optim::inline COSTATE_PRECISION {

struct WolfeOptions {
    Number decrease = 1e-4;  // c₁
    Number curvature = 0.9;  // c₂, above c₁: the smaller, the more exact, and the more trials
    int trials = 25;
};

class WolfeSearch {
public:
    enum class Verdict {
        go_on,
        accept,   // the trial meets (a) and (b)
        settle,   // none did, but best() leads down
        give_up,  // nor is there one that leads down
    };

    WolfeSearch(Number loss, Number slope, Number first_trial, WolfeOptions options = {});

    Number trial() const { return trial_; }    // α
    Verdict judge(Number loss, Number slope);  // of the trial; chooses the next one
    Number best() const { return lo_.step; }   // the α of the lowest loss that meets (a), or 0

private:
    struct Sample {
        Number step, loss, slope;
    };
    static Number cubic_minimum(const Sample& a, const Sample& b);
    Number within_bracket() const;
    Number beyond(const Sample& last) const;

    WolfeOptions options_;
    Sample start_, lo_, hi_{};
    bool bracketed_ = false;
    Number trial_, allowance_;
    int trials_ = 0;
};

}  // namespace costate::optim
