#include "optim/line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace costate::optim::inline COSTATE_PRECISION {

WolfeSearch::WolfeSearch(Number loss, Number slope, Number first_trial, WolfeOptions options)
    : options_(options),
      start_{0, loss, slope},
      lo_(start_),
      trial_(first_trial),
      allowance_(10 * static_cast<Number>(std::numeric_limits<Real>::epsilon()) * std::abs(loss)) {}

WolfeSearch::Verdict WolfeSearch::judge(Number loss, Number slope) {
    const Sample sample{trial_, loss, slope};
    const Number enough = start_.loss + options_.decrease * trial_ * start_.slope + allowance_;  // (a)
    if (!std::isfinite(loss) || !std::isfinite(slope) || loss > enough || loss > lo_.loss + allowance_) {
        hi_ = sample;
        bracketed_ = true;
        trial_ = within_bracket();
    } else if (std::abs(slope) <= -options_.curvature * start_.slope) {  // (b)
        lo_ = sample;
        return Verdict::accept;
    } else {
        const Sample before = lo_;
        lo_ = sample;
        if (slope * (bracketed_ ? hi_.step - sample.step : 1) >= 0) {  // up towards hi: the minimum lies behind
            hi_ = before;
            bracketed_ = true;
        }
        trial_ = bracketed_ ? within_bracket() : beyond(before);
    }
    const bool narrow = bracketed_ && std::abs(hi_.step - lo_.step) <= 1e-15 * std::max(hi_.step, lo_.step);
    if (++trials_ < options_.trials && !narrow && std::isfinite(trial_)) return Verdict::go_on;
    return lo_.step > 0 && lo_.loss < start_.loss ? Verdict::settle : Verdict::give_up;
}

// Nocedal & Wright (3.59): where the cubic with these values and slopes has its minimum; nan where it has none.
Number WolfeSearch::cubic_minimum(const Sample& a, const Sample& b) {
    const Number d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step);
    const Number d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.step - a.step);
    return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

Number WolfeSearch::within_bracket() const {
    const Number width = hi_.step - lo_.step, low = std::min(lo_.step, hi_.step), high = std::max(lo_.step, hi_.step);
    const Number guess = cubic_minimum(lo_, hi_);
    if (!std::isfinite(guess)) return lo_.step + width / 2;
    const Number margin = 0.1 * (high - low);  // or the interval might never shrink
    return std::max(low + margin, std::min(high - margin, guess));
}

Number WolfeSearch::beyond(const Sample& before) const {
    const Number reach = lo_.step - before.step, least = lo_.step + 0.1 * reach, most = lo_.step + 9 * reach;
    const Number guess = cubic_minimum(before, lo_);
    return guess > lo_.step ? std::max(least, std::min(most, guess)) : most;  // nan, or a maximum: as far as is allowed
}

}  // namespace costate::optim
