// ode/times.hpp — when a solution is wanted: the list of times that every solve takes
//   {0, 1}      {0, T} with T a Var or a Parameter      a vector, an array, a span of double      a Tensor or a View [T]
//   a Var [T]
// The first is when z0 holds; the last is where the solve ends. They go in one direction, up or down, and may repeat.
// Numbers are doubles, also where Real is float. A Var or a Parameter in the list makes a Var of it: a gradient by the
// times is there then, and all of them are Reals.
// lifetime  A Times looks at what it was made of, as a View does: it is an argument, not to be kept.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <vector>

#include "autodiff/var.hpp"  // brings: Var, View, Tensor

namespace costate {
inline namespace COSTATE_PRECISION {
class Parameter;
}
}  // namespace costate

namespace costate::ode {
inline namespace COSTATE_PRECISION {

class Times;
template <class List>
inline constexpr bool are_times =
    std::is_convertible_v<const List&, std::span<const double>> || std::is_convertible_v<const List&, View> ||
    std::is_same_v<List, Var> || std::is_same_v<List, Times>;

class Times {
public:
    struct Entry {  // of a list in braces
        template <class Number>
        requires std::is_arithmetic_v<Number> Entry(Number t) : number(static_cast<double>(t)), is_number(true) {}
        Entry(Var t) : var(t) {}
        Entry(const Parameter& t) : parameter(&t) {}

        double number = 0;
        Var var = {};
        const Parameter* parameter = nullptr;
        bool is_number = false;
    };

    Times(std::initializer_list<Entry> list) : entries_(list), count_(list.size()) {}
    template <class List>
    requires std::convertible_to<const List&, std::span<const double>> Times(const List& list)
        : Times(nullptr, std::span<const double>(list)) {}
    Times(View list, Where at = {});  // of rank 1
    Times(const Tensor& list, Where at = {}) : Times(list.view(), at) {}
    Times(Var list, Where at = {});  // of rank 1, with two entries or more
    template <class Other>
    requires(!are_times<Other>) Times(const Other&) {
        static_assert(
            are_times<Other>,
            "times are a list {t0, t1} of doubles: when z0 holds, when the solve ends, and what is to be seen "
            "between; or a std::vector<double>, a Tensor, a Var");
    }

    std::size_t size() const { return count_; }
    bool are_numbers() const;                          // no Var, no Parameter
    std::vector<double> numbers(Where at = {}) const;  // of such a list, a copy
    double operator[](std::size_t i) const {           // of numbers
        return numbers_ ? numbers_[i] : reals_ ? static_cast<double>(reals_[i]) : entries_.begin()[i].number;
    }
    double front() const { return (*this)[0]; }
    double back() const { return (*this)[count_ - 1]; }

    Var var() const { return var_; }  // the list as one Var, or a zero Var
    std::span<const Entry> entries() const { return entries_; }

private:
    Times(std::nullptr_t, std::span<const double> list) : numbers_(list.data()), count_(list.size()) {}

    const double* numbers_ = nullptr;
    const Real* reals_ = nullptr;
    std::initializer_list<Entry> entries_;
    std::size_t count_ = 0;
    Var var_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
