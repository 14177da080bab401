// ode/sensitivities.hpp — every way to differentiate a solve, tried on one's own problem
//   const auto loss = [&](Var z) { return mean(square(z - data)); };                      // z: [times, ...z0's shape]
//   const ode::Sensitivities s = ode::compare_sensitivities(field, z0, times, loss, {.rtol = 1e-6});
//   std::printf("%s", to_text(s).c_str());
//
//   route        difference   evaluations    VJPs    JVPs        bytes    milliseconds
//   direct            2e-07           253     246       0       411000           0.901
//   ...                                                              what does not apply says why
// difference   of the gradient by z0 and by all parameters that field and loss captured, from that of the reference: the
//              largest, relative to the largest entry of the tensor that it is in. It is the error of steps and route.
// reference    `discrete` by dop853 at a thousandth of the tolerances, which its tangents keep, too; 1e-12 for equal steps.
// evaluations  of the field, recomputed ones included; vector–Jacobian and Jacobian–vector products of it. An operation behind
//              the field counts them, whoever asks, for all rows at once. Where no rate is needed a product is no evaluation.
// bytes        in use when the gradient is there: on the tape, and kept by the solve for its gradient. What one step works in
//              is left out, as it does not grow with the steps, and so is what growing lists hold in reserve.
// time         of solve and gradient in a warm pass, the shortest of three.
// errors       A route that cannot solve what is asked says so in its row. One that fails on the way is an error as anywhere:
//              name the others as the last argument, std::array{ode::direct, ode::discrete}.
// see          ode/routes.md (when to take which) · examples/36_memory_and_error.cpp
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autodiff/tape/parameter.hpp"  // brings: Parameter, Tensor
#include "ode/field.hpp"                // brings: FieldRef
#include "ode/solve_options.hpp"        // brings: SolveOptions, Route, all_routes
#include "ode/statistics.hpp"           // brings: Statistics
#include "ode/times.hpp"                // brings: Times

namespace costate::ode::inline COSTATE_PRECISION {

struct Work {
    long evaluations = 0, vjps = 0, jvps = 0;
};

struct Sensitivity {  // by one route
    Route route;
    std::string refused = "";  // why it was not taken: then there is nothing else
    Number loss = 0, difference = 0;
    std::vector<Tensor> gradient = {};  // by z0, then by each of the parameters
    Statistics statistics = {};
    Work work = {};
    Index bytes = 0;
    Number seconds = 0;
};

struct Sensitivities {
    std::vector<Parameter> parameters = {};  // that field and loss captured
    Sensitivity reference;
    std::vector<Sensitivity> routes = {};
};

// field and loss capture numbers and Parameters; Vars of a tape would be of another one.
Sensitivities compare_sensitivities(FieldRef field, View z0, const Times& times, const std::function<Var(Var z)>& loss,
                                    const SolveOptions& options = {}, std::span<const Route> routes = all_routes,
                                    Where at = {});

std::string to_text(const Sensitivities& s);  // the table
template <TextStream Stream>
Stream& operator<<(Stream& stream, const Sensitivities& s) {
    stream << to_text(s).c_str();
    return stream;
}

}  // namespace costate::ode
