#include "optim/clip.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

double norm_of_scaled(const Gradients& gradients, double factor, Where at) {
    const double scale = gradients.scale * factor, limit = gradients.limit * factor;
    double squares = 0;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        const View g = gradients.view(i, at);
        for (Index j = 0; g.data && j < g.size(); ++j) {
            const double entry = scale * static_cast<double>(g[j]);
            const double limited = std::max(std::min(entry, limit), -limit);  // in this order a nan stays one
            squares += limited * limited;
        }
    }
    return std::sqrt(squares) / factor;
}

}  // namespace

double global_norm(const Gradients& gradients, Where at) {
    const double norm = norm_of_scaled(gradients, 1, at);
    return std::isinf(norm) ? norm_of_scaled(gradients, 0x1p-600, at) : norm;
}

Clipped clip_by_global_norm(Gradients gradients, double max_norm, Where at) {
    require_at_least("clip_by_global_norm", "max_norm", max_norm, std::numeric_limits<double>::min(), at);
    const double norm = global_norm(gradients, at);
    if (norm > max_norm) gradients.scale *= max_norm / norm, gradients.limit *= max_norm / norm;
    return {gradients, norm};
}

Gradients clip_by_value(Gradients gradients, double limit, Where at) {
    require_at_least("clip_by_value", "limit", limit, std::numeric_limits<double>::min(), at);
    gradients.limit = std::min(gradients.limit, static_cast<Number>(limit));
    return gradients;
}

}  // namespace costate::optim
