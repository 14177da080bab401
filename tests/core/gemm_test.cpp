// tests/core/gemm_test.cpp — the matrix product against a long sum, and the law of bits
//   error bound   K fused operations and one more sum: |c - exact| <= (K + 2) eps Σ_k |a_ik w_k b_kj| + eps |C|
//                 (Higham 2002, section 3.1: γ_K = K u / (1 - K u), u = eps / 2; the factor 2 covers the weights)
#include <array>

#include "tests/core/gemm_cases.hpp"  // brings: Case, for_random_cases, Numbers

using namespace costate;
using namespace costate::test::products;

TEST_SUITE("core") {
    TEST_CASE("gemm: every transpose, every into, weighted or not, lies within the bound of a chain of K terms") {
        for_random_cases(400, [](const Case& c) {
            for (int bits = 0; bits < 8; ++bits)
                for (Into into : every_into) {
                    CAPTURE(bits);
                    CHECK(c.worst_error(c.run(bits & 1, bits & 2, into, bits & 4), into, bits & 4) == 0);
                }
        });
    }

    TEST_CASE("gemm: C = A B of the textbook") {
        const Numbers A = {1, 2, 3, 4, 5, 6}, B = {7, 8, 9, 10, 11, 12};
        Numbers C(4, 100);
        gemm({2, 3, 2}, A.data(), B.data(), C.data());
        CHECK(C == Numbers{58, 64, 139, 154});
        gemm({2, 3, 2}, A.data(), B.data(), C.data(), Into::add);
        CHECK(C == Numbers{116, 128, 278, 308});
    }

    TEST_CASE("gemm: the layout of B does not change a bit") {
        for_random_cases(300, [](const Case& c) {
            for (Into into : every_into)
                for (bool weighted : {false, true}) {
                    CHECK(c.run(false, false, into, weighted) == c.run(false, true, into, weighted));
                    CHECK(c.run(true, false, into, weighted) == c.run(true, true, into, weighted));
                }
        });
    }

    TEST_CASE("gemm: nor does that of an A whose numbers lie far apart, of which blocks are copied") {
        Random random{5};
        for (const auto& [M, K, N] :
             {std::array<Index, 3>{256, 70, 20}, {512, 64, 33}, {512, 200, 70}, {300, 70, 20}}) {
            const Case c(random, M, K, N);
            const Numbers row = random.numbers(N), at = transposed(c.A, M, K);
            for (bool tb : {false, true})
                for (Into into : every_into)
                    for (bool weighted : {false, true})
                        CHECK(c.run(true, tb, into, weighted) == c.run(false, tb, into, weighted));
            for (Into into : every_into) {
                Numbers one = c.C, other = c.C;
                gemm({M, K, N}, c.A.data(), c.B.data(), one.data(), into, nullptr, row.data());
                gemm({M, K, N, true}, at.data(), c.B.data(), other.data(), into, nullptr, row.data());
                CHECK(one == other);
            }
        }
    }

    TEST_CASE("gemm: sums of a few terms are those of each row by itself, wherever A's numbers lie") {
        Random random{6};
        for (Index K = 1; K <= 5; ++K)
            for (Index N : {8, 16, 17, 31, 64, 67}) {
                constexpr Index M = 7;
                const Case c(random, M, K, N);
                const Numbers row = random.numbers(N), at = transposed(c.A, M, K);
                for (Into into : every_into)
                    for (const Real* added : {static_cast<const Real*>(nullptr), row.data()}) {
                        Numbers whole = c.C, turned = c.C, by_rows = c.C;
                        gemm({M, K, N}, c.A.data(), c.B.data(), whole.data(), into, nullptr, added);
                        gemm({M, K, N, true}, at.data(), c.B.data(), turned.data(), into, nullptr, added);
                        for (Index i = 0; i < M; ++i)
                            gemm({1, K, N}, &c.A[i * K], c.B.data(), &by_rows[i * N], into, nullptr, added);
                        CHECK(whole == by_rows);
                        CHECK(turned == by_rows);
                    }
            }
    }

    TEST_CASE("gemm: the layout of A does not change a bit, outside the range of the dot product") {
        for_random_cases(300, [](const Case& c) {
            if (!surely_chain(c)) return;
            for (Into into : every_into) CHECK(c.run(false, false, into) == c.run(true, false, into));
        });
    }

    TEST_CASE("gemm: a row of C does not see which rows run beside it") {
        for_random_cases(300, [](const Case& c) {
            for (bool ta : {false, true})
                for (Into into : every_into) {
                    const Numbers whole = c.run(ta, true, into);
                    for (Index first = 0, count = 1; first < c.M; first += count, count = count % 5 + 1) {
                        count = std::min(count, c.M - first);
                        Case part = c;
                        part.M = count;
                        part.A = c.rows(first, count);
                        part.C = Numbers(c.C.begin() + first * c.N, c.C.begin() + (first + count) * c.N);
                        const Numbers expected(whole.begin() + first * c.N, whole.begin() + (first + count) * c.N);
                        CHECK(part.run(ta, true, into) == expected);
                    }
                }
        });
    }

    TEST_CASE("gemm: a chain may stop anywhere and be extended: transpose_a") {
        Random random{7};
        for_random_cases(300, [&](const Case& c) {
            for (bool weighted : {false, true}) {
                const Index split = random.below(c.K + 1);
                const Numbers At = transposed(c.A, c.M, c.K);
                Numbers C = c.C;
                gemm({c.M, split, c.N, true, false}, At.data(), c.B.data(), C.data(), Into::assign,
                     weighted ? c.w.data() : nullptr);
                gemm({c.M, c.K - split, c.N, true, false}, At.data() + split * c.M, c.B.data() + split * c.N, C.data(),
                     Into::extend, weighted ? c.w.data() + split : nullptr);
                CHECK(C == c.run(true, false, Into::assign, weighted));
            }
        });
    }

    TEST_CASE("gemm: add is the product, rounded, and then one sum") {
        for_random_cases(300, [](const Case& c) {
            for (bool ta : {false, true})
                for (bool tb : {false, true}) {
                    Numbers sum = c.run(ta, tb);
                    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = c.C[i] + sum[i];
                    CHECK(c.run(ta, tb, Into::add) == sum);
                }
        });
    }

    TEST_CASE("gemm: a weight is applied to the row of B, with its own rounding") {
        for_random_cases(300, [](const Case& c) {
            Case scaled = c;
            for (Index k = 0; k < c.K; ++k)
                for (Index j = 0; j < c.N; ++j)
                    scaled.B[static_cast<std::size_t>(k * c.N + j)] =
                        c.w[static_cast<std::size_t>(k)] * c.B[static_cast<std::size_t>(k * c.N + j)];
            for (bool ta : {false, true})
                for (bool tb : {false, true})
                    for (Into into : every_into) CHECK(c.run(ta, tb, into, true) == scaled.run(ta, tb, into));
        });
    }

    TEST_CASE("gemm: without terms the product is zero") {
        Random random;
        const Case c(random, 3, 0, 20);
        CHECK(c.run(false, false) == Numbers(60, 0));
        CHECK(c.run(true, false, Into::add) == c.C);
        CHECK(c.run(false, true, Into::extend) == c.C);
    }

    TEST_CASE("gemm: nothing is written outside C") {
        static constexpr Real guard = 12345;
        for_random_cases(300, [](const Case& c) {
            for (int bits = 0; bits < 4; ++bits)
                for (Into into : every_into) {
                    Numbers C(c.C.size() + 128, guard);
                    gemm({c.M, c.K, c.N, (bits & 1) != 0, (bits & 2) != 0}, c.A.data(), c.B.data(), C.data() + 64,
                         into);
                    bool clean = true;
                    for (std::size_t i = 0; i < 64; ++i) clean = clean && C[i] == guard && C[C.size() - 1 - i] == guard;
                    CHECK(clean);
                }
        });
    }

    TEST_CASE("gemm: an infinite or missing number stays in its own row and column") {
        Random random;
        for (Index K : {5, 17, 33, 300})
            for (Index N : {1, 2, 4, 6, 20}) {
                Case c(random, 9, K, N);
                const Numbers before = c.run(false, true);
                c.A[static_cast<std::size_t>(4 * K + K / 2)] = std::numeric_limits<Real>::infinity();
                c.A[static_cast<std::size_t>(5 * K + K - 1)] = std::numeric_limits<Real>::quiet_NaN();
                const Numbers after = c.run(false, true);
                for (std::size_t i = 0; i < after.size(); ++i) {
                    const auto row = static_cast<Index>(i) / N;
                    if (row == 4) CHECK(std::isinf(after[i]));
                    if (row == 5) CHECK(std::isnan(after[i]));
                    if (row != 4 && row != 5) CHECK(after[i] == before[i]);
                }
            }
    }

    TEST_CASE("transpose: entry (i,j) becomes (j,i), for every pair of sizes, and nothing else is touched") {
        Random random;
        for (Index rows : sizes)
            for (Index columns : sizes) {
                const Numbers A = random.numbers(rows * columns);
                Numbers At(A.size() + 8, 7), expected = transposed(A, rows, columns);
                expected.resize(At.size(), 7);
                transpose(A.data(), At.data(), rows, columns);
                CHECK(At == expected);
            }
    }
}
