// tests/core/sum_rows_test.cpp — sums over rows are chains in their order, bit for bit, however many columns lie side by side
#include "core/kernels/sum_rows.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <vector>

#include "core/random.hpp"
#include "core/rows.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {

using Numbers = std::vector<Real>;

Numbers random_numbers(Rng& rng, Index count) {
    Numbers x(static_cast<std::size_t>(count));
    rng.fill_normal(x);
    return x;
}

// ((start + w_0 x_0) + w_1 x_1) + ... of so many numbers, each `stride` behind the one before; halved as core/rows.hpp says
Real chain(Real start, const Real* x, Index count, Index stride, const Real* weights) {
    if (count > sum_block) {
        const Index head = pairwise_head(count);
        const Real* of_rest = weights ? weights + head : nullptr;
        return chain(start, x, head, stride, weights) + chain(0, x + head * stride, count - head, stride, of_rest);
    }
    for (Index i = 0; i < count; ++i) start += weights ? weights[i] * x[i * stride] : x[i * stride];
    return start;
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("sum_rows: a chain for each column, from 0 or from y, or added to y") {
    Rng rng(72);
    for (Index columns = 1; columns <= 40; columns += columns < 10 ? 1 : 6)
        for (const Index rows : {0, 1, 2, 7, 20, 65, 1025, 3000}) {
            const Numbers x = random_numbers(rng, rows * columns + columns),  // so that 0 rows have an address, too
                w = random_numbers(rng, rows), y0 = random_numbers(rng, columns);
            for (const Real* weights : {static_cast<const Real*>(nullptr), w.data()})
                for (const Into into : {Into::assign, Into::extend, Into::add}) {
                    Numbers y = y0;
                    sum_rows(View{x.data(), {rows, columns}}, y.data(), into, weights);
                    for (Index j = 0; j < columns; ++j) {
                        const Real start = into == Into::extend ? y0[j] : 0;
                        const Real right = chain(start, x.data() + j, rows, columns, weights);
                        INFO(rows, " rows of ", columns, ", ", int(into));
                        CHECK(y[j] == (into == Into::add ? y0[j] + right : right));
                    }
                }
        }
}

TEST_CASE("extend_column_sums: every range goes on in its own chain") {
    Rng rng(73);
    constexpr Index length = 9;
    for (Index rows = 1; rows <= 8 * length; ++rows) {
        const Index ranges = (rows + length - 1) / length;
        const Numbers x = random_numbers(rng, rows), w = random_numbers(rng, rows);
        for (const Index apart : {1, 5})
            for (const Real* weights : {static_cast<const Real*>(nullptr), w.data()}) {
                const Numbers y0 = random_numbers(rng, ranges * apart);
                Numbers y = y0;
                extend_column_sums(x.data(), rows, length, weights, y.data(), apart);
                for (Index g = 0; g < ranges; ++g) {
                    const Index first = g * length;
                    INFO(rows, " rows, range ", g, ", ", apart, " apart");
                    CHECK(y[g * apart] == chain(y0[g * apart], &x[first], std::min(length, rows - first), 1,
                                                weights ? weights + first : nullptr));
                }
            }
    }
}

TEST_SUITE_END();
