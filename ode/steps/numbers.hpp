// ode/steps/numbers.hpp — the state as a list of numbers, in memory that the caller provides: what a walk does to it
//   k_i = f(t + c_i h, y + h Σ_{j<i} a_ij k_j)        y⁺ = y + h Σ b_i k_i        e = h Σ (b_i − b̂_i) k_i      ode (1)–(3)
// h a_ij is formed in double and rounded once; sums run over j in order, starting from y (as in core/kernels/combine.hpp).
// shapes   y, next, trial: [n]; k: [dense_stages, n]; of a pair also ẑ, ẑ⁺: [n]
// why      Nothing in it allocates or throws. Where n is known while compiling, so is the table of one of unrolled_methods: a
//          step of two numbers is then straight code.
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

#include "core/real.hpp"            // brings: Index
#include "ode/steps/any_field.hpp"  // brings: AnyField, KeptField
#include "ode/steps/direction.hpp"  // brings: stir, turn, Steepness
#include "ode/steps/equations.hpp"  // brings: Equations
#include "ode/steps/measure.hpp"    // brings: Measure
#include "ode/steps/outcome.hpp"    // brings: Outcome
#include "ode/steps/walk.hpp"       // brings: AnyTable, KnownTable, unrolled_methods, Interval

namespace costate::ode {

// The numbers of type T that a plain solve needs beside the state: every stage, the next state and a trial state; and what the
// equations of an implicit method take.
constexpr Index work_without_equations(const Method& method, Index n) {
    return (method.dense_stages + (method.pair == Pair::states ? 4 : 2)) * n;
}
constexpr Index work_size(const Method& method, Index n) {
    return work_without_equations(method, n) + plain::work_for_equations(method.coupled, n) +
           (method.is_additive() ? method.dense_stages * n : 0);
}

namespace plain {

// F: how a field is asked, ode/steps/any_field.hpp
template <class T, std::size_t N, class F>
class Numbers {
public:
    Numbers(F& f, std::span<T, N> y, T* work, const SolveOptions& options)
        : f_(f),
          y_(y),
          method_(options.method),
          measure_(options),
          equations_(f, y, work, work + work_without_equations(options.method, std::ssize(y)), options) {
        k_ = work;
        next_ = k_ + method_.dense_stages * n();
        last_rate_ = rate(method_.last);
        trial_ = next_ + n();
        const bool has_hat = method_.pair == Pair::states;
        asked_ = has_hat ? trial_ + n() : next_;
        hat_ = has_hat ? asked_ + n() : nullptr;
        while (row_ < std::size(unrolled_methods) && !(unrolled_methods[row_] == method_)) ++row_;
    }

    bool begin(const T* y, Number) { return finite(y); }  // it was made with that state
    const Method& method() const { return method_; }
    int degree() const { return method_.degree; }
    Index n() const { return static_cast<Index>(y_.size()); }
    T* state() const { return y_.data(); }
    T* next() const { return next_; }
    T* trial() const { return trial_; }
    T* rate(int i) const { return k_ + i * n(); }

    void begin_attempt(const Interval&) { equations_.begin_attempt(); }
    void reject() {}
    bool converged() const { return equations_.converged(); }
    const T* jacobian() const { return equations_.jacobian(); }  // where a step needed one: [n, n]
    void report(Statistics& s) const {
        s.evaluations = evaluations_ + equations_.evaluations();
        s.floor_acted = measure_.floor_acted();
        equations_.report(s);
    }
    template <class Attempt>
    void each_tile(const Attempt& attempt) {
        if constexpr (N != std::dynamic_extent && unrolls)
            if (with_row<0>(attempt)) return;
        attempt.all(*this, AnyTable{method_});
    }

    void count(int evaluations) { evaluations_ += evaluations; }
    bool awaits_start() const {
        return method_.implicit() && equations_.has_mass() && !knows_first_ && !(method_.is_linear() && has_begun_);
    }
    bool consistent() const { return !inconsistency().found; }
    const Inconsistency& inconsistency() const { return equations_.inconsistency(); }
    void first(Number t, Number reach = 0) {
        if (knows_first_) return;
        if (hat_) std::copy_n(y_.data(), n(), hat_);
        call(t, y_.data(), k_);
        count(1);
        if (awaits_start() && finite(k_)) equations_.find_first_rate(t, reach);
        knows_first_ = has_begun_ = true;
    }
    bool evaluate_first(Number t, Number reach) {
        first(t, reach);
        return finite(k_) && consistent();
    }
    template <class Table, class Stage>
    COSTATE_INLINE void form(const Table& table, Stage i, const Interval& s) {
        if (table.method.pair == Pair::states) return form_hat(s.h);
        if (table.method.implicit()) return form_implicit(i, s);
        combine(i == table.method.last ? next_ : trial_, y_.data(), table.stage(i), s.h);
    }
    template <class Table>
    [[gnu::noinline]] void form_next(const Table&, const Interval& s) {
        combine(next_, y_.data(), Terms{method_.b, method_.stages}, s.h);
    }
    template <class Table, class Stage>
    COSTATE_INLINE void evaluate(const Table& table, Stage i, Number t) {
        if (table.method.implicit() && table.method.is_equation(i)) return;  // known since it was formed
        if (table.method.mirrors(i)) return mirror_rate();
        call(t, i == table.method.last ? asked_ : trial_, rate(i));
    }

    template <class Table>
    void compare_last(const Table&,
                      Apart& apart) {  // the state of the one before the last is still where it was formed
        const int last = method_.last;
        apart.add(k_, rate(last), rate(last - 1), next_, trial_, n(),
                  [this](Index i) { return measure_.unit(i, next_[i]); });
    }
    template <class Table>
    COSTATE_INLINE void finish(const Table& table, const Interval& s, bool chosen) {
        if (!chosen) return;
        if (table.method.implicit() && !converged()) return void(error_ = HUGE_VAL);
        Number second = 0;
        if (table.method.second_error) {
            combine(trial_, nothing, table.second_error(), s.h);
            second = norm(trial_, next_);
        }
        combine(trial_, nothing, table.error(), s.h);
        error_ = joint_error(table.method, norm(trial_, next_), second);
    }
    Number error() const { return error_; }
    bool is_finite() const { return converged() && finite(next_); }

    Number size() { return norm(y_.data(), y_.data()); }
    Number rate_size() { return norm(method_.implicit() ? equations_.start_rate() : k_, y_.data()); }
    Number euler(Number h, Number t) {
        if (equations_.has_mass()) return 0;  // f is not a rate
        const Number one = 1;
        combine(next_, y_.data(), Terms{&one, 1}, h);
        find_change_of_rate(t);
        return norm(trial_, y_.data());
    }

    // Along d, of which a share is drawn anew.
    ahead::Steepness steepness(Number t, T* d, Number share) {
        const auto unit = [this](Index i) { return measure_.unit(i, y_[static_cast<std::size_t>(i)]); };
        ahead::stir(d, n(), share, unit);
        for (Index i = 0; i < n(); ++i) next_[i] = y_[static_cast<std::size_t>(i)] + d[i];
        find_change_of_rate(t);
        ahead::Steepness seen;
        seen.add(d, trial_, n(), unit);
        ahead::turn(d, trial_, seen, n());
        return seen;
    }

    void hand_on(bool with_rate) {
        if (method_.implicit()) equations_.hand_on(with_rate);
        std::copy_n(next_, n(), y_.data());
        if (with_rate) std::copy_n(last_rate_, n(), k_);
        if (hat_) [[unlikely]]
            std::swap(hat_, asked_);
        knows_first_ = with_rate;
    }
    void forget_first() {
        knows_first_ = has_begun_ = false;
        equations_.forget();
    }

    // Within the step, of which walk.make_dense() knows all stages.
    void interpolate(const Interval& s, Number theta, T* out) {
        const auto b = method_.weights(theta);
        combine(out, y_.data(), Terms{b.data(), method_.dense_stages}, s.h);
    }
    // The same as a polynomial in θ: q_p = Σ_i b_ip k_i, where b_i(θ) = Σ_p b_ip θ^p. As Σ_i b_i(θ) = θ, q_1 is k_0
    // (but for a Rosenbrock method's), and the others see differences of the k_i alone: large b_ip (vern6) make little
    // rounding of them.
    void polynomial(T* q) const {
        for (int p = 0; p < method_.degree; ++p)
            for (Index j = 0; j < n(); ++j) {
                std::common_type_t<T, Number> sum = p == 0 ? k_[j] : 0;
                for (int i = 1; i < method_.dense_stages; ++i)
                    sum += method_.dense[i * method_.degree + p] * (k_[i * n() + j] - k_[j]);
                *q++ = static_cast<T>(sum);
            }
    }

    void cut(const Interval& s, Number theta) {
        interpolate(s, theta, trial_);
        std::copy_n(trial_, n(), next_);
    }
    bool finite(const T* x) const { return are_finite(n(), x); }

    void explain(Outcome& o, const T* culprit) {
        if (o.status == Status::ok) return;
        o.tell(state(), n());
        if (o.status == Status::bad_start) o.blame(finite(state()) ? k_ : state(), n(), static_cast<const T*>(nullptr));
        if (o.status == Status::inconsistent) o.tell(inconsistency());
        if (o.status == Status::not_finite) o.blame(culprit ? culprit : next_, n(), k_);
        if (o.status == Status::step_underflow && converged()) o.blame(scaled_error(), n(), k_);
    }

private:
    using State = std::span<T, N>;
    using Input = std::span<const T, N>;

    void find_change_of_rate(Number t) {  // f at `next` − k_0, in `trial`
        call(t, next_, trial_);
        count(1);
        for (Index i = 0; i < n(); ++i) trial_[i] -= k_[i];
    }

    COSTATE_INLINE void call(Number t, const T* y, T* rate) { f_(t, Input(y, y_.size()), State(rate, y_.size())); }

    [[gnu::noinline]] void form_implicit(int i, const Interval& s) {
        if (method_.start_of_block(i) != i) return;
        T* z = i == method_.last ? next_ : trial_;
        const auto form = [&] { combine(z, y_.data(), AnyTable{method_}.stage(i), s.h); };
        form();
        if (method_.is_equation(i))
            equations_.solve(i, s, z, next_, form, [&](const T* x, const T* at) { return norm(x, at); });
    }
    template <std::size_t row, class Attempt>
    bool with_row(const Attempt& attempt) {
        if constexpr (row == std::size(unrolled_methods))
            return false;
        else if (row == row_)
            return attempt.all(*this, KnownTable<row>()), true;
        else
            return with_row<row + 1>(attempt);
    }

    static constexpr struct {
        constexpr T operator[](Index) const { return 0; }
    } nothing{};
    struct Mirror {
        const T *z, *z_hat;
        T operator[](Index i) const { return mirrored(z[i], z_hat[i]); }
    };
    [[gnu::noinline]] void form_hat(Number h) {  // out of the way of all other methods
        combine(asked_, Mirror{y_.data(), hat_}, AnyTable{method_}.stage(method_.last), h);
    }

    [[gnu::noinline]] void mirror_rate() {
        for (Index i = 0; i < n(); ++i) last_rate_[i] = mirrored(last_rate_[i - n()], k_[i]);
    }

    // out_i = y_i + Σ_j (T)(h a_j) k_ji for `width` neighbours from i on, whose sums stay in registers
    template <int width, class Y, class Sum>
    COSTATE_INLINE void combine_block(Index at, T* out, const Y& y, const Sum& terms, Number h) const {
        T sum[width];
        for (int i = 0; i < width; ++i) sum[i] = y[at + i];
        terms.each([&](auto j, Number a) {
            const T c = static_cast<T>(h * a);
            for (int i = 0; i < width; ++i) sum[i] += c * k_[j * n() + at + i];
        });
        for (int i = 0; i < width; ++i) out[at + i] = sum[i];
    }

    template <class Y, class Sum>
    COSTATE_INLINE void combine(T* out, const Y& y, const Sum& terms, Number h) const {
        constexpr int width = N == 0 ? 1 : N < 8 ? static_cast<int>(N) : 8;
        constexpr int rest = N == std::dynamic_extent ? 1 : static_cast<int>(N % width);
        Index i = 0;
        for (; i + width <= n(); i += width) combine_block<width>(i, out, y, terms, h);
        if constexpr (rest > 0)
            for (; i < n(); i += rest) combine_block<rest>(i, out, y, terms, h);
    }

    const T* scaled_error() {  // as the norm sees it
        for (Index i = 0; i < n(); ++i) trial_[i] = static_cast<T>(Number(trial_[i]) / scale_of(i, next_));
        return trial_;
    }
    Number scale_of(Index i, const T* y_new) { return measure_.scale_of(i, y_[static_cast<std::size_t>(i)], y_new[i]); }
    Number norm(const T* e, const T* y_new) { return measure_.norm(n(), e, y_.data(), y_new); }

    F& f_;
    State y_;
    const Method method_;
    Measure<T> measure_;
    Number error_ = 0;  // of the step
    T *k_, *last_rate_, *next_, *trial_;
    Equations<T, N, F> equations_;  // of an implicit method
    T *asked_, *hat_;               // where f is asked at the step's end: next, or ẑ⁺; and ẑ, or null
    std::size_t row_ = 0;           // of unrolled_methods; behind its end: another method
    long evaluations_ = 0;
    bool knows_first_ = false, has_begun_ = false;
};

}  // namespace plain

}  // namespace costate::ode
