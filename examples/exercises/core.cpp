// examples/exercises/core.cpp — the exercises of core/README.md: each piece is wrong until you have written it
//   make exercises CHAPTER=core        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=core-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// core 1: add the halves, each by this function, and then the two results; one number is its own sum (write).
Real pairwise_sum(std::span<const Real> x) {
    Real sum = 0;
    for (const Real entry : x) sum += entry;
    return sum;
}
void core_1(Check& check) {  // a chain of 1 and 63 half gaps loses all of them, pairs nearly none
    constexpr Real gap = std::numeric_limits<Real>::epsilon();
    const Tensor seven = tensor({1, 2, 3, 4, 5, 6, 7});
    Tensor x({64}, gap / 2);
    x[0] = 1;
    check.equal("pairwise_sum, of 1, 2, ... 7", pairwise_sum(seven.entries()), Real(28));
    check.equal("pairwise_sum, of 1 and 63 half gaps: gaps above 1", (pairwise_sum(x.entries()) - 1) / gap, Real(31));
}

// core 2: y[i,j] = a_i b_j from a [m] and b [n], with one call of map and no loop (write).
Tensor outer(const Tensor& a, const Tensor& b) {
    Tensor y({a.size(), b.size()});
    return y;
}
void core_2(Check& check) {
    check.equal("outer, of [1, 2] and [3, 4, 5]", outer(tensor({1, 2}), tensor({3, 4, 5})),
                tensor({{3, 4, 5}, {6, 8, 10}}));
}

// core 3: x = n ln 2 + r with a whole n and the smallest |r|: what is r (derive)?
double rest(double x) { return x; }
void core_3(Check& check) {
    const double x = check.given("x", {15, -7, 20, 33});
    const double r = rest(x), n = (x - r) / std::log(2);
    check.that("rest, |r|", std::abs(r) <= std::log(2) / 2 + 1e-9, text(std::abs(r)), "ln 2 / 2 = 0.346574 at most");
    check.that("rest, (x - r) / ln 2", std::abs(n - std::round(n)) < 1e-6, text(n), "a whole number");
}

// core 4: the mean of (x − mean)². For numbers far from 0 it is 0, or less (find the bug).
double variance(const std::vector<double>& x) {
    double sum = 0, squares = 0;
    for (const double entry : x) sum += entry, squares += entry * entry;
    const double n = double(x.size());
    return squares / n - sum / n * sum / n;
}
void core_4(Check& check) {
    for (const double far : {0.0, 1e4, 1e9})
        check.near(text("variance, of 1, 2, 3 and 4 beyond ", far), variance({far + 1, far + 2, far + 3, far + 4}),
                   1.25, 1e-6);
}

// core 5: the shape of a [B,1] + b [3] + c [2,1,1], where B is given (predict, then run).
std::vector<Index> shape_of_sum(Index rows) { return {rows, 3}; }
void core_5(Check& check) {
    const auto rows = static_cast<Index>(check.given("B", {4, 5, 7}));
    const Shape right =
        broadcast_shapes("a + b + c", broadcast_shapes("a + b", Shape{rows, 1}, Shape{3}), Shape{2, 1, 1});
    const std::vector<Index> shape = shape_of_sum(rows);
    std::string got, expected;
    for (const Index extent : shape) got += text(extent, " ");
    for (int axis = 0; axis < right.rank(); ++axis) expected += text(right[axis], " ");
    check.that("shape_of_sum", got == expected, got, "another shape: aligned at the last axis");
}

// core 6: numbers of yours, three or more, none beyond ±1000, whose sum from the front is not their sum from the back (your
// own numbers).
std::vector<Real> my_numbers() { return {}; }
void core_6(Check& check) {
    const std::vector<Real> x = my_numbers();
    check.that("my_numbers, how many", x.size() >= 3, text(x.size()), "3 or more");
    Real front = 0, back = 0, largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        front += x[i];
        back += x[x.size() - 1 - i];
        largest = std::max(largest, std::abs(x[i]));
    }
    check.that("my_numbers, the largest", largest <= 1000, text(largest), "1000 at most");
    check.that("my_numbers, both sums", front != back, text(front, " and ", back, " are equal"), "two that differ");
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "pairs lose fewer digits than a chain", core_1},
        {2, 2, "an outer product is a broadcast", core_2},
        {3, 2, "what is left for the polynomial", core_3},
        {4, 2, "a variance far from 0", core_4},
        {5, 1, "three shapes in a sum", core_5},
        {6, 1, "a sum of yours that depends on its order", core_6},
    };
    return report("core", exercises, argc, argv);
}
