#include "examples/support/poisson.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "examples/support/plane.hpp"  // brings: plane_points

namespace costate::support {

namespace {

constexpr double pi = std::numbers::pi;

std::vector<double> sines(double x, int terms) {  // b_m sin mπx
    std::vector<double> list;
    for (int m = 1; m <= terms; ++m) {
        const double b = (m % 2 == 1 ? 2 : -2) * std::sin(1.0) * m * pi / (m * m * pi * pi - 1);
        list.push_back(b * std::sin(m * pi * x));
    }
    return list;
}

}  // namespace

Tensor poisson_by_series(const Tensor& points, int terms) {
    Tensor u({points.shape()[0], 1});
    for (Index i = 0; i < u.size(); ++i) {
        const auto along_x = sines(static_cast<double>(points(i, 0)), terms);
        const auto along_y = sines(static_cast<double>(points(i, 1)), terms);
        double sum = 0;
        for (int m = terms; m >= 1; --m)  // the small ones first
            for (int n = terms; n >= 1; --n)
                sum += along_x[static_cast<std::size_t>(m - 1)] * along_y[static_cast<std::size_t>(n - 1)] /
                       (m * m + n * n);
        u[i] = static_cast<Real>(-2 / pi * sum);
    }
    return u;
}

Tensor poisson_by_differences(Index n, int sweeps) {
    Tensor u({n + 1, n + 1});
    const double h = 1 / static_cast<double>(n), omega = 2 / (1 + std::sin(pi * h));
    for (int sweep = 0; sweep < sweeps; ++sweep)
        for (Index i = 1; i < n; ++i)
            for (Index j = 1; j < n; ++j) {
                const double x = static_cast<double>(j) * h, y = static_cast<double>(i) * h;
                const double f = 2 * pi * std::sin(x) * std::sin(y);
                const double around =
                    double(u(i, j + 1)) + double(u(i, j - 1)) + double(u(i + 1, j)) + double(u(i - 1, j));
                const double before = static_cast<double>(u(i, j));
                u(i, j) = static_cast<Real>(before + omega * ((around - h * h * f) / 4 - before));
            }
    return u;
}

Tensor cell_midpoints(Index n) {
    const double half = 0.5 / static_cast<double>(n);
    return plane_points({half, 1 - half}, {half, 1 - half}, n, n);
}

Tensor edge_points(Index each_side) {
    Tensor points({4 * each_side, 2});
    for (Index i = 0; i < 4 * each_side; ++i) {
        const Index axis = i % 2;  // along which this side runs
        points(i, axis) = static_cast<Real>((static_cast<double>(i / 4) + 0.5) / static_cast<double>(each_side));
        points(i, 1 - axis) = static_cast<Real>(i / 2 % 2);
    }
    return points;
}

double relative_distance(const Tensor& u, const Tensor& exact) {
    double squares = 0, size = 0;
    for (Index i = 0; i < exact.size(); ++i) {
        squares += std::pow(static_cast<double>(u[i] - exact[i]), 2);
        size += std::pow(static_cast<double>(exact[i]), 2);
    }
    return std::sqrt(squares / size);
}

}  // namespace costate::support
