// ode/dense_in_vars.cpp — the curve of a solve by a field in Vars, which is called with numbers
#include "ode/dense_solution.hpp"

#include "ode/events/called.hpp"  // brings: CalledWithNumbers
#include "ode/steps/check.hpp"    // brings: require_options, require_times, require_tolerances, require_start

namespace costate::ode {

inline namespace COSTATE_PRECISION {

DenseSolution<Tensor> solve_field_steps(const FieldRef& field, View z0, const Times& times, SolveOptions options,
                                        bool dense, Where at) {
    require_options(options, at);
    const std::vector<Number> list = times.numbers(at);
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

}  // namespace costate::ode
