// ode/landings.hpp — times that a solve lands on whatever its steps, and those where its field jumps
//   .step_t = {1, 2, 3}            a step ends there: a dose, a short pulse is not stepped over
//   .jump_t = {0.5, 0.501}         and f has another value on either side: it is asked on this side only, nextafter(τ), by the
//                                  step that ends there, on the other one by the next; what was known of f is forgotten
//   .jump_t = ode::at_ends         it jumps where this solve begins and ends, whatever these times are: two solves that meet at
//                                  a time T, {0, T} and {T, 1}, are one that jumps there, and T may be a Var, for its gradient
// As numbers they are a set: in any order, for a solve in either direction; up to four are kept without a heap, and more are
// shared by the copies of the options, so that a solve asks for no memory. Those outside of it do nothing.
// see      ode/steps/clock.hpp
#pragma once
#include <cmath>

#include "ode/short_list.hpp"  // brings: ShortList

namespace costate::ode {

struct AtEnds {};
inline constexpr AtEnds at_ends{};

class TimeSet : public ShortList {  // rising
public:
    TimeSet() = default;
    TimeSet(AtEnds) : ends_(true) {}
    TimeSet(std::initializer_list<Number> list) : ShortList(list) { sort(); }
    template <ListOfNumbers List>
    TimeSet(const List& list) : ShortList(list) {
        sort();
    }

    bool is_empty() const { return empty() && !ends_; }
    bool has_ends() const { return ends_; }
    // Is t one of them, in a solve from `first` to `last`?
    bool holds(Number t, Number first, Number last) const {
        const std::span<const Number> all = numbers();
        return std::binary_search(all.begin(), all.end(), t) || (ends_ && (t == first || t == last));
    }
    // The first one between t and goal, or goal.
    Number after(Number t, Number goal) const {
        const std::span<const Number> all = numbers();
        if (goal >= t) {
            const auto next = std::upper_bound(all.begin(), all.end(), t);
            return next != all.end() && *next < goal ? *next : goal;
        }
        const auto next = std::lower_bound(all.begin(), all.end(), t);
        return next != all.begin() && *(next - 1) > goal ? *(next - 1) : goal;
    }

    friend bool operator==(const TimeSet& x, const TimeSet& y) {
        return x.ends_ == y.ends_ && static_cast<const ShortList&>(x) == y;
    }

private:
    void sort() {  // unless it is refused anyway
        const std::span<Number> all = edit();
        if (std::all_of(all.begin(), all.end(), [](Number t) { return std::isfinite(t); }))
            std::sort(all.begin(), all.end());
    }
    bool ends_ = false;
};

// The next number beside t, on the way to `towards`. A field whose clock is made of floats has a float for t, too: beside that.
inline Number beside(Number t, Number towards, bool as_float) {
    if (!as_float) return std::nextafter(t, towards);
    return std::nextafter(static_cast<float>(t), t < towards ? HUGE_VALF : -HUGE_VALF);
}

}  // namespace costate::ode
