// An option of another library.
// expect: .method, .rtol
// at most: 9
#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Var z0) { costate::ode::solve(law, z0, {0, 1}, {.tolerance = 1e-6}); }
