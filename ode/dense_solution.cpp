#include "ode/dense_solution.hpp"

#include "ode/events/called.hpp"  // brings: CalledWithNumbers
#include "ode/steps/check.hpp"    // brings: require_options, require_times, require_tolerances, require_start

namespace costate::ode {

inline namespace COSTATE_PRECISION {

DenseSolution<Tensor> solve_field_steps(const FieldRef& field, View z0, const Times& times, SolveOptions options,
                                        bool dense, Where at) {
    require_options(options, at);
    const std::vector<double> list = times.numbers(at);
    require_times(list, options, at);
    require_tolerances(options, z0.shape, at);
    require_start(z0, at);
    for (Tolerance* tolerance : {&options.rtol, &options.atol}) {  // of the last axes: for every entry
        if (tolerance->is_one()) continue;
        std::vector<double> each(static_cast<std::size_t>(z0.size()));
        for (std::size_t i = 0; i < each.size(); ++i) each[i] = tolerance->of(static_cast<Index>(i));
        *tolerance = each;
    }
    options.gradient = discrete;  // none will be taken
    options.backward_norm = BackwardNorm::state_and_adjoint;

    Tape tape;
    CalledWithNumbers called(tape, field, {}, z0.shape, at);
    const std::vector<Real> start(z0.data, z0.data + z0.size());
    auto solved = plain::solve_steps(called, start, list, options, dense, at);
    Tensor z(Shape({std::ssize(solved.z)}).joined(z0.shape));
    for (std::size_t i = 0; i < solved.z.size(); ++i) std::ranges::copy(solved.z[i], z.data() + i * start.size());
    return std::move(solved).kept_as(std::move(z));
}

}  // namespace COSTATE_PRECISION

void fail_outside(double t, double first, double last, Where at) {
    fail(at, {.what = "DenseSolution: the solve did not pass there",
              .got = text("t = ", t),
              .expected = text("a time between ", first, " and ", last),
              .fix = "solve_dense over all times that are wanted: a polynomial says nothing beyond its step"});
}

void fail_no_steps(double t, Where at) {
    fail(at, {.what = "DenseSolution: no step was taken, so that no rate is known",
              .got = text("a solve from t = ", t, " to the same time"),
              .expected = "a span",
              .fix = "ask the field itself"});
}

void fail_no_room(std::size_t got, Index expected, Where at) {
    fail(at, {.what = "DenseSolution: the span for the result is not of the state's size",
              .got = text(got, " numbers"),
              .expected = text(expected)});
}

}  // namespace costate::ode
