// ode/methods.cpp — every table is checked here, once and while compiling
// Their rooted trees take a compiler a moment: not one for each file that solves something.
#include "ode/methods.hpp"

static_assert(costate::ode::AllTables::check(), "a table misses an order condition: a coefficient is mistyped");
