// ode/events/stretch.hpp — a stretch of a solve, from one event that ends a step to the next (internal to ode/)
//   stretch.locate(stepper, watch)     on numbers: what passes by on its way, and what ends it
//   stretch.list_times(...)            those of the solve that is recorded over it: observations, events that pass by, its end
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "core/real.hpp"         // brings: Real
#include "ode/events/watch.hpp"  // brings: EventWatch

namespace costate::ode::inline COSTATE_PRECISION {

constexpr int most_landings = 4;  // until a solve ends where g is rounding

struct Hit {  // an event that was located
    Number t;
    std::size_t event, place = 0;  // among the times of the solve that passes by
};

class Stretch {
public:
    explicit Stretch(std::span<const Number> times) : times_(times), t(times.front()), end(times.back()) {}

    bool after(Number a, Number b) const { return times_.back() < times_.front() ? a < b : a > b; }
    Number last() const { return times_.back(); }
    std::size_t left() const { return times_.size() - seen; }  // observations that are still to come

    void see_until(Number end_) {  // and nothing behind it
        while (seen > 0 && after(times_[seen - 1], end_)) --seen;
    }

    // The times of a solve from here to the last of all.
    std::vector<Number> ahead() const {
        std::vector<Number> all{t};
        all.insert(all.end(), times_.begin() + static_cast<std::ptrdiff_t>(seen), times_.end());
        return all;
    }

    template <class Stepper>
    void locate(Stepper& stepper, EventWatch<Real>& watch) {
        passed.clear();
        ending.clear();
        end = last();
        bool ends = false;
        while (!ends && stepper.step()) {
            ends = watch.meet(stepper, [&](std::span<const Real>) {
                const bool is_end = !ending.empty() || watch.ends_step();
                (is_end ? ending : passed).push_back({watch.time(), watch.event()});
            });
            if (ends) end = static_cast<Number>(static_cast<Real>(watch.end_time()));
        }
    }

    // Those of the first stretch begin with an observation, of the others with t.
    void list_times(bool first) {
        list.clear();
        is_observation.clear();
        const auto add = [&](Number time, bool observed) {
            list.push_back(after(time, end) ? end : time);
            is_observation.push_back(observed);
        };
        const auto pass_by = [&](Hit& hit) {
            hit.place = list.size();
            add(hit.t, false);
        };
        if (!first) add(t, false);
        auto passing = passed.begin();
        for (std::size_t i = seen; i < times_.size() && !after(times_[i], end); ++i) {
            while (passing != passed.end() && after(times_[i], passing->t)) pass_by(*passing++);
            add(times_[i], true);
        }
        while (passing != passed.end()) pass_by(*passing++);
        if (list.back() != end || list.size() == 1) add(end, false);
    }

    // A step of Newton's method for the end, where g is not rounding yet. Did it move?
    bool land(Number g, Number slope) {
        const Number by = -g / slope, ulp = std::numeric_limits<Real>::epsilon();
        if (!(std::abs(by) > 4 * ulp * std::max(std::abs(end), std::abs(last() - t)))) return false;
        if (after(t, end + by) || after(end + by, last())) return false;
        end = static_cast<Number>(static_cast<Real>(end + by));
        return true;
    }

    // The solve that was recorded ends in z, and with it the events that end the stretch: who watches goes on from there.
    void landed(EventWatch<Real>& watch, std::span<const Real> z) const {
        for (const Hit& hit : ending) watch.landed(hit.event, end, z);
    }

private:
    std::span<const Number> times_;

public:
    Number t, end;
    std::size_t seen = 0;  // observations that are done
    std::vector<Hit> passed, ending;
    std::vector<Number> list;
    std::vector<bool> is_observation;
};

}  // namespace costate::ode
