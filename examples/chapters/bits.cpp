// examples/chapters/bits.cpp — how can a result be the same however many threads computed it?
// Look for: one list of numbers with four sums, and which of the four does not depend on who does the adding.
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "core/files/tensor_file.hpp"  // brings: TensorFile, serialize, parse
#include "core/kernels/reduce.hpp"     // brings: sum, sum_ranged
#include "core/nested.hpp"             // brings: tensor
#include "core/random.hpp"             // brings: Rng

using namespace costate;

namespace {

constexpr Real eps = std::numeric_limits<Real>::epsilon();  // the gap between 1 and the next number

// [tiles]
Real sum_by_tiles(const Tensor& x, Index tile) {  // as threads do: each adds a tile, then the tiles are added
    Tensor part, total;
    for (Index first = 0; first < x.size(); first += tile) {
        sum(x.rows(first, tile), 1, part.view());
        total[0] += part[0];
    }
    return total[0];
}
// [/tiles]

void sums() {
    Tensor x({64}, eps / 2), ranged;  // 1, then 63 numbers of half a gap; their sum is 1 + 31.5 gaps
    x[0] = 1;
    for (const Index tile : {64, 16, 8})
        std::printf("tiles of %-5td 1 + %g gaps\n", tile, static_cast<double>((sum_by_tiles(x, tile) - 1) / eps));
    sum_ranged(x, 1, ranged.view());
    std::printf("sum_ranged     1 + %g gaps\n\n", static_cast<double>((ranged[0] - 1) / eps));
}

void moments() {  // of 100,000 numbers: what (3) is to be like
    // [random]
    Rng rng(0), later(Rng::State{.seed = 0, .counter = 1});  // (3): the second one skips a number
    const double first = rng.uniform(), second = rng.uniform();
    std::printf("%.6f %.6f   again %.6f\n", first, second, later.uniform());
    // [/random]
    double mean = 0, square = 0;
    constexpr int n = 100'000;
    for (int i = 0; i < n; ++i) {
        const double u = rng.uniform();
        mean += u / n, square += u * u / n;
    }
    std::printf("mean %.6f, within 3/sqrt(12 n) = %.6f of 1/2: %s\n", mean, 3 / std::sqrt(12. * n),
                std::abs(mean - 0.5) < 3 / std::sqrt(12. * n) ? "yes" : "no");
    std::printf("variance %.4f, of 1/12 = %.4f\n\n", square - mean * mean, 1 / 12.);
}

}  // namespace

int main() {
    sums();
    moments();
    // [file]
    TensorFile file;
    file.add("A", tensor({{1, 2, 3}, {4, 5, 6}}));
    std::vector<std::uint8_t> bytes = serialize(file);
    bytes[bytes.size() / 2] ^= 1;  // one bit
    try {
        parse(bytes, "model.costate");
    } catch (const Error& error) {
        std::printf("%s\n", error.failure().what.c_str());
    }
    // [/file]
}
