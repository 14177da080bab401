// ode/gradients/paired_steps.hpp — along the steps of a method that carries a pair, from the last one back (internal to ode/)
// What the sweeps of such methods have in common: whether states are stored or found again, where among those that are kept the
// next one to read lies, and one evaluation and its pullback a step.
// see      ode/gradients/reversible.cpp (reversible Heun) · ode/gradients/asynchronous.cpp (asynchronous leapfrog)
#pragma once
#include "ode/gradients/known_steps.hpp"  // brings: KnownSteps, Pull, Interval

namespace costate::ode::inline COSTATE_PRECISION {

class PairedSteps : public KnownSteps {
protected:
    PairedSteps(const Pull& p, Index numbers) : KnownSteps(p) { p.memory.pair.resize(numbers * stages_.total()); }

    void start() { place_ = p_.record.states_of_pair; }  // of a tile
    bool ends_pair(std::size_t step, const Interval& s) const { return step + 1 == steps() || jumps_at(s.end); }
    bool begins_pair(std::size_t step, const Interval& s) const { return step == 0 || jumps_at(s.t); }
    Real* memory(Index i, std::size_t c) const {  // for numbers of the tile's size
        return p_.memory.pair.data() + i * stages_.total() + stages_.tile_offset(c);
    }
    // z where the step begins, which begins a pair.
    const Real* begin(const Interval& s, std::size_t c) const {
        return s.t == times_.front() ? p_.x.z0[c].data + stages_.row() * stages_.width(c) : kept(place_ - 1, c);
    }
    void evaluate(Number t) {
        stages_.forward(0, t);
        count(1);
    }
    void reverse() {
        stages_.reverse(0);
        stages_.accumulate(0, 1, nullptr, 0);
    }

    const bool finds_ = !p_.plan.options.gradient.keeps_states;  // states again
    std::size_t place_ = 0;                                      // in what is kept, behind what was not read yet
};

}  // namespace costate::ode
