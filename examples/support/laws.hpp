// examples/support/laws.hpp — laws with a name, whose few numbers a table is to tell
//   exponential     x′ = r x                                                 x; r of either sign
//   logistic        x′ = r x (1 − x/K)                                       x
//   cooling         x′ = k (a − x)                                           x; towards a
//   lotka_volterra  x′ = α x − β x y,   y′ = δ x y − γ y                     prey, predator
//   sir             I′ = b S I − γ I,   S′ = −b S I                          infected, or infected and susceptible
//   pendulum        x′ = v,   v′ = −a sin x − c v                            angle in radians, or angle and velocity
//   oscillator      x′ = v,   v′ = −k (x − m) − c v                          place, or place and velocity
//   linear          z′ = A z + b                                             any columns
// Columns are the first states; a state that is not observed (S, v) is found by its influence on the others. Numbers are
// θ = size · e^q where they are positive, θ = size · q where they may have either sign: q is of size 1 whatever the units.
// source   Verhulst 1838; Newton 1701; Lotka 1925, Volterra 1926; Kermack & McKendrick 1927
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"  // brings: Var, column, concatenate

namespace costate::support {

struct Law {
    std::string name = {}, equations = {};
    Index observed = 1, states = 1;  // the fewest columns of a table, and all
    bool positive = false;           // the states
    std::vector<std::string> parameters = {};
    std::vector<bool> either_sign = {};                                // of them
    std::function<Var(std::span<const Var> theta, Var y)> rates = {};  // y [B,states], in the table's units -> y′
    // Of the parameters; and of all states, where those of the observed ones are given. T: a time in which much changes.
    std::function<std::vector<double>(std::span<const double> state_sizes, double T)> sizes = {};
    std::function<std::vector<double>(std::span<const double> observed_sizes, double T)> hidden_sizes = {};
};

std::vector<std::string> law_names();
Law law_named(const std::string& name, Index columns, Where at = {});  // which must suit it

}  // namespace costate::support
