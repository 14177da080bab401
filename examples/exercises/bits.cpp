// examples/exercises/bits.cpp — the exercises of core/bits.md: each piece is wrong until you have written it
//   make exercises CHAPTER=bits        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=bits-1 helps.
#include <chrono>

#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// bits 1: the n-th number of the stream (n = 0: the first), in the same time for every n (write).
std::uint64_t nth_bits(std::uint64_t seed, std::uint64_t n) { return Rng(seed + n).bits(); }
void bits_1(Check& check) {
    Rng rng(42);
    for (std::uint64_t n = 0; n < 3; ++n) check.equal(text("nth_bits, n = ", n), nth_bits(42, n), rng.bits());
    double fastest = 1;  // s, of three
    for (int i = 0; i < 3 && check.done(); ++i) {
        const auto start = std::chrono::steady_clock::now();
        nth_bits(42, 10'000'000);
        fastest = std::min(fastest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    check.that("nth_bits, n = 10^7", fastest < 1e-3, text(fastest, " s"), "a microsecond, so that 10^12 is no matter");
    if (check.done())
        check.equal("nth_bits, n = 10^12", nth_bits(42, 1'000'000'000'000), std::uint64_t(0x2fd6ab638429d3d7u));
}

// bits 2: how many ranges, bits (2), does a sum over so many rows have (derive)?
double range_count(double rows) { return rows / 32; }
void bits_2(Check& check) {
    for (const double rows : {check.given("rows", {90, 150, 200}), 1000.0}) {
        const auto R = static_cast<Index>(rows);
        Index count = 0;
        for (Index first = 0; first < R; ++count) first += std::max<Index>(32, (R + 7) / 8);
        check.that(text("range_count, of ", rows, " rows"), range_count(rows) == double(count), text(range_count(rows)),
                   "another whole number");
    }
}

struct Part {
    int range;
    Real sum;
};

// bits 3: the sums of ranges arrive as threads get done, each with the number of its range. The total has to be the same to
// the last bit, whoever is first (find the bug).
Real sum_of_ranges(std::vector<Part> arrived) {
    Real total = 0;
    for (const Part& part : arrived) total += part.sum;
    return total;
}
void bits_3(Check& check) {
    constexpr Real gap = std::numeric_limits<Real>::epsilon();
    const std::vector<Part> parts = {{0, 1}, {1, gap / 2}, {2, gap / 2}, {3, gap / 2}, {4, gap}};
    const Real in_order = 1 + gap;
    for (const auto& order : {std::vector{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}}) {
        std::vector<Part> arrived;
        for (const int i : order) arrived.push_back(parts[std::size_t(i)]);
        check.equal(text("sum_of_ranges, ", order[0], " first: gaps above 1"), (sum_of_ranges(arrived) - 1) / gap,
                    (in_order - 1) / gap);
    }
}

// bits 4: 1, then 63 half gaps, added by tiles of so many and then the tiles: how many gaps above 1 (predict, then run)?
double gaps_by_tiles(double /*tile*/) { return 31.5; }
void bits_4(Check& check) {
    const double tile = check.given("tile", {4, 2, 32});
    constexpr Real gap = std::numeric_limits<Real>::epsilon();
    Real total = 0;
    for (int first = 0; first < 64; first += int(tile)) {
        Real part = 0;
        for (int i = first; i < first + int(tile); ++i) part += i == 0 ? Real(1) : gap / 2;
        total += part;
    }
    check.near("gaps_by_tiles", gaps_by_tiles(tile), double((total - 1) / gap), 1e-9);
}

// bits 5: a file, as serialize makes it, with two tensors or more of yours, ten numbers or more in all (your own data).
std::vector<std::uint8_t> my_file() { return {}; }
void bits_5(Check& check) {
    const std::vector<std::uint8_t> bytes = my_file();
    check.that("my_file, its bytes", bytes.size() > 100, text(bytes.size()), "those of two tensors");
    if (!check.done()) return;
    const TensorFile file = parse(bytes, "my_file");
    Index numbers = 0;
    for (const TensorFile::Item& item : file.items()) numbers += file.tensor(item.name).size();
    check.that("my_file, its tensors", file.items().size() >= 2, text(file.items().size()), "2 or more");
    check.that("my_file, its numbers", numbers >= 10, text(numbers), "10 or more");
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::vector<std::uint8_t> damaged = bytes;
        damaged[i] ^= 16;
        try {
            parse(damaged, "my_file");
            ++unseen;
        } catch (const Error&) {
        }
    }
    check.equal("my_file, damages that nobody saw", unseen, std::size_t(0));
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "the n-th random number, at once", bits_1},       {2, 2, "how many ranges", bits_2},
        {3, 2, "a sum that does not ask who was first", bits_3}, {4, 2, "tiles of another size", bits_4},
        {5, 2, "a file of yours, damaged everywhere", bits_5},
    };
    return report("bits", exercises, argc, argv);
}
