// examples/chapters/core.cpp — what does a machine do with numbers, one at a time and many at once?
// Look for: one list of numbers with four sums, and which of the four does not depend on who does the adding.
#include <cstdio>
#include <limits>

#include "core/elementary/elementary.hpp"  // brings: elementary::sigmoid
#include "core/files/tensor_file.hpp"      // brings: TensorFile, serialize, parse
#include "core/kernels/broadcast.hpp"      // brings: broadcast_shapes
#include "core/kernels/gemm.hpp"           // brings: gemm
#include "core/kernels/map.hpp"            // brings: map
#include "core/kernels/reduce.hpp"         // brings: sum, sum_ranged
#include "core/random.hpp"                 // brings: Rng

using namespace costate;

namespace {

constexpr Real eps = std::numeric_limits<Real>::epsilon();  // the gap between 1 and the next number

void say(const char* what, const Tensor& x) { std::printf("%-14s %s\n", what, to_text(x).c_str()); }

Real sum_by_tiles(const Tensor& x, Index tile) {  // as threads do: each adds a tile, then the tiles are added
    Tensor part, total;
    for (Index first = 0; first < x.size(); first += tile) {
        sum(x.rows(first, tile), 1, part.view());
        total[0] += part[0];
    }
    return total[0];
}

void sums() {
    Tensor x({64}, eps / 2), ranged;  // 1, then 63 numbers of half a gap; their sum is 1 + 31.5 gaps
    x[0] = 1;
    for (const Index tile : {64, 16, 8})
        std::printf("tiles of %-5td 1 + %g gaps\n", tile, static_cast<double>((sum_by_tiles(x, tile) - 1) / eps));
    sum_ranged(x, 1, ranged.view());
    std::printf("sum_ranged     1 + %g gaps\n\n", static_cast<double>((ranged[0] - 1) / eps));
}

}  // namespace

int main() {
    sums();

    // [program]
    const Tensor A = tensor({{1, 2, 3}, {4, 5, 6}}), b = tensor({10, 20, 30}), w = tensor({{1, 0}, {0, 1}, {1, 1}});
    Tensor C({2, 3}), P({2, 2}), s = tensor({-50, 0, 1});             // shapes, and numbers
    map([](Real a, Real bias) { return a + bias; }, C.view(), A, b);  // (4): b repeats for each row
    gemm({.M = 2, .K = 3, .N = 2}, A.data(), w.data(), P.data());     // (5)
    map([](Real x) { return elementary::sigmoid(x); }, s.view(), s);  // (6), in place
    say("A + b", C);
    say("A w", P);
    say("sigmoid", s);

    Rng rng(0), later(Rng::State{.seed = 0, .counter = 1});  // (7): the second one skips a number
    const double first = rng.uniform(), second = rng.uniform();
    std::printf("%-14s %.6f %.6f   again %.6f\n", "Rng", first, second, later.uniform());
    TensorFile file;
    file.add("A", A);
    std::vector<std::uint8_t> bytes = serialize(file);
    bytes[bytes.size() / 2] ^= 1;  // one bit
    try {
        parse(bytes, "model.costate");
    } catch (const Error& error) {
        std::printf("%s\n", error.failure().what.c_str());
    }
    // [/program]

    try {
        broadcast_shapes("A + b", Shape{4, 3}, Shape{4});
    } catch (const Error& error) {
        std::printf("\n%s\n", error.what());
    }
}
