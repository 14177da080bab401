// ode/steps/any_field.hpp — a field of numbers, as its steps ask it (internal to ode/)
//   f(t, y, dy)            and, of a field that has them,
//   f.jacobian(t, y, J)    J: [n, n], row after row; of halves, the stiff one's      f.time_rate(t, y, dy)    ∂f/∂t
//   f.reads(i, j)          does f_i read y_j? (colours.hpp)      f.stiff(t, y, dy), f.rest(t, y, dy)    halves, f = f_s + f_n
// Where n is known while compiling a step is straight code, and f a part of it: ThisField. Where it is not, a step has loops
// beside which a call by a pointer is nothing: AnyField, so that the steps of every such field are compiled once.
// see      ode/steps/numbers.hpp, ode/steps/equations.hpp, ode/steps/corrector.hpp (who ask) · ode/stepper.cpp (the once)
#pragma once
#include <concepts>
#include <span>
#include <type_traits>

#include "core/real.hpp"  // brings: Index

namespace costate::ode::plain {

template <class F, class T, std::size_t N>
inline constexpr bool is_field = std::is_invocable_v<F&, Number, std::span<const T, N>, std::span<T, N>>;

template <class T, std::size_t N, class F>
class ThisField {
public:
    using Input = std::span<const T, N>;
    using Rate = std::span<T, N>;

    explicit ThisField(F& f) : f_(f) {}

    void operator()(Number t, Input y, Rate dy) const {
        if constexpr (is_field<F, T, N>) f_(t, y, dy);  // where it is none, whoever asked has said so
    }

    static constexpr bool gives_jacobian() {
        return requires(F & f, Input y, std::span<T> J) { f.jacobian(0.0, y, J); };
    }
    void jacobian(Number t, Input y, std::span<T> J) const {
        if constexpr (gives_jacobian()) f_.jacobian(t, y, J);
    }
    static constexpr bool gives_time_rate() {
        return requires(F & f, Input y, Rate dy) { f.time_rate(0.0, y, dy); };
    }
    void time_rate(Number t, Input y, Rate dy) const {
        if constexpr (gives_time_rate()) f_.time_rate(t, y, dy);
    }
    static constexpr bool says_who_reads() {
        return requires(const F& f, Index i) {
            { f.reads(i, i) } -> std::convertible_to<bool>;
        };
    }
    bool reads(Index i, Index j) const {
        if constexpr (says_who_reads()) return std::as_const(f_).reads(i, j);
        return true;
    }
    static constexpr bool has_halves() {
        return requires(F & f, Input y, Rate dy) {
            f.stiff(0.0, y, dy);
            f.rest(0.0, y, dy);
        };
    }
    void stiff(Number t, Input y, Rate dy) const {
        if constexpr (has_halves()) f_.stiff(t, y, dy);
    }
    void rest(Number t, Input y, Rate dy) const {
        if constexpr (has_halves()) f_.rest(t, y, dy);
    }

private:
    F& f_;
};

// Of a ThisField that outlives it.
template <class T>
class AnyField {
public:
    using Input = std::span<const T>;
    using Rate = std::span<T>;

    template <class This>
    explicit AnyField(const This& f) : f_(&f), calls_(&calls_of<This>) {}

    void operator()(Number t, Input y, Rate dy) const { calls_->rate(f_, t, y, dy); }
    bool gives_jacobian() const { return calls_->gives_jacobian; }
    void jacobian(Number t, Input y, std::span<T> J) const { calls_->jacobian(f_, t, y, J); }
    bool gives_time_rate() const { return calls_->gives_time_rate; }
    void time_rate(Number t, Input y, Rate dy) const { calls_->time_rate(f_, t, y, dy); }
    bool says_who_reads() const { return calls_->says_who_reads; }
    bool reads(Index i, Index j) const { return calls_->reads(f_, i, j); }
    bool has_halves() const { return calls_->has_halves; }
    void stiff(Number t, Input y, Rate dy) const { calls_->stiff(f_, t, y, dy); }
    void rest(Number t, Input y, Rate dy) const { calls_->rest(f_, t, y, dy); }

private:
    using Call = void(const void* f, Number t, Input y, std::span<T> out);
    struct Calls {
        bool gives_jacobian, gives_time_rate, says_who_reads, has_halves;
        Call *rate, *jacobian, *time_rate, *stiff, *rest;
        bool (*reads)(const void* f, Index i, Index j);
    };
    template <class This>
    static const This& of(const void* f) {
        return *static_cast<const This*>(f);
    }
    template <class This>
    static constexpr Calls calls_of = {
        .gives_jacobian = This::gives_jacobian(),
        .gives_time_rate = This::gives_time_rate(),
        .says_who_reads = This::says_who_reads(),
        .has_halves = This::has_halves(),
        .rate = [](const void* f, Number t, Input y, Rate dy) { of<This>(f)(t, y, dy); },
        .jacobian = [](const void* f, Number t, Input y, std::span<T> J) { of<This>(f).jacobian(t, y, J); },
        .time_rate = [](const void* f, Number t, Input y, Rate dy) { of<This>(f).time_rate(t, y, dy); },
        .stiff = [](const void* f, Number t, Input y, Rate dy) { of<This>(f).stiff(t, y, dy); },
        .rest = [](const void* f, Number t, Input y, Rate dy) { of<This>(f).rest(t, y, dy); },
        .reads = [](const void* f, Index i, Index j) { return of<This>(f).reads(i, j); },
    };

    const void* f_;
    const Calls* calls_;
};

// A field that is kept, or a reference to one, beside what its steps ask. It stays where it is.
template <class T, std::size_t N, class F>
struct KeptField {
    using This = ThisField<T, N, std::remove_reference_t<F>>;
    using ForSteps = const std::conditional_t<N == std::dynamic_extent, AnyField<T>, This>;

    F f;
    const This here{f};
    std::conditional_t<N == std::dynamic_extent, ForSteps, ForSteps&> for_steps{here};
};

}  // namespace costate::ode::plain
