#include "autodiff/program/workspace.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add
#include "core/threads.hpp"          // brings: in_parts, threads

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr Index block_entries = 24 * 1024 / static_cast<Index>(sizeof(Real));  // of all values: about the nearest cache

}  // namespace

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

// To hand a job to another thread and to hear that it is done takes about 1 µs: a part of a stage should take a few.
int Workspace::parts_for(const Program& program, Index rows) {
    constexpr double least_flops = 150e3;
    if (threads() == 1 || !program.tileable || !program.plans.empty()) return 1;
    bool by_rows = true;  // else each part would write the whole of a result
    program.each({Port::forward, Port::reverse},
                 [&](std::uint32_t v) { by_rows = by_rows && program.values[v].rows == Rows::row; });
    if (!by_rows) return 1;
    const double ranges = static_cast<double>(ranges_in(rows, range_length(rows)));
    const double worth_while = program.row_flops * static_cast<double>(rows) / least_flops;
    return static_cast<int>(std::clamp(std::min(ranges, worth_while), 1.0, double(threads())));
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

Real* Workspace::accumulator(std::uint32_t value, int range, int set) const {
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
MutableView Workspace::view(std::uint32_t value, Index rows, Index first, int stage, int part) const {
    const Program::Value& v = program_->values[value];
    MutableView view{at(map_.offset[value]), v.shape};
    if (v.home == Program::Home::scratch) view.data += part * map_.scratch_size;
    if (v.home == Program::Home::slot) view.data = slot(value, stage);
    if (copies_of(*program_, size_, value) > 1)
        view.data += part * places_of(*program_, size_, value) * in_lines(entries(*program_, size_, value, rows_));
    if (v.home == Program::Home::sum) view.data = total(value, finished_set_);
    if (v.aligned) view.shape.set(0, size_.rows);
    if (!is_row(value)) return view;
    if (v.home == Program::Home::slot) view.data += first * v.shape.row_size();
    view.shape.set(0, rows);
    return view;
}

void Workspace::bind_code(BoundCode& bound, Phase phase, const Segment& s, int set, int part) {
    bound.code.clear();
    bound.in.clear();
    bound.out.clear();
    bound.bound = true;
    bound.rows = s.rows;
    for (const Program::Instruction& c : program_->code_of(phase)) bind_instruction(bound, c, s, set, part);
    find_runs(bound);
}

void Workspace::bind_instruction(BoundCode& bound, const Program::Instruction& c, const Segment& s, int set, int part) {
    const Program& p = *program_;
    const Operator& op = operator_of(c.op);
    const std::uint32_t number = static_cast<std::uint32_t>(&c - p.code.data());
    const std::uint32_t object =
        number * static_cast<std::uint32_t>(size_.stages) + static_cast<std::uint32_t>(size_.one_slot ? 0 : s.stage);
    const std::uint32_t first_in = static_cast<std::uint32_t>(bound.in.size());
    const std::uint32_t first_out = static_cast<std::uint32_t>(bound.out.size());
    Bound b{{}, &op, &c, first_in, first_out, object};
    for (std::uint32_t k = 0; k < c.n_in; ++k) {
        const std::uint32_t v = p.in(c)[k];
        MutableView in =
            op.shape_only ? view(v, size_.rows, 0, s.stage, part) : view(v, s.rows, s.first, s.stage, part);
        if (p.sliced_in(c)[k]) {
            in.data += (first_ + s.first) * in.shape.row_size();
            in.shape.set(0, s.rows);
        }
        bound.in.push_back(in);
    }
    for (const std::uint32_t v : c.results()) {
        MutableView out = view(v, s.rows, s.first, s.stage, part);
        if (c.accumulates) out.data = accumulator(v, range_of(s.first), set);
        bound.out.push_back(out);
    }
    const auto in = std::span<const View>(bound.in).subspan(first_in, c.n_in);
    const auto out = std::span<const MutableView>(bound.out).subspan(first_out);
    if (!op.bind || c.accumulates || !op.bind(c.attributes, in, out, b.kernel)) b.kernel.run = nullptr;
    b.by_rows = b.kernel.run && b.kernel.rows > 1 && is_row(c.first_out);
    bound.code.push_back(b);
}

// A run of operations whose rows depend on the same rows alone may be done block by block, so that what they hand on to each
// other stays in the nearest cache: its first one says how many there are, and how many rows a block has. Memory that two of
// them share they share row by row (autodiff/program/layout.cpp).
void Workspace::find_runs(BoundCode& bound) {
    Index widest = 1;  // entries of a row, in the run that operation i begins
    for (std::size_t i = bound.code.size(); i-- > 0;) {
        Bound& b = bound.code[i];
        const Bound* next = i + 1 < bound.code.size() ? &b + 1 : nullptr;
        const bool goes_on = next && b.by_rows && next->by_rows && next->kernel.rows == b.kernel.rows;
        b.together = goes_on ? next->together + 1 : 1;
        widest = std::max(goes_on ? widest : 1, b.kernel.width);
        b.at_once =
            goes_on ? std::max<Index>(1, block_entries / (static_cast<Index>(b.together) * widest)) : b.kernel.rows;
    }
}

void Workspace::begin_tile(Index first, Index rows) {
    if (first == first_ && rows == rows_) return;
    if (size_.tile_by_tile && first_ >= 0) add_ranges(0);
    first_ = first;
    rows_ = rows;
    share_out();
    const std::size_t stages = size_.stages;
    for (Part& part : std::span(parts_).first(parts_now_)) {
        for (BoundCode& sums : part.sums) sums.bound = false;
        if (part.forward.size() < stages) {
            part.forward.resize(stages);
            part.reverse.resize(stages);
        }
        for (int stage = 0; stage < size_.stages; ++stage) {
            const Segment rows_of_part{stage, part.first, part.rows};
            bind_code(part.forward[stage], Phase::forward, rows_of_part, 0, part.number);
            bind_code(part.reverse[stage], Phase::reverse, rows_of_part, 0, part.number);
        }
    }
    bind_code(prologue_, Phase::prologue, {0, 0, rows}, 0, 0);
    bind_code(epilogue_, Phase::epilogue, {0, 0, rows}, 0, 0);
}

// The tile's ranges, as evenly as they go.
void Workspace::share_out() {
    const Index ranges = std::max<Index>(1, ranges_in(rows_, map_.range_rows));
    parts_now_ = static_cast<int>(std::min<Index>(ranges, size_.parts));
    if (parts_.size() < static_cast<std::size_t>(size_.parts)) parts_.resize(size_.parts);
    for (int k = 0; k < parts_now_; ++k) {
        const Index first = ranges * k / parts_now_ * map_.range_rows,
                    end = ranges * (k + 1) / parts_now_ * map_.range_rows;
        parts_[k].number = k;
        parts_[k].first = first;
        parts_[k].rows = std::min(end, rows_) - first;
    }
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
    for (std::size_t i = 0; i < bound.code.size(); ++i) {
        const Bound& b = bound.code[i];
        if (b.kernel.run && !finite_check_) {
            run_together(&b);
            i += b.together - 1;
            continue;
        }
        e.object = b.object;
        const auto in = std::span(bound.in).subspan(b.in, b.instruction->n_in);
        const auto out = std::span(bound.out).subspan(b.out, b.instruction->n_out);
        if (b.instruction->accumulates)
            add_up(b, bound.rows, in, out[0], weights);
        else
            b.op->eval(b.instruction->attributes, in, out, e);
        if (finite_check_) require_finite(*b.op, in, out, b.instruction->where);
    }
}

void Workspace::forward(int stage) {
    in_parts(parts_now_, [&](int k) { run(parts_[k].forward[stage]); });
}

void Workspace::reverse(int stage) {
    in_parts(parts_now_, [&](int k) { run(parts_[k].reverse[stage]); });
}

void Workspace::run_together(const Bound* first) {
    const Index rows = first->kernel.rows;
    for (Index row = 0; row < rows; row += first->at_once)
        for (std::size_t i = 0; i < first->together; ++i)
            first[i].kernel.run(first[i].kernel, row, std::min(first->at_once, rows - row));
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
        bind_code(epilogue_, Phase::epilogue, {0, 0, rows_}, 0, 0);
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
