// autodiff/program/sums.cpp — Σ over rows and stages wᵀ ∂f/∂θ: what the sums phase adds to a workspace's accumulators
#include <algorithm>

#include "autodiff/program/workspace.hpp"
#include "core/kernels/combine.hpp"  // brings: scale_add

namespace costate::inline COSTATE_PRECISION {

void Workspace::accumulate(int first_stage, int stages, const Number* weights, int set) {
    if (program_->code_of(Phase::sums).empty() && program_->totals.empty()) return;
    if (map_.merges && stages * rows_ <= sum_block)  // as long as one chain is what several would be
        return add_sums(held_.parts[0], {{first_stage, step_}, 0, stages * rows_}, weights, set);
    each_part([&](int k) { accumulate(first_stage, stages, weights, set, {k, step_}); });
}

// Results that are added up once they are complete are those of one range; else each sum is made range by range itself.
void Workspace::accumulate(int first_stage, int stages, const Number* weights, int set, Alone where) {
    if (program_->code_of(Phase::sums).empty() && program_->totals.empty()) return;
    const Index at_once = program_->totals.empty() ? rows_ : map_.range_rows;
    Part& part = part_of(where);
    for (Index first = part.first; first < part.end(); first += at_once)
        for (int stage = first_stage; stage < first_stage + stages; ++stage)
            if (!weights || weights[stage] != 0)
                add_sums(part, {{stage, where.step}, first, std::min(at_once, part.end() - first)}, weights, set);
}

Workspace::BoundCode& Workspace::bound_sums(Part& part, const Segment& s) {
    std::size_t number = map_.merges ? s.rows / std::max<Index>(1, rows_) : s.first / map_.range_rows;
    if (arena_ && map_.merges) number = 0;  // bound anew where another number of stages is summed at once: less memory
    if (part.sums.size() <= number) part.sums.resize(number + 1);
    BoundCode& bound = part.sums[number];
    if (!bound.bound || bound.rows != s.rows) bind_code(bound, Phase::sums, s.first, s.rows, part.number);
    return bound;
}

void Workspace::add_sums(Part& part, const Segment& s, const Number* weights, int set) {
    if (weights) {
        part.weights.resize(s.rows);
        const Index per_stage = map_.merges ? rows_ : s.rows;
        for (Index row = 0; row < s.rows; ++row)
            part.weights[row] = static_cast<Real>(weights[s.at.stage + row / per_stage]);
    }
    run(bound_sums(part, s), s.at, weights ? part.weights.data() : nullptr, set);
    if (!program_->totals.empty()) add_totals(part, s, weights ? static_cast<Real>(weights[s.at.stage]) : Real(1), set);
}

// Into the accumulators of each range, unless the rows are those of merged stages: then they are one range's.
void Workspace::add_up(const Bound& b, Index rows, std::span<const View> in, MutableView sum, const Real* weights) {
    const Attributes& attributes = b.instruction->attributes;
    const Index length = map_.range_rows;
    if (rows <= length || rows > rows_) return b.op->eval_sum(attributes, in, sum, Into::extend, weights);
    if (b.op->eval_ranges && b.op->eval_ranges(attributes, in, sum, {length, map_.sums_size}, weights)) return;
    for (Index first = 0; first < rows; first += length, sum.data += map_.sums_size) {
        std::array<View, 3> some;
        for (std::size_t k = 0; k < in.size(); ++k) {
            some[k] = in[k];
            const bool has_rows = is_row(program_->in(*b.instruction)[k]) || program_->sliced_in(*b.instruction)[k];
            if (!has_rows) continue;
            some[k].data += first * in[k].shape.row_size();
            some[k].shape.set(0, std::min(length, rows - first));
        }
        b.op->eval_sum(attributes, std::span(some).first(in.size()), sum, Into::extend,
                       weights ? weights + first : nullptr);
    }
}

void Workspace::add_totals(const Part& part, const Segment& s, Real weight, int set) {
    const Program& p = *program_;
    for (const Program::Total& sum : p.totals) {
        if (p.values[sum.value].rows == Rows::shared && first_ + s.first > 0) continue;  // not once for each range
        const MutableView term = view(sum.value, s.rows, s.first, s.at, part.number);
        Real* to = accumulator(sum.total, range_of(s.first), set);
        if (is_row(sum.total)) to += (first_ + s.first) * term.shape.row_size();
        scale_add(to, weight, term.data, term.size());
    }
}

void Workspace::accumulate_rows(int first_stage, int stages, const Number* weights, int set) {
    if (program_->code_of(Phase::sums).empty() && program_->totals.empty()) return;
    const auto left_out = [&](Index row) {
        for (int k = 0; k < stages; ++k)
            if (weights[k * rows_ + row] != 0) return false;
        return true;
    };
    bool all = true;
    for (Index row = 0; row < rows_; ++row) all = all && !left_out(row);
    if (all && map_.merges && stages * rows_ <= sum_block)
        return add_rows(held_.parts[0], {{first_stage, step_}, 0, stages * rows_}, weights, set);
    each_part([&](int k) {
        Part& part = held_.parts[k];
        const Index longest = program_->totals.empty() ? map_.range_rows : 1;  // a total knows one weight
        for (Index first = part.first, end; first < part.end(); first = std::max(end, first + 1)) {
            const Index most = std::min(
                {part.end(), first + longest, (first / map_.range_rows + 1) * map_.range_rows});  // of one range
            for (end = first; end < most && !left_out(end);) ++end;
            for (int i = 0; i < stages && end > first; ++i) {
                const Number* from = weights + i * rows_ + first;
                if (from[0] == 0) continue;  // the method's b is, for all rows
                const Segment some{{first_stage + i, step_}, first, end - first};
                add_rows(part, some, from, set);
                add_totals(part, some, static_cast<Real>(from[0]), set);
            }
        }
    });
}

void Workspace::add_rows(Part& part, const Segment& s, const Number* weights, int set) {
    part.weights.resize(s.rows);
    for (Index row = 0; row < s.rows; ++row) part.weights[row] = static_cast<Real>(weights[row]);
    bind_code(part.some_rows, Phase::sums, s.first, s.rows, part.number);
    run(part.some_rows, s.at, part.weights.data(), set);
}

}  // namespace costate
