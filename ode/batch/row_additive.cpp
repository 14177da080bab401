#include "ode/batch/row_additive.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add

namespace costate::ode::inline COSTATE_PRECISION {

std::unique_ptr<StageSolver> make_row_additive() { return std::make_unique<RowAdditive>(); }

void RowAdditive::prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool known_steps,
                          std::size_t given) {
    plan_ = &plan;
    stages_ = &stages;
    given_ = given;
    stiff_.prepare(*plan.stiff, captures, 1);
    rest_.prepare(*plan.rest, captures, 1);
    equations_.prepare(*plan.stiff, captures, stiff_, known_steps, given);
    evaluations_.assign(static_cast<std::size_t>(stages.rows()), 0);
    if (plan.computes != FieldProgram::reverse) return;
    stiff_.clear(0);
    rest_.clear(0);
}

void RowAdditive::add(std::size_t c, Real* to, int first, int end, const Way& way, const auto& d, const auto& x) {
    const Index width = stages_->width(c);
    for (int j = first; j < end; ++j)
        for (Index r = 0; r < stages_->rows_now() && d(j) != 0; ++r)
            scale_add(to + r * width, static_cast<Real>(way[r].h * d(j)), x(j) + r * width, width);
}

void RowAdditive::evaluate_rest(int i, const Way& way) {
    evaluate(rest_, i, way, method().c[i]);
    for (Index r = 0; r < stages_->rows_now(); ++r) ++evaluations_[static_cast<std::size_t>(stages_->row() + r)];
}

void RowAdditive::solve(int i, const Way& way, Begins z) {
    for (Stages* half : {&stiff_, &rest_}) half->begin_tile(stages_->row(), stages_->rows_now());
    if (i == 1) {
        for (std::size_t c = 0; c < components(); ++c)
            for (Stages* half : {&stiff_, &rest_}) std::copy_n(z[c], stages_->entries(c), half->state(c, 0));
        evaluate_rest(0, way);
        for (std::size_t c = 0; c < components(); ++c)
            for (Index at = 0; at < stages_->entries(c); ++at)
                stiff_.rate(c, 0)[at] = stages_->rate(c, 0)[at] - rest_.rate(c, 0)[at];
    }
    for (std::size_t c = 0; c < components(); ++c) {
        std::copy_n(stages_->state(c, i), stages_->entries(c), stiff_.state(c, i));
        if (c >= given_)
            add(
                c, stiff_.state(c, i), 0, i, way, [&](int j) { return difference(i, j); },
                [&](int j) { return rest_.rate(c, j); });
    }
    equations_.solve(i, way, z);
    for (std::size_t c = 0; c < components(); ++c)
        for (Stages* of : {stages_, &rest_}) std::copy_n(stiff_.state(c, i), stages_->entries(c), of->state(c, i));
    evaluate_rest(i, way);
    if (plan_->computes == FieldProgram::adjoint) evaluate(*stages_, i, way, method().c[i]);  // for its sums
    for (std::size_t c = given_; c < components(); ++c)
        for (Index at = 0; at < stages_->entries(c); ++at)
            stages_->rate(c, i)[at] = stiff_.rate(c, i)[at] + rest_.rate(c, i)[at];
}

void RowAdditive::reverse(int i, const Way& way) {
    const Number gamma = method().a[i * method().dense_stages + i];
    for (std::size_t c = 0; c < components(); ++c) {
        std::copy_n(stages_->cotangent(c, i), stages_->entries(c), rest_.cotangent(c, i));
        std::copy_n(stages_->cotangent(c, i), stages_->entries(c), stiff_.cotangent(c, i));
        add(
            c, rest_.cotangent(c, i), i + 1, method().stages, way, [&](int j) { return difference(j, i); },
            [&](int j) { return stages_->z_bar(c, j); });
    }
    rest_.reverse(i);
    for (std::size_t c = 0; c < components(); ++c)
        add(
            c, stiff_.cotangent(c, i), i, i + 1, way, [&](int) { return gamma; },
            [&](int) { return rest_.z_bar(c, i); });
    equations_.reverse(i, way);
    for (std::size_t c = 0; c < components(); ++c)
        for (Index at = 0; at < stages_->entries(c); ++at)
            stages_->z_bar(c, i)[at] = stiff_.z_bar(c, i)[at] + rest_.z_bar(c, i)[at];
}

// What f_n at the step's start is to the stages beside its share of k_0.
void RowAdditive::pull_start(const Way& way, Rows lambda) {
    for (std::size_t c = 0; c < components(); ++c) {
        std::fill_n(rest_.cotangent(c, 0), stages_->entries(c), Real(0));
        add(
            c, rest_.cotangent(c, 0), 1, method().stages, way, [&](int j) { return difference(j, 0); },
            [&](int j) { return stages_->z_bar(c, j); });
    }
    rest_.reverse(0);
    for (std::size_t c = 0; c < components(); ++c) scale_add(lambda[c], 1, rest_.z_bar(c, 0), stages_->entries(c));
    stiff_.accumulate(1, method().stages, nullptr, 0);
    rest_.accumulate(0, method().stages, nullptr, 0);
}

void RowAdditive::add_sums(std::span<const MutableView> sums) {
    for (Stages* half : {&stiff_, &rest_}) half->add_into(sums, 0);
}

void RowAdditive::swap(Index i, Index j) {
    equations_.swap(i, j);
    for (Stages* half : {&stiff_, &rest_}) half->swap_rows(i, j);
    std::swap(evaluations_[static_cast<std::size_t>(i)], evaluations_[static_cast<std::size_t>(j)]);
}

}  // namespace costate::ode
