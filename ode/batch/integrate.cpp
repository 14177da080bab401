#include "ode/batch/integrate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/kernels/combine.hpp"  // brings: combine, scaled_square_sum, scale_floor_acts, all_finite
#include "core/rows.hpp"             // brings: range_length

namespace costate::ode::inline COSTATE_PRECISION {

void Integrator::prepare(Stages& stages, const Method& method, bool keeps_stages) {
    stages_ = &stages;
    method_ = &method;
    keeps_stages_ = keeps_stages;
    first_ = First::unknown;
    // In one tile the last stage stays where it is and becomes the first one of the next step; in several, only its rate
    // survives, and who needs what the first stage kept (the adjoint's sums) has it evaluated again.
    one_tile_ = !stages.tiled() && !stages.sums_at_once();
    offsets_.clear();
    total_ = 0;
    for (std::size_t c = 0; c < stages.components(); ++c) {
        offsets_.push_back(total_);
        total_ += stages.rows() * stages.width(c);
    }
    for (Storage* s : {&z_, &z_new_, &first_rate_, &last_rate_, &error_}) s->resize(total_);
    places_.resize(static_cast<std::size_t>(method.dense_stages));
    for (std::size_t i = 0; i < places_.size(); ++i) places_[i] = static_cast<int>(i);
    counts_ = {};
    row_ = tile_rows_ = -1;
}

void Integrator::set_state(std::size_t c, const Real* from) {
    std::copy_n(from, stages_->rows() * stages_->width(c), batch(z_, c));
}

void Integrator::set_first_rate(std::size_t c, const Real* from) {
    std::copy_n(from, stages_->rows() * stages_->width(c), batch(first_rate_, c));
    first_ = First::stored;
}

void Integrator::begin_tile(Index row, Index rows) {
    if (row == row_ && rows == tile_rows_) return;
    stages_->begin_tile(row, rows);
    row_ = row;
    tile_rows_ = rows;
    find_stages();
}

void Integrator::find_stages() {
    const int stages = method_->dense_stages;
    rates_.clear();
    states_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c)
        for (int i = 0; i < stages; ++i) {
            rates_.push_back(stages_->rate(c, place(i)));
            states_.push_back(stages_->state(c, place(i)));
        }
}

// The first stage of a step: still in its place, copied back, or evaluated.
void Integrator::begin_step(double t) {
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index at = row_ * stages_->width(c), count = tile_rows_ * stages_->width(c);
        std::copy_n(batch(z_, c) + at, count, state_at(c, 0));
        if (first_ == First::stored) std::copy_n(batch(first_rate_, c) + at, count, stages_->rate(c, place(0)));
    }
    if (first_ == First::unknown || (first_ == First::stored && keeps_stages_)) {
        stages_->forward(place(0), t);
        if (row_ == 0) ++counts_.evaluations;
    }
    if (one_tile_) first_ = First::in_place;
}

void Integrator::take_step(const Step& step, Watcher& watcher) {
    const Method& m = *method_;
    const int stages = watcher.wants_dense(step) ? m.dense_stages : m.stages;
    begin_step(step.t);
    watcher.stage_done(*this, step, 0);
    for (int i = 1; i < stages; ++i) {  // (1)
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index width = stages_->width(c);
            combine(state_at(c, i), batch(z_, c) + row_ * width, rates(c), m.a + i * m.dense_stages, step.h, i,
                    tile_rows_ * width);
        }
        stages_->forward(place(i), m.c[i] == 1 ? step.end : step.t + m.c[i] * step.h);
        watcher.stage_done(*this, step, i);
    }
    if (row_ == 0) counts_.evaluations += stages - 1;
    for (std::size_t c = 0; c < stages_->components(); ++c) {  // (2)
        const Index width = stages_->width(c);
        combine(batch(z_new_, c) + row_ * width, batch(z_, c) + row_ * width, rates(c), m.b, step.h, m.stages,
                tile_rows_ * width);
    }
}

void Integrator::store_rate(int stage, Storage& to) {
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index width = stages_->width(c);
        std::copy_n(stages_->rate(c, place(stage)), tile_rows_ * width, batch(to, c) + row_ * width);
    }
}

// After a step: the last stage of an FSAL method is the first one of the next step.
void Integrator::pass_on_last() {
    if (!method_->fsal) {
        first_ = First::unknown;
    } else if (one_tile_) {
        const std::size_t last = static_cast<std::size_t>(method_->stages - 1);
        std::swap(places_[0], places_[last]);
        for (std::size_t first = 0; first < rates_.size(); first += static_cast<std::size_t>(method_->dense_stages)) {
            std::swap(rates_[first], rates_[first + last]);
            std::swap(states_[first], states_[first + last]);
        }
        first_ = First::in_place;
    } else {
        first_ = First::stored;
    }
}

Status Integrator::follow(std::span<const double> grid, Watcher& watcher) {
    const int steps = static_cast<int>(grid.size()) - 1;
    const Index rows = stages_->rows(), tile = stages_->tile_rows();
    const First at_start = first_;
    for (Index row = 0; row < rows; row += tile) {
        begin_tile(row, std::min(tile, rows - row));
        first_ = at_start;
        for (int n = 0; n < steps; ++n) {
            const double t = grid[static_cast<std::size_t>(n)], end = grid[static_cast<std::size_t>(n) + 1];
            const Step step{t, end, end - t, n == 0, n, row_, tile_rows_};
            watcher.begin_attempt();
            take_step(step, watcher);
            bool finite = true;
            for (std::size_t c = 0; c < stages_->components(); ++c) {
                const Index width = stages_->width(c);
                finite = finite && all_finite(batch(z_new_, c) + row_ * width, tile_rows_ * width);
            }
            failed_t_ = t;
            failed_h_ = step.h;
            if (!finite) return Status::not_finite;
            if (row == 0) watcher.attempted({t, step.h, 0, true});
            watcher.tile_done(*this, step);
            if (method_->fsal && !one_tile_) store_rate(method_->stages - 1, first_rate_);
            for (std::size_t c = 0; c < stages_->components(); ++c) {  // z ← z⁺, for this tile
                const Index width = stages_->width(c);
                std::copy_n(batch(z_new_, c) + row_ * width, tile_rows_ * width, batch(z_, c) + row_ * width);
            }
            pass_on_last();
            if (!watcher.accepted(*this, step)) return Status::not_finite;
        }
    }
    counts_.accepted += steps;
    counts_.unlimited = false;
    return Status::ok;
}

// Mean square of x in units of the tolerance at z, over all components.
double Integrator::norm_of(const Real* x, const Real* scale_by, const Tolerances& tol) {
    const Index rows = stages_->rows(), length = range_length(rows);
    double total = 0;
    for (Index row = 0; row < rows; row += length)
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index at = offsets_[c] + row * stages_->width(c),
                        count = std::min(length, rows - row) * stages_->width(c);
            total += scaled_square_sum(x + at, scale_by + at, scale_by + at, tol.rtol, tol.atol, count);
        }
    return std::sqrt(total / static_cast<double>(std::max<Index>(1, total_)));
}

void Integrator::evaluate_first(double t) {
    const Index rows = stages_->rows(), tile = stages_->tile_rows();
    for (Index row = 0; row < rows; row += tile) {
        begin_tile(row, std::min(tile, rows - row));
        first_ = First::unknown;
        begin_step(t);
        store_rate(0, first_rate_);
    }
    if (!one_tile_) first_ = First::stored;
}

void Integrator::choose_first(Clock& clock, const Tolerances& tol) {
    const double d0 = norm_of(z_.data(), z_.data(), tol), d1 = norm_of(first_rate_.data(), z_.data(), tol);
    const double guess = clock.guess(d0, d1), at = clock.ahead(guess);
    // f(t0 + h0, z0 + h0 f0) is evaluated as the second stage of a step whose first is known
    const Real* first = first_rate_.data();
    const double one = 1;
    combine(z_new_.data(), z_.data(), &first, &one, at < clock.t() ? -guess : guess, 1, total_);
    const Index rows = stages_->rows(), tile = stages_->tile_rows();
    for (Index row = 0; row < rows; row += tile) {
        begin_tile(row, std::min(tile, rows - row));
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index width = stages_->width(c);
            std::copy_n(batch(z_new_, c) + row_ * width, tile_rows_ * width, stages_->state(c, place(1)));
        }
        stages_->forward(place(1), at);
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index width = stages_->width(c);
            for (Index i = 0; i < tile_rows_ * width; ++i)
                batch(error_, c)[row_ * width + i] =
                    stages_->rate(c, place(1))[i] - batch(first_rate_, c)[row_ * width + i];
        }
    }
    ++counts_.evaluations;
    clock.choose(guess, d1, norm_of(error_.data(), z_.data(), tol) / guess);
}

// Adds the squares of a tile's scaled errors, range by range. (3)
void Integrator::add_squared_errors(const Step& step, const Tolerances& tol) {
    const Index length = range_length(stages_->rows());
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index width = stages_->width(c);
        combine(batch(error_, c) + row_ * width, nullptr, rates(c), method_->error, step.h, method_->stages,
                tile_rows_ * width);
        for (Index row = row_; row < row_ + tile_rows_; row += length) {
            const Index at = row * width, count = std::min(length, row_ + tile_rows_ - row) * width;
            counts_.floor_acted = counts_.floor_acted ||
                                  scale_floor_acts(batch(z_, c) + at, batch(z_new_, c) + at, tol.rtol, tol.atol, count);
            squares_[c] += scaled_square_sum(batch(error_, c) + at, batch(z_, c) + at, batch(z_new_, c) + at, tol.rtol,
                                             tol.atol, count);
        }
    }
}

double Integrator::mean_square(bool largest_component) const {
    double sum = 0, largest = 0;
    for (std::size_t c = 0; c < squares_.size(); ++c) {
        const double count = static_cast<double>(std::max<Index>(1, stages_->rows() * stages_->width(c)));
        sum += squares_[c];
        largest = squares_[c] / count <= largest ? largest : squares_[c] / count;
    }
    return largest_component ? largest : sum / static_cast<double>(std::max<Index>(1, total_));
}

bool Integrator::rates_are_finite() const { return all_finite(first_rate_.data(), total_); }

Status Integrator::adapt(Clock& clock, const Tolerances& tolerances, bool largest_component, Watcher& watcher) {
    const Index rows = stages_->rows(), tile = stages_->tile_rows();
    const double t0 = clock.t();
    const auto stop = [&](Status status) {
        failed_t_ = clock.t();
        failed_h_ = clock.length();
        return status;
    };
    if (first_ == First::unknown) evaluate_first(t0);
    if (!rates_are_finite()) return stop(Status::bad_start);
    if (clock.wants_first_step()) choose_first(clock, tolerances);
    while (clock.next()) {
        if (first_ == First::unknown) evaluate_first(clock.t());
        watcher.begin_attempt();
        squares_.assign(stages_->components(), 0.0);
        Step step{clock.t(), clock.end(), clock.h(), clock.t() == t0, static_cast<int>(counts_.accepted), 0, 0};
        for (Index row = 0; row < rows; row += tile) {
            begin_tile(row, std::min(tile, rows - row));
            step.row = row_;
            step.rows = tile_rows_;
            take_step(step, watcher);
            if (method_->fsal && !one_tile_) store_rate(method_->stages - 1, last_rate_);
            add_squared_errors(step, tolerances);
            watcher.tile_done(*this, step);
        }
        const double square = std::max(mean_square(largest_component), watcher.extra_error(*this, step));
        counts_.unlimited = counts_.unlimited && is_rounding(std::sqrt(square), tolerances.rtol);
        const bool kept = clock.judge(std::sqrt(square));
        watcher.attempted({step.t, step.h, std::sqrt(square), kept});
        if (!kept) {
            ++counts_.rejected;
            continue;
        }
        std::swap(z_, z_new_);
        if (method_->fsal && !one_tile_) std::swap(first_rate_, last_rate_);
        pass_on_last();
        ++counts_.accepted;
        if (!watcher.accepted(*this, step)) return stop(Status::not_finite);
    }
    return clock.status() == Status::ok ? Status::ok : stop(clock.status());
}

}  // namespace costate::ode
