// ode/dense_solution.hpp — all that a solve went through: its steps, or the curve along them
//   const auto s = ode::solve_steps(f, y0, {t0, t1}, options);    s.t[i], s.z[i]: where its i-th step ended; 0: the start
//   const auto z = ode::solve_dense(f, y0, {t0, t1}, options);    z(t), and its rate dz/dt: z.rate(t);   z.t, z.z as above
// y0 is an array or a vector beside a field of numbers, or a Tensor or Parameter beside one in Vars (a batch steps jointly).
//   z(t_n + θh) = z_n + θh Σ_p θ^{p−1} q_p      ż(t_n + θh) = Σ_p p θ^{p−1} q_p      q_p = Σ_i b_ip k_i            (a)
// with Σ_p b_ip θ^p = b_i(θ), the method's dense output (ode/method.hpp). It is of the order dense_order, its rate of one less
// (in h; what the steps err by comes on top), and continuous with its rate. At a step's end z is the step's state, to the bit.
// Where f jumps (jump_t) the rate is that of the step which begins there; the one before: z.rate(nextafter(t, t0)).
// why      q, and not the rates k: of 7 stages dopri5 makes 4 coefficients, dop853 7 of 16. That is what is kept of a step, a
//          polynomial to evaluate and nothing else. z(t) is that of solve(f, y0, {t0, t, t1}) but for rounding.
// cost     What an observation in every step costs: the stages that only dense output reads (3 of dop853, 0 of dopri5).
//          A look is a bisection and a polynomial; with a span for the result, z(t, out), nothing is allocated.
// tape     A curve is no operation. There the states at given times are, with gradients by the times too: solve(tape, ...).
// see      ode/stepper.hpp (polynomial, and how to look at a step while it is taken) · tests/ode/dense_solution_test.cpp
#pragma once
#include <algorithm>
#include <concepts>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/plain.hpp"  // brings: Stepper, Solution, Kept
#include "ode/solve.hpp"  // brings: FieldRef, Times, SolveOptions

namespace costate::ode {

template <class Z>
struct StepSolution : Solution<Z> {
    std::vector<Number> t;  // [steps + 1]; z.at(i) holds at t[i]
};

struct Look {  // at a curve, one that says nothing
    Number t, first, last;
    std::size_t room, size;
};
[[noreturn]] void fail_to_see(const Look& look, Where at);

template <class Z>  // a vector of states, or a Tensor
class DenseSolution : public StepSolution<Z> {
public:
    using State = decltype(state_at(std::declval<const Z&>(), 0, Where()));
    using T = std::remove_reference_t<decltype(*std::declval<State&>().data())>;
    using StepSolution<Z>::t;

    DenseSolution(StepSolution<Z> steps, std::vector<T> q, int degree)
        : StepSolution<Z>(std::move(steps)),
          q_(std::move(q)),
          degree_(degree),
          n_(static_cast<std::size_t>(this->end().size())) {}

    using StepSolution<Z>::at;
    template <std::floating_point N>
    void at(N) const = delete;  // at(i) is where the i-th step ended; the state at a time is z(t)

    State operator()(Number time, Where at = {}) const {
        State there = this->end();
        (*this)(time, std::span<T>(there.data(), n_), at);
        return there;
    }
    State rate(Number time, Where at = {}) const {
        State there = this->end();
        rate(time, std::span<T>(there.data(), n_), at);
        return there;
    }

    void operator()(Number time, std::span<T> out, Where at = {}) const {
        const std::size_t step = step_of(time, out, at);
        if (time == t.back()) return void(std::copy_n(state(t.size() - 1), n_, out.data()));
        const Number h = t[step + 1] - t[step], theta = (time - t[step]) / h;
        polynomial(step, theta, out.data(), [](int) { return 1; });
        const T by = static_cast<T>(theta * h), *begin = state(step);
        for (std::size_t i = 0; i < n_; ++i) out[i] = begin[i] + by * out[i];
    }
    void rate(Number time, std::span<T> out, Where at = {}) const {
        const std::size_t step = step_of(time, out, at);
        if (t.size() == 1) fail_to_see({time, time, time, n_, n_}, at);
        polynomial(step, (time - t[step]) / (t[step + 1] - t[step]), out.data(), [](int p) { return p; });
    }

    template <class Other>
    DenseSolution<Other> kept_as(Other states) && {  // the same curve, with its states in other memory
        return {{Solution<Other>(std::move(states), this->statistics()), std::move(t)}, std::move(q_), degree_};
    }

private:
    const T* state(std::size_t i) const {
        if constexpr (std::is_same_v<Z, std::vector<State>>)
            return this->z[i].data();
        else
            return this->z.data() + i * n_;
    }
    // The one that begins there, or that it lies in.
    std::size_t step_of(Number time, std::span<T> out, Where at) const {
        const Number first = t.front(), last = t.back();
        if (!(std::min(first, last) <= time && time <= std::max(first, last)) || out.size() != n_)
            fail_to_see({time, first, last, out.size(), n_}, at);
        if (t.size() == 1) return 0;
        const auto before = [down = last < first](Number x, Number y) { return down ? x > y : x < y; };
        const auto end = std::upper_bound(t.begin() + 1, t.end() - 1, time, before);
        return static_cast<std::size_t>(end - t.begin()) - 1;
    }
    template <class Factor>  // Σ_p factor(p) θ^{p−1} q_p
    void polynomial(std::size_t step, Number theta, T* out, Factor&& factor) const {
        const T x = static_cast<T>(theta), *q = q_.data() + (step + 1) * n_ * static_cast<std::size_t>(degree_);
        std::fill_n(out, n_, T(0));
        for (int p = degree_; p >= 1; --p) {
            q -= n_;
            for (std::size_t i = 0; i < n_; ++i) out[i] = out[i] * x + static_cast<T>(factor(p)) * q[i];
        }
    }

    std::vector<T> q_;  // [steps, degree, n]
    int degree_;
    std::size_t n_;
};

namespace plain {

// All steps of a Stepper, or of another that can be driven like it, and the polynomials of its steps, if they are asked for.
template <class Taker, class State, class T = typename State::value_type>
DenseSolution<std::vector<State>> take_all(Taker& stepper, const State& y0, const Times& times,
                                           const SolveOptions& options, int degree, bool dense, Where at,
                                           const Asked& asked = {}) {
    const std::size_t of_a_step = dense ? y0.size() * static_cast<std::size_t>(degree) : 0;
    std::vector<State> z{y0};
    std::vector<Number> t{stepper.t()};
    std::vector<T> q;
    while (stepper.step()) {
        q.resize(q.size() + of_a_step);
        if (dense && !stepper.polynomial(q.data() + q.size() - of_a_step)) break;
        t.push_back(stepper.t());
        z.push_back(y0);
        std::copy_n(stepper.z().data(), y0.size(), z.back().data());
    }
    const Outcome outcome = stepper.outcome();
    if (outcome.status != Status::ok) fail(at, to_failure(outcome, times, options, asked));
    return {{Solution(std::move(z), outcome.statistics), std::move(t)}, std::move(q), degree};
}
template <class F, class State>
DenseSolution<std::vector<State>> solve_steps(F& f, const State& y0, const Times& times, const SolveOptions& options,
                                              bool dense, Where at) {
    Stepper<F&, State> stepper(f, y0, times, options);
    stepper.watch(options.on_step);
    return take_all(stepper, y0, times, options, options.method.degree, dense, at);
}

}  // namespace plain

inline namespace COSTATE_PRECISION {
DenseSolution<Tensor> solve_field_steps(const FieldRef& field, View z0, const Times& times, SolveOptions options,
                                        bool dense, Where at);
}

template <class F, class Z>
auto solve_dense_or_not(F&& field, const Z& z0, const Times& times, const SolveOptions& options, bool dense, Where at) {
    constexpr bool on_tape = std::is_convertible_v<const Z&, Var>;
    static_assert(!on_tape,
                  "a curve, or a list of steps, is no operation on a tape: solve(field, z0, {t0, t, t1}) is one, "
                  "with the states at given times; to look at a curve start from Tensor(z0.value())");
    static_assert(on_tape || is_start<Z>,
                  "z0 is a Tensor or a Parameter beside a field in Vars, or an array or a vector of "
                  "float or double beside a plain field");
    const CalledFrom caller(at);
    if constexpr (on_tape || !is_start<Z>) {
        return StepSolution<Tensor>();
    } else if constexpr (std::is_same_v<Z, Parameter>) {
        return solve_field_steps(FieldRef(std::forward<F>(field)), z0.value().view(), times, options, dense, at);
    } else if constexpr (is_start_in_vars<Z>) {
        return solve_field_steps(FieldRef(std::forward<F>(field)), z0, times, options, dense, at);
    } else {
        return plain::solve_steps(field, plain::kept(z0), times, options, dense, at);
    }
}

template <NoTape F, class Z = StartInBraces>
auto solve_dense(F&& field, const Z& z0, const Times& times, const SolveOptions& options = {}, Where at = {}) {
    return solve_dense_or_not(std::forward<F>(field), z0, times, options, true, at);
}
template <NoTape F, class Z = StartInBraces>
auto solve_steps(F&& field, const Z& z0, const Times& times, const SolveOptions& options = {}, Where at = {}) {
    auto all = solve_dense_or_not(std::forward<F>(field), z0, times, options, false, at);
    return StepSolution<decltype(all.z)>(std::move(all));
}

}  // namespace costate::ode
