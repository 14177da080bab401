#include "optim/sgd.hpp"

#include <limits>

#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT

namespace costate::optim::inline COSTATE_PRECISION {

std::vector<const char*> SGD::states(const SGDOptions& options) {
    return options.momentum == 0 ? std::vector<const char*>{} : std::vector<const char*>{"momentum"};
}

void SGD::require_options(Where at) const {
    require_within("SGD", "momentum", options_.momentum, 0, 1, at);
    require_at_least("SGD", "weight_decay", options_.weight_decay, 0, at);
    if (options_.nesterov && options_.momentum == 0)
        fail(at, {.what = "SGD: nesterov without momentum",
                  .got = "nesterov = true, momentum = 0",
                  .expected = "a momentum above 0",
                  .fix = ".momentum = 0.9"});
}

void SGD::update(Real scale) {
    const Real rate = static_cast<Real>(lr()), decay = static_cast<Real>(options_.weight_decay);
    const Real mu = static_cast<Real>(options_.momentum);
    const bool nesterov = options_.nesterov;
    for (std::size_t p = 0; p < gradients().size(); ++p) {
        const Index n = gradients()[p].size();
        const Real* g = gradients()[p].data;
        Parameter::Edit edit = parameters()[p].edit();
        Real* theta = edit.data();
        if (mu == 0) {
            COSTATE_INDEPENDENT
            for (Index i = 0; i < n; ++i) theta[i] -= rate * (scale * g[i] + decay * theta[i]);
            continue;
        }
        Real* u = state(0)[p].data();
        COSTATE_INDEPENDENT
        for (Index i = 0; i < n; ++i) {
            const Real gradient = scale * g[i] + decay * theta[i];        // (1)
            u[i] = mu * u[i] + gradient;                                  // (2)
            theta[i] -= rate * (nesterov ? gradient + mu * u[i] : u[i]);  // (3)
        }
    }
}

}  // namespace costate::optim
