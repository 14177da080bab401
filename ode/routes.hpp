// ode/routes.hpp — the ways to differentiate a solve, each a value of one table
//   .gradient = ode::backsolve   or   .gradient = "backsolve"
//
//   route       what it is                                             right when                     keeps, in n steps
//   direct      every operation of the solver on the tape              to study; fields that read     O(n · operations)
//                                                                      values; short solves
//   discrete    the exact gradient of the discrete solution,           the default: exact for the     O(n) states
//               stages recomputed step by step                         numbers that were computed
//   backsolve   the continuous adjoint, z solved backwards too         very long solves of fields     nothing
//                                                                      that can be run backwards
//   reversible  as discrete, each state found again from the next      long solves by a method that   nothing, where its
//               one                                                    leads back: reversible_heun    steps are equal
// A new route is one row here, in the list as the others, and one file that defines its pull.
// see      ode/adjoint.md · ode/gradients/pull.hpp (what a pull is given), discrete.cpp, backsolve.cpp, direct.cpp, ...
#pragma once
#include <cstdint>

#include "ode/named.hpp"  // brings: Name, row_named

namespace costate::ode {

enum class Part : std::uint8_t { forward, reverse, adjoint };  // what a field's program computes (ode/field/plan.hpp)

struct Route {
    const char* name;
    const char* keeps;  // of a forward solve, until its gradient is taken
    const char* source;
    Part backward;      // the program that its pull runs; forward: there is none, the tape has the solve's operations
    bool keeps_states;  // at every step: its pull reads them

    constexpr Route(const char* name_, const char* keeps_, const char* source_, Part backward_, bool keeps_states_)
        : name(name_), keeps(keeps_), source(source_), backward(backward_), keeps_states(keeps_states_) {}
    template <Name Text>
    Route(const Text& text, Where at = {}) : Route(named(text, at)) {}

    constexpr bool is_one_operation() const { return backward != Part::forward; }
    static const Route& named(std::string_view name, Where at);  // there is none: an error that lists them
    friend constexpr bool operator==(const Route& x, const Route& y) { return std::string_view(x.name) == y.name; }
};

inline namespace COSTATE_PRECISION {
struct Pull;
}

namespace rows {  // a route as a row, with what takes its gradient where the solve is one operation

struct Direct {
    static constexpr Route route{"direct", "every operation of every stage", "backpropagation through the solver",
                                 Part::forward, false};
};
struct Discrete {
    static constexpr Route route{
        "discrete", "the state at every step",
        "Hager 2000, Runge-Kutta methods in optimal control and the transformed adjoint system", Part::reverse, true};
    static void pull(const Pull& p);
};
struct Backsolve {
    static constexpr Route route{"backsolve", "nothing beside the observations",
                                 "Chen, Rubanova, Bettencourt & Duvenaud 2018, Neural ordinary differential equations",
                                 Part::adjoint, false};
    static void pull(const Pull& p);
};
struct Reversible {
    static constexpr Route route{"reversible", "the state at the end",
                                 "Kidger, Foster, Li & Lyons 2021, Efficient and accurate gradients for neural SDEs",
                                 Part::reverse, false};
    static void pull(const Pull& p);
};

template <class... Row>
struct Table {
    static constexpr Route routes[] = {Row::route...};
    template <class Visit>
    static void each(Visit visit) {
        (visit(Row()), ...);
    }
};
using Routes = Table<Direct, Discrete, Backsolve, Reversible>;

}  // namespace rows

inline constexpr Route direct = rows::Direct::route, discrete = rows::Discrete::route;
inline constexpr Route backsolve = rows::Backsolve::route, reversible = rows::Reversible::route;
inline constexpr auto& all_routes = rows::Routes::routes;

constexpr const Route* find_route(std::string_view name) { return row_named(all_routes, name); }  // null: there is none

inline const Route& Route::named(std::string_view name, Where at) {
    return require_row(all_routes, "gradient route", name, at);
}

}  // namespace costate::ode
