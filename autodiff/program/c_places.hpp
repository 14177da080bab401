// autodiff/program/c_places.hpp — where a printed Program's values lie in its memory (internal to autodiff/)
// First those that stay, those of a stage as often as there are stages, one stage behind the other; and behind them those that
// one function hands on to itself, each at the lowest place that is free for as long as it is needed: tightly, as a chip's
// memory is small, where autodiff/program/layout.cpp has cache lines.
#pragma once
#include <vector>

#include "autodiff/program/program.hpp"  // brings: Program, Phase

namespace costate::inline COSTATE_PRECISION {

class CPlaces {
public:
    // given: values that lie elsewhere. The sums phase may take the rows of all stages at once (merged).
    CPlaces(const Program& program, const std::vector<std::uint8_t>& given, Index stages, bool merged);
    Index of(std::uint32_t value) const { return place_[value]; }
    Index numbers() const { return end_; }  // of all of it

private:
    bool stays_inside(std::uint32_t value) const;  // is needed within one function only
    Index size(std::uint32_t value, Phase phase) const;
    Index lay_out(Phase phase, Index kept);

    const Program& p_;
    std::vector<std::uint8_t> given_, read_later_;
    Index stages_;
    bool merged_;
    std::vector<Index> place_;
    Index end_ = 0;
};

}  // namespace costate
