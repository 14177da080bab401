#include "nn/init.hpp"

#include <algorithm>
#include <cmath>

namespace costate::nn {
inline namespace COSTATE_PRECISION {

namespace {

double fan_out(const MutableView& weight) { return static_cast<double>(weight.shape[0]); }
double fan_in(const MutableView& weight) { return static_cast<double>(weight.shape[1]); }

void uniform_and_zeros(MutableView weight, MutableView bias, Rng& rng, double variance) {
    const double k = std::sqrt(3 * variance);  // Var U(−k, k) = k²/3
    rng.fill_uniform(weight.entries(), -k, k);
    std::fill_n(bias.data, bias.size(), Real(0));
}

void normal_and_zeros(MutableView weight, MutableView bias, Rng& rng, double variance) {
    rng.fill_normal(weight.entries(), 0, std::sqrt(variance));
    std::fill_n(bias.data, bias.size(), Real(0));
}

}  // namespace

void uniform_fan_in(MutableView weight, MutableView bias, Rng& rng) {
    const double k = 1 / std::sqrt(fan_in(weight));
    rng.fill_uniform(weight.entries(), -k, k);
    rng.fill_uniform(bias.entries(), -k, k);
}

void glorot_uniform(MutableView weight, MutableView bias, Rng& rng) {
    uniform_and_zeros(weight, bias, rng, 2 / (fan_in(weight) + fan_out(weight)));
}

void glorot_normal(MutableView weight, MutableView bias, Rng& rng) {
    normal_and_zeros(weight, bias, rng, 2 / (fan_in(weight) + fan_out(weight)));
}

void he_uniform(MutableView weight, MutableView bias, Rng& rng) {
    uniform_and_zeros(weight, bias, rng, 2 / fan_in(weight));
}

void he_normal(MutableView weight, MutableView bias, Rng& rng) {
    normal_and_zeros(weight, bias, rng, 2 / fan_in(weight));
}

void zeros(MutableView weight, MutableView bias, Rng&) {
    std::fill_n(weight.data, weight.size(), Real(0));
    std::fill_n(bias.data, bias.size(), Real(0));
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
