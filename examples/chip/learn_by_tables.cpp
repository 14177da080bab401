// examples/chip/learn_by_tables.cpp — a device learns by replaying tables: no tape, no text, no heap             make tables
//   for n:  Z_i = z + h Σ_{j<i} a_ij k_j,  k_i = f(Z_i);   z ← z + h Σ_i b_i k_i                              ode (1), (2)
//   for n, the last one first:  λ ← λ + u;  w_i = h (b_i λ + Σ_{j>i} a_ji μ_j),  μ_i = w_iᵀ∂f/∂z;
//                               λ ← λ + Σ_i μ_i                                                           discrete (1)
//   Adam                                                                                           optim (4), (5), (6)
// f, its pullback and the loss are the tables' operations; these loops are all that a solve and a training step add to them.
// Sums are made in the library's order, and each factor is rounded once, as there: so the weights have its bits.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "autodiff/replay/replay.hpp"  // brings: Replay
#include "examples/chip/chip.hpp"      // brings: chip::say
#include "law.hpp"                     // brings: law, law_weights: printed by examples/chip/print_tables.cpp
#include "loss.hpp"
#include "sample.hpp"

using namespace costate;

namespace {

constexpr int steps = 18, observed = 10, width = 2, stages = 4, iterations = 200;
constexpr double h = 0.1;  // an observation at every second step

// (Real)(h a_ij) of rk4, and in the last row (Real)(h b_i)
constexpr Real factors[stages + 1][stages] = {
    {},
    {Real(h * 0.5)},
    {0, Real(h * 0.5)},
    {0, 0, Real(h * 1)},
    {Real(h * (1.0 / 6)), Real(h*(1.0 / 3)), Real(h*(1.0 / 3)), Real(h*(1.0 / 6))}};

constexpr std::size_t weights = law_weights.size();
Real law_memory[law.numbers], loss_memory[loss.numbers];
Real p[weights], mean_of[weights], square_of[weights];  // Adam's state
double powers[2];
Real states[steps][width];       // at the start of each step
Real seen[2][observed * width];  // by the law, and by the sensor

void add(Real* to, Real factor, const Real* x) {
    for (int i = 0; factor != 0 && i < width; ++i) to[i] += factor * x[i];
}

void run_stages(Replay& f) {
    for (int i = 0; i < stages; ++i) {
        Real* z = f.state(0, i);
        if (i > 0) std::copy_n(f.state(0, 0), width, z);
        for (int j = 0; j < i; ++j) add(z, factors[i][j], f.forward_result(0, j));
        f.forward(i);
    }
}

void solve(Replay& f) {
    Real* z = f.state(0, 0);
    std::copy_n(sample, width, z);
    std::copy_n(z, width, seen[0]);
    for (int n = 0; n < steps; ++n) {
        std::copy_n(z, width, states[n]);
        run_stages(f);
        for (int i = 0; i < stages; ++i) add(z, factors[stages][i], f.forward_result(0, i));
        if (n % 2 == 1) std::copy_n(z, width, seen[0] + (n + 1) / 2 * width);
    }
}

void pull_back(Replay& f, const Real* u) {  // u: the loss by each observation
    Real lambda[width] = {};
    for (int n = steps; n-- > 0;) {
        if (n % 2 == 1) add(lambda, 1, u + (n + 1) / 2 * width);
        std::copy_n(states[n], width, f.state(0, 0));
        run_stages(f);
        for (int i = stages; i-- > 0;) {
            Real* w = f.cotangent(0, i);
            std::fill_n(w, width, Real(0));
            add(w, factors[stages][i], lambda);
            for (int j = i + 1; j < stages; ++j) add(w, factors[j][i], f.reverse_result(0, j));
            f.reverse(i);
        }
        for (int i = 0; i < stages; ++i) add(lambda, 1, f.reverse_result(0, i));
        f.sums();
    }
    f.end();
}

void adam(Real* theta, Real* m, Real* v, View gradient, Real rate, Real debias) {
    constexpr Real b1(0.9), c1(1 - 0.9), b2(0.999), c2(1 - 0.999), eps(1e-8);
    for (Index i = 0; i < gradient.size(); ++i) {
        const Real g = gradient.data[i];
        m[i] = b1 * m[i] + c1 * g;
        v[i] = b2 * v[i] + c2 * (g * g);
        theta[i] = theta[i] - rate * m[i] / (std::sqrt(debias * v[i]) + eps);
    }
}

Real train() {  // one step, and the loss before it
    Replay f(law, law_memory), error(loss, loss_memory);
    f.begin(p);
    solve(f);
    error.begin(seen[0]);
    error.end();
    pull_back(f, error.summed(1).data);
    powers[0] *= 0.9;
    powers[1] *= 0.999;
    const Real rate(0.03 / (1 - powers[0])), debias(1 / (1 - powers[1]));
    std::size_t at = 0;
    for (std::size_t k = 0; k < law.summed.size(); ++k) {
        adam(p + at, mean_of + at, square_of + at, f.summed(k), rate, debias);
        at += static_cast<std::size_t>(f.summed(k).size());
    }
    return error.summed(0).data[0];
}

}  // namespace

int main() {
    std::copy(law_weights.begin(), law_weights.end(), p);
    std::copy_n(sample, observed * width, seen[1]);
    powers[0] = powers[1] = 1;
    const long before = chip::instructions();
    const Real first = train();
    Real last = first;
    for (int k = 1; k < iterations; ++k) last = train();
    chip::say("instructions an iteration", (chip::instructions() - before) / iterations);
    chip::say("loss x 10^6 at first, at last", long(1e6f * first), long(1e6f * last));
    chip::say("stack", long(chip::stack_used()));
    std::uint32_t hash = 2166136261;  // FNV-1a of the weights
    const auto* byte = reinterpret_cast<const unsigned char*>(p);
    for (std::size_t i = 0; i < sizeof p; ++i) hash = (hash ^ byte[i]) * 16777619;
    chip::say("hash of the weights", long(hash >> 16), long(hash & 0xffff));
}
