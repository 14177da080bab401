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
// see      ode/adjoint.md · ode/gradients/direct.cpp, ode/gradients/discrete.cpp, ode/gradients/backsolve.cpp
#pragma once
#include "ode/named.hpp"  // brings: Name, row_named

namespace costate::ode {

struct Route {
    const char* name;
    const char* keeps;  // of a forward solve, until its gradient is taken
    const char* source;

    constexpr Route(const char* name_, const char* keeps_, const char* source_)
        : name(name_), keeps(keeps_), source(source_) {}
    template <Name Text>
    Route(const Text& text, Where at = {}) : Route(named(text, at)) {}

    static const Route& named(std::string_view name, Where at);  // there is none: an error that lists them
    friend constexpr bool operator==(const Route& x, const Route& y) { return std::string_view(x.name) == y.name; }
};

inline constexpr Route direct{"direct", "every operation of every stage", "backpropagation through the solver"};
inline constexpr Route discrete{
    "discrete", "the state at every step",
    "Hager 2000, Runge-Kutta methods in optimal control and the transformed adjoint system"};
inline constexpr Route backsolve{"backsolve", "nothing beside the observations",
                                 "Chen, Rubanova, Bettencourt & Duvenaud 2018, Neural ordinary differential equations"};

inline constexpr Route all_routes[] = {direct, discrete, backsolve};

constexpr const Route* find_route(std::string_view name) { return row_named(all_routes, name); }  // null: there is none

inline const Route& Route::named(std::string_view name, Where at) {
    return require_row(all_routes, "gradient route", name, at);
}

}  // namespace costate::ode
