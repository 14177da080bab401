// ode/methods/reversible_heun.hpp — a method whose steps can be taken backwards, to rounding
//   ẑ⁺ = 2z − ẑ + h k         k⁺ = f(t + h, ẑ⁺)         z⁺ = z + h/2 (k + k⁺)         e = h/2 (k⁺ − k)              (a)
//   p(θ) = z + h ((θ − θ²/2) k + θ²/2 k⁺)               the cubic through both ends and both slopes, here a parabola
// It carries a pair: z, and ẑ beside it, at which f is asked; ẑ_0 = z_0. So it is no Runge–Kutta table, but it is written as
// one whose stage 1 starts from 2z − ẑ, the mirror image of ẑ in z, and whose b makes z⁺ of the rates that were found there.
// (a) with −h for h leads from (z⁺, ẑ⁺, k⁺) to (z, ẑ, k). One evaluation for a step of order 2, as k⁺ is the next step's k.
// stability  weak: z' = λz stays bounded where hλ lies on the imaginary axis up to ±i, and for no other hλ. Where a solution
//            decays, ẑ − z grows beside it as fast. So it is for oscillations and short solves.
// restarts   Where f jumps, and after a reset, ẑ = z anew.
// source     Kidger, Foster, Li & Lyons 2021, "Efficient and accurate gradients for neural SDEs", algorithms 1 and 2
// see        ode/steps/walk.hpp (form_next) · ode/gradients/reversible.cpp (backwards) · tests/ode/reversible_test.cpp
#pragma once
#include "ode/method.hpp"  // brings: Method, MethodNumbers

namespace costate::ode {

struct ReversibleHeun {
    static void pull_pair(const Pull& p);  // ode/gradients/reversible.cpp
    static constexpr Number c[] = {0, 1}, a[] = {0, 0, 1, 0}, b[] = {1. / 2, 1. / 2}, error[] = {-1. / 2, 1. / 2};
    static constexpr Number dense[] = {1, -1. / 2, 0, 1. / 2};
    static constexpr MethodNumbers numbers{.name = "reversible_heun",
                                           .source = "Kidger, Foster, Li & Lyons 2021",
                                           .order = 2,
                                           .embedded_order = 1,
                                           .dense_order = 2,
                                           .stages = 2,
                                           .last = 1,
                                           .dense_stages = 2,
                                           .fsal = true,
                                           .c = c,
                                           .a = a,
                                           .b = b,
                                           .error = error,
                                           .second_error = nullptr,
                                           .dense = dense,
                                           .degree = 2,
                                           .pair = Pair::states,
                                           .pull_pair = pull_pair};
};
inline constexpr Method reversible_heun = ReversibleHeun::numbers;

template <class T>  // a number or a Var: what h k is added to
T mirrored(const T& z, const T& z_hat) {
    return 2 * z - z_hat;
}

}  // namespace costate::ode
