#include "tests/bench/peak.hpp"

#include <vector>

#include "core/kernels/spans.hpp"   // brings: spans::tanh
#include "core/real.hpp"            // brings: Real
#include "tests/bench/measure.hpp"  // brings: shortest_seconds

namespace costate::bench {

namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif
using Vector = Real __attribute__((vector_size(vector_bytes)));

// Enough chains to hide the latency of a multiply-add (4 to 5 cycles, two a cycle), few enough for 16 registers.
constexpr int chains = 12;

#if defined(__GNUC__) && !defined(__clang__)
#define COSTATE_CONTRACT __attribute__((noinline, optimize("fp-contract=fast")))
#else
#define COSTATE_CONTRACT __attribute__((noinline))
#endif

COSTATE_CONTRACT Real multiply_add(int rounds, Real a, Real b) {
#ifdef __clang__
#pragma clang fp contract(fast)
#endif
    Vector x[chains];
    for (int c = 0; c < chains; ++c) x[c] = Vector{} + static_cast<Real>(c);
    for (int r = 0; r < rounds; ++r)
        for (int c = 0; c < chains; ++c) x[c] = x[c] * a + b;
    Vector sum = x[0];
    for (int c = 1; c < chains; ++c) sum += x[c];
    return sum[0];
}

}  // namespace

Peak measured_peak() {
    constexpr int rounds = 200'000, entries = 2048, times = 50;
    constexpr double operations = 2.0 * rounds * chains * (vector_bytes / sizeof(Real));
    volatile Real a = static_cast<Real>(0.5), b = 1;  // x tends to 2: neither overflow nor denormals
    [[maybe_unused]] volatile Real sink = 0;          // so that the compiler must do the work
    const double of_sums = shortest_seconds([&] { sink = multiply_add(rounds, a, b); });
    std::vector<Real> x(entries), y(entries);
    for (int i = 0; i < entries; ++i) x[i] = static_cast<Real>(i - entries / 2) / 512;
    const double of_tanhs = shortest_seconds([&] {
        for (int time = 0; time < times; ++time) spans::tanh(x.data(), y.data(), entries);
        sink = y[0];
    });
    return {operations / of_sums * 1e-9, of_tanhs / (entries * times) * 1e9};
}

}  // namespace costate::bench
