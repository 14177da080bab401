#include "autodiff/program/workspace.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add

namespace costate::inline COSTATE_PRECISION {

Index Workspace::bytes_per_row(const Program& program, int stages, bool one_slot) {
    Index slots = 0, scratch = 0;
    for (const Program::Value& value : program.values) {
        if (value.rows != Rows::row) continue;
        if (value.home == Program::Home::slot)
            slots += (one_slot && !value.per_stage ? 1 : stages) * value.shape.row_size();
        if (value.home == Program::Home::scratch) scratch = std::max(scratch, 3 * value.shape.row_size());
    }
    return (slots + scratch) * static_cast<Index>(sizeof(Real));
}

void Workspace::prepare(const Program& program, Size size) {
    require_rows(program, size.rows);
    if (!program.tileable) size.tile = size.rows;
    const bool same = program_id_ == program.id && size == size_;
    if (same && program_ == &program) return;
    program_ = &program;  // if it is the same program: it was moved
    if (!same) {
        program_id_ = program.id;
        size_ = size;
        memory_of_plans_.forget_unused();
        map_ = lay_out(program, size);
        memory_.resize(map_.end);
        std::fill_n(memory_.data(), memory_.size(), Real(0));
        for (std::size_t i = 0; i < program.stored.size(); ++i)
            std::copy_n(program.stored[i].data(), program.stored[i].size(),
                        at(map_.offset[program.at(Port::stored)[i]]));
        find_row_values();
    }
    first_ = rows_ = -1;
    begin_tile(0, size.tile);
}

void Workspace::find_row_values() {
    const Program& p = *program_;
    row_values_.clear();
    row_sums_.clear();
    for (std::size_t i = 0; i < p.operands.size(); ++i) {
        const std::uint32_t v = p.operands[i];
        const bool listed = std::find(row_values_.begin(), row_values_.end(), v) != row_values_.end();
        if (p.sliced[i] && p.values[v].home == Program::Home::once && !listed) row_values_.push_back(v);
    }
    for (std::uint32_t v = 0; v < p.values.size(); ++v)
        if (is_row(v) && p.values[v].home == Program::Home::sum) row_sums_.push_back(v);
}

void Workspace::swap_rows(Index i, Index j) {
    const auto swap_in = [&](Real* numbers, Index width) {
        std::swap_ranges(numbers + i * width, numbers + (i + 1) * width, numbers + j * width);
    };
    for (const std::uint32_t v : row_values_) swap_in(at(map_.offset[v]), program_->values[v].shape.row_size());
    for (int set = 0; set < size_.sets; ++set)
        for (const std::uint32_t v : row_sums_) swap_in(total(v, set), program_->values[v].shape.row_size());
}

Real* Workspace::part(std::uint32_t value, int range, int set) const {
    if (is_row(value)) return total(value, set);  // no two ranges share a row
    const int first = size_.tile_by_tile ? static_cast<int>(first_ / map_.range_rows) : 0;
    return total(value, set) + (1 + range - first) * map_.sums_size;
}

// A chain over rows starts from 0. What is added up as it is starts from −0, for −0 + x is x, be it −0 as well.
void Workspace::clear_range(Real* sums) {
    std::fill_n(sums, map_.sums_size, Real(0));
    for (const Program::Total& sum : program_->totals)
        std::fill_n(sums + map_.offset[sum.total], in_lines(entries(*program_, size_, sum.total, size_.rows)),
                    -Real(0));
}

void Workspace::add_ranges(int set) {
    for (int range = 1; range <= map_.ranges_at_once; ++range) {
        Real* part = sums(set) + range * map_.sums_size;
        scale_add(sums(set), 1, part, map_.sums_size);
        clear_range(part);
    }
}

// A value as an operation sees it: `rows` of its rows from row `first` of the tile on.
MutableView Workspace::view(std::uint32_t value, Index rows, Index first, int stage) const {
    const Program::Value& v = program_->values[value];
    MutableView view{at(map_.offset[value]), v.shape};
    if (v.home == Program::Home::slot) view.data = slot(value, stage);
    if (v.home == Program::Home::sum) view.data = total(value, finished_set_);
    if (v.aligned) view.shape.set(0, size_.rows);
    if (!is_row(value)) return view;
    if (v.home == Program::Home::slot) view.data += first * v.shape.row_size();
    view.shape.set(0, rows);
    return view;
}

void Workspace::bind_code(BoundCode& bound, Phase phase, const Segment& s, int set) {
    const Program& p = *program_;
    bound.code.clear();
    bound.in.clear();
    bound.out.clear();
    bound.bound = true;
    bound.rows = s.rows;
    for (const Program::Instruction& c : p.code_of(phase)) {
        const Operator& op = operator_of(c.op);
        const std::uint32_t number = static_cast<std::uint32_t>(&c - p.code.data());
        const std::uint32_t object = number * static_cast<std::uint32_t>(size_.stages) +
                                     static_cast<std::uint32_t>(size_.one_slot ? 0 : s.stage);
        bound.code.push_back({&op, &c, static_cast<std::uint32_t>(bound.in.size()),
                              static_cast<std::uint32_t>(bound.out.size()), object});
        for (std::uint32_t k = 0; k < c.n_in; ++k) {
            const std::uint32_t v = p.in(c)[k];
            MutableView in = op.shape_only ? view(v, size_.rows, 0, s.stage) : view(v, s.rows, s.first, s.stage);
            if (p.sliced_in(c)[k]) {
                in.data += (first_ + s.first) * in.shape.row_size();
                in.shape.set(0, s.rows);
            }
            bound.in.push_back(in);
        }
        for (const std::uint32_t v : c.results()) {
            MutableView out = view(v, s.rows, s.first, s.stage);
            if (c.accumulates) out.data = part(v, s.range, set);
            bound.out.push_back(out);
        }
    }
}

void Workspace::begin_tile(Index first, Index rows) {
    if (first == first_ && rows == rows_) return;
    if (size_.tile_by_tile && first_ >= 0) add_ranges(0);
    first_ = first;
    rows_ = rows;
    for (BoundCode& sums : sums_) sums.bound = false;
    const std::size_t stages = size_.stages;
    if (forward_.size() < stages) {
        forward_.resize(stages);
        reverse_.resize(stages);
    }
    for (int stage = 0; stage < size_.stages; ++stage) {
        bind_code(forward_[stage], Phase::forward, {stage, 0, rows, 0}, 0);
        bind_code(reverse_[stage], Phase::reverse, {stage, 0, rows, 0}, 0);
    }
    bind_code(prologue_, Phase::prologue, {0, 0, rows, 0}, 0);
    bind_code(epilogue_, Phase::epilogue, {0, 0, rows, 0}, 0);
}

void Workspace::bind(std::size_t constant, View numbers) {
    const std::uint32_t value = program_->at(Port::constant)[constant];
    if (program_->values[value].read) std::copy_n(numbers.data, numbers.size(), at(map_.offset[value]));
}

void Workspace::prologue() {
    const Program& p = *program_;
    for (std::size_t i = 0; i < p.parameters.size(); ++i)
        std::copy_n(p.parameters[i].value().data(), p.parameters[i].size(), at(map_.offset[p.at(Port::parameter)[i]]));
    run(prologue_);
}

void Workspace::run(const BoundCode& bound, const Real* weights) {
    Evaluation e{program_->plans, objects_, memory_of_plans_, 0, finite_check_};
    for (const Bound& b : bound.code) {
        e.object = b.object;
        const auto in = std::span(bound.in).subspan(b.in, b.instruction->n_in);
        const auto out = std::span(bound.out).subspan(b.out, b.instruction->n_out);
        if (b.instruction->accumulates)
            b.op->eval_sum(b.instruction->attributes, in, out[0], Into::extend, weights);
        else
            b.op->eval(b.instruction->attributes, in, out, e);
        if (finite_check_) require_finite(*b.op, in, out, b.instruction->where);
    }
}

void Workspace::accumulate(int first_stage, int stages, const double* weights, int set) {
    if (program_->code_of(Phase::sums).empty() && program_->totals.empty()) return;
    const int range = static_cast<int>(first_ / map_.range_rows);
    if (merges() && stages * rows_ <= sum_block) {  // as long as one chain is what several would be
        add_sums({first_stage, 0, stages * rows_, range}, weights, set);
        return;
    }
    for (Index first = 0, r = range; first < rows_; first += map_.range_rows, ++r)
        for (int stage = first_stage; stage < first_stage + stages; ++stage)
            if (!weights || weights[stage] != 0)
                add_sums({stage, first, std::min(map_.range_rows, rows_ - first), static_cast<int>(r)}, weights, set);
}

Workspace::BoundCode& Workspace::bound_sums(const Segment& s, int set) {
    const Index range = s.first / map_.range_rows;
    const std::size_t number = (range * size_.stages + s.stage) * size_.sets + set;
    if (sums_.size() <= number) sums_.resize(number + 1);
    BoundCode& bound = sums_[number];
    if (!bound.bound || bound.rows != s.rows) bind_code(bound, Phase::sums, s, set);
    return bound;
}

void Workspace::add_sums(const Segment& s, const double* weights, int set) {
    if (weights) {
        weights_.resize(s.rows);
        const Index per_stage = merges() ? rows_ : s.rows;
        for (Index row = 0; row < s.rows; ++row) weights_[row] = static_cast<Real>(weights[s.stage + row / per_stage]);
    }
    run(bound_sums(s, set), weights ? weights_.data() : nullptr);
    if (!program_->totals.empty()) add_totals(s, weights ? static_cast<Real>(weights[s.stage]) : Real(1), set);
}

void Workspace::add_totals(const Segment& s, Real weight, int set) {
    const Program& p = *program_;
    for (const Program::Total& sum : p.totals) {
        if (p.values[sum.value].rows == Rows::shared && first_ + s.first > 0) continue;  // not once for each range
        const MutableView term = view(sum.value, s.rows, s.first, s.stage);
        Real* to = part(sum.total, s.range, set);
        if (is_row(sum.total)) to += (first_ + s.first) * term.shape.row_size();
        scale_add(to, weight, term.data, term.size());
    }
}

void Workspace::accumulate_rows(int first_stage, int stages, const double* weights, int set) {
    if (program_->code_of(Phase::sums).empty() && program_->totals.empty()) return;
    const auto add = [&](const Segment& s, const double* from) {
        weights_.resize(s.rows);
        for (Index row = 0; row < s.rows; ++row) weights_[row] = static_cast<Real>(from[row]);
        bind_code(some_rows_, Phase::sums, s, set);
        run(some_rows_, weights_.data());
    };
    const auto left_out = [&](Index row) {
        for (int k = 0; k < stages; ++k)
            if (weights[k * rows_ + row] != 0) return false;
        return true;
    };
    bool all = true;
    for (Index row = 0; row < rows_; ++row) all = all && !left_out(row);
    const int range = static_cast<int>(first_ / map_.range_rows);
    if (all && merges() && stages * rows_ <= sum_block) return add({first_stage, 0, stages * rows_, range}, weights);
    const Index longest = program_->totals.empty() ? rows_ : 1;  // a total knows one weight
    for (Index first = 0, end; first < rows_; first = std::max(end, first + 1)) {
        for (end = first; end < rows_ && end - first < longest && !left_out(end);) ++end;
        for (int k = 0; k < stages && end > first; ++k) {
            const double* from = weights + k * rows_ + first;
            if (from[0] == 0) continue;  // the method's b is, for all rows
            const Segment some{first_stage + k, first, end - first, range};
            add(some, from);
            add_totals(some, static_cast<Real>(from[0]), set);
        }
    }
}

void Workspace::clear(int set) {
    std::fill_n(sums(set), map_.sums_size, -Real(0));
    for (int range = 1; range <= map_.ranges_at_once; ++range) clear_range(sums(set) + range * map_.sums_size);
}

void Workspace::add_set(int from, int to) { scale_add(sums(to), 1, sums(from), map_.set_size); }

void Workspace::finish(int set) {
    add_ranges(set);
    if (set != finished_set_) {
        finished_set_ = set;
        bind_code(epilogue_, Phase::epilogue, {0, 0, rows_, 0}, 0);
    }
    run(epilogue_);
}

View Workspace::summed(std::size_t i) const {
    const std::uint32_t v = program_->at(Port::summed)[i];
    if (v == Program::none) return {at(map_.zeros), {}};
    const Program::Value& value = program_->values[v];
    View view{value.home == Program::Home::sum ? total(v, finished_set_) : at(map_.offset[v]), value.shape};
    if (is_row(v) || value.aligned) view.shape.set(0, size_.rows);
    return view;
}

}  // namespace costate
