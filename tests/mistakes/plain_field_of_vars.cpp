// A field in Vars, and a z0 of plain numbers.
// expect: a plain field is void(double t, std::span<const T> y, std::span<T> dydt)
#include <array>

#include "costate.hpp"

void mistake() {
    costate::ode::solve([](costate::Var, costate::Var z) { return z; }, std::array{1.0, 0.0}, {0, 1});
}
