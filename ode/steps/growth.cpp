#include "ode/steps/growth.hpp"

namespace costate::ode {

double resolved_growth(const Method& m, double rtol) {
    double longer = 2981;  // e^8
    for (double x = 8; x > 1e-4; x *= 0.9) {
        double k[most_stages], grown = 1, e = 0, second = 0;
        for (int i = 0; i < m.stages; ++i) {
            k[i] = 1;
            for (int j = 0; j < i; ++j) k[i] += x * m.a[i * m.dense_stages + j] * k[j];
            grown += x * m.b[i] * k[i];
            e += x * m.error[i] * k[i];
            second += m.second_error ? x * m.second_error[i] * k[i] : 0;
        }
        if (m.second_error) e = joint_error(m, std::abs(e), std::abs(second));
        if (std::abs(e) <= rtol * grown) break;
        longer = grown;
    }
    return longer;
}

}  // namespace costate::ode
