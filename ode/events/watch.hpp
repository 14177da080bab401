// ode/events/watch.hpp — what happens within a step: events in the order of their times (internal to ode/)
//   EventWatch watch(events, span);   watch.start(t, z);
//   while (stepper.step()) {
//       const bool ends = watch.meet(stepper, [&](std::span<const T> z) { ... watch.event(), watch.time() ... });
//       if (ends) { stepper.cut(watch.end()); ...; stepper.reset(z⁺); watch.start(t, z⁺); }
//   }
// meet shows the events of a step up to the first that ends it, and those at the very same time. After a jump every sign is
// taken anew: what changes its sign by the jump itself is no event.
// order     by time; those that are at most smallest_step apart are simultaneous, and go in the list's order.
// Zeno      An event that has fired twice in a row within 64 smallest steps accumulates: accumulates(event, t). Those that take
//           turns are stopped by their number (too_many, ode/events.hpp).
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "ode/event.hpp"            // brings: Event, Direction
#include "ode/events/crossing.hpp"  // brings: Crossing
#include "ode/steps/clock.hpp"      // brings: Interval, smallest_step

namespace costate::ode {

template <class T>
class EventWatch {
public:
    // resolution: the ε of the times, where it is coarser than double's.
    EventWatch(std::span<const Event<T>> events, Number span, Number resolution = 0)
        : events_(events),
          span_(span),
          coarser_(std::max<Number>(1, resolution / std::numeric_limits<Number>::epsilon())),
          watched_(events.size()) {}

    void start(Number t, std::span<const T> z) {
        for (std::size_t i = 0; i < events_.size(); ++i) {
            watched_[i].crossing.start(value(i, t, z), watched_[i].noise);
            watched_[i].noise = 0;
        }
    }

    // Before a start: z at t is where someone else's solve came to, by whom g may be further from 0 than on the dense output.
    void landed(std::size_t event, Number t, std::span<const T> z) {
        watched_[event].noise = std::max(watched_[event].noise, 4 * std::abs(value(event, t, z)));
    }

    template <class Stepper, class Show>
    bool meet(Stepper& stepper, Show&& show) {
        const auto at = [&](Number theta) -> std::span<const T> {
            return theta == 1 ? stepper.z() : stepper.at(theta);
        };
        bool ends = false;
        enter(stepper.interval());
        while (next(at)) {
            ++watched_[event_].count;
            show(at(theta_));
            if (!ends_step()) continue;
            ends = true;
            end_ = theta_;
        }
        return ends;
    }
    std::size_t event() const { return event_; }  // the one that is shown
    bool ends_step() const { return events_[event_].reset || stops(event_); }
    bool stops(std::size_t event) const {
        return events_[event].terminal > 0 && watched_[event].count >= events_[event].terminal;
    }
    Number time() const { return time_at(theta_); }
    Number end() const { return end_; }  // of the step, as θ, and as a time
    Number end_time() const { return time_at(end_); }

    bool accumulates(std::size_t event, Number t) {
        const Number before = std::exchange(watched_[event].last, t);
        return std::abs(t - before) <= nearest(t);
    }

private:
    enum class State { unseen, found, none };
    struct Watched {
        Crossing crossing;
        State state = State::none;
        int count = 0;     // how often it was shown
        Number noise = 0;  // of g around the root that was found, and where a solve landed there
        Number last = std::numeric_limits<Number>::infinity();
    };

    void enter(const Interval& s) {
        step_ = s;
        end_ = 1;
        for (Watched& w : watched_) {
            w.crossing.enter();
            w.state = State::unseen;
        }
    }

    template <class At>
    bool next(const At& at) {  // not later than the end
        const Number together = least(step_.t) / std::abs(step_.h);
        Number first = 2;
        for (std::size_t i = 0; i < events_.size(); ++i) {
            if (watched_[i].state == State::unseen) look(i, at);
            if (watched_[i].state == State::found) first = std::min(first, watched_[i].crossing.theta());
        }
        if (first > end_ + together || first > 1) return false;
        const auto is_due = [&](const Watched& w) {
            return w.state == State::found && w.crossing.theta() <= first + together;
        };
        event_ = static_cast<std::size_t>(std::find_if(watched_.begin(), watched_.end(), is_due) - watched_.begin());
        watched_[event_].state = State::unseen;
        theta_ = std::min(first, end_);
        return true;
    }

    Number time_at(Number theta) const { return theta == 1 ? step_.end : step_.t + theta * step_.h; }
    Number least(Number t) const { return coarser_ * smallest_step(t, span_); }
    Number nearest(Number t) const { return 64 * least(t); }

    Number value(std::size_t i, Number t, std::span<const T> z) const {
        const Number g = static_cast<Number>(events_[i].when(t, z));
        if (std::isnan(g)) fail_event_nan(i, t);
        return g;
    }

    template <class At>
    void look(std::size_t i, const At& at) {
        Watched& w = watched_[i];
        const Number h = std::abs(step_.h), ulp = std::numeric_limits<Number>::epsilon();
        const Number accuracy = ulp * std::max(std::abs(step_.t), std::abs(step_.end)) / h;
        const auto g = [&](Number theta) { return value(i, time_at(theta), at(theta)); };
        const bool found = w.crossing.next(g, events_[i].direction, accuracy, nearest(step_.t) / 4 / h);
        w.state = found ? State::found : State::none;
        if (!found) return;
        const Number theta = w.crossing.theta(), by = accuracy + ulp * theta;
        w.noise = std::numeric_limits<Number>::min();
        for (const Number x : {theta - by, theta, theta + by})
            w.noise = std::max(w.noise, 4 * std::abs(g(std::clamp<Number>(x, 0, 1))));
    }

    std::span<const Event<T>> events_;
    Number span_, coarser_;
    std::vector<Watched> watched_;
    Interval step_;
    std::size_t event_ = 0;
    Number theta_ = 0, end_ = 1;
};

}  // namespace costate::ode
