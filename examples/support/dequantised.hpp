// examples/support/dequantised.hpp — grey images as points of a continuous density, and what its ln q means in bits
//   v = (k + u) / 17 for a grey value k = 0 .. 16, u uniform on [0, 1);   y = ln(s / (1 − s)),  s = α + (1 − 2 α) v      (a)
//   bits a dimension = −(ln q(y) + Σ ln dy/dv − D ln 17) / (D ln 2)          a bound on those of the grey values        (b)
// source   u: Theis, van den Oord & Bethge 2016, §3.1 · y: Dinh, Sohl-Dickstein & Bengio 2017, §4.1
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "core/random.hpp"           // brings: Rng
#include "examples/support/csv.hpp"  // brings: read_table
#include "nn/batches.hpp"            // brings: take_rows

namespace costate::support {

struct Dequantised {
    Tensor train, test;  // grey values [N,64]; y of (a) [360,64]
    double log_slope;    // mean of Σ ln dy/dv over the test

    explicit Dequantised(const std::string& path, std::uint64_t seed) {
        const Tensor table = read_table(path).values;
        Tensor grey({table.size(0), 64});
        for (Index i = 0; i < grey.size(); ++i) grey[i] = table[i / 64 * 65 + i % 64];
        std::vector<Index> order(static_cast<std::size_t>(grey.size(0)));
        Rng rng = Rng(seed).split(64);
        rng.permutation(order);
        train = nn::take_rows(grey, std::span(order).subspan(360));
        test = spread(nn::take_rows(grey, std::span(order).first(360)), rng);
        log_slope = 0;
        for (const Real y : test.entries()) {
            const double s = 1 / (1 + std::exp(-static_cast<double>(y)));
            log_slope += std::log((1 - 2 * alpha) / (s * (1 - s))) / static_cast<double>(test.size(0));
        }
    }
    Tensor batch(Index n, Rng& rng) const {
        std::vector<Index> rows;
        for (Index i = 0; i < n; ++i) rows.push_back(rng.below(train.size(0)));
        return spread(nn::take_rows(train, rows), rng);
    }
    double bits_per_dimension(View log_q) const {  // (b)
        double mean = 0;
        for (const Real l : log_q.entries()) mean += static_cast<double>(l) / static_cast<double>(log_q.size());
        return -(mean + log_slope - 64 * std::log(17.0)) / (64 * std::log(2.0));
    }

private:
    static constexpr double alpha = 0.05;
    static Tensor spread(Tensor grey, Rng& rng) {  // (a)
        for (Real& k : grey.entries()) {
            const double s = alpha + (1 - 2 * alpha) * (static_cast<double>(k) + rng.uniform()) / 17;
            k = static_cast<Real>(std::log(s / (1 - s)));
        }
        return grey;
    }
};

}  // namespace costate::support
