// ode/methods/stage_behind.hpp — additive pairs and Rosenbrock's tables as methods: their state at the end is no stage's
// Each has one stage more than its table, f(t + h, z⁺), behind all that b and the error read: the next step's first.
// A table of one's own: .method = method_of<my_pair>().
// see      ode/tables/additive.hpp · ode/tables/rosenbrock.hpp
#pragma once
#include "ode/method.hpp"             // brings: Method, MethodFrom, make_row_additive, make_row_rosenbrock
#include "ode/tables/additive.hpp"    // brings: AdditivePair, additive_holds
#include "ode/tables/rosenbrock.hpp"  // brings: Rosenbrock, rosenbrock_holds

namespace costate::ode {

template <class Arrays>
constexpr MethodNumbers with_stage_behind(const char* name, const char* source, int order, int embedded_order,
                                          int dense_order, const Arrays& m) {
    constexpr int last = Arrays::all - 1;
    MethodNumbers numbers{.name = name,
                          .source = source,
                          .order = order,
                          .embedded_order = embedded_order,
                          .dense_order = dense_order,
                          .stages = last,
                          .last = last,
                          .dense_stages = Arrays::all,
                          .fsal = false,
                          .c = m.c,
                          .a = m.a,
                          .b = m.b,
                          .error = embedded_order > 0 ? m.error : nullptr,
                          .second_error = nullptr,
                          .dense = m.dense,
                          .degree = 3};
    numbers.coupled = 1;
    return numbers;
}

template <const auto& table>
inline constexpr RosenbrockArrays<table.stages, Number> rosenbrock_arrays{table};

template <const auto& table, int S>
struct MethodFrom<table, Rosenbrock<S>> {
    static constexpr Method make() {
        constexpr auto& m = rosenbrock_arrays<table>;
        MethodNumbers numbers =
            with_stage_behind(table.name, table.source, table.order, table.embedded_order, table.dense_order, m);
        numbers.second_error = table.embedded_order > 0 ? m.second_error : nullptr;
        numbers.gamma = m.gamma;
        numbers.gammas = m.gammas;
        numbers.stiffly_accurate = is_stiffly_accurate(RosenbrockArrays<S>(table));
        numbers.solver = make_row_rosenbrock;
        return numbers;
    }

    static constexpr bool check() {
        static_assert(rosenbrock_holds(table), "the table misses an order condition: a coefficient is mistyped");
        return true;
    }
};

template <const auto& pair>
inline constexpr AdditiveArrays<pair.stages, Number> additive_arrays{pair};

template <const auto& pair, int S>
struct MethodFrom<pair, AdditivePair<S>> {
    static constexpr Method make() {
        constexpr auto& m = additive_arrays<pair>;
        constexpr auto& half = pair.implicit;
        MethodNumbers numbers =
            with_stage_behind(pair.name, half.source, half.order, half.embedded_order, pair.dense_order, m);
        numbers.difference = m.difference;
        numbers.solver = make_row_additive;
        return numbers;
    }

    static constexpr bool check() {
        static_assert(additive_holds(pair), "the pair misses an order condition: a coefficient is mistyped");
        return true;
    }
};

}  // namespace costate::ode
