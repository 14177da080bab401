// ode/batch/tiles_ahead.cpp — f asked beside the state, before a step: for the first one's length, and for how steep f is
#include <cmath>
#include <utility>

#include "core/kernels/combine.hpp"  // brings: combine
#include "ode/batch/tiles.hpp"
#include "ode/steps/direction.hpp"  // brings: drawn_sign

namespace costate::ode::inline COSTATE_PRECISION {

// f at t − k_0, by the second stage of a step whose first is known, where form(c, z, state) has put it.
template <class Form>
void Tiles::find_change_of_rate(double t, Form&& form) {
    each_tile([&](const AnyTable&) {
        for (std::size_t c = 0; c < stages_->components(); ++c) form(c, z(c) + in_segment(c), stages_->state(c, 1));
        stages_->forward(1, t);
        count(1);
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Real *now = stages_->rate(c, 1), *before = first_rate(c) + in_segment(c);
            Real* change = error_.data() + stages_->tile_offset(c);
            for (Index i = 0; i < stages_->entries(c); ++i) change[i] = now[i] - before[i];
        }
    });
}

double Tiles::euler(double h, double t) {
    if (options_->has_mass()) return 0;  // f is not a rate
    find_change_of_rate(t, [&](std::size_t c, const Real* from, Real* to) {
        const double one = 1;
        const Real* rate = first_rate(c) + in_segment(c);
        combine(to, from, &rate, &one, h, 1, stages_->entries(c));
    });
    return norm(&Tiles::scratch, &Tiles::z);
}

double Tiles::steepness(double t) {
    if (!std::exchange(has_direction_, true)) draw_direction();
    find_change_of_rate(t, [&](std::size_t c, const Real* from, Real* to) {
        const Real* d = direction_.data() + stages_->tile_offset(c);
        for (Index i = 0; i < stages_->entries(c); ++i) to[i] = from[i] + d[i];
    });
    const double size = norm(&Tiles::scratch, &Tiles::z);
    has_direction_ = size > 0 && std::isfinite(size);
    for (Index i = 0; i < stages_->total() && has_direction_; ++i)
        direction_.data()[i] = static_cast<Real>(error_.data()[i] / size);
    return size;
}

void Tiles::draw_direction() {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        for (Index i = 0; i < stages_->rows() * stages_->width(c); ++i)
            direction_.data()[stages_->offset(c) + i] =
                static_cast<Real>(drawn_sign(i) * unit_of(z(c)[i], i, options_->rtol, options_->atol));
}

}  // namespace costate::ode
