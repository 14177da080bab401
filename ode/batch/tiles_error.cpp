// ode/batch/tiles_error.cpp — how large a joint step's error is: one number of all rows
// The squares of the scaled errors have been added range by range of rows, so tiles do not change a digit.
#include <algorithm>
#include <cmath>

#include "core/kernels/combine.hpp"  // brings: scaled_square_sum
#include "core/rows.hpp"             // brings: range_length
#include "ode/batch/tiles.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

const TileErrors tile_errors{[](Tiles& tiles, Number h) { tiles.find_errors(h); },
                             [](Tiles& tiles) { return tiles.joint_error(); },
                             [](Tiles& tiles, Tiles::Array x) { return tiles.find_norm(x); }};

Number Tiles::joint_error() {
    if (!converged_) return HUGE_VAL;
    const Number first = error_by(0, &Tiles::scratch);
    return method().second_error ? ode::joint_error(method(), first, error_by(1, &Tiles::second_error)) : first;
}

Number Tiles::error_by(int row, Array errors) {
    if (by_component()) {
        const Number own = measured(errors, &Tiles::z, &Tiles::next);
        const Number beside = quadrature_ ? std::sqrt(quadrature_->mean_square(row)) : 0;
        return beside <= own || std::isnan(own) ? own : beside;
    }
    Number sum = 0, largest = 0;
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        Number square = 0;
        for (Index range = 0; range < ranges(); ++range) square += squares(row, c)[range];
        const Number count = static_cast<Number>(std::max<Index>(1, stages_->rows() * stages_->width(c)));
        sum += square;
        largest = square / count <= largest ? largest : square / count;
    }
    const Number mean = largest_component_ ? largest : sum / static_cast<Number>(std::max<Index>(1, stages_->total()));
    const Number beside = quadrature_ ? quadrature_->mean_square(row) : 0;
    return std::sqrt(beside <= mean || std::isnan(mean) ? mean : beside);
}

// ode (4) by the user's norm and tolerances, over the components from `first` on.
Number Tiles::measured(Array x, Array before, Array after, std::size_t first, std::size_t end) {
    const auto entries = [&](std::size_t c) { return stages_->rows() * stages_->width(c); };
    const auto ratio = [&](Index i) {
        std::size_t c = first;
        for (; i >= entries(c); ++c) i -= entries(c);
        return error_over_scale((this->*x)(c)[i], (this->*before)(c)[i], (this->*after)(c)[i], options_->rtol.of(i),
                                options_->atol.of(i), floor_acted_);
    };
    Index total = 0;
    for (std::size_t c = first; c < end; ++c) total += entries(c);
    return options_->norm.finite(ScaledErrors(total, ratio));
}

Number Tiles::measured(Array x, Array before, Array after) {
    const std::size_t n = stages_->components();
    const auto over = [&](std::size_t first, std::size_t end) { return measured(x, before, after, first, end); };
    return largest_component_ ? options_->norm.largest_of_components(n, over) : options_->norm.of_components(n, over);
}

Number Tiles::find_norm(Array x) {
    if (by_component()) return measured(x, &Tiles::z, &Tiles::z);
    const Index rows = stages_->rows(), length = range_length(rows);
    Number total = 0;
    for (Index row = 0; row < rows; row += length)
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index at = row * stages_->width(c), count = std::min(length, rows - row) * stages_->width(c);
            const Real* scale = z(c) + at;
            total += scaled_square_sum((this->*x)(c) + at, scale, scale, options_->rtol, options_->atol, count);
        }
    return std::sqrt(total / static_cast<Number>(std::max<Index>(1, stages_->total())));
}

}  // namespace costate::ode
