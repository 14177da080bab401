#include "ode/gradients/own_sweep.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add
#include "ode/gradients/pull.hpp"
#include "ode/gradients/transposed_step.hpp"  // brings: transpose_stages

namespace costate::ode::inline COSTATE_PRECISION {

void OwnSweep::run(const Pull& p) {
    prepare(p);
    const Index most = stages_->rows_of_tile();
    for (dismiss(); rows_.live() > 0; dismiss())
        for (Index first = 0; first < rows_.live(); first += most)
            reverse_tile(first, std::min(most, rows_.live() - first));
    rows_.put_back([this](Index i, Index j) { move(i, j); });
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
    z_.resize(stages_->total());
    lambda_.resize(stages_->total());
    std::fill_n(lambda_.data(), lambda_.size(), Real(0));
    steps_.resize(own.last.size());
    h_.resize(own.last.size());
    rows_.clear();
    for (std::size_t row = 0; row < own.last.size(); ++row) {
        OwnRows::Seen seen{p.memory.times_of[row], own.seen[row]};
        seen.start_from_end();
        rows_.add({static_cast<Index>(row), own.last[row], seen, p.memory.sweep.growth});
    }
}

void OwnSweep::move(Index i, Index j) {
    stages_->swap_rows(lambda_.data(), i, j);
    stages_->swap_rows(i, j);
    if (solver_) solver_->swap(i, j);
}

void OwnSweep::dismiss() {
    const std::vector<OwnSteps::End>& ends = p_->record.own.ends;
    const auto leave = [&](Index place) {
        const Row& row = rows_[place];
        for (std::size_t i = row.seen.begin(); i-- > 0;) add_directly(place, i);  // observations at t0
        p_->memory.sweep.growth.join(row.growth);
        for (std::size_t c = 0; c < stages_->components(); ++c)
            std::copy_n(at(lambda_, c, place), stages_->width(c), p_->z_bars[c].data + row.number * stages_->width(c));
    };
    rows_.dismiss([&](Index place) { return ends[rows_[place].end].before != rows_[place].end; }, leave,
                  [this](Index i, Index j) { move(i, j); });
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
    const Intervals s{&steps_[first], &h_[first]};
    take_stages(AnyTable{m}, *this, s, 0, stages);
    if (solver_) require_sweep_converged(*solver_, *stages_, steps_[first], *p_);
    transpose_stages(m, *stages_, solver_, *this, s, stages);
    if (solver_) require_transposed(*solver_, *stages_, steps_[first], *p_);
    if (solver_) pull_start(s);
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

void OwnSweep::pull_start(const Intervals& s) {
    lambdas_.clear();
    for (std::size_t c = 0; c < stages_->components(); ++c) lambdas_.push_back(lambda(c));
    solver_->pull_start(way_of(s), lambdas_);
}

void OwnSweep::add_within(Real* w, int i, const Intervals& s, std::size_t c) {
    const Method& m = p_->plan.options.method;
    const Index width = stages_->width(c);
    for (Index k = 0; k < stages_->rows_now(); ++k) {
        const Row& row = rows_[stages_->row() + k];
        const Interval& step = s.of[k];
        for (std::size_t o = row.seen.begin(); o < row.seen.end(); ++o)
            if (row.seen.time(o) != step.end)
                scale_add(w + k * width, static_cast<Real>(step.h * m.weight(i, (row.seen.time(o) - step.t) / step.h)),
                          cotangent(o, c, row.number), width);
    }
}

}  // namespace costate::ode

void costate::ode::rows::sweep_own(const Pull& p) { p.memory.own_sweep.as<OwnSweep>().run(p); }
