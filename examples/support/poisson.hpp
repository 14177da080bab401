// examples/support/poisson.hpp — Poisson's equation on the unit square, by the sine series and by differences
//   Δu = 2π sin x sin y,  u = 0 on the edge                                                                       (a)
//   u = −Σ_mn 2π b_m b_n / (π² (m² + n²)) sin mπx sin nπy,   b_m = 2 (−1)^(m+1) sin(1) mπ / (m²π² − 1)            (b)
//   u_E + u_W + u_N + u_S − 4 u_P = h² f_P                                                                         (c)
// (b): b_m are the coefficients of sin x; Δ multiplies each term by −π² (m² + n²). At the corner (1, 1) the edge forces
// u_xx + u_yy = 0 where 2π sin² 1 = 4.4 is asked for: u is not smooth there.
// source   (c): the five-point stencil, solved by successive over-relaxation (Young 1954), ω = 2/(1 + sin πh)
#pragma once
#include "core/tensor.hpp"  // brings: Tensor

namespace costate::support {

Tensor poisson_by_series(const Tensor& points, int terms = 200);  // (b) at points [N,2]: [N,1]
Tensor poisson_by_differences(Index n, int sweeps = 400);         // (c), [n+1,n+1] with the edge: a row for each y

Tensor cell_midpoints(Index n);       // of n × n equal cells: [n²,2]
Tensor edge_points(Index each_side);  // the midpoints of so many equal parts of each side: [4 each_side, 2]

double relative_distance(const Tensor& u, const Tensor& exact);  // ‖u − exact‖ / ‖exact‖, over all entries

}  // namespace costate::support
