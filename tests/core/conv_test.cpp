// tests/core/conv_test.cpp — the convolution and its transposes against the sums that define them, and the law of bits
//   error bound   an entry of n terms is a chain of n fused operations: |y − exact| <= (n + 2) eps Σ |terms|, as in
//                 gemm_test.cpp. Numbers lie between −1 and 1, and no chain here has more than 2,000 terms of them.
#include "core/kernels/conv.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/kernels/transpose.hpp"
#include "core/random.hpp"

using namespace costate;

namespace {

using Numbers = std::vector<Real>;
using Sums = std::vector<double>;

Numbers draw(Index n, Rng& rng) {
    Numbers x(static_cast<std::size_t>(n));
    rng.fill_uniform(x, -1, 1);
    return x;
}

struct Case {
    ConvShape s;
    Index images;
    Numbers x, w, g, weights;

    Case(const ConvShape& shape, Index count, Rng& rng)
        : s(shape),
          images(count),
          x(draw(count * s.x_size(), rng)),
          w(draw(s.w_size(), rng)),
          g(draw(count * s.y_size(), rng)),
          weights(draw(count, rng)) {}

    Numbers forward(Index first, Index count) const {
        Numbers y(static_cast<std::size_t>(count * s.y_size()), 7);
        conv(s, count, x.data() + first * s.x_size(), w.data(), y.data());
        return y;
    }
    Numbers back_x(Index first, Index count) const {
        Numbers turned(w.size()), result(static_cast<std::size_t>(count * s.x_size()), 7);
        for (Index tap = 0; tap < s.k * s.k; ++tap)
            transpose(w.data() + tap * s.C * s.O, turned.data() + tap * s.C * s.O, s.C, s.O);
        conv_back_x(s, count, g.data() + first * s.y_size(), turned.data(), result.data());
        return result;
    }
    Numbers back_w(Index first, Index count, Numbers result, Into into, bool weighted) const {
        conv_back_w(s, count, x.data() + first * s.x_size(), g.data() + first * s.y_size(), result.data(), into,
                    weighted ? weights.data() + first : nullptr);
        return result;
    }
    template <class Visit>
    void each_term(Visit visit) const {  // (places in x, w and y, image)
        for (Index b = 0; b < images; ++b)
            for (Index i = 0; i < s.out_height(); ++i)
                for (Index j = 0; j < s.out_width(); ++j)
                    for (Index u = 0; u < s.k; ++u)
                        for (Index v = 0; v < s.k; ++v) {
                            const Index m = s.stride * i + u - s.padding, n = s.stride * j + v - s.padding;
                            if (m < 0 || n < 0 || m >= s.H || n >= s.W) continue;
                            for (Index c = 0; c < s.C; ++c)
                                for (Index o = 0; o < s.O; ++o)
                                    visit(static_cast<std::size_t>(((b * s.H + m) * s.W + n) * s.C + c),
                                          static_cast<std::size_t>(((u * s.k + v) * s.C + c) * s.O + o),
                                          static_cast<std::size_t>(
                                              ((b * s.out_height() + i) * s.out_width() + j) * s.O + o),
                                          static_cast<std::size_t>(b));
                        }
    }
};

double distance(const Numbers& a, const Sums& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(double(a[i]) - b[i]));
    return worst;
}

template <class Visit>
void for_random_cases(Visit visit) {
    Rng rng(4);
    const auto below = [&](Index n) { return static_cast<Index>(rng.uniform() * static_cast<double>(n)); };
    for (int count = 0; count < 150; ++count) {
        const Index channels[] = {1, 2, 3, 8, 9, 16, 17, 40};
        const ConvShape s{.H = 1 + below(7),
                          .W = 1 + below(7),
                          .C = channels[below(8)],
                          .k = 1 + below(4),
                          .O = channels[below(8)],
                          .stride = 1 + below(3),
                          .padding = below(3)};
        if (std::min(s.H, s.W) + 2 * s.padding < s.k) continue;
        CAPTURE(s.H);
        CAPTURE(s.W);
        CAPTURE(s.C);
        CAPTURE(s.k);
        CAPTURE(s.O);
        CAPTURE(s.stride);
        CAPTURE(s.padding);
        visit(Case(s, below(4), rng));
    }
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("conv: the three sums, by their definitions") {
    const double bound = 2000 * 40 * double(std::numeric_limits<Real>::epsilon());
    for_random_cases([bound](const Case& c) {
        Sums y(c.g.size()), x(c.x.size()), w(c.w.size()), weighted(c.w.begin(), c.w.end());
        c.each_term([&](std::size_t i, std::size_t k, std::size_t o, std::size_t image) {
            y[o] += double(c.x[i]) * double(c.w[k]);
            x[i] += double(c.g[o]) * double(c.w[k]);
            w[k] += double(c.x[i]) * double(c.g[o]);
            weighted[k] += double(c.x[i]) * double(c.g[o]) * double(c.weights[image]);
        });
        CHECK(distance(c.forward(0, c.images), y) <= bound);
        CHECK(distance(c.back_x(0, c.images), x) <= bound);
        CHECK(distance(c.back_w(0, c.images, c.w, Into::assign, false), w) <= bound);
        CHECK(distance(c.back_w(0, c.images, c.w, Into::add, true), weighted) <= bound);
        CHECK(distance(c.back_w(0, c.images, c.w, Into::extend, true), weighted) <= bound);
    });
}

TEST_CASE("conv: an image's bits are those of the image alone") {
    for_random_cases([](const Case& c) {
        if (c.images < 2) return;
        Numbers y = c.forward(0, 1), x = c.back_x(0, 1);
        const Numbers other_y = c.forward(1, c.images - 1), other_x = c.back_x(1, c.images - 1);
        y.insert(y.end(), other_y.begin(), other_y.end());
        x.insert(x.end(), other_x.begin(), other_x.end());
        CHECK(c.forward(0, c.images) == y);
        CHECK(c.back_x(0, c.images) == x);
    });
}

TEST_CASE("conv: a sum over images that is extended has the bits of one call, and one that is added those of a chain") {
    for_random_cases([](const Case& c) {
        if (c.images < 2) return;
        for (const bool weighted : {false, true}) {
            const Numbers all = c.back_w(0, c.images, c.w, Into::assign, weighted);
            const Numbers first = c.back_w(0, 1, c.w, Into::assign, weighted);
            CHECK(c.back_w(1, c.images - 1, first, Into::extend, weighted) == all);
            Numbers sum = c.w;
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += all[i];
            CHECK(c.back_w(0, c.images, c.w, Into::add, weighted) == sum);
        }
    });
}

TEST_SUITE_END();
