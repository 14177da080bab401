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
    options = for_numbers(std::move(options), 0, z0.size());

    Tape tape;
    CalledWithNumbers called(tape, field, {}, z0.shape, {}, at);
    const std::vector<Real> start(z0.data, z0.data + z0.size());
    auto solved = plain::solve_steps(called, start, list, options, dense, at);
    Tensor z(Shape({std::ssize(solved.z)}).joined(z0.shape));
    for (std::size_t i = 0; i < solved.z.size(); ++i) std::ranges::copy(solved.z[i], z.data() + i * start.size());
    return std::move(solved).kept_as(std::move(z));
}

}  // namespace COSTATE_PRECISION

void fail_to_see(const Look& look, Where at) {
    const bool fits = look.room == look.size;
    fail(at,
         {.what = fits ? "DenseSolution: the solve did not pass there" : "DenseSolution: the result has another size",
          .got = fits ? text("t = ", look.t) : text("a span of ", look.room),
          .expected = fits ? text("a time between ", look.first, " and ", look.last,
                                  look.first == look.last ? ", and for a rate a span between them" : "")
                           : text(look.size, " numbers, as of the state"),
          .fix = fits ? "solve over all times that are wanted: a polynomial says nothing beyond its step"
                      : "z(t), z.rate(t) make one"});
}

}  // namespace costate::ode
