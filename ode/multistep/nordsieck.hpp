// ode/multistep/nordsieck.hpp — methods that choose steps and orders: BDF for stiff problems, Adams for others
//   const auto s = ode::solve_nordsieck(f, std::array{1., 0., 0.}, {0, 1e11}, {.method = ode::bdf, .atol = 1e-10});
// with f: void(double t, std::span<const T> y, std::span<T> dydt) and what ode/plain.hpp says of it; or by hand,
//   ode::Nordsieck stepper(f, y0, {0, 10}, {.method = ode::adams});
//   while (stepper.step()) if (stepper.z()[1] < 0) { ...; stepper.cut(theta); stepper.reset(after_the_jump); }
// A step costs one or two evaluations, whatever the order: it makes use of the steps before. So they are the methods of choice
// where f is dear and smooth. After a jump (reset, jump_t) there is no past: it begins with short steps of order 1.
// Which order and length come next: ode/steps/order_choice.hpp. After three errors in a row that are too large the past is
// thought wrong, and forgotten.
// errors   Each step may err by about the tolerance, and the problem magnifies it: at the end of 200 random problems by up to
//          42 times what it makes of a change (BDF), and 23 (Adams); where nothing is damped they add up over all steps.
// dense    at(θ) is the step's polynomial: of its order, and continuous; solve_nordsieck_dense keeps all       multistep (4)
// gradient None, as these are numbers. Of a field in Vars: ode/multistep/nordsieck_in_vars.hpp.
// memory   Arrays for an array of up to 16, vectors for all else, or work of the caller's (nordsieck_size numbers). Nothing is
//          allocated by a step, and nothing thrown.
// source   as in ode/steps/multistep_formulas.hpp
// see      ode/multistep.md · ode/steps/corrector.hpp (the equation of a step) · tests/ode/nordsieck_test.cpp
#pragma once
#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "ode/dense_solution.hpp"               // brings: DenseSolution, Solution, kept, solve_by, is_field
#include "ode/multistep/nordsieck_numbers.hpp"  // brings: NordsieckNumbers, NordsieckWalk, Corrector, NordsieckArray
#include "ode/steps/driver.hpp"                 // brings: Driver, Outcome, first_plain_complaint

namespace costate::ode {

struct MultistepFamily {
    const char* name;
    bool stiff;      // BDF, by Newton's iteration; or Adams, by putting the right side in again
    int most_order;  // BDF of order 6 is hardly stable, of 7 not at all
    friend constexpr bool operator==(const MultistepFamily& x, const MultistepFamily& y) { return x.stiff == y.stiff; }
};
inline constexpr MultistepFamily bdf{"bdf", true, 5}, adams{"adams", false, most_multistep_order};
inline constexpr MultistepFamily all_families[] = {bdf, adams};

struct NordsieckOptions {  // those of SolveOptions that mean something here, and
    MultistepFamily method = bdf;
    Tolerance rtol = 1e-6, atol = 1e-9;
    int most_order = 0;  // 0: the family's. Of BDF 1 and 2 alone are A-stable: 2 for an oscillation that is stiff
    Number first_step = 0, max_step = std::numeric_limits<Number>::infinity(), min_step = 0;
    int max_steps = 10'000;
    TimeSet step_t = {}, jump_t = {};
    Norm norm = rms_norm;
    Route gradient = interpolating;  // on a tape, or backsolve: ode/multistep/nordsieck_in_vars.hpp
    StepObserver on_step = {};

    int highest() const { return most_order > 0 ? most_order : method.most_order; }
};
SolveOptions as_solve_options(const NordsieckOptions& options);
inline constexpr Asked asked_nordsieck{"solve_nordsieck", "NordsieckOptions"};
Complaint first_complaint(const Times& times, const NordsieckOptions& options, Index n);

constexpr Index nordsieck_size(const MultistepFamily& family, int most_order, Index n) {
    return plain::NordsieckArray<double>::work_size(most_order, n) +
           plain::Corrector<double, std::dynamic_extent, int>::work_size(family.stiff, n);
}

namespace plain {
template <class State>
struct NordsieckWork {
    using type = std::vector<typename State::value_type>;
};
template <class T, std::size_t N>
requires(N <= 16) struct NordsieckWork<std::array<T, N>> {  // for either family
    using type = std::array<T, nordsieck_size(adams, adams.most_order, N) + nordsieck_size(bdf, 0, N)>;
};

// What its driver is built on.
template <class F, class State, class Work>
struct NordsieckParts {
    static constexpr std::size_t N = SpanOf<State>::extent;
    using T = std::remove_const_t<typename State::value_type>;
    static constexpr bool is_batch = SolvesItself<std::remove_reference_t<F>, T>;  // checked by whoever made it
    using Field = std::conditional_t<is_batch, KeptBatch<F>, KeptField<T, N, F>>;
    using Numbers = NordsieckNumbers<T, N, typename Field::ForSteps>;
    using Driver = plain::Driver<Numbers, NordsieckWalk<Numbers>, T, N>;

    NordsieckParts(F&& f, Work&& work, Index n, const NordsieckOptions& options)
        : highest_(std::clamp(options.highest(), 1, options.method.most_order)),
          held_(std::forward<F>(f), std::move(work), nordsieck_size(is_batch ? adams : options.method, highest_, n)) {}
    static Complaint complaint(const Times& times, const NordsieckOptions& options, Index n) {
        return is_batch ? Complaint() : first_complaint(times, options, n);
    }

    const int highest_;
    Held<Field, Work> held_;
};
}  // namespace plain

template <class F, class State, class Work = typename plain::NordsieckWork<State>::type>
class Nordsieck : plain::NordsieckParts<F, State, Work>, public plain::NordsieckParts<F, State, Work>::Driver {
    using Parts = plain::NordsieckParts<F, State, Work>;
    using Driver = typename Parts::Driver;
    using typename Parts::T;
    static_assert(plain::is_field<F, T, Parts::N>,
                  "a plain field is void(double t, std::span<const T> y, std::span<T> dydt), with T as in y0");

public:
    Nordsieck(F f, const State& z, const Times& times, const NordsieckOptions& options = {}, Work work = {})
        : Parts(std::forward<F>(f), std::move(work), std::ssize(z), options),
          Driver(times, as_solve_options(options), Parts::is_batch && sizeof(T) == sizeof(float),
                 Parts::complaint(times, options, std::ssize(z)), Parts::held_.has_room, std::data(z),
                 Parts::held_.field.for_steps, std::ssize(z), options.method.stiff, Parts::highest_,
                 Parts::held_.work.data(), as_solve_options(options)) {}

    int order() const { return this->x_.order(); }
    const Clock& clock() const { return this->clock_; }
    void reset(std::span<const T, Parts::N> z) {  // at order 1, by steps as short as that wants
        Driver::reset(z);
        this->clock_.forget();
    }
};

extern template class plain::Corrector<double, std::dynamic_extent,
                                       const plain::AnyField<double>>;  // as ode/stepper.hpp
extern template class plain::Corrector<float, std::dynamic_extent, const plain::AnyField<float>>;

template <class F, class State>
Nordsieck(F&&, const State&, const Times&, const NordsieckOptions& = {}) -> Nordsieck<F, State>;
template <class F, class State, class Work>
Nordsieck(F&&, const State&, const Times&, const NordsieckOptions&, Work) -> Nordsieck<F, State, Work>;

template <class F, PlainState Range>
Solution<std::vector<plain::Kept<Range>>> solve_nordsieck(F&& f, const Range& y0, const Times& times,
                                                          const NordsieckOptions& options = {}, Where at = {}) {
    using State = plain::Kept<Range>;
    const State y = plain::kept(y0);
    Nordsieck<F&, State> stepper(f, y, times, options);
    return plain::solve_by(stepper, y, times, as_solve_options(options), asked_nordsieck, at);
}

// The curve along all steps, and its rate (ode/dense_solution.hpp): s(t), s.rate(t), s.t, s.z.
template <class F, PlainState Range>
DenseSolution<std::vector<plain::Kept<Range>>> solve_nordsieck_dense(F&& f, const Range& y0, const Times& times,
                                                                     const NordsieckOptions& options = {},
                                                                     Where at = {}) {
    const plain::Kept<Range> y = plain::kept(y0);
    Nordsieck<F&, plain::Kept<Range>> stepper(f, y, times, options);
    stepper.watch(options.on_step);
    return plain::take_all(stepper, y, times, as_solve_options(options), stepper.degree(), true, at, asked_nordsieck);
}

}  // namespace costate::ode
