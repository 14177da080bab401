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

#include "ode/dense_solution.hpp"      // brings: DenseSolution, Solution, Outcome, Clock, kept, solve_by, is_field
#include "ode/steps/corrector.hpp"     // brings: Corrector, NordsieckArray, Measure
#include "ode/steps/order_choice.hpp"  // brings: OrderChoice

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
    double first_step = 0, max_step = std::numeric_limits<double>::infinity(), min_step = 0;
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
}  // namespace plain

template <class F, class State, class Work = typename plain::NordsieckWork<State>::type>
class Nordsieck {
    static constexpr std::size_t N = SpanOf<State>::extent;
    using T = std::remove_const_t<typename State::value_type>;
    static_assert(plain::is_field<F, T, N>,
                  "a plain field is void(double t, std::span<const T> y, std::span<T> dydt), with T as in y0");
    static constexpr bool is_batch = plain::SolvesItself<std::remove_reference_t<F>, T>;  // checked by whoever made it

public:
    Nordsieck(F f, const State& z, const Times& times, const NordsieckOptions& options = {}, Work work = {})
        : field_{std::forward<F>(f)},
          n_(std::ssize(z)),
          highest_(std::clamp(options.highest(), 1, options.method.most_order)),
          work_(std::move(work)),
          stops_(options.step_t),
          jumps_(options.jump_t),
          complaint_(is_batch ? Complaint() : first_complaint(times, options, n_)),
          clock_(complaint_.option ? 0 : times.front(), complaint_.option ? 0 : times.back(),
                 timing(as_solve_options(options))),
          measure_(as_solve_options(options)),
          p_(options.method.stiff, n_, room_for(options.method), highest_),
          corrector_(field_.for_steps, n_, options.method.stiff, as_solve_options(options), p_.end()),
          choice_(options.method.stiff, highest_) {
        if (complaint_.option) {
            clock_.stop(Status::bad_option);
        } else if (std::ssize(work_) < size_of_work(options.method)) {
            clock_.stop(Status::bad_memory);
        } else {
            std::copy_n(std::data(z), n_, p_.state());
            if (!finite(p_.state())) clock_.stop(Status::bad_start);
        }
    }
    Nordsieck(const Nordsieck&) = delete;
    Nordsieck& operator=(const Nordsieck&) = delete;

    void watch(const StepObserver& watcher) { watcher_ = watcher ? &watcher : nullptr; }  // it must outlive the steps

    bool step() {
        while (status() == Status::ok && attempt())
            if (clock_.kept()) return true;
        return false;
    }

    const Interval& interval() const { return clock_.step(); }
    Status status() const { return clock_.status(); }
    double t() const { return clock_.kept() ? clock_.step().end : clock_.t(); }
    double h() const { return t() - clock_.t(); }
    int order() const { return p_.order(); }
    double largest_error() const { return clock_.largest_error(); }  // of all attempts
    std::span<const T, N> z() const { return view(clock_.kept() ? p_.next() : p_.state()); }

    std::span<const T, N> at(double theta) {  // there until the next call
        p_.evaluate(theta, corrector_.trial());
        return view(corrector_.trial());
    }
    bool at_time(double t, T* out) {
        if (t == this->t())
            std::copy_n(z().data(), n_, out);
        else
            p_.evaluate((t - clock_.step().t) / clock_.step().h, out);
        return finite(out) || clock_.stop(Status::not_finite);
    }
    // All of it: y(t + θh) = y(t) + h Σ_p θ^p q_p. q: [degree(), n]
    int degree() const { return highest_; }
    bool polynomial(T* q) {
        p_.polynomial(q, highest_);
        return finite(z().data()) || clock_.stop(Status::not_finite);
    }
    void cut(double theta) {  // for good: at(θ) is asked before
        if (theta == 1) return;
        p_.cut(theta);
        choice_.stay(p_.order());
        clock_.cut(clock_.step().t + theta * clock_.step().h);
    }
    void reset(std::span<const T, N> z) {
        std::copy_n(z.data(), n_, clock_.kept() ? p_.next() : p_.state());
        knows_past_ = false;
        clock_.forget();
    }
    void continue_to(double t) {
        if (status() != Status::ok) return;
        settle();
        if (std::isfinite(t)) return clock_.aim(t);
        complaint_ = {"continue_to", t, "a finite time"};
        clock_.stop(Status::bad_option);
    }

    Outcome outcome() {
        Outcome o = outcome_of(clock_);
        o.complaint = complaint_;
        if (o.status != Status::ok && o.status != Status::bad_memory) o.tell(p_.state(), n_);
        o.statistics.floor_acted = measure_.floor_acted();
        corrector_.report(o.statistics);
        if (o.status == Status::bad_start)
            o.blame(finite(p_.state()) ? corrector_.rate() : p_.state(), n_, static_cast<const T*>(nullptr));
        if (o.status == Status::not_finite) o.blame(corrector_.trial(), n_, p_.rate(), p_.unit());
        if (o.status == Status::step_underflow && solved_) o.blame(scaled_error(), n_, p_.rate(), p_.unit());
        return o;
    }

private:
    Timing timing(const SolveOptions& options) const {
        Timing timing = timing_of(options);
        timing.stops = &stops_;
        timing.jumps = &jumps_;
        timing.as_float = is_batch && sizeof(T) == sizeof(float);
        return timing;
    }
    std::span<const T, N> view(const T* x) const { return std::span<const T, N>(x, static_cast<std::size_t>(n_)); }
    Index size_of_work(const MultistepFamily& family) const {
        return nordsieck_size(is_batch ? adams : family, highest_, n_);
    }
    T* room_for(const MultistepFamily& family) {
        if constexpr (requires { work_.resize(1); }) work_.resize(static_cast<std::size_t>(size_of_work(family)));
        return work_.data();
    }
    bool finite(const T* x) const { return plain::are_finite(n_, x); }
    const T* scaled_error() {  // as the norm sees it, for whoever asks which is worst
        for (Index i = 0; i < n_; ++i) {
            const double scale = measure_.scale_of(i, p_.state()[i], p_.next()[i]);
            corrector_.trial()[i] = static_cast<T>(p_.error_by_change() * double(corrector_.e()[i]) / scale);
        }
        return corrector_.trial();
    }

    void settle() {
        const double end = clock_.step().end;
        if (!clock_.settle()) return;
        p_.hand_on(end, choice_.order());
        corrector_.hand_on();
    }
    bool begin() {  // at order 1
        const double t = clock_.first();
        corrector_.evaluate(t, p_.state());
        if (!finite(corrector_.rate())) return clock_.stop(Status::bad_start);
        p_.begin(clock_.t(), corrector_.rate());
        corrector_.forget();
        knows_past_ = true;
        choice_.begin();
        if (!clock_.wants_first_step()) return true;
        const T *y = p_.state(), *rate = p_.rate();
        const double d0 = measure_.norm(n_, y, y, y), d1 = measure_.norm(n_, rate, y, y), h0 = clock_.guess(d0, d1);
        T *ahead = corrector_.trial(), *change = corrector_.rate();
        for (Index i = 0; i < n_; ++i) ahead[i] = y[i] + static_cast<T>(clock_.direction() * h0) * rate[i];
        corrector_.evaluate(clock_.ahead(h0), ahead);
        for (Index i = 0; i < n_; ++i) change[i] -= rate[i];
        clock_.choose(h0, d1, measure_.norm(n_, change, y, y) / h0);
        return true;
    }

    bool attempt() {
        settle();
        if (clock_.arrived()) return false;
        if (clock_.forgets() || choice_.has_failed()) knows_past_ = false;
        if (!knows_past_ && !begin()) return false;
        if (!clock_.next()) return false;
        const Interval& s = clock_.step();
        p_.predict(s);
        solved_ = corrector_.solve(s, p_, measure_) || corrector_.will_do(clock_.is_shortest());
        double error = HUGE_VAL;
        if (solved_) {
            p_.correct(corrector_.e());
            error = p_.error_by_change() * measure_.norm(n_, corrector_.e(), p_.state(), p_.next());
        }
        const bool kept = clock_.judge(error, [&](bool good) {
            return good ? choice_.choose(error, p_, measure_, n_, corrector_.trial())
                        : choice_.shorten(error, p_.order());
        });
        if (!kept && status() != Status::ok)
            return solved_ || !corrector_.has_jacobian() || clock_.stop(Status::not_converged);
        if (watcher_) (*watcher_)({s.t, s.h, error, kept});
        return true;
    }

    using Field = std::conditional_t<is_batch, plain::KeptBatch<F>, plain::KeptField<T, N, F>>;

    Field field_;
    const Index n_;
    const int highest_;
    Work work_;
    const TimeSet stops_, jumps_;
    Complaint complaint_;
    Clock clock_;
    plain::Measure<T> measure_;
    plain::NordsieckArray<T> p_;
    plain::Corrector<T, N, typename Field::ForSteps> corrector_;
    plain::OrderChoice choice_;
    const StepObserver* watcher_ = nullptr;
    bool knows_past_ = false, solved_ = false;  // the attempt's equation
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
