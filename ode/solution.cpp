#include "ode/solution.hpp"

#include <deque>

#include "autodiff/operators/shaping.hpp"

namespace costate::ode {

inline namespace COSTATE_PRECISION {

Tensor state_at(const Tensor& z, Index i, Where where) {
    const Index times = z.rank() == 0 ? 0 : z.size(0);  // none of a Solution of no solve
    return Tensor(z.rows(number_of_time(i, times, where), 1)).reshaped(z.shape().without(0));
}

}  // namespace COSTATE_PRECISION

Index number_of_time(Index i, Index count, Where where) {
    if (i < -count || i >= count)
        fail(where, {.what = "Solution: there is no time of that number",
                     .got = text("at(", i, ") of ", count, " times"),
                     .expected = "0 is the first one, -1 the last"});
    return i < 0 ? i + count : i;
}

Var Solution<Var>::at(Index i, Where where) const {
    const CalledFrom caller(where);
    const Shape shape = z.shape(where);
    return reshape(slice(z, 0, number_of_time(i, shape[0], where), 1), shape.without(0));
}

Statistics Solution<Var>::statistics(Where where) const {
    if (made_.is_zero() || !made_.tape().holds(made_))
        fail(where, {.what = "statistics: this Solution is stale",
                     .got = made_.is_zero() ? "a Solution of no solve yet"
                                            : "a solve that its tape has forgotten, by rewind() or otherwise",
                     .expected = "one of the tape's present pass",
                     .fix = "read statistics() before tape.rewind()"});
    if (!statistics_)
        fail(where, {.what = "statistics: this tape notes operations without computing them",
                     .got = "a solve that was not run",
                     .expected = "a tape that evaluates"});
    return *statistics_;
}

namespace {
struct KeptStatistics {  // of the solves that were recorded step by step in one pass of a tape
    std::uint32_t pass = 0;
    std::deque<Statistics> list;  // each stays where it is
};
}  // namespace

Solution<Var> kept_by(Tape& tape, Var states, const Statistics& statistics) {
    KeptStatistics& kept = tape.extension<KeptStatistics>();
    if (kept.pass != tape.pass()) kept.list.clear();
    kept.pass = tape.pass();
    return {states, &kept.list.emplace_back(statistics)};
}

}  // namespace costate::ode
