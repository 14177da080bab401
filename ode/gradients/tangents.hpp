// ode/gradients/tangents.hpp — the tangents of a solve along many directions at once, on its steps (internal to ode/)
//   dS_j/dt = ∂f/∂z S_j + ∂f/∂c ċ_j,   S_j(t_0) = ż_j                beside z, all of them by one Program      discrete (2)
// The steps are those of the forward solve, so S_j is the derivative of the discrete solution, to rounding. A tile of rows
// runs through all of them before the next one starts; nothing is kept of a step.
#pragma once
#include "ode/gradients/pull.hpp"      // brings: SolvePlan, SolveRecord, SolveMemory, Operands, Walk, Clock
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

class Tangents {
public:
    Tangents(const SolvePlan& plan, const SolveRecord& record, SolveMemory& memory, const Operands<const View>& x,
             Where where)
        : plan_(plan), record_(record), memory_(memory), where_(where), n_(x.z0.size()) {
        memory.stages.prepare(plan, x.captures, 1);
        memory.tiles.prepare(memory.stages, plan.options);
        memory.tiles.solve_stages(plan, x.captures, true);
        for (std::size_t c = 0; c < n_; ++c) std::copy_n(x.z0[c].data, x.z0[c].size(), memory.tiles.state(c));
        memory.tiles.set_tangents(plan.directions);
    }

    const Stages& stages() const { return memory_.stages; }
    long evaluations() const { return memory_.tiles.evaluations(); }

    // see(i, j, c, S): component c of S_j at the i-th time, for the rows of the tile
    template <class See>
    void walk(See&& see) {
        memory_.tiles.each_segment(true, [&](Tiles&) { walk_segment(see); });
    }

private:
    template <class See>
    void walk_segment(See& see) {
        Tiles& tiles = memory_.tiles;
        const std::vector<Number>& times = memory_.times;
        Timing timing = timing_in_vars(plan_.options, ListOfTimes::of(times));
        timing.grid = record_.grid.list();
        Clock clock(times.front(), times.back(), timing);
        Walk walk(tiles, clock);
        Observations seen(times, times.size());
        for (std::size_t i = 0; i < seen.begin(); ++i) show(i, see, [&](std::size_t c) { return tiles.last_good(c); });
        const auto is_dense = [&](const Interval& s) {
            seen.enter(s);
            return seen.are_dense(s);
        };
        const auto observe = [&](const Tiles&, const Interval& s) {
            for (std::size_t i = seen.begin(); i < seen.end(); ++i)
                show(i, see,
                     [&](std::size_t c) { return times[i] == s.end ? tiles.next(c) : between(times[i], s, c); });
        };
        while (clock.status() == Status::ok && walk.attempt(is_dense, observe)) seen.leave();
        if (clock.status() != Status::ok)
            fail(where_, to_failure("forward, the tangents' solve", outcome_of(clock), plan_.options));
    }

    template <class See, class At>
    void show(std::size_t i, See& see, At&& at) const {
        for (std::size_t j = 0; j < plan_.directions.size(); ++j)
            for (std::size_t c = 0; c < n_; ++c) see(i, j, c, at((1 + j) * n_ + c));
    }
    const Real* between(Number t, const Interval& s, std::size_t c) const {
        memory_.tangent.resize(stages().entries(c));
        memory_.tiles.interpolate(s, (t - s.t) / s.h, c, memory_.tangent.data());
        return memory_.tangent.data();
    }

    const SolvePlan& plan_;
    const SolveRecord& record_;
    SolveMemory& memory_;
    Where where_;
    std::size_t n_;
};

}  // namespace costate::ode
