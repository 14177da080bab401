// Times that are floats.
// expect: times are a list {t0, t1} of doubles
#include <vector>

#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Var z0, const std::vector<float>& times) { costate::ode::solve(law, z0, times); }
