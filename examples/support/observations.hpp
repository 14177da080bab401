// examples/support/observations.hpp — a table of numbers in the units in which a network learns well
//   z = (u − mean) / deviation,     u = y, or ln y for quantities that are positive and grow by factors
// Mean and deviation are those of the rows that are trained on: nothing of the others may leak into the training.
// shapes   y: [T,D], the table; z: [T,1,D], one trajectory as ode::solve gives it; mean, deviation: [D]
#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/tensor.hpp"           // brings: Tensor, View, Where
#include "examples/support/csv.hpp"  // brings: Series

namespace costate::support {

struct Scaling {
    bool log = false;
    Tensor mean, deviation;

    double scaled(double y, Index j) const;             // z_j
    double unscaled(double z, Index j) const;           // y_j again
    std::vector<double> column(View z, Index j) const;  // y_j at every time
    // Root mean square of u_model − u_observed over the rows [first, last).
    double rmse(View model, View observed, Index first, Index last) const;
};

// Of columns of numbers; a nan is none. The names are for errors.
Scaling scaling_of(const std::vector<std::string>& names, const std::vector<std::vector<double>>& columns, bool log,
                   Where at = {});
void require_logarithm(double y, const std::string& name, const std::string& when, Where at = {});

struct Observations {
    std::string time_name;
    std::vector<std::string> names;  // of the D columns
    std::vector<double> times;
    Index seen;  // rows that are trained on; the later ones are for the forecast alone
    Scaling scaling;
    Tensor z;

    Observations(const Series& series, Index seen_rows, bool log, Where at = {});
    Observations(const Series& series, Index seen_rows, Scaling given, Where at = {});

    Index rows() const { return z.shape()[0]; }
    Index columns() const { return z.shape()[2]; }
    Tensor start() const { return Tensor(z.rows(0, 1)).reshaped({1, columns()}); }  // the first state, a batch of one
    std::span<const double> first_times(Index count) const {
        return std::span(times).first(static_cast<std::size_t>(count));
    }
};

}  // namespace costate::support
