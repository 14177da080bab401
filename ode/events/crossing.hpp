// ode/events/crossing.hpp — where does a number g(θ) change its sign within a step, 0 ≤ θ ≤ 1? (internal to ode/)
//   Crossing c;   c.start(g(0), noise);   c.enter();   while (c.next(g, wanted, accuracy, nearest)) ... c.theta() ...
// g is whatever depends on where in the step one is: an event's number on the dense output. Of a batch whose rows have steps
// of their own, each row has a Crossing of its own.
//   samples   g is looked at at θ = 1/4, 1/2, 3/4, 1. Three of one sign whose parabola comes near 0 within them: there, too.
//             A pair of roots that both miss is not seen; a shorter max_step sees it.
//   root      between two samples of different signs, to rounding.                              Chandrupatla 1997
//   zero      A sample that is exactly 0 is the root. What follows it is no crossing, whatever its sign; nor is what follows
//             a start at 0. So a root at a step's end counts once, and one at the start does not count.
//   fired     A start where |g| ≤ noise is at a root that has just been found. The sign is that of the first sample that rises
//             above the noise, looked for closely, as a ball's low bounce is over soon: nearest · 4^j.
// source    Chandrupatla 1997, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function
//           without using derivatives", Advances in Engineering Software 28(3)
// see       ode/events/watch.hpp (many events, their order) · tests/ode/crossing_test.cpp
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ode/event.hpp"  // brings: Direction

namespace costate::ode {

struct Sample {
    Number at, g;
};

inline int sign_of(Number g) { return (g > 0) - (g < 0); }

// The end with the smaller |g| of a bracket a, b of different signs that has become as short as `accuracy`.
template <class G>
Sample root_between(G&& g, Sample a, Sample b, Number accuracy) {
    Sample third = a;
    Number s = 0.5;  // the next place, from b to a
    for (int i = 0; i < 200; ++i) {
        const Number at = b.at + s * (a.at - b.at);
        const Sample x{at, g(at)};
        third = sign_of(x.g) == sign_of(b.g) ? b : a;
        if (sign_of(x.g) != sign_of(b.g)) a = b;
        b = x;
        const Sample best = std::abs(a.g) < std::abs(b.g) ? a : b;
        const Number least = (std::numeric_limits<Number>::epsilon() * std::abs(best.at) + accuracy / 2) /
                             std::abs(a.at - b.at);  // of a step within the bracket
        if (best.g == 0 || !(least < 0.5)) return best;
        const Number xi = (b.at - a.at) / (third.at - a.at), phi = (b.g - a.g) / (third.g - a.g);
        s = 0.5;
        if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)  // inverse quadratic interpolation stays within it
            s = b.g / (a.g - b.g) * third.g / (a.g - third.g) +
                (third.at - b.at) / (a.at - b.at) * b.g / (third.g - b.g) * a.g / (third.g - a.g);
        s = std::clamp(s, least, 1 - least);
    }
    return b;
}

class Crossing {
public:
    void start(Number g, Number noise = 0) {
        close_ = noise > 0 && std::abs(g) <= noise;
        noise_ = close_ ? noise : 0;
        sign_ = close_ ? 0 : sign_of(g);
        restart({1, g});
    }
    void enter() { restart({0, last().g}); }  // the next step, from where the one before was seen to its end

    // The next crossing in the wanted direction, behind what was seen of this step. false: it is seen to its end.
    template <class G>
    bool next(G&& g, Direction wanted, Number accuracy, Number nearest) {
        while (last().at < 1) {
            Sample from = last(), to = {sample_after(from.at, nearest), 0};
            to.g = g(to.at);
            const Number dip = dip_before(to);
            if (const Sample d{dip, dip > 0 ? g(dip) : to.g}; dip > 0 && sign_of(d.g) != sign_) {
                if (dip < from.at) from = seen_[0];
                to = d;
            }
            const int before = sign_;
            see(to);
            if (before == 0 || sign_ == before) continue;
            if (wanted != Direction::both && static_cast<int>(wanted) != -before) continue;
            theta_ = to.g == 0 ? to.at : root_between(g, from, to, accuracy).at;
            return true;
        }
        close_ = false;
        return false;
    }
    Number theta() const { return theta_; }

private:
    const Sample& last() const { return seen_[static_cast<std::size_t>(count_ - 1)]; }
    void restart(Sample s) {
        seen_[0] = s;
        count_ = 1;
    }
    void see(Sample s) {
        const int before = sign_;
        sign_ = sign_ == 0 && std::abs(s.g) <= noise_ ? 0 : sign_of(s.g);
        if (sign_ != 0) noise_ = 0;
        if (sign_ != before || sign_ == 0) return restart(s);
        if (count_ == 2) seen_[0] = seen_[1];
        count_ = 2;
        seen_[1] = s;
    }

    Number sample_after(Number theta, Number nearest) const {
        if (const Number next = theta < nearest ? nearest : 4 * theta; close_ && next < 0.25) return next;
        return (std::floor(4 * theta) + 1) / 4;
    }

    // Where the parabola through three samples of one sign comes near 0, or 0: nowhere within them.
    Number dip_before(Sample to) const {
        if (count_ < 2 || sign_ == 0 || sign_of(to.g) != sign_) return 0;
        const Sample a = seen_[0], b = seen_[1];
        const Number first = (b.g - a.g) / (b.at - a.at), second = (to.g - b.g) / (to.at - b.at);
        const Number curvature = (second - first) / (to.at - a.at);
        if (curvature * sign_ <= 0) return 0;
        const Number at = (a.at + b.at) / 2 - first / (2 * curvature);
        if (!(at > a.at && at < to.at)) return 0;
        const Number g = a.g + first * (at - a.at) + curvature * (at - a.at) * (at - b.at);
        return g * sign_ < 0.5 * std::min({std::abs(a.g), std::abs(b.g), std::abs(to.g)}) ? at : 0;
    }

    std::array<Sample, 2> seen_{};  // the last samples of the present sign
    int count_ = 1;
    int sign_ = 0;  // 0: not known
    Number noise_ = 0, theta_ = 0;
    bool close_ = false;
};

}  // namespace costate::ode
