#include "ode/batch/tiles.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/kernels/combine.hpp"  // brings: combine, scaled_square_sum, scale_floor_acts, all_finite
#include "core/rows.hpp"             // brings: range_length

namespace costate::ode::inline COSTATE_PRECISION {

void Tiles::prepare(Stages& stages, const SolveOptions& options, Quadrature* quadrature, bool largest_component) {
    stages_ = &stages;
    options_ = &options;
    quadrature_ = quadrature;
    curve_ = nullptr;
    largest_component_ = largest_component;
    by_component_ = !options.measures_alike();
    given_first_ = floor_acted_ = false;
    evaluations_ = 0;
    last_ = options.method.last;
    paired_ = options.method.paired;
    const Index total = stages.total();
    for (Storage* s : {&z_, &next_, &first_rate_, &last_rate_, &error_}) s->resize(total);
    second_error_.resize(options.method.second_error ? total : 0);
    for (Storage* s : {&hat_, &next_hat_}) s->resize(paired_ ? total : 0);
}

void Tiles::set_first_rate(std::size_t c, const Real* from) {
    std::copy_n(from, stages_->rows() * stages_->width(c), first_rate_.data() + stages_->offset(c));
    given_first_ = true;
}

void Tiles::set_tangents(std::span<const InputDirection> directions) {
    const std::size_t n = stages_->components() / (1 + directions.size());
    for (std::size_t c = n; c < stages_->components(); ++c) {
        const InputDirection& d = directions[c / n - 1];
        const Index count = stages_->rows() * stages_->width(c);
        if (d.at_start && d.place == c % n)
            d.fill(state(c), count);
        else
            std::fill_n(state(c), count, Real(0));
    }
}

void Tiles::begin(Index row, Index rows) {
    row_ = row;
    rows_ = rows;
    knows_first_ = given_first_;
    resident_ = rows <= stages_->rows_of_tile() && !stages_->sums_at_once();
    z_resident_ = resident_ && !paired_;
    if (!resident_ && paired_) begin_pair();
    if (!resident_) return;
    stages_->begin_tile(row, rows);
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        std::copy_n(z_.data() + first_of(c), stages_->entries(c), stages_->state(c, 0));
        if (knows_first_) std::copy_n(first_rate_.data() + first_of(c), stages_->entries(c), stages_->rate(c, 0));
    }
}

void Tiles::end() {
    if (!z_resident_) return;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(stages_->state(c, 0), stages_->entries(c), z_.data() + first_of(c));
}

void Tiles::begin_attempt(const Interval& s) {
    squares_.assign(2 * stages_->components(), 0.0);
    if (quadrature_) quadrature_->begin_attempt(s.h);
}

// k_0: still in its place, copied back, or evaluated.
void Tiles::know_first(double t) {
    const bool evaluates = !knows_first_ || (quadrature_ && !resident_);
    for (std::size_t c = 0; c < stages_->components() && !resident_; ++c) {
        const Index at = in_segment(c), count = stages_->entries(c);
        if (paired_)
            std::copy_n(hat_.data() + stages_->tile_offset(c), count, stages_->state(c, 0));
        else if (evaluates)
            std::copy_n(z(c) + at, count, stages_->state(c, 0));
        if (knows_first_) std::copy_n(first_rate(c) + at, count, stages_->rate(c, 0));
    }
    if (!evaluates) return;
    stages_->forward(0, t);
    count(1);
    for (std::size_t c = 0; c < stages_->components() && !resident_; ++c)
        std::copy_n(stages_->rate(c, 0), stages_->entries(c), first_rate_.data() + stages_->tile_offset(c));
}

void Tiles::first(double t) {
    know_first(t);
    if (quadrature_) quadrature_->stage_done(0);
}

bool Tiles::evaluate_first(double t) {
    if (!knows_first_) each_tile([&](const AnyTable&) { know_first(t); });
    for (std::size_t c = 0; c < stages_->components(); ++c)
        if (!all_finite(first_rate(c), rows_ * stages_->width(c))) return false;
    return true;
}

void Tiles::begin_pair() {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(z(c), rows_ * stages_->width(c), resident_ ? stages_->state(c, 0) : hat_.data() + first_of(c));
}

Real* Tiles::mirror(std::size_t c, int i) {
    const Real *from = z(c) + in_segment(c), *z_hat = stages_->state(c, 0);
    Real* to = stages_->state(c, i);
    for (Index j = 0; j < stages_->entries(c); ++j) to[j] = mirrored(from[j], z_hat[j]);
    return to;
}

void Tiles::form(const AnyTable& table, int i, const Interval& s) {
    if (paired_)
        stages_->form(table.method, i, s.h, [&](std::size_t c) { return mirror(c, i); });
    else
        stages_->form(table.method, i, s.h, [&](std::size_t c) { return z(c) + in_segment(c); });
    if (curve_) curve_->look(s.at(table.method.c[i]));
    for (std::size_t c = 0; is_given(c); ++c)
        curve_->write(stages_->tile_offset(c), stages_->entries(c), stages_->state(c, i));
    if (i != last_ || resident_) return;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(stages_->state(c, i), stages_->entries(c),
                    (paired_ ? next_hat_ : next_).data() + stages_->tile_offset(c));
}

void Tiles::form_next(const AnyTable& table, const Interval& s) {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        combine(next_.data() + stages_->tile_offset(c), z(c) + in_segment(c), stages_->rates(c), table.method.b, s.h,
                table.method.stages, stages_->entries(c));
}

void Tiles::evaluate(const AnyTable&, int i, double t) {
    stages_->forward(i, t);
    if (quadrature_) quadrature_->stage_done(i);
    if (i != last_ || resident_) return;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(stages_->rate(c, i), stages_->entries(c), last_rate_.data() + stages_->tile_offset(c));
}

void Tiles::compare_last(const AnyTable&, Apart& apart) const {
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Real* const* k = stages_->rates(c);
        apart.add(k[last_], k[last_ - 1], stages_->state(c, last_), stages_->state(c, last_ - 1), stages_->entries(c));
    }
}

void Tiles::finish(const AnyTable& table, const Interval& s, bool chosen) {
    if (quadrature_) quadrature_->tile_done();
    for (std::size_t c = 0; c < stages_->components() && chosen; ++c) {
        add_squares(error_, squares_[c], table.method.error, s.h, c);
        if (table.method.second_error)
            add_squares(second_error_, squares_[stages_->components() + c], table.method.second_error, s.h, c);
    }
}

// The tile's error by this row of the table: its squares are added range by range.
void Tiles::add_squares(Storage& errors, double& sum, const double* row, double h, std::size_t c) {
    const Index all = stages_->entries(c), first = in_segment(c), length = range_length(stages_->rows());
    Real* error = errors.data() + stages_->tile_offset(c);
    combine(error, nullptr, stages_->rates(c), row, h, method().stages, all);
    for (Index at = 0; at < all && !by_component_; at += length * stages_->width(c)) {
        const Index count = std::min(length * stages_->width(c), all - at);
        const Real *before = z(c) + first + at, *after = next(c) + first + at;
        floor_acted_ = floor_acted_ || scale_floor_acts(before, after, options_->rtol, options_->atol, count);
        sum += scaled_square_sum(error + at, before, after, options_->rtol, options_->atol, count);
    }
}

// ode (4) by the user's norm and tolerances, over the components from `first` on.
double Tiles::measured(Array x, Array before, Array after, std::size_t first, std::size_t end) {
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

double Tiles::measured(Array x, Array before, Array after) {
    const std::size_t n = stages_->components();
    const auto over = [&](std::size_t first, std::size_t end) { return measured(x, before, after, first, end); };
    return largest_component_ ? options_->norm.largest_of_components(n, over) : options_->norm.of_components(n, over);
}

double Tiles::error() {
    const double first = error_by(0, &Tiles::scratch);
    return method().second_error ? joint_error(first, error_by(1, &Tiles::second_error)) : first;
}

double Tiles::error_by(int row, Array errors) {
    if (by_component_) {
        const double own = measured(errors, &Tiles::z, &Tiles::next);
        const double beside = quadrature_ ? std::sqrt(quadrature_->mean_square(row)) : 0;
        return beside <= own || std::isnan(own) ? own : beside;
    }
    double sum = 0, largest = 0;
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const double square = squares_[static_cast<std::size_t>(row) * stages_->components() + c];
        const double count = static_cast<double>(std::max<Index>(1, stages_->rows() * stages_->width(c)));
        sum += square;
        largest = square / count <= largest ? largest : square / count;
    }
    const double mean = largest_component_ ? largest : sum / static_cast<double>(std::max<Index>(1, stages_->total()));
    const double beside = quadrature_ ? quadrature_->mean_square(row) : 0;
    return std::sqrt(beside <= mean || std::isnan(mean) ? mean : beside);
}

bool Tiles::is_finite() const {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        if (!all_finite(next(c), rows_ * stages_->width(c))) return false;
    return true;
}

void Tiles::hand_on(bool with_rate) {
    if (quadrature_) quadrature_->keep();
    knows_first_ = with_rate;
    if (resident_) stages_->to_next_step(last_);
    if (z_resident_) return;
    if (rows_ == stages_->rows()) {
        std::swap(z_, next_);
        std::swap(hat_, next_hat_);
        if (with_rate) std::swap(first_rate_, last_rate_);
        return;
    }
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index at = first_of(c), count = rows_ * stages_->width(c);
        std::copy_n(next_.data() + at, count, z_.data() + at);
        if (paired_) std::copy_n(next_hat_.data() + at, count, hat_.data() + at);
        if (with_rate) std::copy_n(last_rate_.data() + at, count, first_rate_.data() + at);
    }
}

void Tiles::interpolate(const Interval& s, double theta, std::size_t c, Real* out) const {
    const Method& m = method();
    if (is_given(c)) {
        curve_->look(s.t + theta * s.h);
        return curve_->write(stages_->tile_offset(c), stages_->entries(c), out);
    }
    combine(out, z(c) + in_segment(c), stages_->rates(c), m.weights(theta).data(), s.h, m.dense_stages,
            stages_->entries(c));
}

// Root mean square of x in units of the tolerance at z, over all components.
double Tiles::norm(Array x, Array scale_by) {
    if (by_component_) return measured(x, scale_by, scale_by);
    const Index rows = stages_->rows(), length = range_length(rows);
    double total = 0;
    for (Index row = 0; row < rows; row += length)
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index at = row * stages_->width(c), count = std::min(length, rows - row) * stages_->width(c);
            const Real* scale = (this->*scale_by)(c) + at;
            total += scaled_square_sum((this->*x)(c) + at, scale, scale, options_->rtol, options_->atol, count);
        }
    return std::sqrt(total / static_cast<double>(std::max<Index>(1, stages_->total())));
}

// f(t, z + h k_0) − k_0, by the second stage of a step whose first is known.
double Tiles::euler(double h, double t) {
    each_tile([&](const AnyTable&) {
        const double one = 1;
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Real* rate = first_rate(c) + in_segment(c);
            combine(stages_->state(c, 1), z(c) + in_segment(c), &rate, &one, h, 1, stages_->entries(c));
        }
        stages_->forward(1, t);
        count(1);
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Real *now = stages_->rate(c, 1), *before = first_rate(c) + in_segment(c);
            Real* change = error_.data() + stages_->tile_offset(c);
            for (Index i = 0; i < stages_->entries(c); ++i) change[i] = now[i] - before[i];
        }
    });
    return norm(&Tiles::scratch, &Tiles::z);
}

}  // namespace costate::ode
