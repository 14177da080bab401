// ode/steps/walk.hpp — steps of stages: those of every method that is a tableau
//   Z_i = z + h Σ_{j<i} a_ij k_j,   k_i = f(t + c_i h, Z_i)      the stages; z⁺ is the state Z of stage `last`   ode (1), (2)
//   while (walk.attempt(dense, during)) if (clock.kept()) ...     one after the other (loop.hpp); walk.settle()   z⁺ is z
// An implicit stage is an equation: form solves it, for Z_i and k_i, and evaluate finds k_i known.
// What a state is, the walk does not know: numbers (numbers.hpp), rows of a Program (ode/batch/tiles.hpp), Vars
// (ode/gradients/direct.cpp). Beside what the loop asks of it, each has
//   each_tile(attempt)    attempt.all(x, table) for each tile of the state: most have one. Or attempt.part(x, table) for each
//                         part of it, at the same time, and then attempt.compare(table)
//   first(t)              k_0: known from the step before, or evaluated
//   form(table, i, s)     Z_i; that of stage `last` is z⁺               evaluate(table, i, t)   k_i at Z_i
//   finish(table, s, chosen), error()      h Σ (b_i − b̂_i) k_i of a tile; how large it is, over all of them
//   form_next(table, s)   z⁺ of a pair, whose stage `last` is ẑ⁺ (ode/methods/reversible_heun.hpp)
//   compare_last(table, apart)  how far the last two stages are apart (stiffness.hpp): before finish, where x is not in parts
//   steepness(t, ...)     of a step by two methods: f(t, z + d) − k_0 beside d, which is turned to it (ode/steps/direction.hpp)
// Observations and quadratures look at a tile's stages before anyone knows whether the step is kept: `during`.
// Those behind `last` serve dense output alone: they are evaluated in a step that `dense` asks for, or by make_dense.
#pragma once
#include <cmath>
#include <utility>

#include "ode/steps/direction.hpp"  // brings: Steepness
#include "ode/steps/loop.hpp"       // brings: Loop, Clock, Interval, Apart
#include "ode/steps/table.hpp"      // brings: AnyTable, KnownTable

namespace costate::ode {

// ode (1) from stage `first` on, as far as `end`: the textbook's recursion.
// (ode/replay/solve.cpp has it over tables of numbers, where no Method is linked.)
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
class Walk : public Loop<X> {
    using Loop<X>::x_, Loop<X>::clock_, Loop<X>::with_last_;

public:
    Walk(X& x, Clock& clock) : Loop<X>(x, clock) {}

    bool attempt() {  // whose inner states nobody looks at
        return attempt([](const Interval&) { return false; }, [](X&, const Interval&) {});
    }
    // dense(step): will it be looked at between its ends?   during(x, step): of each part, and at the same time
    template <class Dense, class During>
    bool attempt(Dense&& dense, During&& during) {
        return Loop<X>::attempt([&](const Interval& step) { return take(dense(step), during); },
                                [&](Number error) { return judge(error); });
    }

    // Between steps, for who changes methods (ode/switching/switching.hpp): how fast do neighbours come nearer, or part? `how`:
    // whatever X keeps their direction in, and how much of it is drawn.
    template <class... How>
    ahead::Steepness steepness(How&&... how) {
        const Number t = clock_.first();
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

private:
    // Of a step, of one tile: all of it; or each part by itself, and then what is compared in the order of the rows.
    template <class During>
    struct Attempt {
        Walk& walk;
        During& during;
        const bool dense;

        template <class Table>
        void all(X& x, const Table& table) const {
            take(x, table);
            compare(table);
            end(x, table);
        }
        template <class Table>
        void part(X& x, const Table& table) const {
            take(x, table);
            end(x, table);
        }
        template <class Table>
        COSTATE_INLINE void compare(const Table& table) const {
            if (walk.clock_.looks_for_stiffness()) walk.x_.compare_last(table, walk.apart_);
        }

    private:
        template <class Table>
        void take(X& x, const Table& table) const {
            const Interval s = walk.clock_.step();
            take_step(table, x, s, walk.with_last_);
            if (table.method.pair == Pair::states) x.form_next(table, s);
        }
        template <class Table>
        void end(X& x, const Table& table) const {
            const Interval s = walk.clock_.step();
            if (dense) take_dense_stages(table, x, s);
            x.finish(table, s, !walk.clock_.on_grid());
            during(x, s);
        }
    };

    template <class During>
    COSTATE_INLINE Number take(bool dense, During& during) {
        X& x = x_;
        is_dense_ = dense;
        with_last_ = dense || x.method().fsal;
        x.begin_attempt(clock_.step());
        x.each_tile(Attempt<During>{*this, during, dense});
        return !clock_.on_grid() ? x.error() : x.is_finite() ? 0 : HUGE_VAL;
    }
    COSTATE_INLINE bool judge(Number error) {
        const bool kept = clock_.judge(error);
        if (clock_.looks_for_stiffness()) look(kept, error);
        return kept;
    }
    void look(bool kept, Number error) {
        if (kept) clock_.see(apart_, error);
        apart_ = {};
    }

    Apart apart_;
    bool is_dense_ = false;  // of the step tried last: are all its stages known?
};

}  // namespace costate::ode
