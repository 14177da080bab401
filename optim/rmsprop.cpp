#include "optim/rmsprop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT

namespace costate::optim::inline COSTATE_PRECISION {

std::vector<const char*> RMSprop::states(const RMSpropOptions& options) {
    std::vector<const char*> list{"v"};
    if (options.momentum != 0) list.push_back("momentum");
    if (options.centered) list.push_back("mean");
    return list;
}

void RMSprop::require_options(Where at) const {
    require_within("RMSprop", "alpha", options_.alpha, 0, 1, at);
    require_at_least("RMSprop", "eps", options_.eps, std::numeric_limits<Real>::min(), at);
    require_within("RMSprop", "momentum", options_.momentum, 0, 1, at);
    require_at_least("RMSprop", "weight_decay", options_.weight_decay, 0, at);
}

void RMSprop::update(Real scale) {
    const Real alpha = static_cast<Real>(options_.alpha), rest = static_cast<Real>(1 - options_.alpha);
    const Real rate = static_cast<Real>(lr()), mu = static_cast<Real>(options_.momentum);
    const Real eps = static_cast<Real>(options_.eps), decay = static_cast<Real>(options_.weight_decay);
    constexpr Real largest = sizeof(Real) == 4 ? Real(0x1p63) : Real(0x1p511);  // its square is finite
    for (std::size_t p = 0; p < gradients().size(); ++p) {
        const Index n = gradients()[p].size();
        const Real* gradient = gradients()[p].data;
        Parameter::Edit edit = parameters()[p].edit();
        Real *theta = edit.data(), *v = state(0)[p].data();
        Real* u = mu == 0 ? nullptr : state(1)[p].data();
        Real* mean = options_.centered ? state(mu == 0 ? 1 : 2)[p].data() : nullptr;
        COSTATE_INDEPENDENT
        for (Index i = 0; i < n; ++i) {
            const Real g = std::max(-largest, std::min(largest, scale * gradient[i] + decay * theta[i]));  // (1)
            v[i] = alpha * v[i] + rest * (g * g);                                                          // (2)
            Real variance = v[i];
            if (mean) {
                mean[i] = alpha * mean[i] + rest * g;                    // (3)
                variance = std::max(Real(0), v[i] - mean[i] * mean[i]);  // below 0 by rounding alone
            }
            Real step = g / (std::sqrt(variance) + eps);  // (4)
            if (u) step = u[i] = mu * u[i] + step;
            theta[i] -= rate * step;  // (5)
        }
    }
}

void RMSprop::read(const TensorFile& file, const std::string& prefix, Where at) {
    require_kind(file, prefix, at);
    require_squares(file, prefix, at);
    Optimizer::read(file, prefix, at);
}

}  // namespace costate::optim
