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
    given_first_ = floor_acted_ = false;
    evaluations_ = 0;
    part_takes_ = PartTakes::stages;
    const Index total = stages.total();
    for (Storage* s : {&all_->z, &all_->next, &all_->first_rate, &all_->last_rate, &all_->error}) s->resize(total);
    all_->second_error.resize(options.method.second_error ? total : 0);
    for (Storage* s : {&all_->hat, &all_->next_hat}) s->resize(is_pair() ? total : 0);
    all_->squares.assign(2 * stages.components() * static_cast<std::size_t>(ranges()), 0);  // of no width: it stays 0
    if (!small_machine) apart_.resize(Stiffness::can_be_seen(options.method) ? stages.components() : 0);
    direction_.resize(options.takes_turns() ? total : 0);
    std::fill_n(direction_.data(), direction_.size(), Real(0));
}

void Tiles::solve_stages(const SolvePlan& plan, std::span<const View> captures, bool known_steps, std::size_t given) {
    prepared(solver_, plan, captures, *stages_, known_steps, given);
}

long Tiles::evaluations() const {
    long most = 0;
    for (Index row = 0; implicit() && row < stages_->rows(); ++row) most = std::max(most, solver_->evaluations(row));
    return evaluations_ + most;
}

void Tiles::set_first_rate(std::size_t c, const Real* from) {
    if (options_->has_mass()) return;  // it is M times that
    std::copy_n(from, stages_->rows() * stages_->width(c), all_->first_rate.data() + stages_->offset(c));
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
    for (Index r = row; implicit() && r < row + rows; ++r) solver_->forget(r);
    if (!resident_ && is_pair()) begin_pair();
    if (!resident_) return;
    stages_->begin_tile(row, rows);
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        std::copy_n(all_->z.data() + segment_offset(c), stages_->entries(c), stages_->state(c, 0));
        if (knows_first_)
            std::copy_n(all_->first_rate.data() + segment_offset(c), stages_->entries(c), stages_->rate(c, 0));
    }
}

void Tiles::end() {
    if (!z_resident()) return;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(stages_->state(c, 0), stages_->entries(c), all_->z.data() + segment_offset(c));
}

void Tiles::begin_attempt(const Interval& s) {
    if (quadrature_) quadrature_->begin_attempt(s.h);
    converged_ = true;
    if (implicit()) solver_->begin_attempt(row_, rows_);
}

// k_0: still in its place, copied back, or evaluated.
void Tiles::know_first(Number t, Number reach) {
    const bool evaluates = !knows_first_ || (quadrature_ && !resident_);
    for (std::size_t c = 0; c < stages_->components() && !resident_; ++c) {
        const Index at = in_segment(c), count = stages_->entries(c);
        if (is_pair())
            std::copy_n(all_->hat.data() + stages_->tile_offset(c), count, stages_->state(c, 0));
        else if (evaluates)
            std::copy_n(z(c) + at, count, stages_->state(c, 0));
        if (knows_first_) std::copy_n(first_rate(c) + at, count, stages_->rate(c, 0));
    }
    if (!evaluates) return;
    if (!options_->has_mass() || !solver_->begins(stages_->row()))
        stages_->forward(0, t);
    else
        find_first_rate(t, reach);
    count(1);
    for (std::size_t c = 0; c < stages_->components() && !resident_; ++c)
        std::copy_n(stages_->rate(c, 0), stages_->entries(c), all_->first_rate.data() + stages_->tile_offset(c));
}

void Tiles::find_first_rate(Number t, Number reach) {
    const Number aside = step_aside<Real>(t, reach);
    for (Index row = 0; row < stages_->rows_now(); ++row) solver_->want_first_rate(stages_->row() + row);
    const Interval s{t, t + aside, aside};
    solver_->find_first_rates({&s, false});
}

const Inconsistency& Tiles::inconsistency() const {
    static constexpr Inconsistency none;
    for (Index row = row_; implicit() && row < row_ + rows_; ++row)
        if (const Inconsistency& found = solver_->inconsistency(row); found.found) return found;
    return none;
}

void Tiles::first(Number t) {
    know_first(t, 0);
    if (quadrature_) quadrature_->stage_done(0);
}

bool Tiles::evaluate_first(Number t, Number reach) {
    if (!knows_first_) each_whole_tile([&] { know_first(t, reach); });
    for (std::size_t c = 0; c < stages_->components(); ++c)
        if (!all_finite(first_rate(c), rows_ * stages_->width(c))) return false;
    return consistent();
}

void Tiles::begin_pair() {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(z(c), rows_ * stages_->width(c),
                    resident_ ? stages_->state(c, 0) : all_->hat.data() + segment_offset(c));
}

Real* Tiles::mirror(std::size_t c, int i) {
    const Real *from = z(c) + in_segment(c), *z_hat = stages_->state(c, 0);
    Real* to = stages_->state(c, i);
    for (Index j = 0; j < stages_->entries(c); ++j) to[j] = mirrored(from[j], z_hat[j]);
    return to;
}

void Tiles::mirror_rate(int i) {
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Real *rate = stages_->rate(c, i - 1), *carried = stages_->rate(c, 0);
        Real* to = stages_->rate(c, i);
        for (Index j = 0; j < stages_->entries(c); ++j) to[j] = mirrored(rate[j], carried[j]);
    }
}

void Tiles::form(const AnyTable& table, int i, const Interval& s) {
    const Method& m = table.method;
    if (m.start_of_block(i) == i) form_block(m, i, s);
    if (i != last() || resident_) return;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(stages_->state(c, i), stages_->entries(c),
                    (is_pair() ? all_->next_hat : all_->next).data() + stages_->tile_offset(c));
}

void Tiles::form_next(const AnyTable& table, const Interval& s) {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        combine(all_->next.data() + stages_->tile_offset(c), z(c) + in_segment(c), stages_->rates(c), table.method.b,
                s.h, table.method.stages, stages_->entries(c));
}

// Stage i, and those that are solved for at once with it.
void Tiles::form_block(const Method& m, int i, const Interval& s) {
    if (is_pair())
        stages_->form(m, i, s.h, [&](std::size_t c) { return mirror(c, i); });
    else
        stages_->form(m, i, s.h, [&](std::size_t c) { return z(c) + in_segment(c); });
    for (int p = i; curve_ && p < m.end_of_block(i); ++p) {
        curve_->look(s.at(m.c[p]));
        for (std::size_t c = 0; is_given(c); ++c)
            curve_->write(stages_->tile_offset(c), stages_->entries(c), stages_->state(c, p));
    }
    if (m.is_equation(i)) solve_stage(i, s);
}

void Tiles::solve_stage(int i, const Interval& s) {
    begins_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c) begins_.push_back(tile(c));
    solver_->solve(i, {&s, false}, begins_);
}

void Tiles::evaluate(const AnyTable& table, int i, Number t) {
    if (table.method.mirrors(i))
        mirror_rate(i);
    else if (!table.method.is_equation(i))
        stages_->forward(i, t);
    if (quadrature_) quadrature_->stage_done(i);
    if (i != last() || resident_) return;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::copy_n(stages_->rate(c, i), stages_->entries(c), all_->last_rate.data() + stages_->tile_offset(c));
}

// A sum for each component, from the segment's first row to its last: whatever its tiles, the same bits.
void Tiles::compare_last(const AnyTable&, Apart& apart) {
    if (stages_->row() == row_) std::fill(apart_.begin(), apart_.end(), Apart{});
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Real *const *k = stages_->rates(c), *z = stages_->state(c, last());
        const Index first = stages_->row() * stages_->width(c);
        apart_[c].add(k[0], k[last()], k[last() - 1], z, stages_->state(c, last() - 1), stages_->entries(c),
                      [&](Index i) { return unit_of(z[i], first + i, options_->rtol, options_->atol); });
    }
    if (stages_->row() + stages_->rows_now() < row_ + rows_) return;
    for (const Apart& component : apart_) apart.add(component);
}

void Tiles::finish(const AnyTable&, const Interval& s, bool chosen) {
    if (quadrature_) quadrature_->tile_done();
    for (Index row = 0; implicit() && row < stages_->rows_now(); ++row)
        converged_ = converged_ && solver_->converged(stages_->row() + row);
    if (chosen) small_machine ? method().errors->find(*this, s.h) : find_errors(s.h);
}

void Tiles::find_errors(Number h) {
    find_errors(all_->error, 0, method().error, h);
    if (method().second_error) find_errors(all_->second_error, 1, method().second_error, h);
}

// The tile's error by this row of the table, and its squares.
void Tiles::find_errors(Storage& errors, int row, const Number* weights, Number h) {
    found_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        found_.push_back(errors.data() + stages_->tile_offset(c));
        combine(found_[c], nullptr, stages_->rates(c), weights, h, method().stages, stages_->entries(c));
    }
    for (std::size_t c = 0; c < stages_->components() && !by_component(); ++c) add_squares(errors, squares(row, c), c);
}

Index Tiles::ranges() const { return ranges_in(stages_->rows(), range_length(stages_->rows())); }

Number* Tiles::squares(int row, std::size_t c) {
    return all_->squares.data() + (static_cast<std::size_t>(row) * stages_->components() + c) * ranges();
}

void Tiles::add_squares(const Storage& errors, Number* of_range, std::size_t c) {
    const Index all = stages_->entries(c), first = in_segment(c), length = range_length(stages_->rows());
    const Real* error = errors.data() + stages_->tile_offset(c);
    for (Index at = 0; at < all; at += length * stages_->width(c)) {
        const Index count = std::min(length * stages_->width(c), all - at);
        const Real *before = z(c) + first + at, *after = next(c) + first + at;
        floor_acted_ = floor_acted_ || scale_floor_acts(before, after, options_->rtol, options_->atol, count);
        of_range[(stages_->row() + at / stages_->width(c)) / length] =
            scaled_square_sum(error + at, before, after, options_->rtol, options_->atol, count);
    }
}

bool Tiles::is_finite() const {
    if (!converged_) return false;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        if (!all_finite(next(c), rows_ * stages_->width(c))) return false;
    return true;
}

void Tiles::hand_on(bool with_rate) {
    if (quadrature_) quadrature_->keep();
    for (Index row = row_; implicit() && row < row_ + rows_; ++row) solver_->hand_on(row, with_rate);
    knows_first_ = with_rate;
    if (resident_) stages_->to_next_step(last());
    if (z_resident()) return;
    if (rows_ == stages_->rows()) {
        std::swap(all_->z, all_->next);
        std::swap(all_->hat, all_->next_hat);
        if (with_rate) std::swap(all_->first_rate, all_->last_rate);
        return;
    }
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index at = segment_offset(c), count = rows_ * stages_->width(c);
        std::copy_n(all_->next.data() + at, count, all_->z.data() + at);
        if (is_pair()) std::copy_n(all_->next_hat.data() + at, count, all_->hat.data() + at);
        if (with_rate) std::copy_n(all_->last_rate.data() + at, count, all_->first_rate.data() + at);
    }
}

void Tiles::interpolate(const Interval& s, Number theta, std::size_t c, Real* out) const {
    const Method& m = method();
    if (is_given(c)) {
        curve_->look(s.t + theta * s.h);
        return curve_->write(stages_->tile_offset(c), stages_->entries(c), out);
    }
    combine(out, z(c) + in_segment(c), stages_->rates(c), m.weights(theta).data(), s.h, m.dense_stages,
            stages_->entries(c));
}

}  // namespace costate::ode
