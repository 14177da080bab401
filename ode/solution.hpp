// ode/solution.hpp — what a solve gives: the state at each of the times
//   const auto s = solve(field, z0, times);    s.z, s.at(i), s.at(-1), s.end(), s.statistics(), s.status
//   z0                           z
//   a Var; on a tape             a Var [times, ...z0's shape]
//   a Tensor, without a tape     a Tensor [times, ...z0's shape]
//   numbers: an array, a vector  a vector of States, one for each time
// A solve that cannot go on is an error, so whoever holds a Solution holds all of it. With rows = ode::independent one row's
// failure is no error: s.rows() has a report for each, status is that of the first that failed, what it did not reach is NaN.
// see      ode/solve.hpp, ode/plain.hpp (who makes one) · ode/statistics.hpp
#pragma once
#include <span>
#include <utility>
#include <vector>

#include "autodiff/tape/var.hpp"  // brings: Var, Tensor, fail, Where
#include "ode/statistics.hpp"     // brings: Status, Statistics

namespace costate::ode {

Index number_of_time(Index i, Index count, Where where);  // negative ones count from the end; there is none: an error

template <class State>
State state_at(const std::vector<State>& z, Index i, Where where) {
    return z[static_cast<std::size_t>(number_of_time(i, static_cast<Index>(z.size()), where))];
}
inline namespace COSTATE_PRECISION {
Tensor state_at(const Tensor& z, Index i, Where where);
}

Status first_failure(std::span<const RowReport> rows);
void require_ok(std::span<const RowReport> rows, Where where);  // an error that names the rows that failed

template <class Z>
struct Solution {
    Z z{};
    Status status = Status::ok;

    Solution() = default;  // of no solve yet
    explicit Solution(Z states, const Statistics& statistics = {}, std::vector<RowReport> rows = {})
        : z(std::move(states)), status(first_failure(rows)), statistics_(statistics), rows_(std::move(rows)) {}

    auto at(Index i, Where where = {}) const { return state_at(z, i, where); }  // the state at times[i]; −1: the last
    auto end(Where where = {}) const { return state_at(z, -1, where); }
    Statistics statistics(Where = {}) const { return statistics_; }
    std::span<const RowReport> rows(Where = {}) const { return rows_; }  // empty: they stepped jointly
    void require_ok(Where where = {}) const { ode::require_ok(rows_, where); }

private:
    Statistics statistics_;
    std::vector<RowReport> rows_;
};

// On a tape: states are more tape, and the figures those of the tape, which go on to count when the gradient is recorded.
template <>
struct Solution<Var> {
    Var z;
    Status status = Status::ok;

    Solution() = default;  // of no solve yet
    Solution(Var states, const Statistics* statistics, const std::vector<RowReport>* rows = nullptr)
        : z(states), made_(states), statistics_(statistics), rows_(rows) {
        if (rows) status = first_failure(*rows);
    }

    Var at(Index i, Where where = {}) const;
    Var end(Where where = {}) const { return at(-1, where); }
    Statistics statistics(Where where = {}) const;  // of the tape's present pass: afterwards an error
    std::span<const RowReport> rows(Where where = {}) const;
    void require_ok(Where where = {}) const { ode::require_ok(rows(where), where); }

private:
    void require_present(const char* what, Where where) const;

    Var made_;
    const Statistics* statistics_ = nullptr;  // null: the tape only noted the solve
    const std::vector<RowReport>* rows_ = nullptr;
};

// The figures, for its present pass; of rows with clocks of their own, if there are any.
Solution<Var> kept_by(Tape& tape, Var states, const Statistics& statistics, std::vector<RowReport> rows = {});

}  // namespace costate::ode
