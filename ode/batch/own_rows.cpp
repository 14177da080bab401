#include "ode/batch/own_rows.hpp"

#include <cmath>

#include "core/kernels/combine.hpp"  // brings: combine, combine_rows, scaled_square_sum, scale_floor_acts, all_finite

namespace costate::ode::inline COSTATE_PRECISION {

void OwnRows::prepare(Stages& stages, const SolveOptions& options, bool keeps_stages, const StepObserver* watcher) {
    stages_ = &stages;
    options_ = &options;
    keeps_stages_ = keeps_stages;
    watcher_ = watcher && *watcher ? watcher : nullptr;
    given_first_ = floor_acted_ = false;
    last_ = options.method.last;
    rows_.clear();
    by_component_ = !options.measures_alike();
    for (Storage* s : {&z_, &first_rate_, &error_}) s->resize(stages.total());
    if (options.method.second_error) second_error_.resize(error_.size());
    steps_.resize(static_cast<std::size_t>(stages.rows()));
    h_.resize(steps_.size());
    solver_ = nullptr;
}

void OwnRows::solve_stages(const SolvePlan& plan, std::span<const View> captures, bool known_steps) {
    solver_ = prepared(made_, plan, captures, *stages_, known_steps);
}

void OwnRows::solve_stage(int i, const Intervals& s) {
    begins_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c) begins_.push_back(state(c, stages_->row()));
    const auto evaluations = [&](Index place) { return solver_->evaluations(place); };
    for (Index place = stages_->row(); place < stages_->row() + stages_->rows_now(); ++place)
        row(place).evaluations -= evaluations(place);
    solver_->solve(i, {s.of, true}, begins_);
    for (Index place = stages_->row(); place < stages_->row() + stages_->rows_now(); ++place)
        row(place).evaluations += evaluations(place);
}

void OwnRows::add(const Clock& clock, const Seen& seen) { rows_.add({clock, seen, rows_.live(), given_first_, 0}); }

void OwnRows::set_first_rates(std::size_t c, const Real* from) {
    if (has_mass()) return;  // it is M times that
    std::copy_n(from, stages_->rows() * stages_->width(c), first_rate(c, 0));
    given_first_ = true;
}

void OwnRows::move(Index i, Index j) {
    for (Storage* x : {&z_, &first_rate_}) stages_->swap_rows(x->data(), i, j);
    stages_->swap_rows(i, j);
    if (solver_) solver_->swap(i, j);
}

void OwnRows::forget_first(Index place) {
    row(place).knows_first = false;
    if (solver_) solver_->forget(place);
}

void OwnRows::count(int evaluations) {
    for (Index place = stages_->row(); place < stages_->row() + stages_->rows_now(); ++place)
        row(place).evaluations += evaluations;
}

void OwnRows::first(const Moments& t) {
    const Index first = stages_->row(), rows = stages_->rows_now();
    bool known = !keeps_stages_;
    for (Index place = first; place < first + rows; ++place) known = known && row(place).knows_first;
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index count = stages_->entries(c);
        if (known)
            std::copy_n(first_rate(c, first), count, stages_->rate(c, 0));
        else
            std::copy_n(state(c, first), count, stages_->state(c, 0));
    }
    if (known) return;
    bool begins = false;
    for (Index place = first; place < first + rows && has_mass(); ++place) {
        if (row(place).knows_first || !solver_->begins(place)) continue;
        begins = true;
        solver_->want_first_rate(place);
        ++row(place).evaluations;
    }
    if (begins)
        solver_->find_first_rates({t.of, true});
    else
        stages_->forward_at(0, t);
    for (Index place = first; place < first + rows; ++place) {
        Row& r = row(place);
        const bool goes_on = r.knows_first && !keeps_stages_;  // by the bits that it has where no row beside it begins
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index width = stages_->width(c);
            Real* rate = stages_->rate(c, 0) + (place - first) * width;
            if (goes_on)
                std::copy_n(first_rate(c, place), width, rate);
            else if (!(has_mass() && r.knows_first))
                std::copy_n(rate, width, first_rate(c, place));
        }
        r.evaluations += !goes_on;
        r.knows_first = true;
    }
}

void OwnRows::evaluate_first(Index first_place, Index rows) {
    for (Index place = first_place; place < first_place + rows; ++place) {
        const Clock& clock = row(place).clock;
        const Number aside = has_mass() ? step_aside<Real>(clock.t(), clock.goal() - clock.t()) : 0;
        steps_[place] = {clock.t(), clock.t() + aside, aside, clock.first(), clock.t() + aside};
    }
    first({&steps_[first_place], 0});
}

bool OwnRows::finite_first(Index place) {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        if (!all_finite(first_rate(c, place), stages_->width(c))) return false;
    return true;
}

bool OwnRows::starts(Index place) {
    if (has_mass() && solver_->inconsistency(place).found) return row(place).clock.stop(Status::inconsistent);
    return finite_first(place) || row(place).clock.stop(Status::bad_start);
}

// Root mean square of a row's x in units of the tolerance at its z, over all components.
Number OwnRows::norm(Index place, Storage& x) {
    if (by_component_) return measured(place, x, false);
    Number total = 0;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        total += scaled_square_sum(in(x, c, place), state(c, place), state(c, place), options_->rtol, options_->atol,
                                   stages_->width(c));
    return std::sqrt(total / static_cast<Number>(std::max<Index>(1, row_width())));
}

// Hairer's rule for each row of the tile that wants it: f(t, z + h0 k_0) − k_0 by the second stage of a step.
void OwnRows::choose_first_steps(Index first, Index rows) {
    bool any = false;
    for (Index place = first; place < first + rows; ++place) {
        const Clock& clock = row(place).clock;
        const bool wants = clock.status() == Status::ok && clock.wants_first_step();
        h_[place] = wants ? clock.guess(norm(place, z_), norm(place, first_rate_)) : 0;
        const Number ahead = wants ? clock.ahead(h_[place]) : clock.t();
        steps_[place] = {clock.t(), ahead, clock.direction() * h_[place], clock.t(), ahead};
        any = any || wants;
    }
    if (!any) return;
    for (Index place = first; place < first + rows && has_mass(); ++place)
        if (h_[place] > 0) row(place).clock.choose(h_[place], norm(place, first_rate_), 0);
    if (has_mass()) return;  // f is not a rate
    for (std::size_t c = 0; c < stages_->components(); ++c)
        for (Index place = first; place < first + rows; ++place) {
            const Index width = stages_->width(c);
            const Real* rate = first_rate(c, place);
            const Number one = 1;
            combine(stages_->state(c, 1) + (place - first) * width, state(c, place), &rate, &one, steps_[place].h, 1,
                    width);
        }
    stages_->forward_at(1, Moments{&steps_[first], 1});
    for (Index place = first; place < first + rows; ++place) row(place).evaluations += h_[place] > 0;
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Real *now = stages_->rate(c, 1), *before = first_rate(c, first);
        Real* change = in(error_, c, first);
        for (Index i = 0; i < stages_->entries(c); ++i) change[i] = now[i] - before[i];
    }
    for (Index place = first; place < first + rows; ++place)
        if (h_[place] > 0)
            row(place).clock.choose(h_[place], norm(place, first_rate_), norm(place, error_) / h_[place]);
}

void OwnRows::find_errors(const Intervals& s, Index first, Index rows) {
    const auto find = [&](Storage& errors, const Number* weights) {
        found_.clear();
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            found_.push_back(in(errors, c, first));
            combine_rows(found_[c], nullptr, stages_->rates(c), weights, s.h, method().stages, rows, stages_->width(c));
        }
    };
    find(error_, method().error);
    if (method().second_error) find(second_error_, method().second_error);
}

Number OwnRows::error(Index place) {
    if (!converged(place)) return HUGE_VAL;
    const Number first = error_by(place, error_);
    return method().second_error ? joint_error(method(), first, error_by(place, second_error_)) : first;
}

Number OwnRows::error_by(Index place, Storage& errors) {
    if (by_component_) return measured(place, errors, true);
    Number sum = 0;
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Real *before = state(c, place), *after = next(c, place);
        floor_acted_ =
            floor_acted_ || scale_floor_acts(before, after, options_->rtol, options_->atol, stages_->width(c));
        sum +=
            scaled_square_sum(in(errors, c, place), before, after, options_->rtol, options_->atol, stages_->width(c));
    }
    return std::sqrt(sum / static_cast<Number>(std::max<Index>(1, row_width())));
}

// By the user's norm and tolerances.
Number OwnRows::measured(Index place, Storage& x, bool to_next) {
    const auto over = [&](std::size_t first_component, std::size_t end) {
        const auto ratio = [&](Index i) {
            std::size_t c = first_component;
            for (; i >= stages_->width(c); ++c) i -= stages_->width(c);
            const Index in_batch = row(place).number * stages_->width(c) + i;
            const Real z = state(c, place)[i], after = to_next ? next(c, place)[i] : z;
            return error_over_scale(in(x, c, place)[i], z, after, options_->rtol.of(in_batch),
                                    options_->atol.of(in_batch), floor_acted_);
        };
        Index total = 0;
        for (std::size_t c = first_component; c < end; ++c) total += stages_->width(c);
        return options_->norm.finite(ScaledErrors(total, ratio));
    };
    return options_->norm.of_components(stages_->components(), over);
}

void OwnRows::look_for_stiffness(Index place, Number error) {
    Apart apart;
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index width = stages_->width(c), in_tile = (place - stages_->row()) * width;
        const Real* const* k = stages_->rates(c);
        const Real* z = stages_->state(c, last_) + in_tile;
        const Index first = row(place).number * width;
        apart.add(k[0] + in_tile, k[last_] + in_tile, k[last_ - 1] + in_tile, z, stages_->state(c, last_ - 1) + in_tile,
                  width, [&](Index i) { return unit_of(z[i], first + i, options_->rtol, options_->atol); });
    }
    row(place).clock.see(apart, error);
}

bool OwnRows::is_finite(Index place) {
    if (!converged(place)) return false;
    for (std::size_t c = 0; c < stages_->components(); ++c)
        if (!all_finite(next(c, place), stages_->width(c))) return false;
    return true;
}

void OwnRows::hand_on(Index place, bool with_rate) {
    row(place).knows_first = with_rate;
    if (solver_) solver_->hand_on(place, with_rate);
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index width = stages_->width(c), in_tile = (place - stages_->row()) * width;
        std::copy_n(stages_->state(c, last_) + in_tile, width, state(c, place));
        if (with_rate) std::copy_n(stages_->rate(c, last_) + in_tile, width, first_rate(c, place));
    }
}

void OwnRows::interpolate(Index place, Number t, std::size_t c, Real* out) {
    const Method& m = method();
    const Interval& s = steps_[place];
    const Index in_tile = (place - stages_->row()) * stages_->width(c);
    const Real* rates[most_stages];
    for (int i = 0; i < m.dense_stages; ++i) rates[i] = stages_->rates(c)[i] + in_tile;
    combine(out, state(c, place), rates, m.weights((t - s.t) / s.h).data(), s.h, m.dense_stages, stages_->width(c));
}

}  // namespace costate::ode
