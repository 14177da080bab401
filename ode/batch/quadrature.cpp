#include "ode/batch/quadrature.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

void Quadrature::prepare(Stages& stages, const SolveOptions& options, std::span<const MutableView> integrals,
                         bool full) {
    stages_ = &stages;
    options_ = &options;
    integrals_ = integrals;
    chosen_ = !options.known_steps();
    full_ = chosen_ && full;
    vjps_ = 0;
    stages.clear(0);
}

void Quadrature::begin_part(const Quadrature& whole, Stages& part) {
    stages_ = &part;
    options_ = whole.options_;
    chosen_ = whole.chosen_;
    full_ = whole.full_;
    weights_ = whole.weights_;
    vjps_ = 0;
}

void Quadrature::begin_attempt(Number h) {
    const Method& m = options_->method;
    for (int i = 0; i < m.stages; ++i) {
        weights_.next[i] = h * m.b[i];
        weights_.errors[0][i] = m.error ? h * m.error[i] : 0;
        weights_.errors[1][i] = m.second_error ? h * m.second_error[i] : 0;
    }
    if (chosen_) stages_->clear(1);
    if (full_) stages_->clear(2);
    if (full_ && m.second_error) stages_->clear(3);
}

void Quadrature::accumulate(int first, int end) {
    const auto sum = [&](const Number* weights, int set) {
        stages_->accumulate(first, end, weights, set);
        if (stages_->row() == 0) vjps_ += end - first;
    };
    sum(weights_.next, chosen_ ? 1 : 0);
    if (full_) sum(weights_.errors[0], 2);
    if (full_ && options_->method.second_error) sum(weights_.errors[1], 3);
}

void Quadrature::stage_done(int i) {
    if (stages_->sums_at_once() && i < options_->method.stages) accumulate(i, i + 1);
}

void Quadrature::tile_done() {
    if (!stages_->sums_at_once()) accumulate(0, options_->method.stages);
}

void Quadrature::keep() {
    if (chosen_) stages_->add_set(1, 0);
}

Number Quadrature::mean_square(int row) {
    if (!full_) return 0;
    for (int set = 0; set < 3; ++set) {
        std::vector<Real>& sums = sums_[set];
        sums.clear();
        stages_->finish(set < 2 ? set : set + row);
        for (std::size_t i = 0; i < integrals_.size(); ++i) {
            const Real* sum = stages_->summed(i).data;
            sums.insert(sums.end(), sum, sum + integrals_[i].size());
        }
    }
    auto& [before, after, errors] = sums_;
    Number largest = 0;
    Index at = 0;
    for (const MutableView& integral : integrals_) {
        const Index count = integral.size();
        for (Index j = at; j < at + count; ++j) after[j] += before[j];
        const Number sum = scaled_square_sum(errors.data() + at, before.data() + at, after.data() + at, options_->rtol,
                                             options_->atol, count);
        const Number mean = sum / static_cast<Number>(std::max<Index>(1, count));
        largest = mean <= largest ? largest : mean;  // one that is not finite stays
        at += count;
    }
    return largest;
}

}  // namespace costate::ode
