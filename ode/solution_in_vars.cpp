// ode/solution_in_vars.cpp — a solve on a tape: its states as Vars, and where its figures are
#include <deque>

#include "autodiff/operators/shaping.hpp"
#include "ode/solution.hpp"

namespace costate::ode {

inline namespace COSTATE_PRECISION {

Tensor state_at(const Tensor& z, Index i, Where where) {
    const Index times = z.rank() == 0 ? 0 : z.size(0);  // none of a Solution of no solve
    return Tensor(z.rows(number_of_time(i, times, where), 1)).reshaped(z.shape().without(0));
}

}  // namespace COSTATE_PRECISION

Var Solution<Var>::at(Index i, Where where) const {
    const CalledFrom caller(where);
    const Shape shape = z.shape(where);
    return reshape(slice(z, 0, number_of_time(i, shape[0], where), 1), shape.without(0));
}

void Solution<Var>::require_present(const char* what, Where where) const {
    if (made_.is_zero() || !made_.tape().holds(made_))
        fail(where, {.what = text(what, ": this Solution is stale"),
                     .got = made_.is_zero() ? "a Solution of no solve yet"
                                            : "a solve that its tape has forgotten, by rewind() or otherwise",
                     .expected = "one of the tape's present pass",
                     .fix = text("read ", what, "() before tape.rewind()")});
    if (!statistics_)
        fail(where, {.what = text(what, ": this tape notes operations without computing them"),
                     .got = "a solve that was not run",
                     .expected = "a tape that evaluates"});
}

Statistics Solution<Var>::statistics(Where where) const {
    require_present("statistics", where);
    return *statistics_;
}

std::span<const RowReport> Solution<Var>::rows(Where where) const {
    require_present("rows", where);
    return rows_ ? std::span<const RowReport>(*rows_) : std::span<const RowReport>();
}

namespace {
struct Figures {
    Statistics statistics;
    std::vector<RowReport> rows;
};
struct KeptFigures {  // of the solves that were recorded in parts in one pass of a tape
    std::uint32_t pass = 0;
    std::deque<Figures> list;  // each stays where it is
};
}  // namespace

Solution<Var> kept_by(Tape& tape, Var states, const Statistics& statistics, std::vector<RowReport> rows) {
    KeptFigures& kept = tape.extension<KeptFigures>();
    if (kept.pass != tape.pass()) kept.list.clear();
    kept.pass = tape.pass();
    const Figures& figures = kept.list.emplace_back(Figures{statistics, std::move(rows)});
    return {states, &figures.statistics, figures.rows.empty() ? nullptr : &figures.rows};
}

}  // namespace costate::ode
