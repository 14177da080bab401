// ode/solution.hpp — what a solve gives: the state at each of the times
//   const auto s = solve(field, z0, times);    s.z, s.at(i), s.at(-1), s.end(), s.statistics(), s.status
//   z0                        Z                     z
//   numbers: array, vector    std::vector<State>    one state for each time
// A solve that cannot go on is an error, so whoever holds a Solution holds all of it.
// see      ode/plain.hpp, ode/solve.hpp (who makes one) · ode/statistics.hpp
#pragma once
#include <utility>
#include <vector>

#include "core/error.hpp"      // brings: fail, Where
#include "core/real.hpp"       // brings: Index
#include "ode/statistics.hpp"  // brings: Status, Statistics

namespace costate::ode {

// Which of `count` times i means: negative ones count from the end. There is none: an error.
inline Index number_of_time(Index i, Index count, Where where) {
    if (i < -count || i >= count)
        fail({.what = "Solution: there is no time of that number",
              .got = "at(" + std::to_string(i) + ") of " + std::to_string(count) + " times",
              .expected = "0 is the first one, -1 the last"},
             where);
    return i < 0 ? i + count : i;
}

template <class State>
State state_at(const std::vector<State>& z, Index i, Where where) {
    return z[static_cast<std::size_t>(number_of_time(i, static_cast<Index>(z.size()), where))];
}

template <class Z>
struct Solution {
    Z z;
    Status status = Status::ok;

    explicit Solution(Z states, const Statistics& statistics = {}) : z(std::move(states)), statistics_(statistics) {}

    auto at(Index i, Where where = {}) const { return state_at(z, i, where); }
    auto end(Where where = {}) const { return state_at(z, -1, where); }
    Statistics statistics(Where = {}) const { return statistics_; }

private:
    Statistics statistics_;
};

}  // namespace costate::ode
