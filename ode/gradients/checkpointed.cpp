// ode/gradients/checkpointed.cpp — the exact gradient of the discrete solution from a few of its states
// The sweep of ode/gradients/reverse_sweep.hpp. A state that is not kept is computed again from the last one before it that
// is, by the same steps and so the same bits, and on the way others are kept where there is room again: checkpoints.hpp.
// memory   c states, whatever the number of steps, and the steps' times: 8 bytes a step, none where .steps are equal.
// cost     where n steps are known, t(n + 1, c) − n are run again: about one run of all for n ≤ c² / 2, two for n ≤ c³ / 6.
//          What the sweep leaves in the slots is of no use to a second gradient of the same solve: that starts from z0, with
//          t(n, c). Where there is room for all, nothing is overwritten, and none is run again.
// source   Griewank & Walther 2000, "Algorithm 799: revolve", ACM TOMS 26(1)
#include "ode/gradients/reverse_sweep.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct Recomputed {  // the sweep, which no longer finds what it overwrites
    ReverseSweep& sweep;
    SolveRecord& record;

    void load(std::size_t slot) { sweep.load(slot); }
    void advance(std::size_t step) { sweep.advance(step); }
    void keep(std::size_t slot) {
        record.checkpoints.forget_all_but_first();
        sweep.keep(slot);
    }
    void reverse(std::size_t step) { sweep.reverse(step); }
};

}  // namespace

}  // namespace costate::ode

const costate::ode::FewStates costate::ode::rows::Checkpointed::few{
    [](SolveRecord& record, std::size_t most, std::size_t steps) { record.checkpoints.begin(most, steps); },
    [](SolveRecord& record, std::size_t step) { return record.checkpoints.slot_for(step); }};

void costate::ode::rows::Checkpointed::pull(const Pull& p) {
    ReverseSweep sweep(p);
    Checkpoints &start = p.memory.checkpoints_before, &now = p.memory.checkpoints;
    start = p.record.checkpoints;
    sweep.each_tile([&] {
        now = start;
        now.reverse(sweep.steps(), Recomputed{sweep, p.record});
    });
}
