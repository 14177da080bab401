// ode/steps/walk.hpp — one step after the other: the loop of every solve
//   Z_i = z + h Σ_{j<i} a_ij k_j,   k_i = f(t + c_i h, Z_i)      the stages; z⁺ is the state Z of stage `last`   ode (1), (2)
//   while (walk.attempt(dense, during)) if (clock.kept()) ...    a step is tried; if it is kept, z⁺ holds at its end
//   walk.settle()                                                 and from here on z⁺ is z
// An implicit stage is an equation: form solves it, for Z_i and k_i, and evaluate finds k_i known.
// What a state is, the walk does not know: numbers (numbers.hpp), rows of a Program (ode/batch/tiles.hpp), Vars
// (ode/gradients/direct.cpp). Each has
//   each_tile(f)          f(table) for each part of the state that takes the step by itself: most have one
//   first(t)              k_0: known from the step before, or evaluated
//   form(table, i, s)     Z_i; that of stage `last` is z⁺               evaluate(table, i, t)   k_i at Z_i
//   finish(table, s, chosen), error()      h Σ (b_i − b̂_i) k_i of a tile; how large it is, over all of them
//   form_next(table, s)   z⁺ of a pair, whose stage `last` is ẑ⁺ (ode/methods/reversible_heun.hpp)
//   compare_last(table, apart)             before it: how far the last two stages are apart (stiffness.hpp)
//   converged()           did all implicit stages?
//   awaits_start(), consistent()           of a mass matrix: is k_0 to be found by start()? did z satisfy its equations?
//   hand_on(rate)         z ← z⁺, and its rate, if that is known, is the next step's k_0      forget_first()   it is not
//   size(), rate_size(), euler(h, t)       of Hairer's first step: d0, d1, and h0 d2 by one stage at (t, z + h k_0)
//   steepness(t, ...)     of a step by two methods: f(t, z + d) − k_0 beside d, which is turned to it (ode/steps/direction.hpp)
// Observations and quadratures look at a tile's stages before anyone knows whether the step is kept: `during`.
// Those behind `last` serve dense output alone: they are evaluated in a step that `dense` asks for, or by make_dense.
#pragma once
#include <cmath>
#include <utility>

#include "ode/steps/clock.hpp"      // brings: Clock, Interval, Apart, Status
#include "ode/steps/direction.hpp"  // brings: Steepness
#include "ode/steps/table.hpp"      // brings: AnyTable, KnownTable

namespace costate::ode {

// ode (1) from stage `first` on, as far as `end`: the textbook's recursion, and the only one.
template <class Table, class X, class Step>
COSTATE_INLINE void take_stages(const Table& table, X& x, const Step& s, int first, int end) {
    table.each(first, end, [&](auto i) {
        x.form(table, i, s);
        x.evaluate(table, i, s.at(table.method.c[i]));
    });
}

// A step: all that is read of s is when its stages lie, so that it may be an Interval, or one for each row.
template <class Table, class X, class Step>
COSTATE_INLINE void take_step(const Table& table, X& x, const Step& s, bool with_last) {
    const int last = table.method.last;
    x.first(s.first);
    take_stages(table, x, s, 1, last);
    table.each(last, last + 1, [&](auto i) {
        x.form(table, i, s);  // ode (2)
        if (with_last) x.evaluate(table, i, s.final);
    });
    x.count(table.method.explicit_stages(1, last + with_last));
}

// Those that only its dense output reads.
template <class Table, class X, class Step>
void take_dense_stages(const Table& table, X& x, const Step& s) {
    const Method& m = table.method;
    if (m.dense_stages == m.last + 1) return;
    take_stages(AnyTable{m}, x, s, m.last + 1, m.dense_stages);
    x.count(m.explicit_stages(m.last + 1, m.dense_stages));
}

template <class X>
class Walk {
public:
    Walk(X& x, Clock& clock) : x_(x), clock_(clock) {}
    void watch(const StepObserver& watcher) { watcher_ = watcher ? &watcher : nullptr; }  // it must outlive the steps

    // f at the start, and from it the first step's length. False: it is not finite.
    bool start() {
        if (!x_.evaluate_first(clock_.first(), clock_.goal() - clock_.t()))
            return clock_.stop(x_.consistent() ? Status::bad_start : Status::inconsistent);
        if (!clock_.wants_first_step()) return true;
        const double d0 = x_.size(), d1 = x_.rate_size(), h0 = clock_.guess(d0, d1);
        clock_.choose(h0, d1, x_.euler(clock_.direction() * h0, clock_.ahead(h0)) / h0);
        return true;
    }

    // What comes before a step: the one before is settled, and beyond a jump of f it starts anew.
    bool begin() {
        settle(x_, clock_);
        if (clock_.forgets() && !start_anew()) return false;
        return !x_.awaits_start() || clock_.arrived() || start();
    }

    bool attempt() {  // whose inner states nobody looks at
        return attempt([](const Interval&) { return false; }, [](const Interval&) {});
    }
    // False: it has arrived, or the clock's status says why it cannot. dense(step): will it be looked at between its ends?
    template <class Dense, class During>
    bool attempt(Dense&& dense, During&& during) {
        X& x = x_;
        Clock& clock = clock_;
        if (!begin() || !clock.next()) return false;
        const bool all = is_dense_ = dense(clock.step());
        with_last_ = all || x.method().fsal;
        x.begin_attempt(clock.step());
        x.each_tile([&, all](const auto& table) {
            const Interval s = clock_.step();
            take_step(table, x_, s, with_last_);
            if (table.method.pair == Pair::states) x_.form_next(table, s);
            if (clock_.looks_for_stiffness()) x_.compare_last(table, apart_);
            if (all) take_dense_stages(table, x_, s);
            x_.finish(table, s, !clock_.on_grid());
            during(s);
        });
        const double error = !clock.on_grid() ? x.error() : x.is_finite() ? 0 : HUGE_VAL;
        const bool kept = clock.judge(error);
        if (clock.looks_for_stiffness()) look(kept, error);
        if (!kept && clock.status() != Status::ok) {
            if (!x.converged()) clock.stop(Status::not_converged);
            return false;
        }
        if (watcher_) (*watcher_)({clock.step().t, clock.step().h, error, kept});
        if (!kept) x.reject();
        return true;
    }

    void settle() { settle(x_, clock_); }
    // Between steps, for who changes methods (ode/switching/switching.hpp): how fast do neighbours come nearer, or part? `how`:
    // whatever X keeps their direction in, and how much of it is drawn.
    template <class... How>
    ahead::Steepness steepness(How&&... how) {
        const double t = clock_.first();
        if (!x_.evaluate_first(t, clock_.goal() - clock_.t())) return {};
        ahead::Steepness seen = x_.steepness(t, how...);
        seen.along *= clock_.direction();
        return seen;
    }
    // Of a kept step, before it is settled, whose state is one tile: all that its dense output reads.
    void make_dense() {
        if (std::exchange(is_dense_, true)) return;
        const Interval& s = clock_.step();
        const AnyTable table{x_.method()};
        if (!with_last_) x_.evaluate(table, table.method.last, s.final);
        x_.count(!std::exchange(with_last_, true));
        take_dense_stages(table, x_, s);
    }
    // Of a kept step: the rate at its end is known, or no longer.
    void set_last(bool known) { with_last_ = known; }

private:
    bool start_anew() {  // beyond a jump of f
        x_.forget_first();
        return clock_.arrived() || !clock_.wants_first_step() || start();
    }
    void settle(X& x, Clock& clock) {
        if (clock.settle()) x.hand_on(std::exchange(with_last_, false));
    }
    void look(bool kept, double error) {
        if (kept) clock_.see(apart_, error);
        apart_ = {};
    }

    X& x_;
    Clock& clock_;
    const StepObserver* watcher_ = nullptr;
    Apart apart_;
    bool with_last_ = false,
         is_dense_ = false;  // of the step tried last: is its rate at the end known, and all the others?
};

}  // namespace costate::ode
