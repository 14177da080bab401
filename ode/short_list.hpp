// ode/short_list.hpp — a few numbers as a value: what an option that is a list is kept in
//   .jump_t = {0.5, 0.501}      .atol = {1e-6, 1e-9}      or a std::vector<double>, a std::array, a span: copied
// Lists compare by their numbers, so that options do. Up to four, on a small machine one, are kept without an
// allocation; more of them are shared by the copies of a list, so that only making one asks for memory.
#pragma once
#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "core/real.hpp"   // brings: Number
#include "core/small.hpp"  // brings: small_machine

namespace costate::ode {

template <class List>  // a std::vector, a std::array, a span, a C array; or a reference to one
concept ListOfNumbers = requires(const std::remove_reference_t<List>& list) {
    std::span<const Number>(list);
};

class ShortList {
public:
    ShortList() = default;
    ShortList(std::initializer_list<Number> list) { keep({list.begin(), list.size()}); }
    template <ListOfNumbers List>
    ShortList(const List& list) {
        keep(std::span<const Number>(list));
    }

    std::span<const Number> numbers() const {
        return many_ ? std::span<const Number>(*many_) : std::span(few_.data(), kept_);
    }
    bool empty() const { return kept_ == 0; }
    friend bool operator==(const ShortList& x, const ShortList& y) {
        const std::span<const Number> a = x.numbers(), b = y.numbers();
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

protected:
    std::span<Number> edit() {
        return many_ ? std::span(*many_) : std::span(few_.data(), kept_);
    }  // before there are copies

private:
    void keep(std::span<const Number> list) {
        kept_ = list.size();
        if (kept_ <= few_.size())
            std::copy(list.begin(), list.end(), few_.begin());
        else
            many_ = std::make_shared<std::vector<Number>>(list.begin(), list.end());
    }

    std::array<Number, small_machine ? 1 : 4> few_{};
    std::shared_ptr<std::vector<Number>> many_;
    std::size_t kept_ = 0;
};

struct NoNumbers {  // in the place of a list, where nobody has a use for one
    std::span<const Number> numbers() const { return {}; }
    bool empty() const { return true; }
    bool operator==(const NoNumbers&) const = default;
};
using MassNumbers = std::conditional_t<small_machine, NoNumbers, ShortList>;  // of a mass matrix: ode/steps/mass.hpp

}  // namespace costate::ode
