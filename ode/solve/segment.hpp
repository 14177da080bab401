// ode/solve/segment.hpp — rows of a batch that take their steps by one clock: what a solve writes, and keeps, of them (internal
// to ode/). A step is tried tile by tile, `write` and what lies between its ends then; once it is kept, of all of the segment.
// see      ode/solve/eval.cpp (a solve by one method) · ode/switching/automatic_turns.cpp (by two that take turns)
#pragma once
#include <algorithm>
#include <vector>

#include "core/kernels/combine.hpp"     // brings: all_finite
#include "ode/solve/forward_solve.hpp"  // brings: ForwardSolve, Tiles, Stages
#include "ode/steps/check.hpp"          // brings: require_start, require_tolerances, Clock, Outcome, Asked
#include "ode/steps/observations.hpp"   // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

using Seen = Observations<std::vector<Number>>;

struct Segment {
    const ForwardSolve& solve;
    Tiles& tiles;
    Stages& stages;
    Index row = 0, rows = 0;

    const SolvePlan& plan() const { return solve.plan; }
    const SolveOptions& options() const { return solve.plan.options; }
    SolveMemory& memory() const { return solve.memory; }
    SolveRecord& record() const { return solve.record; }
    const std::vector<Number>& times() const { return solve.memory.times; }

    void write(Tiles& part, const Interval& s, std::size_t i) const {  // observation i, of its tile
        for (std::size_t c = 0; c < solve.out.size(); ++c) {
            Real* to = place(i, c, part.stages().row());
            if (times()[i] == s.end)
                std::copy_n(part.next_of_tile(c), part.stages().entries(c), to);
            else
                part.interpolate(s, (times()[i] - s.t) / s.h, c, to);
        }
    }
    // Steps until the clock has arrived or stopped, or goes_on() says no: of a tile in a step that is tried, between(tile)
    // and what is observed in it; keep(s) for a step that counts. looks_within: every step, not only those that are observed
    // between their ends.
    template <class GoesOn, class Between, class Keep>
    COSTATE_INLINE void take_steps(Walk<Tiles>& walk, Clock& clock, Seen& seen, bool looks_within, GoesOn&& goes_on,
                                   Between&& between, Keep&& keep) const {
        const auto is_dense = [&](const Interval& s) {
            seen.enter(s);
            return seen.are_dense(s) || looks_within;
        };
        const auto observe = [&](Tiles& part, const Interval& s) {
            between(part);
            for (std::size_t i = seen.begin(); i < seen.end(); ++i) write(part, s, i);
        };
        while (clock.status() == Status::ok && goes_on() && walk.attempt(is_dense, observe)) {
            if (!clock.kept()) continue;
            const Interval s = clock.step();
            keep(s);
            if (!is_finite(seen, s)) clock.stop(Status::not_finite);
            seen.leave();
        }
    }
    // The states of a kept step are finite; what lies between them need not be, where its extra stage is not.
    bool is_finite(const Seen& seen, const Interval& s) const {
        for (std::size_t i = seen.begin(); i < seen.end(); ++i)
            for (std::size_t c = 0; c < solve.out.size(); ++c)
                if (times()[i] != s.end && !all_finite(place(i, c, row), rows * stages.width(c))) return false;
        return true;
    }
    template <const Real* (Tiles::*state)(std::size_t) const>
    void keep_state(Real* to) const {  // among those of all rows
        for (std::size_t c = 0; c < plan().components(); ++c) {
            const Index width = stages.width(c);
            std::copy_n((tiles.*state)(c), rows * width, to + stages.offset(c) + row * width);
        }
    }
    // Of the tile, in a step that is tried: its part of the curve, should it count as the one of this number.
    void keep_curve(Tiles& tile, std::size_t step) const {
        Curve& curve = record().curve;
        Stages& within = tile.stages();
        for (std::size_t c = 0; c < plan().components(); ++c) {
            const Index first = within.tile_offset(c), count = within.entries(c);
            if (curve.is_whole())
                curve.keep(step, first, count, tile.tile(c), within.rates(c), tile.method());
            else
                curve.keep_start(step, first, count, tile.tile(c));
        }
    }
    // Where the first step ends: there a field's second recording is compared.
    void keep_second(const Interval& s) const {
        SolveRecord& record = this->record();
        if (record.first_rate.empty()) return;
        const Index width = stages.width(0);
        if (row == 0) record.second_t.assign(1, static_cast<Real>(s.end));
        record.second_z.resize(stages.rows() * width);
        std::copy_n(tiles.next(0), rows * width, record.second_z.data() + row * width);
    }
    [[noreturn]] void fail(const char* asked, const Clock& clock, const SolveOptions& by) const {
        Outcome outcome = outcome_of(clock);
        outcome.tell(tiles.last_good(0), rows * stages.width(0));
        if (outcome.status == Status::inconsistent) outcome.tell(tiles.inconsistency());
        costate::fail(solve.where, to_failure(asked, outcome, by));
    }

    Real* place(std::size_t i, std::size_t c, Index from) const {
        return solve.out[c].data + (static_cast<Index>(i) * stages.rows() + from) * stages.width(c);
    }
};

// All rows at z0, which is what the first times see.
inline void begin_at_start(const ForwardSolve& solve, Tiles& tiles, Stages& stages, bool known_steps,
                           const Asked& asked = {}) {
    const Segment all{solve, tiles, stages, 0, stages.rows()};
    const Seen seen(all.times(), all.times().size());
    for (std::size_t c = 0; c < solve.x.z0.size(); ++c) {
        const View& z0 = solve.x.z0[c];
        require_start(z0, solve.where, asked);
        if (!known_steps) require_tolerances(all.options(), z0.shape, solve.where);
        std::copy_n(z0.data, z0.size(), tiles.state(c));
        for (std::size_t i = 0; i < seen.begin(); ++i) std::copy_n(z0.data, z0.size(), all.place(i, c, 0));
    }
}

}  // namespace costate::ode
