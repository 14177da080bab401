// ode/solve/on_tape.cpp — a solve by `direct`: between numbers, or between times that are Vars
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "ode/gradients/direct.hpp"  // brings: OnTape, solve_direct
#include "ode/solve/operator.hpp"    // brings: moved, require_times, interval_between

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// By direct, with times that are Vars: the solve between their numbers, and at each end the way from or to the Var.
Solution<Var> solve_between(Tape& tape, const FieldRef& field, Var z0, Var times, const SolveOptions& options,
                            Where at) {
    const View numbers = times.value(at);  // taints: the steps that are taken depend on them
    const std::vector<Number> list(numbers.data, numbers.data + numbers.size());
    require_times(list, options, at);
    SolveOptions at_once = options;  // over no time nothing jumps: it starts beside a jump, as the steps do
    at_once.jump_t = {};
    const auto beside_jump = [&](std::size_t i) {
        const Interval s = interval_between(list[0], list[i == 0 ? list.size() - 1 : i], options.jump_t, list.front(),
                                            list.back(), time_is_float);
        return i == 0 ? s.first - s.t : s.final - s.end;
    };
    const auto time = [&](std::size_t i) { return reshape(slice(times, 0, i, 1), {}) + beside_jump(i); };
    const auto number = [&](std::size_t i) { return tape.constant(list[i] + beside_jump(i)); };
    const Var start = moved(tape, field, z0, time(0), number(0), at_once, at);
    Solution<Var> solved = solve_direct(tape, field, start, list, options, at);
    const Shape one = solved.z.shape().with(0, 1);
    const std::span<Var> observed = tape.list(list.size());
    observed[0] = reshape(z0, one);
    for (std::size_t i = 1; i < list.size(); ++i) {
        const Var at_number = reshape(slice(solved.z, 0, i, 1), z0.shape());
        observed[i] = reshape(moved(tape, field, at_number, number(i), time(i), at_once, at), one);
    }
    solved.z = concatenate(observed, 0, at);
    return solved;
}

}  // namespace

}  // namespace costate::ode

costate::ode::Solution<costate::Var> costate::ode::rows::Direct::solve(const OnTape& c) {
    return c.list.is_zero() ? solve_direct(c.tape, c.field, c.z0, c.times, c.options, c.at)
                            : solve_between(c.tape, c.field, c.z0, c.list, c.options, c.at);
}
