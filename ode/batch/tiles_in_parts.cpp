// ode/batch/tiles_in_parts.cpp — a tile whose parts try a step, or go through known steps, by themselves, one thread each
// A stage is short: handed out stage by stage, who is done first waits for the others some hundred times in a solve, and a
// thread that is late once makes all of them late. A part that tries a step waits once in it, one that takes all steps once
// in a solve. Whatever is added up over rows is added up range by range (core/rows.hpp), in the same order by whoever does it:
// parts do not change a digit.
#include "ode/batch/tiles.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

Tiles& Tiles::part(int k) { return parts_[static_cast<std::size_t>(k)]->tiles; }

void Tiles::begin_parts() {
    stages_->begin_parts();
    while (parts_.size() < static_cast<std::size_t>(stages_->parts())) parts_.push_back(std::make_unique<Part>());
    for (int k = 0; k < stages_->parts(); ++k) {
        auto& [tiles, quadrature] = *parts_[static_cast<std::size_t>(k)];
        if (quadrature_) quadrature.begin_part(*quadrature_, stages_->part(k));
        tiles.stages_ = &stages_->part(k);
        tiles.options_ = options_;
        tiles.quadrature_ = quadrature_ ? &quadrature : nullptr;
        tiles.all_ = all_;
        tiles.given_first_ = given_first_;
        tiles.knows_first_ = knows_first_;
        tiles.resident_ = resident_;
        tiles.row_ = stages_->part(k).row();
        tiles.rows_ = stages_->part(k).rows_now();
        tiles.floor_acted_ = false;
        tiles.evaluations_ = 0;
    }
}

void Tiles::end_parts() {  // evaluations are those of the batch's first rows
    evaluations_ += part(0).evaluations_;
    for (int k = 0; k < stages_->parts(); ++k) floor_acted_ = floor_acted_ || part(k).floor_acted_;
    if (quadrature_) quadrature_->end_part(parts_.front()->quadrature);
}

}  // namespace costate::ode
