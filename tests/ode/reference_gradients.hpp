// tests/ode/reference_gradients.hpp — the problems of tests/reference/grad_*.json, and their losses' gradients
#pragma once
#include <string>
#include <vector>

#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/reference.hpp"

namespace costate::test {

inline MakeField lotka_volterra(const Parameter& p) {  // p: alpha, beta, delta, gamma; z is one state [2]
    return [p](Tape&) -> ode::Field {
        return [p](Var, Var z) {
            const Var q = z.tape().use(p);
            return lotka_volterra(z, column(q, 0), column(q, 1), column(q, 2), column(q, 3));
        };
    };
}

inline Parameter listed(const Json& problem) {
    std::vector<double> values;
    for (const Json& name : problem["param_order"].entries) values.push_back(problem["params"][name.text].number());
    return Parameter("p", Tensor::vector(values));
}

inline std::vector<double> times_of(const Json& problem) {
    std::vector<double> times{problem["t0"].number()};
    for (const double t : problem["t"].numbers()) times.push_back(t);
    return times;
}

// Every gradient of one of a reference's losses, in the order z0, parameters, t0, t_1 ... t_last.
struct Expected {
    double value;
    std::vector<double> z0, parameters, times;
};

inline Expected expected(const Json& problem, const std::string& loss) {
    const Json& l = problem["losses"][loss];
    Expected e{l["value"].number(), l["d_z0"].numbers(), {}, {l["d_t0"].number()}};
    for (const Json& name : problem["param_order"].entries) e.parameters.push_back(l["d_params"][name.text].number());
    for (std::size_t i = 0; i < problem["t"].size(); ++i)
        e.times.push_back(l.has("d_t")                  ? l["d_t"][i].number()
                          : i + 1 < problem["t"].size() ? 0
                                                        : l["d_t_last"].number());
    return e;
}

// Those losses: of the end, or of all observations.
inline Loss loss_of(const Json& problem, const std::string& name) {
    const Index n = Index(problem["t"].size());
    if (name == "sumsq_end") return [n](Var z) { return sum(square(slice(z, 0, n, 1))); };
    std::vector<double> targets;
    for (const Json& row : problem["targets"].entries)
        for (const double x : row.numbers()) targets.push_back(x);
    return
        [n, all = Tensor({n, 2}, targets)](Var z) { return mean(square(slice(z, 0, 1, n) - z.tape().constant(all))); };
}

}  // namespace costate::test
