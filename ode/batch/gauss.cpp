#include "ode/batch/gauss.hpp"

#include <algorithm>
#include <numbers>

#include "core/elementary/trig.hpp"  // brings: elementary::cos

namespace costate::ode::inline COSTATE_PRECISION {

// The zeros of the Legendre polynomial P_n by Newton's method, and w = 2 / ((1 − x²) P_n'(x)²); both moved to [0, 1].
void gauss_legendre(int n, Number* nodes, Number* weights) {
    for (int i = 0; i < n; ++i) {
        Number x = -elementary::cos(std::numbers::pi * (i + 0.75) / (n + 0.5)), slope = 1;
        for (int iteration = 0; iteration < 8; ++iteration) {
            Number before = 1, p = x;
            for (int k = 2; k <= n; ++k) {
                const Number next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                before = p;
                p = next;
            }
            slope = n * (x * p - before) / (x * x - 1);
            x -= p / slope;
        }
        nodes[i] = (1 + x) / 2;
        weights[i] = 1 / ((1 - x * x) * slope * slope);
    }
}

void GaussQuadrature::prepare(Stages& stages, Tiles& tiles) {
    stages_ = &stages;
    tiles_ = &tiles;
    vjps_ = 0;
    count_ = (tiles.method().order + 1) / 2;  // (b)
    gauss_legendre(count_, nodes_, weights_);
    states_.resize(count_ * stages.total());
    stages.clear(0);
}

void GaussQuadrature::form(const Interval& s) {
    for (int node = 0; node < count_; ++node)
        for (std::size_t c = 0; c < stages_->components(); ++c) tiles_->interpolate(s, nodes_[node], c, state(node, c));
}

// A tile's stages but the last, which is the next step's first, are free: a method of order p has p of them, or more.
void GaussQuadrature::add(const Interval& s) {  // (a)
    Number weights[most_stages];
    for (int node = 0; node < count_; ++node) weights[node] = s.h * weights_[node];
    tiles_->each_whole_tile([&] {
        for (int node = 0; node < count_; ++node) {
            for (std::size_t c = 0; c < stages_->components(); ++c)
                std::copy_n(state(node, c), stages_->entries(c), stages_->state(c, node));
            stages_->forward(node, s.t + nodes_[node] * s.h);
            if (stages_->sums_at_once()) stages_->accumulate(node, node + 1, weights, 0);
        }
        if (!stages_->sums_at_once()) stages_->accumulate(0, count_, weights, 0);
        tiles_->count(count_);
        if (stages_->row() == 0) vjps_ += count_;
    });
}

}  // namespace costate::ode
