// examples/support/plane.hpp — tables of functions of the plane, and single components of a path
//   component(z, 1)          z_1 over time: of z [T,D], or of one row of z [T,B,D]
//   tabulate(x, y, 80, f)    f on 80 × 80 points of the rectangle: [80,80], a row for each y, as Plot::heat takes it
//   ellipse(xx, xy, yy, 3)   the points that are 3σ from 0, for a covariance [xx xy; xy yy]
//   level_lines(x, y, table, 0)     where the table is 0: lines with a break (NaN) behind each, by marching squares
// source   marching squares: Lorensen & Cline 1987, "Marching cubes", in two dimensions
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/tensor.hpp"  // brings: Tensor, View, Where

namespace costate::support {

struct Range {
    double low = 1, high = 0;  // low > high: nothing
};

struct Polyline {
    std::vector<double> x, y;
};

std::vector<double> component(View path, Index j, Index row = 0, Where at = {});

Tensor plane_points(Range x, Range y, Index columns, Index rows);  // [rows·columns, 2]: x runs first

// f: points [N,2] -> one number for each, [N] or [N,1]
Tensor tabulate(Range x, Range y, Index n, const std::function<Tensor(const Tensor&)>& f, Where at = {});

Polyline ellipse(double xx, double xy, double yy, double sigmas);

Polyline level_lines(Range x, Range y, View table, double level);

}  // namespace costate::support
