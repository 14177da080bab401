// ode/times.hpp — when a solution is wanted: the list of times that every solve takes
//   {0, 1}      {0, T} with T a Var or a Parameter      a vector, an array, a span of double      a Tensor or a View [T]
//   a Var [T]
// With rows = ode::independent each row of a batch may have a list of its own:
//   a Tensor, a View or a Var [B,T]      a vector of vectors of double: a shorter one is continued by its last time
// The first is when z0 holds; the last is where the solve ends. They go in one direction, up or down, and may repeat.
// Numbers are doubles, also where Real is float. A Var or a Parameter in the list makes a Var of it: a gradient by the
// times is there then, and all of them are Reals.
// lifetime  A list in braces, and any that is a temporary, is kept in the Times; of others it is a view, which is an argument
//           and not to be kept. Up to eight times in braces are kept without an allocation.
#pragma once
#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "autodiff/tape/var.hpp"  // brings: Var, View, Tensor
#include "ode/short_list.hpp"     // brings: ListOfNumbers

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
    ListOfNumbers<List> || std::is_convertible_v<const List&, View> || std::is_same_v<List, Var> ||
    std::is_same_v<List, Times> || std::is_same_v<List, std::vector<std::vector<Number>>>;

class Times {
public:
    struct Entry {  // of a list in braces
        Entry() = default;
        template <class N>
        requires std::is_arithmetic_v<N> Entry(N t) : number(static_cast<Number>(t)), is_number(true) {}
        Entry(Var t) : var(t), join(joined) {}
        Entry(const Parameter& t) : parameter(&t), join(joined) {}

        Number number = 0;
        Var var = {};
        const Parameter* parameter = nullptr;
        bool is_number = false;
        Var (*join)(Tape&, const Times&,
                    Where) = nullptr;  // of all in one list, linked where there is a Var among them
    };

    Times(std::initializer_list<Entry> list) { keep(list); }
    template <ListOfNumbers List>
    Times(List&& list) {
        const std::span<const Number> numbers(std::as_const(list));
        if constexpr (std::is_lvalue_reference_v<List> || std::ranges::enable_borrowed_range<std::remove_cv_t<List>>)
            refer_to(numbers);
        else
            keep(numbers);
    }
    Times(View list, Where at = {});  // of rank 1, or 2: a list for each row
    Times(const Tensor& list, Where at = {}) : Times(list.view(), at) {}
    Times(Tensor&& list, Where at = {}) : Times(list.view(), at) {
        const std::size_t count = count_;
        keep(list.entries());
        count_ = count;
    }
    Times(Var list, Where at = {});  // of rank 1 or 2, with two times or more
    Times(const std::vector<std::vector<Number>>& lists, Where at = {});
    template <class Other>
    requires(!are_times<Other>) Times(const Other&) {
        static_assert(
            are_times<Other>,
            "times are a list {t0, t1} of doubles: when z0 holds, when the solve ends, and what is to be seen "
            "between; or a std::vector<double> (of costate::Number, where that is a float), a Tensor, a Var");
    }

    std::size_t size() const { return count_; }        // of one list
    std::size_t rows() const { return rows_; }         // that have a list of their own; 0: one for all
    bool are_numbers() const;                          // no Var, no Parameter
    std::vector<Number> numbers(Where at = {}) const;  // of such a list, a copy
    Number operator[](std::size_t i) const {           // of numbers; those of row r begin at r size()
        return numbers_ ? numbers_[i] : reals_ ? static_cast<Number>(reals_[i]) : entries()[i].number;
    }
    Number front() const { return (*this)[0]; }
    Number back() const { return (*this)[count_ - 1]; }

    Var var() const { return var_; }          // the list as one Var, or a zero Var
    Var on(Tape& tape, Where at) const;       // a list that holds a Var or a Parameter, as one Var [T]
    std::span<const Entry> entries() const {  // of a list that is kept
        return many_.empty() ? std::span(few_.data(), kept_) : std::span<const Entry>(many_);
    }

private:
    static Var joined(Tape& tape, const Times& times, Where at);  // ode/solve/solve.cpp
    void take_shape(const Shape& shape, const char* what, Index least, Where at);
    void refer_to(std::span<const Number> list) {
        numbers_ = list.data();
        count_ = list.size();
    }
    template <class List>
    void keep(const List& list) {
        reals_ = nullptr;
        count_ = kept_ = list.size();
        if (kept_ <= few_.size())
            std::copy(list.begin(), list.end(), few_.begin());
        else
            many_.assign(list.begin(), list.end());
    }

    const Number* numbers_ = nullptr;  // somebody else's list, or reals_, or what is kept in few_ or many_, or var_
    const Real* reals_ = nullptr;
    std::array<Entry, 8> few_;
    std::vector<Entry> many_;
    std::size_t count_ = 0, kept_ = 0, rows_ = 0;
    Var var_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
