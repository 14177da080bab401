#include "ode/gradients/own_sweep.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: combine_rows, scale_add
#include "ode/gradients/pull.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

void OwnSweep::run(const Pull& p) {
    prepare(p);
    const Index most = stages_->rows_of_tile();
    for (dismiss(); live_ > 0; dismiss())
        for (Index first = 0; first < live_; first += most) reverse_tile(first, std::min(most, live_ - first));
    for (Index place = 0; place < static_cast<Index>(rows_.size()); ++place)
        while (rows_[place].number != place) swap(place, rows_[place].number);
    stages_->finish_into(p.capture_bars, 0);
    if (solver_) solver_->add_sums(p.capture_bars);
}

void OwnSweep::prepare(const Pull& p) {
    p_ = &p;
    stages_ = &p.memory.stages;
    stages_->prepare(p.plan, p.x.captures, 1);
    stages_->clear(0);
    solver_ = prepared(p.memory.solver, p.plan, p.x.captures, *stages_, true);
    p.record.statistics.backward_evaluations = 0;
    split_times(p.memory, static_cast<std::size_t>(p.x.z0[0].shape[0]));
    const OwnSteps& own = p.record.own;
    live_ = static_cast<Index>(own.last.size());
    z_.resize(live_ * stages_->row_width());
    lambda_.resize(live_ * stages_->row_width());
    std::fill_n(lambda_.data(), lambda_.size(), Real(0));
    steps_.resize(own.last.size());
    h_.resize(own.last.size());
    rows_.clear();
    for (std::size_t row = 0; row < own.last.size(); ++row) {
        rows_.push_back(
            {static_cast<Index>(row), own.last[row], {p.memory.times_of[row], own.seen[row]}, p.memory.sweep.growth});
        rows_.back().seen.start_from_end();
    }
}

void OwnSweep::swap(Index i, Index j) {
    if (i == j) return;
    std::swap(rows_[i], rows_[j]);
    stages_->swap_rows(lambda_.data(), i, j);
    stages_->swap_rows(i, j);
    if (solver_) solver_->swap(i, j);
}

void OwnSweep::dismiss() {
    const std::vector<OwnSteps::End>& ends = p_->record.own.ends;
    for (Index place = 0; place < live_;) {
        const Row& row = rows_[place];
        if (ends[row.end].before != row.end) {
            ++place;
            continue;
        }
        for (std::size_t i = row.seen.begin(); i-- > 0;) add_directly(place, i);  // observations at t0
        p_->memory.sweep.growth.join(row.growth);
        for (std::size_t c = 0; c < stages_->components(); ++c)
            std::copy_n(at(lambda_, c, place), stages_->width(c), p_->z_bars[c].data + row.number * stages_->width(c));
        swap(place, --live_);
    }
}

const Real* OwnSweep::cotangent(std::size_t i, std::size_t c, Index number) const {
    return p_->x.w[c].data + (static_cast<Index>(i) * stages_->rows() + number) * stages_->width(c);
}

void OwnSweep::watch_growth(Index place) {
    Row& row = rows_[place];
    const OwnSteps& own = p_->record.own;
    const bool last = own.ends[own.last[static_cast<std::size_t>(row.number)]].before == row.end;
    for (std::size_t c = 0; c < stages_->components() && row.growth.watches(); ++c)
        row.growth.see(at(lambda_, c, place), at(z_, c, place), stages_->width(c), last);
}

void OwnSweep::add_directly(Index place, std::size_t i) {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        scale_add(at(lambda_, c, place), 1, cotangent(i, c, rows_[place].number), stages_->width(c));
}

bool OwnSweep::enter_steps(Index first, Index rows) {
    bool dense = false;
    for (Index place = first; place < first + rows; ++place) {
        Row& row = rows_[place];
        const OwnSteps::End& end = p_->record.own.ends[row.end];
        const Number t = p_->record.own.ends[end.before].t;
        const std::span<const Number> times = p_->memory.times_of[static_cast<std::size_t>(row.number)];
        steps_[place] = interval_between(t, end.t, p_->plan.options.jump_t, times.front(), times.back(), time_is_float);
        h_[place] = steps_[place].h;
        row.seen.retreat(steps_[place]);
        for (std::size_t i = row.seen.begin(); i < row.seen.end(); ++i)
            if (row.seen.time(i) == end.t) add_directly(place, i);
        dense = row.seen.are_dense(steps_[place]) || dense;
        const Real* z = p_->record.trajectory[end.before];
        for (std::size_t c = 0; c < stages_->components(); z += stages_->width(c), ++c)
            std::copy_n(z, stages_->width(c), at(z_, c, place));
        row.end = end.before;
    }
    return dense;
}

void OwnSweep::reverse_tile(Index first, Index rows) {
    const Method& m = p_->plan.options.method;
    stages_->begin_tile(first, rows);
    const bool dense = enter_steps(first, rows);
    const int stages = m.swept_stages(dense);
    require_on_ends(dense, steps_[first], p_->plan.options, p_->where);
    if (solver_) begin_anew(first, rows);
    take_stages(AnyTable{m}, *this, Intervals{&steps_[first], &h_[first]}, 0, stages);
    if (solver_) require_sweep_converged(*solver_, *stages_, steps_[first], *p_);
    for (int i = stages - 1, block = 0; i >= 0; i = block - 1) {
        block = m.start_of_block(i);
        for (int p = block; p <= i; ++p)
            for (std::size_t c = 0; c < stages_->components(); ++c) seed_stage(c, p, i + 1, stages, first, rows);
        if (m.is_equation(i))
            solver_->reverse(block, {&steps_[first], true});
        else
            stages_->reverse(i);
    }
    if (solver_) require_transposed(*solver_, *stages_, steps_[first], *p_);
    for (std::size_t c = 0; c < stages_->components(); ++c)
        for (int i = 0; i < stages; ++i) scale_add(at(lambda_, c, first), 1, stages_->z_bar(c, i), stages_->entries(c));
    if (solver_) pull_start(first);
    for (Index place = first; place < first + rows; ++place) {
        Row& row = rows_[place];
        for (std::size_t i = row.seen.begin(); i < row.seen.end(); ++i)
            if (row.seen.time(i) != steps_[place].end) add_directly(place, i);
        watch_growth(place);
    }
    accumulate(*stages_, m, stages);
    p_->record.statistics.backward_evaluations += stages * rows;
}

void OwnSweep::begin_anew(Index first, Index rows) {
    ode::begin_anew(*solver_, first, rows);
    starts_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c) starts_.push_back(at(z_, c, first));
}

void OwnSweep::pull_start(Index first) {
    lambdas_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c) lambdas_.push_back(at(lambda_, c, first));
    solver_->pull_start({&steps_[first], true}, lambdas_);
}

void OwnSweep::seed_stage(std::size_t c, int i, int later, int stages, Index first, Index rows) {
    const Method& m = p_->plan.options.method;
    const Index width = stages_->width(c);
    const Real* terms[most_stages + 1] = {at(lambda_, c, first)};
    Number factors[most_stages + 1] = {m.b[i]};
    for (int j = later; j < stages; ++j) {
        terms[1 + j - later] = stages_->z_bar(c, j);
        factors[1 + j - later] = m.a[j * m.dense_stages + i];
    }
    Real* w = stages_->cotangent(c, i);
    combine_rows(w, nullptr, terms, factors, &h_[first], 1 + stages - later, rows, width);
    for (Index place = first; place < first + rows; ++place) {
        const Row& row = rows_[place];
        const Interval& s = steps_[place];
        for (std::size_t o = row.seen.begin(); o < row.seen.end(); ++o)
            if (row.seen.time(o) != s.end)
                scale_add(w + (place - first) * width,
                          static_cast<Real>(s.h * m.weight(i, (row.seen.time(o) - s.t) / s.h)),
                          cotangent(o, c, row.number), width);
    }
}

}  // namespace costate::ode

void costate::ode::rows::sweep_own(const Pull& p) { p.memory.own_sweep.as<OwnSweep>().run(p); }
