// ode/steps/nordsieck_array.hpp — the history of a multistep method as one polynomial about the present, and its order
//   p(t_n + xh) = Σ_{j≤q} z_j x^j,      z_j = h^j p^{(j)}(t_n) / j!                                           multistep (4)
// In this form to predict is to move the origin, to change the step's length to scale z_j by r^j, and to look within a step
// to evaluate p. ode/steps/multistep_formulas.hpp has what a step adds, and what changes with the order.
// shapes   z, next: [q + 1, n]; c, c_before: [n], in memory that the caller provides; times in double
// source   Nordsieck 1962, "On numerical integration of ordinary differential equations"
// see      ode/multistep/nordsieck.hpp (who asks)
#pragma once
#include <algorithm>
#include <utility>

#include "core/real.hpp"                     // brings: Index
#include "ode/steps/interval.hpp"            // brings: Interval
#include "ode/steps/multistep_formulas.hpp"  // brings: MultistepFormulas

namespace costate::ode::plain {

template <class T>
class NordsieckArray {
public:
    static constexpr Index work_size(int most_order, Index n) { return 2 * (most_order + 2) * n; }
    NordsieckArray(bool stiff, Index n, T* work, int most_order)
        : stiff_(stiff),
          n_(n),
          z_(work),
          next_(z_ + (most_order + 1) * n),
          c_(next_ + (most_order + 1) * n),
          c_before_(c_ + n),
          end_(c_before_ + n) {}
    T* end() const { return end_; }  // of its memory

    int order() const { return q_; }
    T* state() const { return z_; }                      // at the step's start,
    const T* rate() const { return z_ + n_; }            // there, times
    Number unit() const { return h_; }                   // , which is 1 behind begin();
    T* next(int j = 0) const { return next_ + j * n_; }  // and z_j at the step's end
    const MultistepPolynomial& correction() const { return correction_; }
    Number leading() const { return correction_.c[1]; }  // Λ'(0) = 1/γ
    Number error_by_change() const { return formulas_.error(q_) / formulas_.change(q_); }

    // Nothing is known but the state, which is in place, and its rate.
    void begin(Number t, const T* rate) {
        q_ = 1;
        same_ = 0;
        h_ = 1;
        std::copy_n(rate, n_, z_ + n_);
        std::fill_n(past_, std::size(past_), t);
    }

    void predict(const Interval& s) {
        Number power = 1;
        for (int j = 0; j <= q_; ++j, power *= s.h / h_)
            for (Index i = 0; i < n_; ++i) next(j)[i] = static_cast<T>(power) * z_[j * n_ + i];
        move_origin(1);
        formulas_.look_back(stiff_, s.end, s.h, past_);
        correction_ = formulas_.correction(q_);
        next_h_ = s.h;
        origin_ = 1;
    }
    void correct(const T* e) {  // next becomes p_n
        const T c = static_cast<T>(1 / formulas_.change(q_));
        for (int j = 0; j <= q_; ++j)
            for (Index i = 0; i < n_; ++i) next(j)[i] += static_cast<T>(correction_.c[j]) * e[i];
        for (Index i = 0; i < n_; ++i) c_[i] = c * e[i];
    }

    // What the errors would have been of a step of one order less or more: factor times the norm of a vector, which for one
    // order more is made in `out`.
    bool knows_neighbours() const { return same_ >= q_; }
    Number lower_error() const { return formulas_.error(q_ - 1); }  // of next(q)
    Number higher_error(T* out) const {
        Number power = 1;
        for (int j = 0; j <= q_; ++j) power *= next_h_ / h_before_;
        const T r = static_cast<T>(power);
        for (Index i = 0; i < n_; ++i) out[i] = c_[i] - r * c_before_[i];
        return formulas_.next_term(q_) * formulas_.error(q_ + 1);
    }

    void hand_on(Number end, int order) {  // the step is kept, and the next one is of this order
        if (order > q_) {
            add(c_, formulas_.unnoticed(q_ + 1), 1);
            std::copy_n(c_, n_, next(q_ + 1));
        } else if (order < q_) {
            add(next(q_), formulas_.unnoticed(q_), -1);
        }
        same_ = order == q_ ? same_ + 1 : 0;
        q_ = order;
        std::swap(z_, next_);
        std::swap(c_, c_before_);
        h_ = h_before_ = next_h_;
        std::copy_backward(past_, std::end(past_) - 1, std::end(past_));
        past_[0] = end;
    }

    void evaluate(Number theta, T* out) const {  // p within the step, as long as it was before a cut
        const T x = static_cast<T>(theta - origin_);
        std::copy_n(next(q_), n_, out);
        for (int j = q_; j-- > 0;)
            for (Index i = 0; i < n_; ++i) out[i] = out[i] * x + next(j)[i];
    }
    // The same as y(t_{n−1} + θh) = y(t_{n−1}) + h Σ_{1≤p≤degree} θ^p q_p
    void polynomial(T* q, int degree) const {
        for (int p = 1; p <= degree; ++p)
            for (Index i = 0; i < n_; ++i) {
                Number sum = 0, factor = 1;  // Σ_{j≥p} (j over p) (−origin)^{j−p} z_j
                for (int j = p; j <= q_; ++j) {
                    sum += factor * Number(next(j)[i]);
                    factor *= -origin_ * Number(j + 1) / (j + 1 - p);
                }
                *q++ = static_cast<T>(sum / next_h_);
            }
    }
    void cut(Number theta) {  // it ends there, and p lives on
        move_origin(theta - origin_);
        origin_ = theta;
        same_ = -1;
    }

private:
    void move_origin(Number x) {  // p(x + ·) in the place of p, by Pascal's triangle
        for (int k = 0; k < q_; ++k)
            for (int j = q_; j-- > k;)
                for (Index i = 0; i < n_; ++i) next(j)[i] += static_cast<T>(x) * next(j + 1)[i];
    }
    void add(const T* v, const MultistepPolynomial& p, Number sign) {  // but for its leading term
        for (int j = 0; j < p.degree; ++j)
            for (Index i = 0; i < n_; ++i) next(j)[i] += static_cast<T>(sign * p.c[j]) * v[i];
    }

    const bool stiff_;
    const Index n_;
    T *z_, *next_, *c_, *c_before_, *end_;
    int q_ = 1, same_ = 0;                             // the order, and how many steps were of it
    Number h_ = 1, next_h_ = 1, h_before_ = 1;         // in units of which z, next and c_before are
    Number origin_ = 1;                                // of next: θ of the step's end
    Number past_[MultistepFormulas::places - 1] = {};  // where steps ended, the last one first
    MultistepFormulas formulas_;
    MultistepPolynomial correction_;
};

}  // namespace costate::ode::plain
