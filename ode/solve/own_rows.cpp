// ode/solve/own_rows.cpp — what cannot have rows with clocks of their own, and what to ask for instead
#include "ode/solve/operator.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

void require_own_rows(const SolveOptions& options, const Times& times, const Shape& shape, Where at) {
    if (!options.gradient.is_one_operation())
        fail(at, {.what = "solve: rows with clocks of their own are one operation on the tape",
                  .got = ".rows = ode::independent, .gradient = ode::direct",
                  .expected = ".gradient = ode::discrete or ode::backsolve",
                  .fix = ".gradient = ode::discrete: the same gradient, to rounding; or .rows = ode::joint"});
    if (options.gradient.keeps_curve)
        fail(at, {.what = "solve: interpolating keeps one solution, along one clock",
                  .got = ".rows = ode::independent, .gradient = ode::interpolating",
                  .expected = ".gradient = ode::discrete or ode::backsolve, or one clock for all rows",
                  .fix = ".gradient = ode::discrete, which does not drift either; or .rows = ode::joint"});
    if (options.backward_norm != BackwardNorm::state_and_adjoint)
        fail(at, {.what = "solve: a row of its own has no parameter gradient of its own",
                  .got = ".rows = ode::independent, .backward_norm = ode::BackwardNorm::full or seminorm",
                  .expected = "BackwardNorm::state_and_adjoint, an error that each row has",
                  .fix = "leave out .backward_norm; or .rows = ode::joint"});
    if (options.parameter_quadrature != ParameterQuadrature::stages)
        fail(at, {.what = "solve: rows of their own have no step whose nodes they could share",
                  .got = ".rows = ode::independent, .parameter_quadrature = ode::ParameterQuadrature::gauss",
                  .expected = "ParameterQuadrature::stages",
                  .fix = ".rows = ode::joint"});
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
