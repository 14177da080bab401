// examples/support/line_fit.hpp — the straight line through points, by least squares
//   y ≈ a x + b        const LineFit line = fit_line(x, y);    line.a, line.b, line.variance, line.error_of_a, ...
// The power by which errors fall, say:  fit_line(logs(steps), logs(errors)).a
#pragma once
#include <cmath>
#include <vector>

#include "examples/support/plot.hpp"  // brings: Values

namespace costate::support {

struct LineFit {
    double a, b;
    double variance;    // mean square of y − a x − b
    double error_of_a;  // its standard error, √(variance / Σ (x − mean)²)
    double r_squared;   // R²: the part of y's variance that the line explains
};

inline LineFit fit_line(const Values& x, const Values& y) {
    const std::vector<double>&xs = x.numbers(), &ys = y.numbers();
    const double n = static_cast<double>(xs.size());
    double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
    for (std::size_t i = 0; i < xs.size(); ++i) mx += xs[i] / n, my += ys[i] / n;
    for (std::size_t i = 0; i < xs.size(); ++i) {
        const double dx = xs[i] - mx, dy = ys[i] - my;
        xx += dx * dx, xy += dx * dy, yy += dy * dy;
    }
    const double a = xy / xx, variance = (yy - a * xy) / n;
    return {a, my - a * mx, variance, std::sqrt(variance / xx), xy * xy / (xx * yy)};
}

inline std::vector<double> logs(std::vector<double> list) {
    for (double& x : list) x = std::log(x);
    return list;
}

}  // namespace costate::support
