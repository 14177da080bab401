// tests/bench/kernels.cpp — products of the shapes that networks have, beside the peak and beside loops that know their size
//   product   C [M,N] = op(A) [M,K] op(B) [K,N]; "B'" is stored as [N,K], "A'" as [K,M]
//   share     of the peak of one core (tests/bench/peak.hpp), which the flops alone would allow
//   loops     the same product by three loops whose bounds the compiler knows: what a small one is to be compared with
//   function  y_i = f(x_i), 2,048 numbers, which stay in the nearest cache
#include "tests/bench/kernels.hpp"

#include <cstdio>
#include <vector>

#include "core/kernels/combine.hpp"  // brings: combine
#include "core/kernels/gemm.hpp"     // brings: gemm
#include "core/kernels/spans.hpp"    // brings: spans::exp, ...
#include "core/random.hpp"           // brings: Rng
#include "tests/bench/by_hand.hpp"   // brings: print_by_hand
#include "tests/bench/measure.hpp"   // brings: shortest_seconds
#include "tests/bench/peak.hpp"      // brings: measured_peak

namespace costate::bench {
namespace {

std::vector<Real> numbers(Index count) {
    std::vector<Real> x(static_cast<std::size_t>(count));
    Rng(1).fill_uniform(x, -2, 2);
    return x;
}

// Of one call; so many in a row that a clock can tell.
template <class Work>
double seconds_of_one(Index at_once, Work&& work) {
    return shortest_seconds([&] {
               for (Index i = 0; i < at_once; ++i) work();
           }) /
           static_cast<double>(at_once);
}

void print_product(const GemmShape& s, double peak) {
    const std::vector<Real> a = numbers(s.M * s.K), b = numbers(s.K * s.N);
    std::vector<Real> c(static_cast<std::size_t>(s.M * s.N));
    const double flops = 2.0 * static_cast<double>(s.M * s.N * s.K);
    const double t =
        seconds_of_one(1 + static_cast<Index>(1e6 / flops), [&] { gemm(s, a.data(), b.data(), c.data()); });
    std::printf("product  %4ld x %3ld x %3ld %-5s %10.0f ns %7.1f GFLOP/s   share %3.0f %%\n", static_cast<long>(s.M),
                static_cast<long>(s.K), static_cast<long>(s.N),
                s.transpose_a   ? "A'"
                : s.transpose_b ? "B'"
                                : "",
                1e9 * t, 1e-9 * flops / t, 100e-9 * flops / t / peak);
}

template <int M, int K, int N>
[[gnu::noinline]] void known_product(const Real* a, const Real* b, Real* c) {
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            Real sum = 0;
            for (int k = 0; k < K; ++k) sum += a[i * K + k] * b[k * N + j];
            c[i * N + j] = sum;
        }
}

template <int M, int K, int N>
void print_small_product() {
    const std::vector<Real> a = numbers(M * K), b = numbers(K * N);
    std::vector<Real> c(M * N);
    const GemmShape shape{M, K, N};
    const Gemm chosen = gemm_for(shape, false);  // once, as programs do
    const double t =
        seconds_of_one(1000, [&] { chosen(shape, a.data(), b.data(), c.data(), Into::assign, nullptr, nullptr); });
    const double known = seconds_of_one(1000, [&] { known_product<M, K, N>(a.data(), b.data(), c.data()); });
    std::printf("product  %4d x %3d x %3d       %10.1f ns   loops %.1f ns   %.2f times as long\n", M, K, N, 1e9 * t,
                1e9 * known, t / known);
}

void print_function(const char* name, void (*f)(const Real*, Real*, Index)) {
    const std::vector<Real> x = numbers(2048);
    std::vector<Real> y(x.size());
    const double t = seconds_of_one(50, [&] { f(x.data(), y.data(), std::ssize(x)); });
    std::printf("function %-20s %10.3f ns an entry\n", name, 1e9 * t / static_cast<double>(x.size()));
}

void print_combination(int terms, Index count) {
    const std::vector<Real> y = numbers(count), k = numbers(count);
    std::vector<Real> out(y.size());
    const std::vector<const Real*> stages(static_cast<std::size_t>(terms), k.data());
    const std::vector<double> a(stages.size(), 0.25);
    const double t = seconds_of_one(
        1000, [&] { combine(out.data(), y.data(), stages.data(), a.data(), 0.1, terms, std::ssize(y)); });
    std::printf("combine  %d terms of %4ld     %10.1f ns\n", terms, static_cast<long>(count), 1e9 * t);
}

}  // namespace

void print_kernels() {
    const double peak = measured_peak().gflops;
    std::printf("peak     %.1f GFLOP/s\n", peak);
    for (const GemmShape& s : {GemmShape{512, 64, 64}, GemmShape{256, 256, 256}, GemmShape{64, 32, 64}}) {
        GemmShape a = s, b = s;
        a.transpose_a = b.transpose_b = true;
        for (const GemmShape& each : {s, a, b}) print_product(each, peak);
    }
    print_small_product<1, 64, 2>();
    print_small_product<20, 2, 64>();
    print_small_product<2, 6, 2>();
    print_function("tanh", spans::tanh);
    print_function("exp", spans::exp);
    print_function("log", spans::log);
    print_function("sigmoid", spans::sigmoid);
    print_function("softplus", spans::softplus);
    print_function("sin", spans::sin);
    for (const Index count : {1, 2, 8, 128, 1024}) print_combination(5, count);
    print_by_hand();
}

}  // namespace costate::bench
