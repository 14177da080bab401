// solve_to with a field in Vars.
// expect: a plain field is void(double t, std::span<const T> y, std::span<T> dydt)
#include <array>

#include "costate.hpp"

void mistake(std::array<double, 1>& y, std::array<double, 20>& work) {
    costate::ode::solve_to([](costate::Var, costate::Var z) { return z; }, std::span(y), work, {0, 1});
}
