// ode/batch/live_rows.hpp — rows of a batch, of which those that are under way are always the first places
// One that leaves changes places with the last of them, so that a Program runs over those alone. Whatever else holds a row for
// each place has to follow: move(i, j).
#pragma once
#include <utility>
#include <vector>

#include "core/real.hpp"  // brings: Index

namespace costate::ode::inline COSTATE_PRECISION {

template <class Row>  // has a number, that of its place in the batch
class LiveRows {
public:
    void clear() {
        rows_.clear();
        live_ = 0;
    }
    void add(Row row) {
        rows_.push_back(std::move(row));
        ++live_;
    }
    Index live() const { return live_; }
    Row& operator[](Index place) { return rows_[static_cast<std::size_t>(place)]; }

    // Of those under way: who does not stay leaves.
    template <class Stays, class Leave, class Move>
    void dismiss(Stays&& stays, Leave&& leave, Move&& move) {
        for (Index place = 0; place < live_;) {
            if (stays(place)) {
                ++place;
            } else {
                leave(place);
                swap(place, --live_, move);
            }
        }
    }
    template <class Move>
    void put_back(Move&& move) {  // every row at the place of its number
        for (Index place = 0; place < static_cast<Index>(rows_.size()); ++place)
            while ((*this)[place].number != place) swap(place, (*this)[place].number, move);
    }

private:
    template <class Move>
    void swap(Index i, Index j, Move&& move) {
        if (i == j) return;
        std::swap((*this)[i], (*this)[j]);
        move(i, j);
    }

    std::vector<Row> rows_;
    Index live_ = 0;
};

}  // namespace costate::ode
