#include "optim/rmsprop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT

namespace costate::optim::inline COSTATE_PRECISION {

Optimizer::State RMSprop::state_for(const RMSpropOptions& o, Where at) {
    require_within("RMSprop", "alpha", o.alpha, 0, 1, at);
    require_at_least("RMSprop", "eps", o.eps, std::numeric_limits<Real>::min(), at);
    require_within("RMSprop", "momentum", o.momentum, 0, 1, at);
    require_at_least("RMSprop", "weight_decay", o.weight_decay, 0, at);
    std::vector<Kept> kept{{"v", true}};
    if (o.momentum != 0) kept.push_back({"momentum"});
    if (o.centered) kept.push_back({"mean"});
    return {kept};
}

void RMSprop::update(Index n, Gradient gradient, Real* theta, Real* const* state) {
    const Real alpha = static_cast<Real>(options_.alpha), rest = static_cast<Real>(1 - options_.alpha);
    const Real rate = static_cast<Real>(lr()), mu = static_cast<Real>(options_.momentum);
    const Real eps = static_cast<Real>(options_.eps), decay = static_cast<Real>(options_.weight_decay);
    Real *v = *state++, *u = mu == 0 ? nullptr : *state++, *mean = options_.centered ? *state : nullptr;
    COSTATE_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
        const Real g = limited(gradient[i] + decay * theta[i]);  // (a)
        v[i] = alpha * v[i] + rest * (g * g);                    // (b)
        Real variance = v[i];
        if (mean) {
            mean[i] = alpha * mean[i] + rest * g;                    // (c)
            variance = std::max(Real(0), v[i] - mean[i] * mean[i]);  // below 0 by rounding alone
        }
        Real step = g / (std::sqrt(variance) + eps);  // (d)
        if (u) step = u[i] = mu * u[i] + step;
        theta[i] -= rate * step;  // (e)
    }
}

}  // namespace costate::optim
