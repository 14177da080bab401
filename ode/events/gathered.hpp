// ode/events/gathered.hpp — observations whose rows come from different solves (internal to ode/)
//   g.take(place, k);  ...  g.add(z);     z [.., B, n]: entry `place` of the result is row k of the next z that is added
#pragma once
#include <vector>

#include "autodiff/operators/shaping.hpp"  // brings: gather, concatenate

namespace costate::ode::inline COSTATE_PRECISION {

class Gathered {
public:
    explicit Gathered(Index entries) : index_(static_cast<std::size_t>(entries)) {}

    void take(Index place, Index k) { index_[static_cast<std::size_t>(place)] = rows_ + k; }
    Var add(Var z, Index width) {  // as rows
        const Index count = z.size() / width;
        states_.push_back(reshape(z, {count, width}));
        rows_ += count;
        return states_.back();
    }
    Var all(const Shape& z, Where at) const {
        const Var rows = gather(concatenate(states_, 0, at), index_, 0);
        return reshape(rows, Shape{rows.size() / z.size()}.joined(z));
    }

private:
    std::vector<Index> index_;
    std::vector<Var> states_;
    Index rows_ = 0;
};

}  // namespace costate::ode
