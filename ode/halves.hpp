// ode/halves.hpp — a field of numbers in two parts, f = f_s + f_n, for an additive method: {stiff, rest} of fields in Vars
//   auto law = ode::halves(stiff, rest);            solve(law, y0, {0, 1}, {.method = ode::kencarp4_imex})
// stiff and rest are fields of numbers, void(double t, std::span<const double> y, std::span<double> dy), and so is law, their
// sum: every other method takes it as that. stiff may have jacobian(t, y, J), which an additive method's equations then take;
// others find that of the sum by differences.
// memory   a rate beside the sum's: where y's size is not known while compiling, on the heap at the first call
// see      ode/tables/additive.hpp (who asks for the halves) · ode/field.hpp (of Vars)
#pragma once
#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/real.hpp"  // brings: Number

namespace costate::ode {

template <class Stiff, class Rest, class T = double>
class Halves {
public:
    Halves(Stiff first, Rest second) : stiff_(std::move(first)), rest_(std::move(second)) {}

    template <std::size_t N>
    void operator()(Number t, std::span<const T, N> y, std::span<T, N> dy) {
        stiff(t, y, dy);
        if constexpr (N == std::dynamic_extent) {
            list_.resize(y.size());
            add(t, y, dy, std::span<T>(list_));
        } else {
            std::array<T, N> rate;
            add(t, y, dy, std::span<T, N>(rate));
        }
    }
    template <std::size_t N>
    void stiff(Number t, std::span<const T, N> y, std::span<T, N> dy) {
        stiff_(t, y, dy);
    }
    template <std::size_t N>
    void rest(Number t, std::span<const T, N> y, std::span<T, N> dy) {
        rest_(t, y, dy);
    }
    void jacobian(Number t, std::span<const T> y, std::span<T> J) requires requires(Stiff s) { s.jacobian(t, y, J); }
    { stiff_.jacobian(t, y, J); }

private:
    template <std::size_t N>
    void add(Number t, std::span<const T, N> y, std::span<T, N> dy, std::span<T, N> rate) {
        rest_(t, y, rate);
        for (std::size_t j = 0; j < y.size(); ++j) dy[j] += rate[j];
    }

    Stiff stiff_;
    Rest rest_;
    std::vector<T> list_;
};

template <class T = double, class Stiff, class Rest>
Halves<std::decay_t<Stiff>, std::decay_t<Rest>, T> halves(Stiff&& stiff, Rest&& rest) {
    return {std::forward<Stiff>(stiff), std::forward<Rest>(rest)};
}

}  // namespace costate::ode
