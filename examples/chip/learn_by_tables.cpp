// examples/chip/learn_by_tables.cpp — a device learns by replaying tables: no tape, no text, no heap             make tables
//   loss and gradient   of a training step that was recorded on a computer, its solve and all: replayed
//   Adam                                                                                     optim (4), (5), (6)
// Sums are made in the library's order, and each factor is rounded once, as there: so the weights have its bits.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "examples/chip/chip.hpp"  // brings: chip::say
#include "ode/replay/solve.hpp"    // brings: Replay, and the loops of a solve
#include "sample.hpp"
#include "step.hpp"  // brings: step, step_weights: printed by examples/chip/print_tables.cpp

using namespace costate;

namespace {

constexpr int iterations = 200;
constexpr std::size_t samples = std::size(sample), weights = step_weights.size();
Real memory[step.numbers];
Real p[samples + weights], mean_of[weights], square_of[weights];  // what the step reads; Adam's state
double powers[2];

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
    Replay replay(step, memory);
    replay.run(p);
    powers[0] *= 0.9;
    powers[1] *= 0.999;
    const Real rate(0.03 / (1 - powers[0])), debias(1 / (1 - powers[1]));
    std::size_t at = 0;
    for (std::size_t k = 1; k < step.summed.size(); ++k) {
        const View gradient = replay.summed(k);
        adam(p + samples + at, mean_of + at, square_of + at, gradient, rate, debias);
        at += static_cast<std::size_t>(gradient.size());
    }
    return replay.summed(0).data[0];
}

}  // namespace

int main() {
    std::copy_n(sample, samples, p);
    std::ranges::copy(step_weights, p + samples);
    powers[0] = powers[1] = 1;
    const long before = chip::instructions();
    const Real first = train();
    Real last = first;
    for (int k = 1; k < iterations; ++k) last = train();
    chip::say("instructions an iteration", (chip::instructions() - before) / iterations);
    chip::say("loss x 10^6 at first, at last", long(1e6f * first), long(1e6f * last));
    chip::say("stack", long(chip::stack_used()));
    std::uint32_t hash = 2166136261;  // FNV-1a of the weights
    const auto* byte = reinterpret_cast<const unsigned char*>(p + samples);
    for (std::size_t i = 0; i < weights * sizeof(Real); ++i) hash = (hash ^ byte[i]) * 16777619;
    chip::say("hash of the weights", long(hash >> 16), long(hash & 0xffff));
}
