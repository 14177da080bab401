// ode/routes.hpp — the ways to differentiate a solve, each a value of one table
//   .gradient = ode::backsolve   or   .gradient = "backsolve"
//
//   route       what it is                                             right when                     keeps, in n steps
//   direct      every operation of the solver on the tape              to study; fields that read     O(n · operations)
//                                                                      values; short solves
//   discrete    the exact gradient of the discrete solution,           the default: exact for the     O(n) states, and
//   discrete_within(bytes)                                             numbers that were computed     what f computed
//               each step transposed
//   checkpointed(c)                                                    solves too long for that       c states, and n times
//   checkpointed_within(bytes)                                         a budget of memory             unless .steps are equal
//               the same gradient to the bit: states that are
//               not kept are computed again, by the same steps
//   backsolve   the continuous adjoint, z solved backwards too         very long solves of fields     nothing
//                                                                      that can be run backwards
//   interpolating  the continuous adjoint along the forward solution,  as backsolve, where the field  O(n) states and
//               which is kept with its dense output: no drift          contracts                      dense outputs
//   reversible  as discrete, each state found again from the next      long solves by a method that   nothing, where its
//               one                                                    leads back: reversible_heun,   steps are equal
//                                                                      asynchronous_leapfrog
//   forward     the tangents by every parameter and entry of z0,       few parameters, however many  nothing
//               as exact as discrete                                   steps; Jacobians
// A new route is a row here, which says what it goes through, its name in the list rows::All, its constant, and one file that
// defines its pull.
// see      ode/routes.md (which one) · ode/adjoint.md (equations) · ode/gradients/pull.hpp (what a pull is given)
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>  // brings: std::is_same_v
#include <vector>

#include "core/real.hpp"  // brings: COSTATE_PRECISION, small_machine
#include "ode/named.hpp"  // brings: Name, row_named

namespace costate::inline COSTATE_PRECISION {
class Var;
}

namespace costate::ode {

enum class FieldProgram : std::uint8_t { forward, reverse, adjoint, tangent };  // what one computes: ode/field/plan.hpp

template <class Z>
struct Solution;
inline namespace COSTATE_PRECISION {
struct Pull;          // what a pull is given: ode/gradients/pull.hpp
struct ForwardSolve;  // what a forward solve is given: ode/solve/forward_solve.hpp
struct OnTape;        // what a solve is given whose operations go onto the tape: ode/gradients/direct.hpp
struct SolvePlan;     // what a solve runs by: ode/field/plan.hpp
// Compile what a pull runs, of the field of another plan, by the plan's captures and these components of z0: ode/field/plan.cpp
using Compile = void(SolvePlan& plan, const SolvePlan& of, const std::vector<std::uint8_t>& starts);
Compile compile_reverse, compile_adjoint, compile_tangents;
struct SolveRecord;   // what a solve leaves behind: ode/gradients/pull.hpp
struct FurtherRules;  // tangents, the gradient of the times, derivatives of the gradient: ode/solve/operator.hpp
extern const FurtherRules further_rules;
}  // namespace COSTATE_PRECISION

struct FewStates {  // which of its states a solve keeps, if not all: ode/gradients/checkpointed.cpp
    void (*begin)(SolveRecord& record, std::size_t most, std::size_t steps);  // as Checkpoints has it
    std::size_t (*slot_for)(SolveRecord& record, std::size_t step);
};

namespace rows {
// What a route's gradient goes through, beside explicit steps of one state by one clock. What it does not say it takes is an
// error beside it: ode/steps/complaint.cpp.
enum Takes : std::uint16_t {
    own_clocks = 1,          // of rows, .rows = independent
    second_states = 2,       // methods that carry one,
    carried_rates = 4,       // or a rate
    equations = 8,           // implicit methods
    linear_equations = 16,   // Rosenbrock's
    mass_matrices = 32,      // .mass
    tangents_in_norms = 64,  // ForwardNorm::state_and_tangents
    two_methods = 128,       // that take turns: solve_automatic
    changing_orders = 256,   // solve_nordsieck
    printing = 512,          // to_c
    all_of_these = 1023
};
}  // namespace rows

struct RouteRow {
    const char* name;
    const char* keeps;  // of a forward solve, until its gradient is taken
    const char* source;
    FieldProgram backward = FieldProgram::forward;  // the program that its pull runs; forward: there is none
    // From the cotangents of what was observed to those of z0 and the captures; or the solve itself, where the tape has its
    // operations. What is called through a route alone is linked where the route is named, and only there.
    void (*pull)(const Pull&) = nullptr;
    Solution<Var> (*on_tape)(const OnTape&) = nullptr;
    std::uint16_t takes = 0;    // rows::Takes
    bool keeps_states = false;  // those that steps start from: its pull reads them
    bool keeps_curve = false;   // all that lies between them, too
    bool finds_states = false;  // by steps back, of methods that lead back alone
    // Of checkpointed: > 0, as many states as fit into them, and one in any case. Of discrete: what f computed at all stages,
    // too, if it fits.
    Number most_bytes = 0;
    int most_states = every_state;   // so many of those that steps start from at once
    const FewStates* few = nullptr;  // or null: of all
    int block = 0;                   // of interpolating: > 0, a state for so many steps is all that is kept
    void (*solve)(const ForwardSolve&) = nullptr;  // forwards, where that, too, is not by the steps of one method
    const FurtherRules* further = &further_rules;  // of a solve that is one operation; null: once(route)
    Compile* compile = compiler_of(backward);      // its program

    static constexpr int every_state = std::numeric_limits<int>::max();
    static constexpr Compile* compiler_of(FieldProgram program) {
        return program == FieldProgram::reverse   ? compile_reverse
               : program == FieldProgram::adjoint ? compile_adjoint
               : program == FieldProgram::tangent ? compile_tangents
                                                  : nullptr;
    }
};

struct Route : RouteRow {  // a row, or its name
    constexpr Route(const RouteRow& row) : RouteRow(row) {}
    template <Name Text>
    Route(const Text& text, Where at = {}) : Route(named(text, at)) {}

    constexpr bool is_one_operation() const { return backward != FieldProgram::forward; }
    constexpr bool is_continuous() const { return backward == FieldProgram::adjoint; }
    static Route named(std::string_view name, Where at);  // there is none: an error that lists them
    constexpr bool is_kind_of(const Route& row) const { return std::string_view(name) == row.name; }
    template <class Row>
    constexpr bool is() const {  // one of the rows below, which is not linked by that
        return std::string_view(name) == Row::route.name;
    }
    friend constexpr bool operator==(const Route& x, const Route& y) {
        return x.is_kind_of(y) && x.most_states == y.most_states && x.block == y.block &&
               x.most_bytes == y.most_bytes && x.solve == y.solve && (x.pull == nullptr || x.further == y.further);
    }
};

namespace rows {  // a route as a row, with what takes its gradient where the solve is one operation

struct Direct {
    static Solution<Var> solve(const OnTape& call);
    static constexpr Route route =
        RouteRow{.name = "direct",
                 .keeps = "every operation of every stage",
                 .source = "backpropagation through the solver",
                 .on_tape = solve,
                 .takes = second_states | carried_rates | equations | linear_equations | mass_matrices};
};
struct Discrete {
    static void pull(const Pull& p);
    static constexpr Route route =
        RouteRow{.name = "discrete",
                 .keeps = "the state at every step, and what f computed there if that is little",
                 .source = "Hager 2000, Runge-Kutta methods in optimal control and the transformed adjoint system",
                 .backward = FieldProgram::reverse,
                 .pull = pull,
                 .takes = all_of_these & ~changing_orders,
                 .keeps_states = true,
                 .most_bytes = small_machine ? 0 : 16 << 20};
};
struct Checkpointed {
    static void pull(const Pull& p);
    static const FewStates few;
    static constexpr Route route = RouteRow{.name = "checkpointed",
                                            .keeps = "as many states as it is given",
                                            .source = "Griewank & Walther 2000, Algorithm 799: revolve",
                                            .backward = FieldProgram::reverse,
                                            .pull = pull,
                                            .takes = tangents_in_norms | printing,
                                            .keeps_states = true,
                                            .most_states = 16,
                                            .few = &few};
};
struct Backsolve {
    static void pull(const Pull& p);
    static constexpr Route route =
        RouteRow{.name = "backsolve",
                 .keeps = "nothing beside the observations",
                 .source = "Chen, Rubanova, Bettencourt & Duvenaud 2018, Neural ordinary differential equations",
                 .backward = FieldProgram::adjoint,
                 .pull = pull,
                 .takes = own_clocks | second_states | equations | tangents_in_norms | changing_orders};
};
struct Interpolating {
    static void pull(const Pull& p);
    static constexpr Route route =
        RouteRow{.name = "interpolating",
                 .keeps = "the state at every step, and its dense output",
                 .source = "Hindmarsh et al. 2005, SUNDIALS (CVODES): the adjoint along the interpolated solution",
                 .backward = FieldProgram::adjoint,
                 .pull = pull,
                 .takes = equations | tangents_in_norms | two_methods | changing_orders,
                 .keeps_curve = true};
};

struct Reversible {
    static void pull(const Pull& p);
    static constexpr Route route =
        RouteRow{.name = "reversible",
                 .keeps = "the state at the end",
                 .source = "Kidger, Foster, Li & Lyons 2021, Efficient and accurate gradients for neural SDEs",
                 .backward = FieldProgram::reverse,
                 .pull = pull,
                 .takes = second_states | carried_rates | tangents_in_norms,
                 .finds_states = true};
};

struct Forward {
    static void pull(const Pull& p);
    static constexpr Route route =
        RouteRow{.name = "forward",
                 .keeps = "nothing beside the observations",
                 .source = "Dickinson & Gelinas 1976, Sensitivity analysis of ordinary differential equation systems",
                 .backward = FieldProgram::tangent,
                 .pull = pull,
                 .takes = second_states | carried_rates | equations | linear_equations | tangents_in_norms};
};

template <class... Row>
struct List {
    static constexpr Route routes[] = {Row::route...};

    template <class Mine>
    static constexpr Route route() {
        static_assert((std::is_same_v<Mine, Row> || ...), "a route of the library is one of rows::All");
        return Mine::route;
    }
};
using All = List<Direct, Discrete, Checkpointed, Backsolve, Interpolating, Reversible, Forward>;

}  // namespace rows

inline constexpr Route direct = rows::All::route<rows::Direct>(), discrete = rows::All::route<rows::Discrete>();
// discrete, with room in so many bytes, not 16 MB, for what f computed at the stages. Where they suffice for all of a solve its
// gradient evaluates nothing again, from the second pass on: the first one shows that there is a gradient. 0: states alone.
// Each of a tape's solves has such room: a hundred in a chain have a hundred times as much. Not kept: what a field that
// solves or jumps computed, or one of rows with clocks of their own, or steps that keep the tangents' errors.
constexpr Route discrete_within(Number bytes) {
    Route route = discrete;
    route.most_bytes = bytes >= 0 ? bytes : -1;
    return route;
}
inline constexpr Route backsolve = rows::All::route<rows::Backsolve>();
inline constexpr Route interpolating = rows::All::route<rows::Interpolating>();
// interpolating, with a checkpoint every so many steps: between two of them the steps are taken once more.
constexpr Route interpolating_every(int steps) {
    Route route = interpolating;
    route.block = steps > 0 ? steps : -1;
    return route;
}
inline constexpr Route reversible = rows::All::route<rows::Reversible>();
constexpr Route checkpointed(int states = rows::Checkpointed::route.most_states) {
    Route route = rows::All::route<rows::Checkpointed>();
    route.most_states = states;
    return route;
}
// checkpointed, with as many states as a budget of memory allows. All of them: then it is discrete_within(0), in its time, too.
constexpr Route checkpointed_within(Number bytes) {
    Route route = checkpointed();
    route.most_bytes = bytes > 0 ? bytes : -1;
    return route;
}
inline constexpr Route forward = rows::All::route<rows::Forward>();
// A route for the gradient alone, taken once, with respect to z0 and what the field captures: its derivatives, tangents and
// the gradient with respect to the times are errors, and no code of theirs is linked. The same bits. For small machines.
// Made while compiling: clang would copy the route when the program runs, which links all that the copied one leads to. A row,
// which has no base: clang 14 breaks down at one that is made so.
consteval RouteRow once(RouteRow row) {
    if (row.pull != nullptr) row.further = nullptr;
    return row;
}
inline constexpr auto& all_routes = rows::All::routes;
static_assert(std::ranges::all_of(all_routes,
                                  [](const Route& r) { return r.is_one_operation() == (r.pull != nullptr); }),
              "a route has a pull, or records the solve");

constexpr const Route* find_route(std::string_view name) { return row_named(all_routes, name); }  // null: there is none

// "checkpointed(8)", too
inline Route Route::named(std::string_view name, Where at) {
    const std::size_t open = name.find('(');
    if (open == name.npos || name.substr(0, open) != checkpointed().name || name.back() != ')')
        return require_row(all_routes, "gradient route", name, at);
    int states = 0;
    for (const char digit : name.substr(open + 1, name.size() - open - 2)) {
        if (digit < '0' || digit > '9' || states > every_state / 10 - 1)
            return require_row(all_routes, "gradient route", name, at);
        states = 10 * states + (digit - '0');
    }
    return checkpointed(states);
}

}  // namespace costate::ode
