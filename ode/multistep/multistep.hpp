// ode/multistep/multistep.hpp — equal steps that make use of the steps before: Adams–Bashforth, and Adams–Bashforth–Moulton
//   y_{n+1} = y_n + h Σ_{j<k} b_j f_{n−j}                                    adams_bashforth1..5             multistep (1)
//   ŷ = y_n + h Σ_{j<k} b_j f_{n−j},   f̂ = f(t_{n+1}, ŷ)                     adams_bashforth_moulton1..5: predict, evaluate,
//   y_{n+1} = y_n + h ( m_0 f̂ + Σ_{0<j<k} m_j f_{n+1−j} )                    correct, evaluate               multistep (2)
// of order k, for one evaluation a step and for two. b and m are integrals of the polynomials that are 1 at one place and 0 at
// the others, here to the last bit while compiling:
//   b_j = ∫_0^1 Π_{i≠j} (x + i)/(i − j) dx,   i = 0 ... k−1                  m_j: the same of places 1 − j           (a)
//   const auto s = ode::solve_multistep(f, y0, {0, 10}, {.method = ode::adams_bashforth_moulton4, .step = 0.01});
// with f: void(double t, std::span<const T> y, std::span<T> dydt), as in ode/plain.hpp; or in Vars,
//   ode::solve_multistep(tape, field, z0, times, options)                    field: Var(Var t, Var z), as in ode/solve.hpp
// which records every step, so that its gradient is that of the discrete solution, of every order, and a Program may run it.
// Steps are equal from each time to the next. The first k − 1, and those behind a change of their length, are dopri5's.
// why      By equal steps, so that the formula is a row of numbers. Steps that are chosen: ode/multistep/nordsieck.hpp.
// shapes   y, f: [n], or in Vars of any shape; the states at the times: a list of y's, or [T, ...z0]
// memory   Of numbers, 13 n beside the state; a step allocates nothing. In Vars, everything that is recorded.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §III.1
// see      ode/multistep.md · tests/ode/multistep_test.cpp
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "ode/plain.hpp"  // brings: Solution, Clock, Outcome, Observations, Kept, is_field, dopri5
#include "ode/solve.hpp"  // brings: FieldRef, Tape, Operand, Var

namespace costate::ode {

struct AdamsMethod {
    static constexpr int most = 5;
    const char* name;
    const char* source;
    int order;
    bool corrects;
    Number b[most], m[most];  // m_0 belongs to f̂
};

// Σ of weights times the values of f at `first`, first − 1, ... is the integral over [0, 1] of the polynomial through them.
constexpr void integrate_between(int first, int places, Number (&weights)[AdamsMethod::most]) {
    for (int j = 0; j < places; ++j) {  // (a), in whole numbers: 60 is a multiple of 1 ... 5
        long c[AdamsMethod::most] = {1}, below = 60, sum = 0;
        for (int i = 0, degree = 0; i < places; ++i) {
            if (i == j) continue;
            for (int p = ++degree; p > 0; --p) c[p] = c[p - 1] - (first - i) * c[p];
            c[0] *= -(first - i);
            below *= i - j;
        }
        for (int p = 0; p < places; ++p) sum += c[p] * (60 / (p + 1));
        weights[j] = static_cast<Number>(sum) / static_cast<Number>(below);
    }
}
constexpr AdamsMethod adams_method(const char* name, int order, bool corrects) {
    const char* source = corrects ? "Moulton 1926: Adams's implicit formulas" : "Bashforth & Adams 1883";
    AdamsMethod method{name, source, order, corrects, {}, {}};
    integrate_between(0, order, method.b);
    if (corrects) integrate_between(1, order, method.m);
    return method;
}

inline constexpr AdamsMethod adams_bashforth1 = adams_method("adams_bashforth1", 1, false);
inline constexpr AdamsMethod adams_bashforth2 = adams_method("adams_bashforth2", 2, false);
inline constexpr AdamsMethod adams_bashforth3 = adams_method("adams_bashforth3", 3, false);
inline constexpr AdamsMethod adams_bashforth4 = adams_method("adams_bashforth4", 4, false);
inline constexpr AdamsMethod adams_bashforth5 = adams_method("adams_bashforth5", 5, false);
inline constexpr AdamsMethod adams_bashforth_moulton1 = adams_method("adams_bashforth_moulton1", 1, true);
inline constexpr AdamsMethod adams_bashforth_moulton2 = adams_method("adams_bashforth_moulton2", 2, true);
inline constexpr AdamsMethod adams_bashforth_moulton3 = adams_method("adams_bashforth_moulton3", 3, true);
inline constexpr AdamsMethod adams_bashforth_moulton4 = adams_method("adams_bashforth_moulton4", 4, true);
inline constexpr AdamsMethod adams_bashforth_moulton5 = adams_method("adams_bashforth_moulton5", 5, true);
inline constexpr AdamsMethod all_adams_methods[] = {
    adams_bashforth1,         adams_bashforth2,         adams_bashforth3,         adams_bashforth4,
    adams_bashforth5,         adams_bashforth_moulton1, adams_bashforth_moulton2, adams_bashforth_moulton3,
    adams_bashforth_moulton4, adams_bashforth_moulton5};

struct MultistepOptions {
    AdamsMethod method = adams_bashforth_moulton4;
    Number step = 0;  // equal steps of at most this length from each time to the next; it must be given
};

namespace multistep {

inline constexpr int places = AdamsMethod::most + 7;  // of rates: f's last ones, in a ring, and the stages of a start

struct Term {  // of a sum
    int place;
    Number factor;
};

// What a step does, to numbers and to Vars:  x.evaluate(p, t)   rate p is f of the state that was formed last
//                                            x.form(terms)      the last state that was kept, plus a sum of rates
template <class X>
class Steps {
public:
    Steps(X& x, const AdamsMethod& method, Number rounding) : x_(x), m_(method), rounding_(rounding) {}

    void take(const Interval& s) {
        if (std::abs(s.h - h_) > rounding_) known_ = 0;
        h_ = s.h;
        newest_ = (newest_ + 1) % AdamsMethod::most;
        x_.evaluate(newest_, s.first);
        known_ = std::min(known_ + 1, AdamsMethod::most);
        known_ < m_.order ? start(s) : go_on(s);
    }

private:
    int past(int j) const { return (newest_ + AdamsMethod::most - j) % AdamsMethod::most; }  // where f_{n−j} is

    void go_on(const Interval& s) {
        std::array<Term, AdamsMethod::most> terms;
        const std::span sum(terms.data(), static_cast<std::size_t>(m_.order));
        int j = 0;
        for (Term& term : sum) term = {past(j), s.h * m_.b[j]}, ++j;
        x_.form(sum);  // multistep (1)
        if (!m_.corrects) return;
        x_.evaluate(AdamsMethod::most, s.final);
        j = 0;
        for (Term& term : sum) term = {j == 0 ? AdamsMethod::most : past(j - 1), s.h * m_.m[j]}, ++j;
        x_.form(sum);  // multistep (2)
    }
    void start(const Interval& s) {  // by a step of dopri5
        constexpr const Method& m = dopri5;
        for (int i = 1; i <= m.last; ++i) {  // the last stage's state is that at the step's end
            std::array<Term, places> terms;
            std::size_t count = 0;
            for (int j = 0; j < i; ++j)
                if (const Number a = m.a[i * m.dense_stages + j]; a != 0) terms[count++] = {stage(j), s.h * a};
            x_.form(std::span(terms.data(), count));
            if (i < m.last) x_.evaluate(stage(i), s.at(m.c[i]));
        }
    }
    int stage(int i) const { return i == 0 ? newest_ : AdamsMethod::most + i; }

    X& x_;
    const AdamsMethod& m_;
    const Number rounding_;       // of a step, as the difference of two times
    Number h_ = 0;                // of the step before
    int known_ = 0, newest_ = 0;  // rates so far apart; the place of the last one
};

void require(const Times& times, const MultistepOptions& options, Where at);
SolveOptions as_solve_options(const MultistepOptions& options);

// observe(i) at times[i]; x.is_finite(): what was formed;  x.keep(): it is the state from now on
template <class X, class Observe>
Outcome walk(X& x, const Times& times, const MultistepOptions& multistep_options, Observe&& observe) {
    const SolveOptions options = as_solve_options(multistep_options);
    Timing timing = timing_of(options);
    timing.observed = ListOfTimes::of(times);
    Clock clock(times.front(), times.back(), timing);
    const Number latest = std::max(std::abs(times.front()), std::abs(times.back()));
    Steps<X> steps(x, multistep_options.method, smallest_step(latest, 0));
    Observations seen(times, times.size());
    for (std::size_t i = 0; i < seen.begin(); ++i) observe(i);
    while (clock.next()) {
        steps.take(clock.step());
        if (!clock.judge(x.is_finite() ? 0 : HUGE_VAL)) break;
        x.keep();
        seen.enter(clock.step());
        clock.settle();
        for (std::size_t i = seen.begin(); i < seen.end(); ++i) observe(i);
        seen.leave();
    }
    return outcome_of(clock);
}

template <class T, std::size_t N, class F>
class Numbers {
public:
    Numbers(F& f, std::span<T, N> y) : f_(f), y_(y), formed_(y.begin(), y.end()), rates_(y.size() * places) {}
    long evaluations() const { return evaluations_; }

    void evaluate(int place, Number t) {
        f_(t, std::span<const T, N>(formed_.data(), y_.size()), std::span<T, N>(rate(place), y_.size()));
        ++evaluations_;
    }
    void form(std::span<const Term> sum) {
        std::ranges::copy(y_, formed_.begin());
        for (const Term& term : sum) {
            const T factor = static_cast<T>(term.factor), *k = rate(term.place);
            for (std::size_t i = 0; i < y_.size(); ++i) formed_[i] += factor * k[i];
        }
    }
    bool is_finite() const { return plain::are_finite(std::ssize(formed_), formed_.data()); }
    void keep() { std::ranges::copy(formed_, y_.begin()); }

private:
    T* rate(int place) { return rates_.data() + y_.size() * static_cast<std::size_t>(place); }

    F& f_;
    std::span<T, N> y_;
    std::vector<T> formed_, rates_;
    long evaluations_ = 0;
};

}  // namespace multistep

template <NoTape F, PlainState Range>
Solution<std::vector<plain::Kept<Range>>> solve_multistep(F&& f, const Range& y0, const Times& times,
                                                          const MultistepOptions& options, Where at = {}) {
    using State = plain::Kept<Range>;
    using T = typename State::value_type;
    constexpr std::size_t N = SpanOf<Range>::extent;
    static_assert(plain::is_field<F, T, N>,
                  "a plain field is void(double t, std::span<const T> y, std::span<T> dydt), with T as in y0");
    multistep::require(times, options, at);
    State y = plain::kept(y0);
    std::vector<State> z(times.size(), y);
    multistep::Numbers<T, N, std::remove_reference_t<F>> x(f, std::span<T, N>(y.data(), y.size()));
    Outcome outcome = multistep::walk(x, times, options, [&](std::size_t i) { z[i] = y; });
    outcome.statistics.evaluations = x.evaluations();
    outcome.tell(y.data(), std::ssize(y));
    if (outcome.status != Status::ok)
        fail(at, to_failure("solve_multistep", outcome, multistep::as_solve_options(options)));
    return Solution(std::move(z), outcome.statistics);
}

inline namespace COSTATE_PRECISION {
Solution<Var> solve_multistep(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                              const MultistepOptions& options, Where at = {});
}

}  // namespace costate::ode
