// ode/tolerance.hpp — how large an error may be, and how the errors of a state's components become one number
//   scale_i = max(atol_i + rtol_i m_i, 2ε m_i, smallest normal)        m_i = max(|z_i|, |z⁺_i|)
//   err     = norm(e_1/scale_1, ..., e_n/scale_n)                                                    ode (4)
//   .rtol = 1e-8      .atol = {1e-9, 1e-12}      .norm = ode::max_norm
// A list has an entry for each component: of a plain state's n numbers; of a tensor, of its last axis or of its last few. An
// error may also be measured by a function of yours, which is asked with finite errors only:
//   .norm = [](const ode::ScaledErrors& e) { return std::max(std::abs(e[0]), std::abs(e[1])); }      of z's entries, in order
// source   root mean square: Hairer, Nørsett & Wanner I, 2nd ed., §II.4. The floors are ours: below 2ε m an error is rounding.
#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>

#include "core/scale.hpp"      // brings: larger_size, is_floor, error_scale, Index
#include "ode/short_list.hpp"  // brings: ShortList

namespace costate::ode {

class Tolerance {
public:
    Tolerance(Number for_all) : all_(for_all) {}
    Tolerance(std::initializer_list<Number> each) : Tolerance(ShortList(each)) {}
    template <ListOfNumbers List>
    Tolerance(const List& each) : Tolerance(ShortList(each)) {}

    bool is_one() const { return each_.empty(); }
    std::span<const Number> each() const { return each_.numbers(); }
    Number of(Index i) const { return is_one() ? all_ : each()[static_cast<std::size_t>(i) % each().size()]; }
    operator Number() const { return all_; }  // of a list, the smallest
    bool is_empty() const { return all_ == of_no_list; }

    template <std::same_as<Tolerance> Other>
    friend bool operator==(const Tolerance& x, const Other& y) {
        return x.all_ == y.all_ && x.each_ == y.each_;
    }

private:
    Tolerance(const ShortList& each)
        : all_(each.empty() ? of_no_list : *std::ranges::min_element(each.numbers())), each_(each) {}
    static constexpr Number of_no_list = -HUGE_VAL;  // a list without an entry, which is refused

    Number all_;
    ShortList each_;
};

std::string to_text(const Tolerance& tolerance);  // "1e-06", "{1e-06, 1e-09}"

// The largest error that is kept of a component that goes from z to z⁺: its scale.
template <class T>
Number tolerated(T z, T next, Number rtol, Number atol, bool& floor_acted) {
    const Number m = larger_size(z, next);
    floor_acted |= is_floor<T>(m, rtol, atol);
    return error_scale<T>(m, rtol, atol);
}
// Of component i, at rest at z: the solve's unit for it.
template <class T>
Number unit_of(T z, Index i, const Tolerance& rtol, const Tolerance& atol) {
    bool floor_acted = false;
    return tolerated(z, z, rtol.of(i), atol.of(i), floor_acted);
}
// An error in units of it; not finite when z⁺ is not: 0 · ∞ and 0 · nan are not numbers.
template <class T>
Number error_over_scale(T error, T z, T next, Number rtol, Number atol, bool& floor_acted) {
    return Number(error) / tolerated(z, next, rtol, atol, floor_acted) + 0 * Number(next);
}

class ScaledErrors {  // e_i/scale_i, each made when it is asked for
public:
    template <class Of>
    ScaledErrors(Index size, const Of& of)
        : size_(size), of_(&of), call_([](const void* f, Index i) { return (*static_cast<const Of*>(f))(i); }) {}
    Index size() const { return size_; }
    Number operator[](Index i) const { return call_(of_, i); }

private:
    Index size_;
    const void* of_;
    Number (*call_)(const void*, Index);
};

inline Number rms_of(const ScaledErrors& e) {
    Number sum = 0;
    for (Index i = 0; i < e.size(); ++i) sum += e[i] * e[i];
    return e.size() > 0 ? std::sqrt(sum / static_cast<Number>(e.size())) : 0;
}
inline Number max_of(const ScaledErrors& e) {
    Number most = 0;
    for (Index i = 0; i < e.size(); ++i) most = std::max(most, std::abs(e[i]));
    return most;
}

struct Norm {
    using Function = Number (*)(const ScaledErrors&);
    Function of = rms_of;

    constexpr Norm() = default;
    template <std::convertible_to<Function> F>
    constexpr Norm(const F& f) : of(f) {}
    // Or no number, where an error is none; infinite, where the function's answer is none or below 0.
    Number finite(const ScaledErrors& e) const {
        Number zero = 0;
        for (Index i = 0; i < e.size(); ++i) zero += 0 * e[i];
        if (zero != 0) return zero;
        const Number size = of(e);
        return size >= 0 ? size : HUGE_VAL;
    }
    // Of n components, over(first, end): a norm of the user's is one of a state, so the largest of each by itself.
    template <class Over>
    Number of_components(std::size_t n, Over&& over) const;
    template <class Over>
    Number largest_of_components(std::size_t n, Over&& over) const {
        Number largest = 0;
        for (std::size_t c = 0; c < n; ++c) {
            const Number one = over(c, c + 1);
            largest = one <= largest ? largest : one;
        }
        return largest;
    }
    bool operator==(const Norm&) const = default;
};
inline constexpr Norm rms_norm{}, max_norm{max_of};

template <class Over>
Number Norm::of_components(std::size_t n, Over&& over) const {
    return *this == rms_norm || *this == max_norm ? over(0, n) : largest_of_components(n, over);
}

}  // namespace costate::ode
