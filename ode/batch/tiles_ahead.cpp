// ode/batch/tiles_ahead.cpp — f asked beside the state, before a step: for the first one's length, and for how steep f is
#include <cmath>

#include "core/kernels/combine.hpp"  // brings: combine
#include "ode/batch/tiles.hpp"
#include "ode/steps/direction.hpp"  // brings: stir, turn, Steepness

namespace costate::ode::inline COSTATE_PRECISION {

// f at t − k_0, by the second stage of a step whose first is known, where form(c, z, state) has put it.
template <class Form>
void Tiles::find_change_of_rate(Number t, Form&& form) {
    each_whole_tile([&] {
        for (std::size_t c = 0; c < stages_->components(); ++c) form(c, z(c) + in_segment(c), stages_->state(c, 1));
        stages_->forward(1, t);
        count(1);
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Real *now = stages_->rate(c, 1), *before = first_rate(c) + in_segment(c);
            Real* change = all_->error.data() + stages_->tile_offset(c);
            for (Index i = 0; i < stages_->entries(c); ++i) change[i] = now[i] - before[i];
        }
    });
}

Number Tiles::euler(Number h, Number t) {
    if (options_->has_mass()) return 0;  // f is not a rate
    find_change_of_rate(t, [&](std::size_t c, const Real* from, Real* to) {
        const Number one = 1;
        const Real* rate = first_rate(c) + in_segment(c);
        combine(to, from, &rate, &one, h, 1, stages_->entries(c));
    });
    return norm(&Tiles::scratch);
}

ahead::Steepness Tiles::steepness(Number t, Number share) {
    const auto each = [&](auto&& component) {
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index at = stages_->offset(c), count = stages_->rows() * stages_->width(c);
            component(direction_.data() + at, all_->error.data() + at, count,
                      [this, c](Index i) { return unit_of(z(c)[i], i, options_->rtol, options_->atol); });
        }
    };
    each([share](Real* d, const Real*, Index n, auto&& unit) { ahead::stir(d, n, share, unit); });
    const bool check = stages_->finite_check();
    stages_->set_finite_check(false);  // beside the state f may be no number
    find_change_of_rate(t, [&](std::size_t c, const Real* from, Real* to) {
        const Real* d = direction_.data() + stages_->tile_offset(c);
        for (Index i = 0; i < stages_->entries(c); ++i) to[i] = from[i] + d[i];
    });
    stages_->set_finite_check(check);
    ahead::Steepness seen;
    each([&](const Real* d, const Real* change, Index n, auto&& unit) { seen.add(d, change, n, unit); });
    each([&](Real* d, const Real* change, Index n, auto&&) { ahead::turn(d, change, seen, n); });
    return seen;
}

}  // namespace costate::ode
