#include "nn/init.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

Number fan_out(const MutableView& weight) { return static_cast<Number>(weight.shape[0]); }
Number fan_in(const MutableView& weight) { return static_cast<Number>(weight.shape[1]); }

void uniform_and_zeros(MutableView weight, MutableView bias, Rng& rng, Number variance) {
    const Number k = std::sqrt(3 * variance);  // Var U(−k, k) = k²/3
    rng.fill_uniform(weight.entries(), -k, k);
    std::fill_n(bias.data, bias.size(), Real(0));
}

void normal_and_zeros(MutableView weight, MutableView bias, Rng& rng, Number variance) {
    rng.fill_normal(weight.entries(), 0, std::sqrt(variance));
    std::fill_n(bias.data, bias.size(), Real(0));
}

}  // namespace

void uniform_fan_in(MutableView weight, MutableView bias, Rng& rng) {
    const Number k = 1 / std::sqrt(fan_in(weight));
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

// Gram–Schmidt is QR with R_ii > 0. Every vector is projected twice, which keeps right angles to rounding (Giraud,
// Langou & Rozložník 2005), and in double, also in a float build.
void orthogonal(MutableView weight, MutableView bias, Rng& rng) {
    const Index out = weight.shape[0], in = weight.shape[1];
    rng.fill_normal(weight.entries());
    std::fill_n(bias.data, bias.size(), Real(0));
    const bool rows = out <= in;  // of W, else its columns
    const Index count = rows ? out : in, length = rows ? in : out;
    const auto place = [=](Index v, Index i) { return rows ? v * in + i : i * in + v; };
    std::vector<Number> q(count * length);
    const auto vector = [&](Index v) { return q.data() + v * length; };
    for (Index v = 0; v < count; ++v) {
        Number* a = vector(v);
        for (Index i = 0; i < length; ++i) a[i] = static_cast<Number>(weight[place(v, i)]);
        for (Index u = 0; u < 2 * v; ++u) {
            const Number* b = vector(u % v);
            const Number along = std::inner_product(a, a + length, b, 0.0);
            for (Index i = 0; i < length; ++i) a[i] -= along * b[i];
        }
        const Number norm = std::sqrt(std::inner_product(a, a + length, a, 0.0));
        for (Index i = 0; i < length; ++i) weight[place(v, i)] = static_cast<Real>(a[i] /= norm);
    }
}

void zeros(MutableView weight, MutableView bias, Rng&) {
    std::fill_n(weight.data, weight.size(), Real(0));
    std::fill_n(bias.data, bias.size(), Real(0));
}

}  // namespace costate::nn
