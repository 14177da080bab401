// ode/method.hpp — what a solver reads: a tableau as a plain value
// A Method is made from a tableau while compiling: the same numbers, rows behind one another, with two things added.
//   error   b − b̂, so that the error estimate is a single sum and never a difference of two nearly equal states;
//           b − b̃ where there is a second one, and then the two make one, of order 2p̂ − p̃ (that is, O(h^{2p̂ − p̃ + 1})):
//             err = e² / sqrt(e² + (ẽ/10)²)              e, ẽ: the norms of both in units of the tolerance       (a)
//           An implicit method's second one, of what lies between (ode/tables/implicit.hpp), counts by itself:
//             err = max(e, ẽ)                                                                                    (b)
//   dense   where the tableau's falls behind its order, or there is none, one by interpolation (ode/tables/dense_output.hpp)
// Dense output reads f(t_{n+1}, y_{n+1}), the stage `last`. A method that does not compute it (rk4) gets it as one more: it is
// the next step's first, so it costs a solve one evaluation in all.
// shapes   c, b, error: [dense_stages]; a: [dense_stages, dense_stages]; dense: [dense_stages, degree]
//          Stepping needs the first `stages` of them only, and `last`: b and error are 0 for all others.
// source   (a): Hairer, Nørsett & Wanner I, 2nd ed., §II.10, as in their dop853
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>  // brings: std::remove_cvref_t

#include "core/real.hpp"                // brings: COSTATE_PRECISION
#include "ode/named.hpp"                // brings: Name, Where
#include "ode/tables/decoupling.hpp"    // brings: Decoupling
#include "ode/tables/dense_output.hpp"  // brings: with_dense_output, Tableau and its checks

namespace costate::ode {

inline namespace COSTATE_PRECISION {
struct Pull;        // ode/gradients/pull.hpp
class StageSolver;  // ode/batch/stage_solver.hpp
struct TileErrors;  // ode/batch/tiles.hpp
extern const TileErrors tile_errors;
std::unique_ptr<StageSolver> make_row_equations();
std::unique_ptr<StageSolver> make_row_rosenbrock();
std::unique_ptr<StageSolver> make_row_additive();
}
struct StepChoice;  // ode/step_control.hpp
extern const StepChoice step_choice;

inline constexpr int most_stages = 21;  // of any method, dense output included: what a solver keeps room for

// What a method carries from step to step beside z: a second state, at which f is asked (ode/methods/reversible_heun.hpp), or a
// rate that is no f(t, z) (ode/methods/asynchronous_leapfrog.hpp).
enum class Pair : std::uint8_t { none, states, rate };

struct MethodNumbers {  // what is made while compiling
    const char* name;
    const char* source;
    int order;
    int embedded_order;  // the error estimate is O(h^{embedded_order + 1}); 0: there is none, fixed steps only
    int dense_order;     // y(t + θh) is right up to O(h^{dense_order + 1})
    int stages;          // of a step
    int last;            // the stage that is f(t_{n+1}, y_{n+1})
    int dense_stages;    // of a step that is looked into: those behind `last` are for that alone
    bool fsal;           // `last` is one of `stages`
    const Number* c;
    const Number* a;  // a_ij = a[i * dense_stages + j]
    const Number* b;
    const Number* error;         // b − b̂; null if there is no b̂
    const Number* second_error;  // b − b̃; null if there is no b̃
    const Number* dense;         // b_i(θ) = Σ_{p=1..degree} dense[i * degree + p - 1] θ^p
    int degree;
    const StepChoice* choice = error ? &step_choice : nullptr;  // linked where an error is estimated: who chooses,
    const TileErrors* errors = error ? &tile_errors : nullptr;  // and how large errors are in a batch
    Pair pair = Pair::none;
    void (*pull_pair)(const Pull&) = nullptr;  // of a pair: its exact gradient, which is linked with it
    // Stages that are equations (ode/steps/newton.hpp): none, 1: each by itself, or 1 ... coupled at once
    int coupled = 0;
    const Decoupling* decoupling = nullptr;              // of coupled ones with one J; null: they stay one system
    std::unique_ptr<StageSolver> (*solver)() = nullptr;  // who solves them in a batch, linked with them
    // Of a Rosenbrock method, whose equations are linear: γ_ij, laid out as a_ij, and γ_i (ode/tables/rosenbrock.hpp)
    const Number* gamma = nullptr;
    const Number* gammas = nullptr;
    bool stiffly_accurate = false;
    // Of an additive method: â_ij − a_ij, laid out as a_ij (ode/tables/additive.hpp)
    const Number* difference = nullptr;

    bool operator==(const MethodNumbers&) const = default;

    constexpr bool adaptive() const { return error != nullptr; }
    constexpr bool paired() const { return pair != Pair::none; }
    // A small machine has explicit methods of one state, or two, and links nothing of the others.
    constexpr bool carries_rate() const { return !small_machine && pair == Pair::rate; }
    // Of a carried rate: k_last = 2 k_{last−1} − k_0, for which f is not asked.
    constexpr bool mirrors(int i) const { return carries_rate() && i == last; }
    constexpr bool implicit() const { return !small_machine && coupled > 0; }
    constexpr bool is_linear() const { return implicit() && gamma != nullptr; }
    // Does dense output leave and arrive with the field's slopes? A Rosenbrock or additive method's does not.
    constexpr bool has_slopes() const { return gamma == nullptr && difference == nullptr; }
    constexpr bool is_additive() const { return implicit() && difference != nullptr; }
    constexpr bool is_equation(int i) const {
        return implicit() && (coupled > 1 ? i > 0 && i <= coupled : a[i * dense_stages + i] != 0);
    }
    // What is formed with stage i ends there; and is a stage formed with one before it?
    constexpr int end_of_block(int i) const { return implicit() && coupled > 1 && i == 1 ? coupled + 1 : i + 1; }
    constexpr int start_of_block(int i) const { return implicit() && coupled > 1 && i > 1 && i <= coupled ? 1 : i; }
    // May M z' = f have a singular M? Where nothing of a step is made of k_0, and its last rate is an equation's; or of a
    // Rosenbrock method, where y⁺ solves what the last stage does.
    constexpr bool takes_mass() const {
        if (is_linear()) return stiffly_accurate;
        if (!fsal || !is_equation(last) || is_additive()) return false;
        for (int i = 0; i < dense_stages; ++i)
            if (a[i * dense_stages] != 0) return false;
        return b[0] == 0;
    }
    constexpr bool looks_ahead() const {  // is f asked beyond the step's end? By kvaerno4 and kvaerno5
        for (int i = 0; i < stages; ++i)
            if (c[i] > 1) return true;
        return false;
    }
    constexpr int explicit_stages(int first, int end) const {  // at how many of these f is asked, but for equations
        int count = end - first - (first <= last && last < end && mirrors(last));
        for (int i = first; implicit() && i < end; ++i) count -= is_equation(i);
        return count;
    }

    // Of a step transposed, the stages whose rates have cotangents: an explicit last one has none, but where the step is
    // looked into.
    constexpr int swept_stages(bool looked_into) const {
        return looked_into ? dense_stages : stages - (fsal && !is_equation(last));
    }

    // d^m b_i / dθ^m
    constexpr Number weight(int i, Number theta, int derivative = 0) const {
        Number sum = 0;
        for (int p = degree; p >= 1 && p >= derivative; --p) {
            Number term = dense[i * degree + p - 1];
            for (int q = p; q > p - derivative; --q) term *= q;
            sum = sum * theta + term;
        }
        return derivative == 0 ? sum * theta : sum;
    }
    constexpr std::array<Number, most_stages> weights(Number theta) const {
        std::array<Number, most_stages> all{};
        for (int i = 0; i < dense_stages; ++i) all[static_cast<std::size_t>(i)] = weight(i, theta);
        return all;
    }
};

struct Method : MethodNumbers {
    constexpr Method(const MethodNumbers& numbers) : MethodNumbers(numbers) {}
    template <Name Text>
    Method(const Text& text, Where at = {}) : Method(named(text, at)) {}

    static const Method& named(std::string_view name, Where at);  // there is none: an error that lists them

    // The same numbers at the same place. Names are compared by their letters: two files may hold one literal twice.
    friend constexpr bool operator==(const Method& x, const Method& y) {
        MethodNumbers other = y;
        other.name = x.name, other.source = x.source;
        return std::string_view(x.name) == y.name && static_cast<const MethodNumbers&>(x) == other;
    }
};

// (a) or (b), from e and ẽ
inline Number joint_error(const MethodNumbers& m, Number e, Number second) {
    if (m.implicit()) return second <= e || std::isnan(e) ? e : second;
    const Number share = second / (10 * e);
    return second == 0 ? e : e / std::sqrt(1 + share * share);
}

template <int S, int D>
struct MethodArrays {
    Number c[S], a[S * S], b[S], error[S], second_error[S], dense[S * D];

    constexpr explicit MethodArrays(const Tableau<S, D>& table) : c{}, a{}, b{}, error{}, second_error{}, dense{} {
        for (int i = 0; i < S; ++i) {
            c[i] = table.rows[i].c;
            for (int j = 0; j < S; ++j) a[i * S + j] = table.rows[i].a[j];
            b[i] = table.b[i];
            error[i] = table.b[i] - table.b_hat[i];
            second_error[i] = table.b[i] - table.b_tilde[i];
            for (int p = 0; p < D; ++p) dense[i * D + p] = table.dense[i][p];
        }
    }
};

template <const auto& table>
inline constexpr MethodArrays arrays_of{with_dense_output<table>};

template <const auto& table>
inline constexpr Decoupling decoupling_for = decoupling_of(table);

// The method that is made of a table, and what the table has to fulfil: one such pair for each kind of tables, of others in
// ode/methods/stage_behind.hpp. They stand apart, as those of the library are checked once (ode/methods.cpp).
template <const auto& table, class Kind = std::remove_cvref_t<decltype(table)>>
struct MethodFrom;

template <const auto& table, int S, int D>
struct MethodFrom<table, Tableau<S, D>> {
    static constexpr Method make() {
        constexpr auto& complete = with_dense_output<table>;
        static_assert(complete.stages <= most_stages && complete.degree <= most_stages, "make room: most_stages");
        constexpr auto& arrays = arrays_of<table>;
        MethodNumbers m{table.name,
                        table.source,
                        table.order,
                        table.tilde_order > 0 && coupled_of(table) == 0 ? 2 * table.embedded_order - table.tilde_order
                        : table.embedded_order < table.order            ? table.embedded_order
                                                                        : table.order,
                        complete.dense_order,
                        stages_of(table),
                        last_of(complete),
                        complete.stages,
                        first_same_as_last(table),
                        arrays.c,
                        arrays.a,
                        arrays.b,
                        table.embedded_order > 0 ? arrays.error : nullptr,
                        table.tilde_order > 0 ? arrays.second_error : nullptr,
                        arrays.dense,
                        complete.degree};
        m.coupled = coupled_of(table);
        if (m.coupled > 0) m.solver = make_row_equations;
        if constexpr (coupled_of(table) > 1)
            if (decoupling_for<table>.stages > 0) m.decoupling = &decoupling_for<table>;
        return m;
    }

    static constexpr bool check() {
        static_assert(first_is_explicit(table),
                      "a table's first stage is explicit, f(t, y): give an implicit method one that b does not read");
        static_assert(
            consistent(table),
            "every row of A must sum to c, b and b_hat to 1; A is explicit, or has a diagonal, or one block from the "
            "second stage on with explicit ones behind it");
        static_assert(order_conditions_hold(table),
                      "b, b_hat or b_tilde misses an order condition: a coefficient is mistyped");
        static_assert(table.dense_order == 0 || dense_output_holds(table),
                      "the table's dense output misses its order, its end or a slope");
        static_assert(dense_output_holds(with_dense_output<table>),
                      "the dense output misses its order, its end or a slope");
        return true;
    }
};

// .method = method_of<my_table>()     of a Tableau, an AdditivePair or a Rosenbrock
template <const auto& table>
constexpr Method method_of() {
    static_assert(MethodFrom<table>::check());
    return MethodFrom<table>::make();
}

}  // namespace costate::ode
