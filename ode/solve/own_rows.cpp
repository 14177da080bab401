// ode/solve/own_rows.cpp — what cannot have rows with clocks of their own, and what to ask for instead
#include "ode/solve/operator.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

void require_own_rows(const Times& times, const Shape& shape, Where at) {
    if (shape.rank() == 0)
        fail(at, {.what = "solve: z0 has no rows to have clocks of their own",
                  .got = "a number, .rows = ode::independent",
                  .expected = "z0 [B,...], a row for each trajectory",
                  .fix = "reshape(z0, {1}); or .rows = ode::joint"});
    if (times.rows() > 0 && static_cast<Index>(times.rows()) != shape[0])
        fail(at, {.what = "solve: not as many lists of times as rows",
                  .got = text(times.rows(), " lists for z0 ", shape),
                  .expected = text(shape[0], ": one for each row; or one for all of them"),
                  .fix = "one list {t0, ..., t1} for all rows"});
}

void require_own_rows(const Program& program, std::string_view who, Where at) {
    if (program.tileable) return;
    fail(at,
         {.what = text(who, " mixes the rows of the batch, so they cannot have clocks of their own"),
          .got = program.rows_fixed,
          .expected = "a result whose row i depends on t, row i of z and what is captured",
          .fix = ".rows = ode::joint; or nothing that mixes rows: no sum, mean or matmul over axis 0, and no solve"});
}

}  // namespace costate::ode
