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

Status first_failure(std::span<const RowReport> rows) {
    for (const RowReport& row : rows)
        if (row.status != Status::ok) return row.status;
    return Status::ok;
}

void require_ok(std::span<const RowReport> rows, Where where) {
    std::string list;
    Index failed = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].status == Status::ok || ++failed > 4) continue;
        list += text(failed > 1 ? "; row " : "row ", i, ": ", rows[i].status, " at t = ", rows[i].t, " after ",
                     rows[i].accepted, " steps, ", rows[i].rejected, " rejected");
    }
    if (failed == 0) return;
    fail(where, {.what = text("solve: ", failed, " of ", rows.size(), " rows could not go on"),
                 .got = failed > 4 ? list + "; ..." : list,
                 .expected = "every row at its last time",
                 .fix = "solve such a row alone, jointly: its error says what to try"});
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
