// examples/support/lotka_volterra.hpp — prey x and predators y: a law of four rates, and an orbit that closes
//   dx/dt = α x − β x y,    dy/dt = δ x y − γ y,    (x, y) = (.8, .4) at t = 0
//   Rng rng(0);
//   const Series orbit = lotka_volterra(random_times(500, 100, rng));      // 501 states on [0, 100], exact to 1e-9
// source   Lotka 1925; Volterra 1926
#pragma once
#include <algorithm>
#include <vector>

#include "autodiff/operators.hpp"
#include "core/random.hpp"           // brings: Rng
#include "examples/support/csv.hpp"  // brings: Series
#include "ode/solve.hpp"             // brings: solve

namespace costate::support {

struct LotkaVolterra {
    double alpha = 1.1, beta = 0.4, delta = 0.1, gamma = 0.4;

    Var operator()(Var, Var z) const {  // z [B,2]
        const Var x = column(z, 0), y = column(z, 1);
        return concatenate({x * (alpha - beta * y), y * (delta * x - gamma)}, 1);
    }
};

inline std::vector<double> random_times(Index n, double end, Rng& rng) {  // 0 and n more in [0, end), in order
    std::vector<double> times(static_cast<std::size_t>(n) + 1);
    for (double& t : times) t = rng.uniform(0, end);
    times[0] = 0;
    std::sort(times.begin(), times.end());
    return times;
}

inline Series lotka_volterra(const std::vector<double>& times, const LotkaVolterra& law = {}) {  // from times[0] = 0 on
    const Tensor start({1, 2}, {0.8, 0.4});
    const Tensor z = ode::solve(law, start, times, {.rtol = 1e-11, .atol = 1e-11, .max_steps = 1'000'000}).z;
    return {"t", {"prey", "predators"}, times, z.reshaped({static_cast<Index>(times.size()), 2})};
}

}  // namespace costate::support
