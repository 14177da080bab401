// tests/core/combine_test.cpp — the Runge–Kutta combination to the last bit, and the error norm with its floors
#include "core/kernels/combine.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {
constexpr Real infinity = std::numeric_limits<Real>::infinity(), not_a_number = std::numeric_limits<Real>::quiet_NaN();

struct Stages {
    std::vector<Tensor> k;
    std::vector<const Real*> at;
    std::vector<double> a;
    Stages(Rng& rng, int terms, Index count) {
        for (int j = 0; j < terms; ++j) {
            k.push_back(random_tensor(rng, {count}));
            a.push_back(j % 4 == 2 ? 0 : rng.uniform(-1, 1));
        }
        for (const Tensor& stage : k) at.push_back(stage.data());
    }
};

Tensor term_by_term(const Real* y, const Stages& s, double h, Index count) {
    Tensor out({count});
    for (Index i = 0; i < count; ++i) {
        out[i] = y != nullptr ? y[i] : 0;
        for (std::size_t j = 0; j < s.k.size(); ++j) {
            if (s.a[j] == 0) continue;
            const Real c = static_cast<Real>(h * s.a[j]), product = c * s.k[j][i];
            out[i] = out[i] + product;
        }
    }
    return out;
}
}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("combine adds the terms in order, for any number of them, bit for bit") {
    Rng rng(21);
    for (int terms = 0; terms <= 20; ++terms) {
        for (Index count : {0, 1, 2, 3, 4, 8, 31, 100}) {
            const Stages s(rng, terms, count);
            const Tensor y = random_tensor(rng, {count});
            Tensor out({count}, 9);
            combine(out.data(), y.data(), s.at.data(), s.a.data(), 0.3, terms, count);
            CHECK(out == term_by_term(y.data(), s, 0.3, count));
        }
    }
}

TEST_CASE("combine_rows is combine for each row by its own length, bit for bit") {
    Rng rng(23);
    for (const int terms : {0, 1, 6, 7, 8, 15})
        for (const Index width : {0, 1, 2, 3, 8, 9, 40})
            for (const Index rows : {0, 1, 5, 300}) {
                const Stages s(rng, terms, rows * width);
                const Tensor y = random_tensor(rng, {rows * width});
                std::vector<double> h(static_cast<std::size_t>(rows));
                for (double& length : h) length = rng.uniform(-2, 2);
                Tensor out({rows * width}, 9), from_zero = out, each = out, each_from_zero = out;
                combine_rows(out.data(), y.data(), s.at.data(), s.a.data(), h.data(), terms, rows, width);
                combine_rows(from_zero.data(), nullptr, s.at.data(), s.a.data(), h.data(), terms, rows, width);
                for (Index row = 0; row < rows; ++row) {
                    std::vector<const Real*> at;
                    for (const Real* k : s.at) at.push_back(k + row * width);
                    const double length = h[static_cast<std::size_t>(row)];
                    const Index first = row * width;
                    combine(each.data() + first, y.data() + first, at.data(), s.a.data(), length, terms, width);
                    combine(each_from_zero.data() + first, nullptr, at.data(), s.a.data(), length, terms, width);
                }
                CHECK(out == each);
                CHECK(from_zero == each_from_zero);
            }
}

TEST_CASE("combine: no y is a y of zeros") {
    Rng rng(22);
    for (int terms : {0, 1, 7, 12}) {
        const Stages s(rng, terms, 13);
        Tensor out({13}, 9);
        combine(out.data(), nullptr, s.at.data(), s.a.data(), 0.3, terms, 13);
        CHECK(out == term_by_term(nullptr, s, 0.3, 13));
    }
}

TEST_CASE("combine: the result may be y") {
    Rng rng(23);
    const Stages s(rng, 12, 29);
    Tensor y = random_tensor(rng, {29});
    const Tensor expected = term_by_term(y.data(), s, 0.7, 29);
    combine(y.data(), y.data(), s.at.data(), s.a.data(), 0.7, 12, 29);
    CHECK(y == expected);
}

TEST_CASE("combine does not read a term whose coefficient is 0") {
    const Tensor y({2}, 1), k({2}, 2);
    const Real* stages[] = {nullptr, k.data(), nullptr};
    const double a[] = {0, 1, 0};
    Tensor out({2});
    combine(out.data(), y.data(), stages, a, 0.5, 3, 2);
    CHECK(out == Tensor({2}, 2));
}

TEST_CASE("combine forms h a in double and rounds it once") {
    const double h = 1 + 0x1p-30, a = 1 - 0x1p-30;  // h a = 1 - 2^-60: 1 when rounded once
    const Tensor k({1}, 1);
    const Real* stages[] = {k.data()};
    Tensor out({1});
    combine(out.data(), nullptr, stages, &a, h, 1, 1);
    CHECK(out[0] == static_cast<Real>(h * a));
}

TEST_CASE("scale_add is y + s x") {
    Rng rng(24);
    const Tensor x = random_tensor(rng, {27});
    Tensor y = random_tensor(rng, {27});
    const Tensor before = y;
    scale_add(y.data(), Real(0.3), x.data(), 27);
    for (Index i = 0; i < 27; ++i) {
        const Real product = Real(0.3) * x[i];
        CHECK(y[i] == before[i] + product);
    }
}

TEST_CASE("scaled_square_sum is the sum of (err / scale)^2") {
    Rng rng(25);
    for (Index count : {0, 1, 5, 8, 16, 61}) {
        const Tensor e = random_tensor(rng, {count}), y0 = random_tensor(rng, {count}),
                     y1 = random_tensor(rng, {count});
        double expected = 0;
        for (Index i = 0; i < count; ++i) {
            const double scale = 1e-3 + 1e-2 * std::fmax(std::fabs(double(y0[i])), std::fabs(double(y1[i])));
            expected += (double(e[i]) / scale) * (double(e[i]) / scale);
        }
        const double rounding = 1e-15 * double(count + 4);  // relative: the summands are positive
        CHECK(std::fabs(scaled_square_sum(e.data(), y0.data(), y1.data(), 1e-2, 1e-3, count) - expected) <=
              rounding * expected);
    }
}

TEST_CASE("scaled_square_sum: without tolerances an error of two roundings counts as 1, and 0 / 0 as 0") {
    const Real eps = std::numeric_limits<Real>::epsilon(), tiny = std::numeric_limits<Real>::min(), zero = 0;
    const Real y = 4, e = 2 * eps * y;
    CHECK(scaled_square_sum(&e, &y, &zero, 0, 0, 1) == 1);
    CHECK(scaled_square_sum(&e, &zero, &y, 0, 0, 1) == 1);
    CHECK(scaled_square_sum(&tiny, &zero, &zero, 0, 0, 1) == 1);
    CHECK(scaled_square_sum(&zero, &zero, &zero, 0, 0, 1) == 0);
}

TEST_CASE("scale_floor_acts where the tolerance is finer than two roundings, at the larger of both states") {
    const double eps = double(std::numeric_limits<Real>::epsilon());
    const Tensor small({3}, {0, 1, 2}), large({3}, {0, 4, 1});
    const auto acts = [&](double rtol, double atol) {
        return scale_floor_acts(small.data(), large.data(), rtol, atol, 3);
    };
    CHECK_FALSE(acts(2 * eps, 1e-9));
    CHECK(acts(2 * eps, 0));      // at 0 the smallest normal number is the floor
    CHECK(acts(eps, 3.9 * eps));  // 2 eps 4 against eps 4 + atol
    CHECK_FALSE(acts(eps, 4.1 * eps));
    CHECK_FALSE(scale_floor_acts(nullptr, nullptr, 0, 0, 0));
}

TEST_CASE("scaled_square_sum is not finite when a state or the error is not") {
    for (Real bad : {not_a_number, infinity, -infinity}) {
        for (int which = 0; which < 3; ++which) {
            for (Index place : {0, 7, 9}) {
                Tensor v[3] = {Tensor({10}, 1), Tensor({10}, 1), Tensor({10}, 1)};
                v[which][place] = bad;
                CHECK(!std::isfinite(scaled_square_sum(v[0].data(), v[1].data(), v[2].data(), 1e-3, 1e-3, 10)));
            }
        }
    }
}

TEST_SUITE_END();
