#include "ode/gradients/checkpoints.hpp"

#include <algorithm>

namespace costate::ode {

namespace {

// (a): the smallest r with which s states reverse l steps, and β(s, r).
struct Repetitions {
    std::int64_t r = 0;
    double reach = 1;  // a whole number, and one that doubles are faster with

    Repetitions(std::int64_t l, std::int64_t s) {
        while (reach < double(l)) {
            ++r;
            reach = reach * double(s + r) / double(r);
        }
    }
};

}  // namespace

std::int64_t fewest_steps(std::int64_t l, std::int64_t states) {
    if (states == 1) return l * (l - 1) / 2;
    const std::int64_t s = std::min(states, l);
    const Repetitions by(l, s);
    return by.r * l - static_cast<std::int64_t>(by.reach * double(by.r) / double(s + 1));
}

std::int64_t steps_until_next(std::int64_t l, std::int64_t states) {
    const std::int64_t s = std::min(states, l);
    const Repetitions by(l, s);
    const auto without_one = static_cast<std::int64_t>(by.reach * double(by.r) / double(s + by.r));  // β(s, r − 1)
    return std::min(without_one, l - without_one * s / (s + by.r - 1));
}

void Checkpoints::begin(std::size_t most, std::size_t steps) {
    most_ = most;
    steps_ = steps;
    count_ = next_ = 0;
    kept_.clear();
}

std::size_t Checkpoints::slot_for(std::size_t step) {
    if (steps_ > 0) {
        if (step != next_ || free() == 0) return none;
        const std::size_t slot = add(step);
        next_ = next_after(step, steps_ + 1);
        return slot;
    }
    if (free() == 0) {
        const std::size_t gone = least_missed(step);
        if (gone == count_) return none;
        const auto from = kept_.begin() + static_cast<std::ptrdiff_t>(gone);
        std::rotate(from, from + 1, kept_.end());
        --count_;
    }
    return add(step);
}

std::size_t Checkpoints::next_after(std::size_t at, std::size_t end) const {
    if (free() == 0) return end - 1;
    return at + static_cast<std::size_t>(
                    steps_until_next(static_cast<std::int64_t>(end - at), static_cast<std::int64_t>(free() + 1)));
}

std::size_t Checkpoints::add(std::size_t step) {
    if (count_ == kept_.size()) kept_.push_back({step, count_});
    kept_[count_].step = step;
    return kept_[count_++].slot;
}

// Steps to reverse those from the i-th kept state to `end`.
std::int64_t Checkpoints::between(std::size_t i, std::size_t end, std::size_t states) const {
    return fewest_steps(static_cast<std::int64_t>(end - kept_[i].step), static_cast<std::int64_t>(states));
}

// That without which, and with the state of this step as the last, the fewest steps are run again; `count_`: without the new.
// The i-th of c states has c − i to reverse what lies between it and the next; those behind one that goes have one more.
std::size_t Checkpoints::least_missed(std::size_t step) const {
    std::size_t best = count_;
    std::int64_t fewest = between(count_ - 1, step + 1, 1), own = 0, behind = 0;
    for (std::size_t j = count_ - 1, end = step; j > 0; end = kept_[j--].step) {
        const std::size_t states = count_ - j + 1;
        const std::int64_t before = between(j - 1, kept_[j].step, states);
        const std::int64_t more = between(j - 1, end, states) - before - own + behind;
        if (more < fewest) {
            fewest = more;
            best = j;
        }
        behind += between(j, end, states) - own;
        own = before;
    }
    return best;
}

}  // namespace costate::ode
