#include "ode/batch/batch_in_numbers.hpp"

#include <algorithm>
#include <array>

#include "ode/batch/stage_solver.hpp"  // brings: Way

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr int equation = 1;  // the method's first stage that is one, and is solved alone

}  // namespace

void BatchInNumbers::prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, Curve* along) {
    stages_ = &stages;
    curve_ = along;
    way_ = {};
    stages.prepare(plan, captures, 1);
    const Method& m = plan.options.method;
    if (!m.implicit()) return;
    jacobians_.prepare(plan, captures, stages, along ? plan.components() : 0);
    diagonal_ = m.a[equation * m.dense_stages + equation];
}

Number BatchInNumbers::time_at(Number s) const {
    if (way_.h == 0) return s;
    const auto [low, high] = std::minmax(way_.first, way_.final);
    return std::clamp(way_.t + direction() * s, low, high);
}

void BatchInNumbers::place(const Real* y) {
    for (std::size_t c = 0; c < stages_->components(); ++c) {
        const Index first = stages_->tile_offset(c), count = stages_->entries(c);
        if (is_given(c))
            curve_->write(first, count, stages_->state(c, 0));
        else
            std::copy_n(y + first, count, stages_->state(c, 0));
    }
}

void BatchInNumbers::evaluate(Number t, const Real* y) {
    place(y);
    stages_->forward(0, t);
}

void BatchInNumbers::operator()(Number s, std::span<const Real> y, std::span<Real> rates) {
    const Number t = time_at(s);
    if (curve_) curve_->look(t);
    stages_->each_tile(0, stages_->rows(), [&] {
        evaluate(t, y.data());
        for (std::size_t c = 0; c < stages_->components(); ++c) {
            const Index first = stages_->tile_offset(c), count = stages_->entries(c);
            if (is_given(c))
                curve_->write_rate(first, count, rates.data() + first);
            else
                std::copy_n(stages_->rate(c, 0), count, rates.data() + first);
        }
    });
    if (direction() > 0) return;
    for (Real& rate : rates) rate = -rate;
}

void BatchInNumbers::add_sums(Number s, const Real* y, Number weight) {
    const Number t = time_at(s), by = direction() * weight;
    if (curve_) curve_->look(t);
    stages_->each_tile(0, stages_->rows(), [&] {
        evaluate(t, y);
        stages_->accumulate(0, 1, &by, 0);
    });
}

void BatchInNumbers::linearize(Number s, const Real* y) {
    const Number t = time_at(s);
    if (curve_) curve_->look(t);
    const Interval here{t, t, 0};
    for (Index row = 0; row < stages_->rows(); ++row) jacobians_.want(row);
    stages_->each_tile(0, stages_->rows(), [&] {
        place(y);
        std::array<const Real*, 1> z{stages_->state(0, 0)};  // of a field as it was written: one component
        jacobians_.find({&here, false}, 0, z);
    });
}

bool BatchInNumbers::factor(Number h_gamma) {
    bool regular = true;
    for (Index row = 0; row < stages_->rows() && regular; ++row)
        regular = jacobians_.factor(row, equation, direction() * h_gamma / diagonal_);
    return regular;
}

void BatchInNumbers::solve(Real* x) {
    const std::size_t n = jacobians_.group();
    stages_->each_tile(0, stages_->rows(), [&] {
        for (std::size_t first = 0; first < stages_->components(); first += n) {
            if (is_given(first)) continue;
            const auto at = [&](std::size_t c, Index i) -> Real& { return x[stages_->tile_offset(c) + i]; };
            for (Index r = 0; r < stages_->rows_now(); ++r)
                jacobians_.solve(
                    1, first, r, false, [&](int, std::size_t c, Index i) { return at(c, i); },
                    [&](int, std::size_t c, Index i, Real found) { at(c, i) = found; });
        }
    });
}

}  // namespace costate::ode
