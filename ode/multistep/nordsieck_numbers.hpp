// ode/multistep/nordsieck_numbers.hpp — a list of numbers with its past, and a step that makes use of it (internal to ode/)
//   p_n is predicted from p_{n−1}, e the root of the step's equation, and p_n + e Λ the next p:      multistep (4), (5)
// where the polynomial is ode/steps/nordsieck_array.hpp's, the equation ode/steps/corrector.hpp's, and the next order and
// length ode/steps/order_choice.hpp's. The loop (ode/steps/loop.hpp) knows it as it knows every state; a start is of order 1.
// shapes   as in those; memory: nordsieck_size(family, most_order, n) numbers of the caller's
// see      ode/multistep/nordsieck.hpp (who asks)
#pragma once
#include <algorithm>
#include <cmath>
#include <span>

#include "ode/steps/corrector.hpp"     // brings: Corrector, NordsieckArray, Measure
#include "ode/steps/loop.hpp"          // brings: Loop, Clock, Interval
#include "ode/steps/order_choice.hpp"  // brings: OrderChoice
#include "ode/steps/outcome.hpp"       // brings: Outcome

namespace costate::ode::plain {

template <class T, std::size_t N, class F>
class NordsieckNumbers {
public:
    NordsieckNumbers(F& f, Index n, bool stiff, int highest, T* work, const SolveOptions& options)
        : n_(n),
          highest_(highest),
          measure_(options),
          p_(stiff, n, work, highest),
          corrector_(f, n, stiff, options, p_.end()),
          choice_(stiff, highest) {}

    bool begin(const T* z, Number t) {
        t_ = t;
        std::copy_n(z, n_, p_.state());
        return finite(p_.state());
    }
    Index n() const { return n_; }
    int degree() const { return highest_; }
    int order() const { return p_.order(); }
    T* state() const { return p_.state(); }
    T* next() const { return p_.next(); }
    T* trial() { return corrector_.trial(); }
    bool finite(const T* x) const { return are_finite(n_, x); }

    // A start.
    bool awaits_start() const { return !knows_past_ || choice_.has_failed(); }
    void forget_first() { knows_past_ = false; }
    bool consistent() const { return true; }  // there is no mass matrix
    bool evaluate_first(Number t, Number) {
        if (!awaits_start()) return true;
        corrector_.evaluate(t, p_.state());
        if (!finite(corrector_.rate())) return false;
        p_.begin(t_, corrector_.rate());
        corrector_.forget();
        choice_.begin();
        return knows_past_ = true;
    }
    Number size() { return norm(p_.state(), p_.state()); }
    Number rate_size() { return norm(p_.rate(), p_.state()); }
    Number euler(Number h, Number t) {
        T *ahead = corrector_.trial(), *change = corrector_.rate();
        for (Index i = 0; i < n_; ++i) ahead[i] = p_.state()[i] + static_cast<T>(h) * p_.rate()[i];
        corrector_.evaluate(t, ahead);
        for (Index i = 0; i < n_; ++i) change[i] -= p_.rate()[i];
        return norm(change, p_.state());
    }

    // A step: how large is its error? is_shortest: it is kept, whatever that is.
    Number take(const Interval& s, bool is_shortest) {
        p_.predict(s);
        end_ = s.end;
        solved_ = corrector_.solve(s, p_, measure_) || corrector_.will_do(is_shortest);
        if (!solved_) return HUGE_VAL;
        p_.correct(corrector_.e());
        return p_.error_by_change() * norm(corrector_.e(), p_.next());
    }
    Number factor(bool kept, Number error) {  // the next one's length by this one's
        return kept ? choice_.choose(error, p_, measure_, n_, corrector_.trial()) : choice_.shorten(error, p_.order());
    }
    bool converged() const { return solved_ || !corrector_.has_jacobian(); }
    void reject() {}
    void hand_on(bool) {
        t_ = end_;
        p_.hand_on(t_, choice_.order());
        corrector_.hand_on();
    }

    // Within it.
    void interpolate(const Interval&, Number theta, T* out) const { p_.evaluate(theta, out); }
    void polynomial(T* q) const { p_.polynomial(q, highest_); }
    void cut(const Interval& s, Number theta) {
        p_.cut(theta);
        choice_.stay(p_.order());
        end_ = s.t + theta * s.h;
    }

    void report(Statistics& s) const {
        s.floor_acted = measure_.floor_acted();
        corrector_.report(s);
    }
    void explain(Outcome& o, const T* culprit) {
        if (o.status == Status::ok || o.status == Status::bad_option || o.status == Status::bad_memory) return;
        o.tell(p_.state(), n_);
        if (o.status == Status::bad_start)
            o.blame(finite(p_.state()) ? corrector_.rate() : p_.state(), n_, static_cast<const T*>(nullptr));
        if (o.status == Status::not_finite) o.blame(culprit ? culprit : trial(), n_, p_.rate(), p_.unit());
        if (o.status == Status::step_underflow && solved_) o.blame(scaled_error(), n_, p_.rate(), p_.unit());
    }

private:
    Number norm(const T* x, const T* next) { return measure_.norm(n_, x, p_.state(), next); }
    const T* scaled_error() {  // as the norm sees it
        for (Index i = 0; i < n_; ++i) {
            const Number scale = measure_.scale_of(i, p_.state()[i], p_.next()[i]);
            trial()[i] = static_cast<T>(p_.error_by_change() * Number(corrector_.e()[i]) / scale);
        }
        return trial();
    }

    const Index n_;
    const int highest_;
    Measure<T> measure_;
    NordsieckArray<T> p_;
    Corrector<T, N, F> corrector_;
    OrderChoice choice_;
    Number t_ = 0, end_ = 0;                    // of the state, of the step
    bool knows_past_ = false, solved_ = false;  // the step's equation
};

template <class X>
class NordsieckWalk : public Loop<X> {
    using Loop<X>::x_, Loop<X>::clock_;

public:
    NordsieckWalk(X& x, Clock& clock) : Loop<X>(x, clock) {}

    bool attempt() {
        return Loop<X>::attempt(
            [this](const Interval& s) { return x_.take(s, clock_.is_shortest()); },
            [this](Number error) { return clock_.judge(error, [&](bool kept) { return x_.factor(kept, error); }); });
    }
    void make_dense() {}  // its polynomial is there
};

}  // namespace costate::ode::plain
