// tests/core/gemm_fused_test.cpp — products that add a row, and products with a packed matrix: the same bits
#include "tests/core/gemm_cases.hpp"  // brings: Case, for_random_cases, Numbers

using namespace costate;
using namespace costate::test::products;

TEST_SUITE("core") {
    TEST_CASE("gemm: a row is added to the product, rounded, before anything else is") {
        Random random{3};
        for_random_cases(300, [&](const Case& c) {
            const Numbers row = random.numbers(c.N);
            for (int bits = 0; bits < 8; ++bits)
                for (Into into : every_into) {
                    const Numbers a = bits & 1 ? transposed(c.A, c.M, c.K) : c.A,
                                  b = bits & 2 ? transposed(c.B, c.K, c.N) : c.B;
                    const Real* weights = bits & 4 ? c.w.data() : nullptr;
                    if (into == Into::extend && !(bits & 1) && !surely_chain(c)) continue;  // it may be either
                    const bool extends = into == Into::extend;
                    Numbers expected = c.C, C = c.C;
                    gemm({c.M, c.K, c.N, (bits & 1) != 0, (bits & 2) != 0}, a.data(), b.data(), expected.data(),
                         extends ? into : Into::assign, weights);
                    for (std::size_t i = 0; i < expected.size(); ++i) {
                        expected[i] += row[i % row.size()];
                        if (into != Into::assign && !extends) expected[i] = c.C[i] + expected[i];
                    }
                    gemm({c.M, c.K, c.N, (bits & 1) != 0, (bits & 2) != 0}, a.data(), b.data(), C.data(), into, weights,
                         row.data());
                    CAPTURE(bits);
                    if (c.K > 0) CHECK(C == expected);
                }
        });
        const Numbers row = {1, 2};
        Numbers C = {5, 6, 7, 8};
        gemm({2, 0, 2}, nullptr, nullptr, C.data(), Into::add, nullptr, row.data());
        CHECK(C == Numbers{6, 8, 8, 10});
    }

    TEST_CASE("gemm: a packed B gives the same bits, for any number of rows") {
        for_random_cases(300, [&](const Case& c) {
            if (!suits_packing(c.K, c.N)) return;
            Numbers packed(static_cast<std::size_t>(packed_size(c.K, c.N)), Real(7));
            for (bool tb : {false, true}) {
                const Numbers b = tb ? transposed(c.B, c.K, c.N) : c.B;
                pack_b({.M = 1, .K = c.K, .N = c.N, .transpose_b = tb}, b.data(), packed.data());
                for (Into into : every_into) {
                    Numbers C = c.C;
                    gemm({.M = c.M, .K = c.K, .N = c.N, .packed_b = true}, c.A.data(), packed.data(), C.data(), into);
                    CHECK(C == c.run(false, false, into));
                }
            }
        });
    }
}
