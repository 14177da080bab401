// ode/methods/asynchronous_leapfrog.hpp — a step over a rate that is carried along, and that leads back to rounding
//   x = z + h/2 v      u = f(t + h/2, x)      z⁺ = z + h u      v⁺ = 2u − v             e = h (u − v)                   (a)
//   p(θ) = z + h ((θ − θ²) v + θ² u)          the parabola through both ends, with the slopes v and v⁺ there
// It carries a pair: z, and a rate v beside it; v_0 = f(t_0, z_0). That is the midpoint rule whose first stage is not asked
// for: so it is written as that table, and k of its stage `last` is 2u − v, the mirror image of v in u. v is dz/dt up to
// O(h²), with a sign that alternates. (a) with −h for h leads from (z⁺, v⁺) to (z, v):   x = z⁺ − h/2 v⁺,  v = 2u − v⁺,
// z = z⁺ − h u. One evaluation for a step of order 2.
// stability  weak, as a leapfrog's: z' = λz stays bounded where hλ lies on the imaginary axis up to ±i, and for no other hλ.
//            Where a solution decays, v − dz/dt grows beside it as fast. So it is for oscillations and short solves.
// restarts   Where f jumps, and after a reset, v = f(t, z) anew.
// source     Mutze 2013, "An asynchronous leap-frog method"; Zhuang, Dvornek, Tatikonda & Duncan 2021, "MALI: a memory
//            efficient and reverse accurate integrator for neural ODEs", algorithms 2 and 3 (undamped)
// see        ode/gradients/asynchronous.cpp (backwards) · ode/methods/reversible_heun.hpp · tests/ode/asynchronous_test.cpp,
//            tests/ode/reversible_test.cpp
#pragma once
#include "ode/method.hpp"  // brings: Method, MethodNumbers, Pair

namespace costate::ode {

struct AsynchronousLeapfrog {
    static void pull_pair(const Pull& p);  // ode/gradients/asynchronous.cpp
    static constexpr Number c[] = {0, 1. / 2, 1}, a[] = {0, 0, 0, 1. / 2, 0, 0, 0, 1, 0};
    static constexpr Number b[] = {0, 1, 0}, error[] = {-1, 1, 0}, dense[] = {1, -1, 0, 1, 0, 0};
    static constexpr MethodNumbers numbers{.name = "asynchronous_leapfrog",
                                           .source = "Mutze 2013; Zhuang, Dvornek, Tatikonda & Duncan 2021",
                                           .order = 2,
                                           .embedded_order = 1,
                                           .dense_order = 2,
                                           .stages = 3,
                                           .last = 2,
                                           .dense_stages = 3,
                                           .fsal = true,
                                           .c = c,
                                           .a = a,
                                           .b = b,
                                           .error = error,
                                           .second_error = nullptr,
                                           .dense = dense,
                                           .degree = 2,
                                           .pair = Pair::rate,
                                           .pull_pair = pull_pair};
};
inline constexpr Method asynchronous_leapfrog = AsynchronousLeapfrog::numbers;

}  // namespace costate::ode
