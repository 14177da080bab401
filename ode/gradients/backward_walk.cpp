#include "ode/gradients/backward_walk.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add
#include "ode/steps/check.hpp"       // brings: backwards_failure, outcome_of

namespace costate::ode::inline COSTATE_PRECISION {

BackwardWalk::BackwardWalk(const Pull& p)
    : p_(p),
      tiles_(p.memory.tiles),
      times_(p.memory.times),
      clock_(times_.back(), times_.front(), timing_in_vars(options_)) {
    // Where the forward solve's errors said nothing about its steps, those of the state backwards will not, either; and who
    // wants the tangents' errors kept wants the gradient's.
    const bool full =
        options_.backward_norm == BackwardNorm::full || p.record.statistics.unlimited || options_.keeps_tangents();
    const bool largest = full || options_.backward_norm == BackwardNorm::seminorm;
    if (options_.parameter_quadrature == ParameterQuadrature::gauss && !full)
        gauss_ = &p.memory.gauss.as<GaussQuadrature>();
    else
        quadrature_ = &p.memory.quadrature.as<Quadrature>();
    Stages& stages = p.memory.stages;
    stages.prepare(p.plan, p.x.captures, gauss_ ? 1 : Quadrature::sets(options_, full));
    tiles_.prepare(stages, options_, quadrature_, !options_.known_steps() && largest);
    tiles_.solve_stages(p.plan, p.x.captures, options_.known_steps(), options_.gradient.keeps_curve ? n_ : 0);
    if (gauss_)
        gauss_->prepare(stages, tiles_);
    else
        quadrature_->prepare(stages, options_, p.capture_bars, full);
    clock_.never_look_for_stiffness();
    for (std::size_t c = 0; c < n_; ++c) std::fill_n(a(c), entries(c), Real(0));  // adjoint (2)
}

bool BackwardWalk::is_observed(std::size_t i) const {
    for (std::size_t c = 0; c < n_; ++c) {
        const Real* w = cotangent(i, c);
        if (std::any_of(w, w + entries(c), [](Real x) { return x != 0; })) return true;
    }
    return false;
}

void BackwardWalk::take_up(std::size_t i) {
    for (std::size_t c = 0; c < n_; ++c)
        std::copy_n(p_.x.observations[c].data + static_cast<Index>(i) * entries(c), entries(c), tiles_.state(c));
}

void BackwardWalk::jump(std::size_t i) {
    for (std::size_t c = 0; c < n_; ++c) scale_add(a(c), 1, cotangent(i, c), entries(c));
}

void BackwardWalk::solve_back(Number to) {
    const Number share = (clock_.t() - to) / (times_.back() - times_.front());
    const bool known = options_.known_steps();
    const int steps = steps_of_part(options_.steps, share);
    const Clock here = clock_;
    const auto is_dense = [&](const Interval&) { return gauss_ != nullptr; };
    const auto within = [&](Tiles&, const Interval& s) {
        if (gauss_) gauss_->form(s);
    };
    const bool pays = known && p_.memory.stages.pays_alone(p_.plan, steps);
    tiles_.let_parts_take(pays ? PartTakes::all_steps : PartTakes::attempts);
    tiles_.each_segment(known, [&](Tiles& tiles) {
        Clock clock = here;
        clock.aim(to, steps);
        Walk walk(tiles, clock);
        if (!known) walk.start();
        while (clock.status() == Status::ok && walk.attempt(is_dense, within))
            if (gauss_ && clock.kept()) gauss_->add(clock.step());
        if (clock.status() != Status::ok) fail(p_.where, backwards_failure(outcome_of(clock), options_));
        if (tiles.row() == 0) clock_ = clock;
    });
}

void BackwardWalk::finish() {
    p_.memory.stages.finish_into(p_.capture_bars, 0);
    for (std::size_t c = 0; c < n_; ++c) std::copy_n(a(c), entries(c), p_.z_bars[c].data);
    Statistics& statistics = p_.record.statistics;
    statistics.backward_evaluations = tiles_.evaluations();
    statistics.parameter_vjps = gauss_ ? gauss_->vjps() : quadrature_->vjps();
    statistics.backward_accepted = clock_.accepted();
    statistics.backward_rejected = clock_.rejected();
}

}  // namespace costate::ode
