// tests/ode/linearly_implicit_euler.hpp — the simplest Rosenbrock table, of one stage and without an estimate of its error
#pragma once
#include "ode/tables/rosenbrock.hpp"  // brings: Rosenbrock

namespace costate::test {

inline constexpr ode::Rosenbrock<1> linearly_implicit_euler{.name = "linearly_implicit_euler",
                                                            .source = "ode/partly.md",
                                                            .order = 1,
                                                            .embedded_order = 0,
                                                            .dense_order = 1,
                                                            .gamma = 1,
                                                            .a = {},
                                                            .c = {},
                                                            .m = {1},
                                                            .error = {},
                                                            .d = {},
                                                            .d_dash = {},
                                                            .alpha = {0},
                                                            .gammas = {1}};

}  // namespace costate::test
