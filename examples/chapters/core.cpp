// examples/chapters/core.cpp — what does a machine do with numbers, one at a time and many at once?
// Look for: two orders, two sums, and how much a chain may lose; what broadcasting, a product and an exponential are made of.
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/elementary/elementary.hpp"  // brings: elementary::sigmoid, exp
#include "core/kernels/broadcast.hpp"      // brings: broadcast_shapes
#include "core/kernels/gemm.hpp"           // brings: gemm
#include "core/kernels/map.hpp"            // brings: map
#include "core/nested.hpp"                 // brings: tensor

using namespace costate;

namespace {

constexpr Real eps = std::numeric_limits<Real>::epsilon();  // the gap between 1 and the next number

void say(const char* what, const Tensor& x) { std::printf("%-14s %s\n", what, to_text(x).c_str()); }

void orders() {
    // [orders]
    Real large_first = 1, small_first = 0;
    for (int i = 0; i < 63; ++i) large_first += eps / 2;  // half a gap is rounded away, each time
    for (int i = 0; i < 63; ++i) small_first += eps / 2;
    small_first += 1;
    // [/orders]
    std::printf("1 first    1 + %g gaps\n", static_cast<double>((large_first - 1) / eps));
    std::printf("1 last     1 + %g gaps\n", static_cast<double>((small_first - 1) / eps));
    std::printf("exactly    1 + %.6f gaps, the bound on what is lost: %.6f\n\n", 63 * 0.5, (64 - 1) / 2.);
}

void exponential() {
    const double x = 10, n = std::round(x / std::log(2)), r = x - n * std::log(2);
    std::printf("\n10 = %.0f ln 2 + %.6f     2^%.0f e^r = %.6f     e^10 = %.6f\n", n, r, n,
                std::ldexp(elementary::exp(r), int(n)), std::exp(x));
}

}  // namespace

int main() {
    orders();
    // [program]
    const Tensor A = tensor({{1, 2, 3}, {4, 5, 6}}), b = tensor({10, 20, 30}), w = tensor({{1, 0}, {0, 1}, {1, 1}});
    Tensor C({2, 3}), P({2, 2}), s = tensor({-50, 0, 1});             // shapes, and numbers
    map([](Real a, Real bias) { return a + bias; }, C.view(), A, b);  // (2): b repeats for each row
    gemm({.M = 2, .K = 3, .N = 2}, A.data(), w.data(), P.data());     // (3)
    map([](Real x) { return elementary::sigmoid(x); }, s.view(), s);  // (4), in place
    say("A + b", C);
    say("A w", P);
    say("sigmoid", s);
    // [/program]
    exponential();
    try {
        broadcast_shapes("A + b", Shape{4, 3}, Shape{4});
    } catch (const Error& error) {
        std::printf("\n%s\n", error.what());
    }
}
