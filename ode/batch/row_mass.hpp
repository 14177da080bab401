// ode/batch/row_mass.hpp — where a solve with a mass matrix begins, row by row of a batch (internal to ode/)
//   M k_0 = f(t_0, z_0)_r     of a state of one component                          ode/steps/mass.hpp
// see      ode/batch/row_equations.hpp, ode/batch/row_rosenbrock.hpp (who ask)
#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include "ode/batch/row_jacobians.hpp"  // brings: RowJacobians, Stages, Inconsistency
#include "ode/batch/stage_solver.hpp"   // brings: Way, evaluate

namespace costate::ode::inline COSTATE_PRECISION {

class RowStarts {
public:
    void prepare(Index rows) {
        rows_.assign(static_cast<std::size_t>(rows), {});
        for (Index r = 0; r < rows; ++r) rows_[static_cast<std::size_t>(r)].number = r;
    }
    void want(Index place) { rows_[static_cast<std::size_t>(place)].wanted = true; }
    const Inconsistency& inconsistency(Index place) const {
        return rows_[static_cast<std::size_t>(place)].inconsistency;
    }
    void swap(Index i, Index j) { std::swap(rows_[static_cast<std::size_t>(i)], rows_[static_cast<std::size_t>(j)]); }

    // k_0 of the tile's rows that want it, where f stands; then found(r). Along way f is asked at 0 and 1.
    // f_t: room for the tile's numbers.
    template <class Found>
    void find(const Way& way, Stages& stages, RowJacobians& jacobians, const SolveOptions& options, Real* f_t,
              Found&& found) {
        evaluate(stages, 0, way, 1);
        std::copy_n(stages.rate(0, 0), stages.entries(0), f_t);
        evaluate(stages, 0, way, 0);
        const Index n = stages.width(0);
        const Real* z = stages.state(0, 0);
        for (Index r = 0; r < stages.rows_now(); ++r)
            if (rows_[static_cast<std::size_t>(stages.row() + r)].wanted) jacobians.want(stages.row() + r);
        jacobians.find(way, 0, std::span<const Real* const>(&z, 1));
        for (Index r = 0; r < stages.rows_now(); ++r) {
            Row& of = rows_[static_cast<std::size_t>(stages.row() + r)];
            if (!std::exchange(of.wanted, false)) continue;
            const auto tolerated = [&](Index j) {
                return tolerated_at_start(z[r * n + j], of.number * n + j, options.rtol, options.atol);
            };
            of.inconsistency =
                jacobians.find_first_rate(r, stages.rate(0, 0) + r * n, f_t + r * n, way[r].h, tolerated);
            found(r);
        }
    }

private:
    struct Row {
        Index number = 0;  // in the batch
        bool wanted = false;
        Inconsistency inconsistency;
    };
    std::vector<Row> rows_;
};

}  // namespace costate::ode
