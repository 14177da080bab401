#include "optim/adam.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT

namespace costate::optim::inline COSTATE_PRECISION {

void Adam::require_options(Where at) const {
    require_within("Adam", "beta1", options_.beta1, 0, 1, at);
    require_within("Adam", "beta2", options_.beta2, 0, 1, at);
    require_at_least("Adam", "eps", options_.eps, std::numeric_limits<Real>::min(), at);
    require_at_least("Adam", "weight_decay", options_.weight_decay, 0, at);
}

void Adam::update(Real scale) {
    beta1_power_ *= options_.beta1;
    beta2_power_ *= options_.beta2;
    // Formed in double, rounded once: 1 − β₂ has lost four digits before a float build would start.
    const Real b1 = static_cast<Real>(options_.beta1), c1 = static_cast<Real>(1 - options_.beta1);
    const Real b2 = static_cast<Real>(options_.beta2), c2 = static_cast<Real>(1 - options_.beta2);
    const Real rate = static_cast<Real>(lr() / (1 - beta1_power_));  // lr m̂ = rate · m
    const Real debias = static_cast<Real>(1 / (1 - beta2_power_));   // v̂ = debias · v
    const Real keep = static_cast<Real>(1 - lr() * options_.weight_decay), eps = static_cast<Real>(options_.eps);
    constexpr Real largest = sizeof(Real) == 4 ? Real(0x1p63) : Real(0x1p511);  // its square is finite
    for (std::size_t p = 0; p < gradients().size(); ++p) {
        const Index n = gradients()[p].size();
        const Real* gradient = gradients()[p].data;
        Parameter::Edit edit = parameters()[p].edit();
        Real* theta = edit.data();
        Real *m = state(0)[p].data(), *v = state(1)[p].data();
        COSTATE_INDEPENDENT
        for (Index i = 0; i < n; ++i) {
            const Real g = std::max(-largest, std::min(largest, scale * gradient[i]));
            m[i] = b1 * m[i] + c1 * g;                                                    // (1)
            v[i] = b2 * v[i] + c2 * (g * g);                                              // (2)
            theta[i] = keep * theta[i] - rate * m[i] / (std::sqrt(debias * v[i]) + eps);  // (3)-(5)
        }
    }
}

void Adam::write(TensorFile& file, const std::string& prefix, Where at) const {
    Optimizer::write(file, prefix, at);
    file.add_number(prefix + "beta1_power", beta1_power_, at);
    file.add_number(prefix + "beta2_power", beta2_power_, at);
}

void Adam::read(const TensorFile& file, const std::string& prefix, Where at) {
    require_kind(file, prefix, at);
    const double power1 = file.number(prefix + "beta1_power", at), power2 = file.number(prefix + "beta2_power", at);
    const double above_one = std::nextafter(1.0, 2.0), limit = file.integer(prefix + "steps", at) == 0 ? above_one : 1;
    require_within("Adam", "beta1_power", power1, 0, limit, at);
    require_within("Adam", "beta2_power", power2, 0, limit, at);
    require_squares(file, prefix, at);
    Optimizer::read(file, prefix, at);
    beta1_power_ = power1;
    beta2_power_ = power2;
}

}  // namespace costate::optim
