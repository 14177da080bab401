// tests/bench/by_hand.cpp — a solve's gradient beside one that is written out for its field: 100 steps of rk4
//   x' = a x − b x y,  y' = d x y − g y      L = Σ x² + y² at the end      ∂L/∂(a, b, d, g)                        (a)
// By hand: all stages of a step in registers, row by row, their states kept; and back, w_i and Jᵀ w_i of each, discrete (1).
// It looks at no shapes, reports no errors and knows no other field. Of the library a whole iteration counts: the tape
// recorded, the plan found, the solve and its gradient replayed.
#include "tests/bench/by_hand.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "autodiff/operators.hpp"
#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT
#include "ode/solve.hpp"
#include "tests/bench/measure.hpp"  // brings: shortest_seconds

namespace costate::bench {
namespace {

constexpr int steps = 100;
constexpr std::array<double, 4> abdg{1.1, 0.4, 0.1, 0.4};
Real start_of(Index row, int component) { return static_cast<Real>(1 + 0.001 * double(row) + 0.5 * component); }

class ByHand {
public:
    explicit ByHand(Index rows)
        : rows_(static_cast<std::size_t>(rows)), now_(2 * rows_), kept_(steps * 8 * rows_), sums_(4 * rows_) {}

    const std::array<double, 4>& gradient() {
        for (std::size_t r = 0; r < rows_; ++r)
            now_[r] = start_of(Index(r), 0), now_[rows_ + r] = start_of(Index(r), 1);
        for (int n = 0; n < steps; ++n) step(now_.data(), &kept_[n * 8 * rows_]);
        for (Real& z : now_) z *= 2;  // λ
        std::fill(sums_.begin(), sums_.end(), Real(0));
        for (int n = steps; n-- > 0;) pull(now_.data(), &kept_[n * 8 * rows_], sums_.data());
        for (std::size_t p = 0; p < 4; ++p) {
            gradient_[p] = 0;
            for (std::size_t r = 0; r < rows_; ++r) gradient_[p] += double(sums_[p * rows_ + r]);
        }
        return gradient_;
    }

private:
    static constexpr Real a = Real(abdg[0]), b = Real(abdg[1]), d = Real(abdg[2]), g = Real(abdg[3]),
                          h = Real(1. / steps);
    static constexpr Real part[4] = {0, h / 2, h / 2, h}, share[4] = {h / 6, h / 3, h / 3, h / 6};

    [[gnu::noinline]] void step(Real* __restrict z, Real* __restrict kept) const {
        const std::size_t R = rows_;
        COSTATE_INDEPENDENT
        for (std::size_t r = 0; r < R; ++r) {
            Real dx = 0, dy = 0, x_end = z[r], y_end = z[R + r];
#pragma GCC unroll 4
            for (std::size_t i = 0; i < 4; ++i) {
                const Real x = z[r] + part[i] * dx, y = z[R + r] + part[i] * dy;
                kept[2 * i * R + r] = x, kept[(2 * i + 1) * R + r] = y;
                dx = a * x - b * x * y, dy = d * x * y - g * y;
                x_end += share[i] * dx, y_end += share[i] * dy;
            }
            z[r] = x_end, z[R + r] = y_end;
        }
    }
    [[gnu::noinline]] void pull(Real* __restrict lambda, const Real* __restrict kept, Real* __restrict sums) const {
        const std::size_t R = rows_;
        COSTATE_INDEPENDENT
        for (std::size_t r = 0; r < R; ++r) {
            Real of_x = 0, of_y = 0, x_bar = lambda[r], y_bar = lambda[R + r];
#pragma GCC unroll 4
            for (std::size_t i = 4; i-- > 0;) {
                const Real next = i < 3 ? part[i + 1] : 0;
                const Real w = share[i] * lambda[r] + next * of_x, v = share[i] * lambda[R + r] + next * of_y;
                const Real x = kept[2 * i * R + r], y = kept[(2 * i + 1) * R + r];
                of_x = (a - b * y) * w + d * y * v, of_y = (d * x - g) * v - b * x * w;
                x_bar += of_x, y_bar += of_y;
                sums[r] += w * x, sums[R + r] -= w * x * y, sums[2 * R + r] += v * x * y, sums[3 * R + r] -= v * y;
            }
            lambda[r] = x_bar, lambda[R + r] = y_bar;
        }
    }

    std::size_t rows_;
    std::vector<Real> now_, kept_, sums_;
    std::array<double, 4> gradient_{};
};

class ByCostate {
public:
    explicit ByCostate(Index rows) : start_({rows, 2}) {
        for (Index i = 0; i < start_.size(); ++i) start_[i] = start_of(i / 2, int(i % 2));
        for (const double rate : abdg) rates_.emplace_back("rate", Tensor::scalar(rate));
    }

    const std::array<double, 4>& gradient() {
        const auto field = [&](Var, Var z) {
            const Var x = slice(z, 1, 0, 1), y = slice(z, 1, 1, 1), both = x * y;
            const auto rate = [&](std::size_t i) { return tape_.use(rates_[i]); };
            return concatenate({rate(0) * x - rate(1) * both, rate(2) * both - rate(3) * y}, 1);
        };
        tape_.rewind();
        const Var end = ode::solve(field, tape_.constant(start_), {0, 1},
                                   {.method = ode::rk4_classic, .gradient = ode::discrete, .steps = steps})
                            .end();
        const Vars bars = grad(sum(square(end)), rates_);
        for (std::size_t p = 0; p < 4; ++p) gradient_[p] = double(bars[p].item());
        return gradient_;
    }

private:
    Tape tape_;
    std::vector<Parameter> rates_;
    Tensor start_;
    std::array<double, 4> gradient_{};
};

}  // namespace

void print_by_hand() {
    for (const Index rows : {1, 499}) {
        ByHand hand(rows);
        ByCostate ours(rows);
        const double by_hand = shortest_seconds([&] { hand.gradient(); }),
                     by_us = shortest_seconds([&] { ours.gradient(); });
        const auto &found = ours.gradient(), &right = hand.gradient();
        double difference = 0;
        for (std::size_t p = 0; p < 4; ++p) difference = std::max(difference, std::abs(found[p] / right[p] - 1));
        std::printf("gradient of %3ld rows: by hand %.2f us, discrete %.2f us, %.1f times as long\n", long(rows),
                    1e6 * by_hand, 1e6 * by_us, by_us / by_hand);
        if (difference <= (sizeof(Real) == 8 ? 1e-12 : 1e-4)) continue;
        std::fprintf(stderr, "the two gradients differ by %g\n", difference);
        std::exit(1);
    }
}

}  // namespace costate::bench
