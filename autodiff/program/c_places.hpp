// autodiff/program/c_places.hpp — where a printed Program's values lie in its memory (internal to autodiff/)
// First those that stay, and behind them those that one function hands on to itself, each at the lowest place that is free
// for as long as it is needed: tightly, as a chip's memory is small, where autodiff/program/layout.cpp has cache lines.
#pragma once
#include <vector>

#include "autodiff/program/program.hpp"  // brings: Program, Phase

namespace costate::inline COSTATE_PRECISION {

class CPlaces {
public:
    explicit CPlaces(const Program& program);
    Index of(std::uint32_t value) const { return place_[value]; }
    Index numbers() const { return end_; }  // of all of it

private:
    bool is_given(std::uint32_t value) const;  // by the caller, where it lies
    Index lay_out(Phase phase, Index kept);

    const Program& p_;
    std::vector<Index> place_;
    Index end_ = 0;
};

}  // namespace costate
