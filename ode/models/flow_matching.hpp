// ode/models/flow_matching.hpp — a flow's field trained without a solver
//   x_t = (1 − t) x + t z,   L = mean over rows of |f(t, x_t) − (z − x)|²   x the data, z ~ N(0, 1), t ~ U(0, 1)   straight (4)
//   adam.minimise(ode::matching_loss(tape, net, data.sample(512, rng), rng));          // one evaluation of net for each row
//   ode::Flow flow(net, 2);   flow.sample(1000, rng);   flow.log_density(x);           // afterwards it is a flow's field
// shapes   x [B,D]; L: a number. The field is told a time for each row, t [B,1]. Data at t = 0, the base at t = 1, as in
//          ode/models/flow.hpp. The times are spread evenly, t_i in the i-th of B parts of [0, 1]: less noise in L.
// why      Of all fields the one with the least L is the mean velocity of the lines through (t, x), and it carries the one
//          density into the other. L does not fall to 0: lines cross, and what is left is how much they disagree.
// source   Lipman, Chen, Ben-Hamu, Nickel & Le 2023, Flow matching for generative modeling, theorems 1 and 2; with lines
//          that end in a point of the data
#pragma once
#include "core/random.hpp"  // brings: Rng
#include "ode/solve.hpp"    // brings: FieldRef, Tape, Var

namespace costate::ode::inline COSTATE_PRECISION {

Var matching_loss(Tape& tape, FieldRef field, View x, Rng& rng, Where at = {});

}  // namespace costate::ode
