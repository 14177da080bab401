#include "ode/solution.hpp"

namespace costate::ode {

Index number_of_time(Index i, Index count, Where where) {
    if (i < -count || i >= count)
        fail(where, {.what = "Solution: there is no time of that number",
                     .got = text("at(", i, ") of ", count, " times"),
                     .expected = "0 is the first one, -1 the last"});
    return i < 0 ? i + count : i;
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

}  // namespace costate::ode
