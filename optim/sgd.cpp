#include "optim/sgd.hpp"

#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT

namespace costate::optim::inline COSTATE_PRECISION {

Optimizer::State SGD::state_for(const SGDOptions& options, Where at) {
    require_within("SGD", "momentum", options.momentum, 0, 1, at);
    require_at_least("SGD", "weight_decay", options.weight_decay, 0, at);
    if (options.nesterov && options.momentum == 0)
        fail(at, {.what = "SGD: nesterov without momentum",
                  .got = "nesterov = true, momentum = 0",
                  .expected = "a momentum above 0",
                  .fix = ".momentum = 0.9"});
    if (options.momentum == 0) return {};
    return {{{"momentum"}}};
}

void SGD::update(Index n, Gradient g, Real* theta, Real* const* state) {
    const Real rate = static_cast<Real>(lr()), decay = static_cast<Real>(options_.weight_decay);
    const Real mu = static_cast<Real>(options_.momentum);
    const bool nesterov = options_.nesterov;
    if (mu == 0) {
        COSTATE_INDEPENDENT
        for (Index i = 0; i < n; ++i) theta[i] -= rate * (g[i] + decay * theta[i]);  // optim (1)
        return;
    }
    Real* u = state[0];
    COSTATE_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
        const Real gradient = g[i] + decay * theta[i];                // (a)
        u[i] = mu * u[i] + gradient;                                  // optim (3)
        theta[i] -= rate * (nesterov ? gradient + mu * u[i] : u[i]);  // optim (3)
    }
}

}  // namespace costate::optim
