// examples/support/principal.hpp — the directions in which data vary most
//   Principal p = principal_components(x, 6);     p.project(x): [N,6], each column of mean 0 and variance 1
//   C = mean of (x − μ)(x − μ)ᵀ = V diag(λ) Vᵀ,  λ falling:   y_j = v_j · (x − μ) / √λ_j
// source   Jolliffe, Principal Component Analysis, 2nd ed., §2; V by orthogonal iteration (Golub & Van Loan, §8.2.4)
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.hpp"  // brings: Rng
#include "core/tensor.hpp"  // brings: Tensor, View

namespace costate::support {

struct Principal {
    Tensor mean, directions, deviation;  // [D], [K,D], [K]

    Tensor project(View x) const {  // [N,D] -> [N,K]
        const Index n = x.shape[0], d = x.shape[1], count = deviation.size();
        Tensor y({n, count});
        for (Index i = 0; i < n; ++i)
            for (Index k = 0; k < count; ++k) {
                double sum = 0;
                for (Index j = 0; j < d; ++j)
                    sum += static_cast<double>(directions[k * d + j]) * static_cast<double>(x[i * d + j] - mean[j]);
                y[i * count + k] = static_cast<Real>(sum / static_cast<double>(deviation[k]));
            }
        return y;
    }
};

inline Principal principal_components(View x, Index count) {
    const Index n = x.shape[0], d = x.shape[1];
    const auto at = [d](Index i, Index j) { return static_cast<std::size_t>(i * d + j); };
    Principal p{Tensor({d}), Tensor({count, d}), Tensor({count})};
    for (Index i = 0; i < n * d; ++i) p.mean[i % d] += x[i] / static_cast<Real>(n);
    std::vector<double> covariance(at(d, 0)), v(at(count, 0)), next(v.size());
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < d; ++j)
            for (Index k = 0; k < d; ++k)
                covariance[at(j, k)] += static_cast<double>(x[i * d + j] - p.mean[j]) *
                                        static_cast<double>(x[i * d + k] - p.mean[k]) / static_cast<double>(n);
    Rng rng(0);
    for (double& entry : v) entry = rng.normal();
    for (int iteration = 0; iteration < 500; ++iteration)  // v <- C v, made orthogonal again by Gram and Schmidt
        for (Index k = 0; k < count; ++k) {
            double* row = next.data() + k * d;
            for (Index j = 0; j < d; ++j) {
                row[j] = 0;
                for (Index i = 0; i < d; ++i) row[j] += covariance[at(j, i)] * v[at(k, i)];
            }
            for (Index other = 0; other < k; ++other) {
                double along = 0;
                for (Index j = 0; j < d; ++j) along += row[j] * v[at(other, j)];
                for (Index j = 0; j < d; ++j) row[j] -= along * v[at(other, j)];
            }
            double length = 0;
            for (Index j = 0; j < d; ++j) length += row[j] * row[j];
            length = std::sqrt(length);  // at the end λ
            for (Index j = 0; j < d; ++j) v[at(k, j)] = row[j] / length;
            p.deviation[k] = static_cast<Real>(std::sqrt(length));
        }
    std::transform(v.begin(), v.end(), p.directions.data(), [](double entry) { return static_cast<Real>(entry); });
    return p;
}

}  // namespace costate::support
