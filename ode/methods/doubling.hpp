// ode/methods/doubling.hpp — an error estimate for a method that has none: the same way in two steps of half the length
//   y₁ = y + h Σ b_i k_i, by one step         y₂ by two steps of h/2         both of order p
//   ŷ  = y₂          y⁺ = y₂ + (y₂ − y₁) / (2^p − 1)          e = y⁺ − ŷ                                        (a)
// Both err by a multiple of h^{p+1}, y₁ by 2^p times as much as y₂: so (a) takes that term away and goes on with order p + 1
// (local extrapolation), and e is the term itself. The three steps are one tableau, whose stages are those of the first half,
// those of the second, and those of the whole but its first, which it shares: 3s − 1 in all, where rk4 alone takes 4.
//   .method = ode::doubled<ode::rk4_classic>
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.4, "Richardson extrapolation"
// why      Every interface and every gradient has it for nothing: a solver sees a table as any other. A pair with an estimate
//          of its own (bosh3, dopri5) costs less.
#pragma once
#include <array>
#include <string_view>

#include "ode/method.hpp"  // brings: Method, method_of, Tableau

namespace costate::ode {

template <const Method& method>
struct Doubling {
    static_assert(!method.adaptive(), "this method has an error estimate of its own");
    static constexpr int s = method.stages;

    static constexpr auto name = [] {  // doubled<rk4_classic>
        constexpr std::string_view before = "doubled<", inner = method.name;
        std::array<char, before.size() + inner.size() + 2> text{};
        std::size_t i = 0;
        for (const char c : before) text[i++] = c;
        for (const char c : inner) text[i++] = c;
        text[i] = '>';
        return text;
    }();

    static constexpr Tableau<3 * s - 1> table = [] {
        Tableau<3 * s - 1> made{.name = name.data(),
                                .source = method.source,
                                .order = method.order + 1,
                                .embedded_order = method.order,
                                .rows = {},
                                .b = {}};
        const Number weight = 1. / ((1 << method.order) - 1);
        for (int i = 0; i < s; ++i) {
            const auto whole = [](int stage) { return stage == 0 ? 0 : 2 * s - 1 + stage; };
            auto &first = made.rows[i], &second = made.rows[s + i], &once = made.rows[whole(i)];
            first.c = method.c[i] / 2;
            second.c = (1 + method.c[i]) / 2;
            once.c = method.c[i];
            for (int j = 0; j < s; ++j) {
                const Number a = method.a[i * method.dense_stages + j];
                first.a[j] = second.a[s + j] = a / 2;
                second.a[j] = method.b[j] / 2;
                if (i > 0) once.a[whole(j)] = a;
            }
            made.b_hat[i] += method.b[i] / 2;
            made.b_hat[s + i] += method.b[i] / 2;
            made.b[whole(i)] -= weight * method.b[i];
        }
        for (int i = 0; i < 3 * s - 1; ++i) made.b[i] += (1 + weight) * made.b_hat[i];
        return made;
    }();
};

template <const Method& method>
inline constexpr Method doubled = method_of<Doubling<method>::table>();

}  // namespace costate::ode
