// ode/plain.hpp — solve an ODE without a tape and without tensors
//   dy/dt = f(t, y),  y(t0) = y0            f: void(double t, std::span<const T> y, std::span<T> dydt)
//   auto solution = ode::solve(f, std::array{0.8, 0.4}, PlainOptions{.t1 = 100, .method = dopri5, .rtol = 1e-8});
// shapes   y: [n], T float or double; time is double. A std::array makes n known while compiling: loops of that length.
// For a firmware image, solve_to(f, y, work, options, saved) does the same in memory that the caller provides: no heap,
// nothing thrown, a Status. f is asked for times in [t0, t1] only.
// see      ode/plain_outcome.hpp (options, errors) · ode/plain_steps.hpp (the loop) · tests/ode/plain_test.cpp
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/plain_outcome.hpp"  // brings: PlainOptions, PlainOutcome, to_failure
#include "ode/plain_steps.hpp"    // brings: Solver, work_size

namespace costate::ode {

namespace plain {

// Where the states of save_at go is told by place(i); the last state stays in y. Without a heap, and nothing thrown.
template <class T, std::size_t N, class F, class Place>
PlainOutcome run(F& f, std::span<T, N> y, std::span<T> work, const PlainOptions& options, Place&& place) {
    if (const Complaint complaint = first_complaint(options); complaint.option)
        return {.status = Status::bad_option, .t = options.t0, .complaint = complaint};
    if (std::ssize(work) < work_size(options.method, std::ssize(y)))
        return {.status = Status::bad_memory, .t = options.t0};
    return Solver<T, N, F, std::remove_reference_t<Place>>(f, y, work.data(), options, place).run();
}

template <class Range>
using SpanOf = decltype(std::span(std::declval<const Range&>()));  // of const numbers; a std::array keeps its length

template <class Range>  // what a solution keeps: an array where the length is known, a vector elsewhere
using Kept =
    std::conditional_t<SpanOf<Range>::extent == std::dynamic_extent, std::vector<typename SpanOf<Range>::value_type>,
                       std::array<typename SpanOf<Range>::value_type, SpanOf<Range>::extent>>;

}  // namespace plain

template <class Range>
concept PlainState = std::floating_point<typename plain::SpanOf<Range>::value_type>;

template <class State>
struct PlainSolution {
    std::vector<double> times;  // save_at, or t1 alone
    std::vector<State> states;  // one for each time
    PlainStatistics statistics;
};

// y: the start, then the end; saved: the states of save_at, one behind the other.
template <class F, class T, std::size_t N>
PlainOutcome solve_to(F&& f, std::span<T, N> y, std::type_identity_t<std::span<T>> work, const PlainOptions& options,
                      std::type_identity_t<std::span<T>> saved = {}) {
    if (saved.size() < options.save_at.size() * y.size()) return {.status = Status::bad_memory, .t = options.t0};
    return plain::run(f, y, work, options, [&](std::size_t i) { return saved.data() + i * y.size(); });
}

template <class F, PlainState Range>
PlainSolution<plain::Kept<Range>> solve(F&& f, const Range& y0, const PlainOptions& options = {}, Where at = {}) {
    using State = plain::Kept<Range>;
    using T = typename State::value_type;
    State y{};
    if constexpr (requires { y.resize(1); }) y.resize(std::size(y0));
    std::copy_n(std::data(y0), std::size(y0), y.data());
    PlainSolution<State> solution{{options.save_at.begin(), options.save_at.end()}, {}, {}};
    solution.states.assign(options.save_at.size(), y);
    std::vector<T> work(static_cast<std::size_t>(work_size(options.method, std::ssize(y))));
    const std::span<T, plain::SpanOf<Range>::extent> state(y.data(), y.size());
    const PlainOutcome outcome =
        plain::run(f, state, std::span<T>(work), options, [&](std::size_t i) { return solution.states[i].data(); });
    if (outcome.status != Status::ok) fail(to_failure(outcome, options), at);
    if (options.save_at.empty()) {
        solution.times.push_back(options.t1);
        solution.states.push_back(std::move(y));
    }
    solution.statistics = outcome.statistics;
    return solution;
}

}  // namespace costate::ode
