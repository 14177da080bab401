// tests/core/gemm_cases.hpp — products of random matrices, and what they are in long double
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/kernels/gemm.hpp"  // brings: gemm, GemmShape, Into, transpose

namespace costate::test::products {

using Numbers = std::vector<Real>;
inline constexpr Real eps = std::numeric_limits<Real>::epsilon();
inline constexpr Into every_into[] = {Into::assign, Into::add, Into::extend};

struct Random {
    std::uint64_t state = 1;
    std::uint64_t next() {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return state >> 33;
    }
    Index below(Index n) { return static_cast<Index>(next() % static_cast<std::uint64_t>(n)); }
    Numbers numbers(Index n) {
        Numbers x(static_cast<std::size_t>(n));
        for (Real& v : x) v = static_cast<Real>(static_cast<double>(next()) / 1073741824.0 - 1);
        return x;
    }
};

inline Numbers transposed(const Numbers& A, Index rows, Index columns) {
    Numbers At(A.size());
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < columns; ++j)
            At[static_cast<std::size_t>(j * rows + i)] = A[static_cast<std::size_t>(i * columns + j)];
    return At;
}

// One product with its numbers: A is [M,K], B is [K,N] here, and stored as `run` is told.
struct Case {
    struct Entry {
        long double sum = 0, size = 0;  // of its terms; of their absolute values
    };
    Index M, K, N;
    Numbers A, B, C, w;
    std::vector<Entry> product, weighted_product;
    Case(Random& random, Index m, Index k, Index n)
        : M(m),
          K(k),
          N(n),
          A(random.numbers(m * k)),
          B(random.numbers(k * n)),
          C(random.numbers(m * n)),
          w(random.numbers(k)),
          product(multiply(Numbers(w.size(), 1))),
          weighted_product(multiply(w)) {}

    Numbers run(bool ta, bool tb, Into into = Into::assign, bool weighted = false) const {
        const Numbers a = ta ? transposed(A, M, K) : A, b = tb ? transposed(B, K, N) : B;
        Numbers c = C;
        gemm({M, K, N, ta, tb}, a.data(), b.data(), c.data(), into, weighted ? w.data() : nullptr);
        return c;
    }
    Numbers rows(Index first, Index count) const {  // of A
        return Numbers(A.begin() + first * K, A.begin() + (first + count) * K);
    }
    std::vector<Entry> multiply(const Numbers& weights) const {
        std::vector<Entry> entries(C.size());
        for (Index i = 0; i < M; ++i)
            for (Index j = 0; j < N; ++j)
                for (Index k = 0; k < K; ++k) {
                    const long double term = static_cast<long double>(A[static_cast<std::size_t>(i * K + k)]) *
                                             B[static_cast<std::size_t>(k * N + j)] *
                                             weights[static_cast<std::size_t>(k)];
                    Entry& entry = entries[static_cast<std::size_t>(i * N + j)];
                    entry.sum += term;
                    entry.size += std::fabs(term);
                }
        return entries;
    }
    double worst_error(const Numbers& c, Into into, bool weighted) const {  // in units of the bound
        double worst = 0;
        for (std::size_t at = 0; at < C.size(); ++at) {
            const Entry& entry = (weighted ? weighted_product : product)[at];
            const long double start = into == Into::assign ? 0 : C[at];
            const long double bound = static_cast<long double>(K + 2) * eps * (entry.size + std::fabs(start));
            const long double error = std::fabs(c[at] - (start + entry.sum));
            if (!(error <= bound)) worst = std::max(worst, bound > 0 ? static_cast<double>(error / bound) : 1e9);
        }
        return worst;
    }
};

// Sizes around every boundary: empty, one, one vector of either precision, the ragged tails, the blocks of k and the
// dot product's range.
inline const Index sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 33, 50};
inline const Index depths[] = {0, 1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 100, 129, 400, 1024, 1025};

template <class Visit>
void for_random_cases(int count, Visit visit) {
    Random random;
    for (int n = 0; n < count; ++n) {
        const Index M = sizes[random.below(16)], K = depths[random.below(n % 4 == 0 ? 16 : 12)],
                    N = sizes[random.below(16)];
        const Case c(random, M, K, N);
        CAPTURE(M);
        CAPTURE(K);
        CAPTURE(N);
        visit(c);
    }
}

// Does a (K, N) without transpose_a belong to the dot product? Not for any size tested with this guard.
inline bool surely_chain(const Case& c) { return c.N > 4 || c.K < 2 || c.K > 1024; }

}  // namespace costate::test::products
