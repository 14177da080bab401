#include "optim/adam.hpp"

#include <cmath>
#include <limits>

#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT

namespace costate::optim::inline COSTATE_PRECISION {

Optimizer::State Adam::state_for(const AdamOptions& o, Where at) {
    require_within("Adam", "beta1", o.beta1, 0, 1, at);
    require_within("Adam", "beta2", o.beta2, 0, 1, at);
    require_at_least("Adam", "eps", o.eps, std::numeric_limits<Real>::min(), at);
    require_at_least("Adam", "weight_decay", o.weight_decay, 0, at);
    return {{{"m"}, {"v", true}}, {{"beta1_power", o.beta1}, {"beta2_power", o.beta2}}};
}

void Adam::update(Index n, Gradient gradient, Real* theta, Real* const* state) {
    // Formed in double, rounded once: 1 − β₂ has lost four digits before a float build would start.
    const Real b1 = static_cast<Real>(options_.beta1), c1 = static_cast<Real>(1 - options_.beta1);
    const Real b2 = static_cast<Real>(options_.beta2), c2 = static_cast<Real>(1 - options_.beta2);
    const Real rate = static_cast<Real>(lr() / (1 - power(0)));  // lr m̂ = rate · m
    const Real debias = static_cast<Real>(1 / (1 - power(1)));   // v̂ = debias · v
    const Real keep = static_cast<Real>(1 - lr() * options_.weight_decay), eps = static_cast<Real>(options_.eps);
    Real *m = state[0], *v = state[1];
    COSTATE_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
        const Real g = limited(gradient[i]);
        m[i] = b1 * m[i] + c1 * g;                                                    // optim (4)
        v[i] = b2 * v[i] + c2 * (g * g);                                              // optim (4)
        theta[i] = keep * theta[i] - rate * m[i] / (std::sqrt(debias * v[i]) + eps);  // optim (5), (6)
    }
}

}  // namespace costate::optim
