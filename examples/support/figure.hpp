// examples/support/figure.hpp — the two pictures of a fitted law: its course in time, and its field in the phase plane
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "examples/support/observations.hpp"  // brings: Observations, Tensor
#include "examples/support/plot.hpp"          // brings: Plot

namespace costate::support {

// n + 1 equally spaced numbers from low to high.
std::vector<double> grid(double low, double high, int n);

double dot_width(std::size_t points);  // of each: many must not hide the curve

// Column j of what was observed: full dots for the rows that were trained on, pale ones for the others.
void add_observed(Plot& plot, const Observations& data, Index j, const std::string& color, const std::string& label);

// The first column against the second: arrows of the field (slopes: states [N,2] -> dz/dt [N,2]), the path of the
// fitted model, whose part from entry `forecast` on is a forecast, and the observations.
Plot phase_plane(const Observations& data, const Tensor& path, std::size_t forecast,
                 const std::function<Tensor(const Tensor&)>& slopes, const std::string& model = "neural ODE");

}  // namespace costate::support
