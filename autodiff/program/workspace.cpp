#include "autodiff/program/workspace.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add

namespace costate::inline COSTATE_PRECISION {

void Workspace::prepare(const Program& program, Size size) {
    require_rows(program, size.rows);
    if (!program.tileable) size.tile = size.rows;
    if (program_id_ == program.id && size == size_) {
        if (program_ == &program) return;
        program_ = &program;  // the same program, moved
        first_ = rows_ = -1;
        return begin_tile(0, size.tile);
    }
    program_ = &program;
    program_id_ = program.id;
    size_ = size;
    const Index in_accumulators = size.tile_by_tile ? size.tile : size.rows;
    range_rows_ = program.tileable ? range_length(size.rows) : size.rows;
    ranges_at_once_ = static_cast<int>((in_accumulators + range_rows_ - 1) / std::max<Index>(1, range_rows_));
    memory_of_plans_.forget_unused();
    lay_out();
    for (std::size_t i = 0; i < program.stored.size(); ++i)
        std::copy_n(program.stored[i].data(), program.stored[i].size(), at(once_[program.stored_values[i]]));
    first_ = rows_ = -1;
    begin_tile(0, size.tile);
}

Real* Workspace::total(std::uint32_t value, int set) const { return at(sums_ + set * set_size() + once_[value]); }

Real* Workspace::part(std::uint32_t value, int range, int set) const {
    if (is_row(value)) return total(value, set);  // no two ranges share a row
    const int first = size_.tile_by_tile ? static_cast<int>(first_ / range_rows_) : 0;
    return total(value, set) + (1 + range - first) * sums_size_;
}

// A chain over rows starts from 0. What is added up as it is starts from −0, for −0 + x is x, be it −0 as well.
void Workspace::clear_range(Real* sums) {
    std::fill_n(sums, sums_size_, Real(0));
    for (const Program::Sum& sum : program_->sums)
        std::fill_n(sums + once_[sum.total], span_of(sum.total, size_.rows), -Real(0));
}

void Workspace::add_ranges(int set) {
    Real* sums = at(sums_ + set * set_size());
    for (int range = 1; range <= ranges_at_once_; ++range) {
        scale_add(sums, 1, sums + range * sums_size_, sums_size_);
        clear_range(sums + range * sums_size_);
    }
}

// A value as an operation sees it: `rows` of its rows from row `first` of the tile on.
MutableView Workspace::place(std::uint32_t value, Index rows, Index first, int stage) const {
    const Program::Value& v = program_->values[value];
    MutableView view{at(once_[value]), v.shape};
    if (v.home == Program::Home::slot) view.data = slot(value, stage);
    if (v.home == Program::Home::sum) view.data = total(value, finished_set_);
    if (v.aligned) view.shape.set(0, size_.rows);
    if (!is_row(value)) return view;
    if (v.home == Program::Home::slot) view.data += first * v.shape.row_size();
    view.shape.set(0, rows);
    return view;
}

void Workspace::bind_table(Table& table, Phase phase, int stage) {
    const Program& p = *program_;
    table.code.clear();
    table.in.clear();
    table.out.clear();
    for (std::uint32_t i = p.phase_begin[static_cast<std::size_t>(phase)];
         i < p.phase_begin[static_cast<std::size_t>(phase) + 1]; ++i) {
        const Program::Code& c = p.code[i];
        const std::uint32_t object =
            i * static_cast<std::uint32_t>(size_.stages) + static_cast<std::uint32_t>(size_.one_slot ? 0 : stage);
        table.code.push_back({&operator_of(c.op), &c, static_cast<std::uint32_t>(table.in.size()),
                              static_cast<std::uint32_t>(table.out.size()), object});
        const bool whole = operator_of(c.op).shape_only;
        for (std::uint32_t k = 0; k < c.n_in; ++k) {
            MutableView view = place(p.in(c)[k], whole ? size_.rows : rows_, 0, stage);
            if (p.sliced_in(c)[k]) {
                view.data += first_ * view.shape.row_size();
                view.shape.set(0, rows_);
            }
            table.in.push_back(view);
        }
        for (std::uint32_t o = 0; o < c.n_out; ++o) table.out.push_back(place(c.first_out + o, rows_, 0, stage));
    }
}

void Workspace::begin_tile(Index first, Index rows) {
    if (first == first_ && rows == rows_) return;
    if (size_.tile_by_tile && first_ >= 0) add_ranges(0);
    first_ = first;
    rows_ = rows;
    for (Table& table : sums_tables_) table.bound = false;
    const std::size_t stages = static_cast<std::size_t>(size_.stages);
    if (forward_.size() < stages) {
        forward_.resize(stages);
        reverse_.resize(stages);
    }
    for (int stage = 0; stage < size_.stages; ++stage) {
        bind_table(forward_[static_cast<std::size_t>(stage)], Phase::forward, stage);
        bind_table(reverse_[static_cast<std::size_t>(stage)], Phase::reverse, stage);
    }
    bind_table(prologue_, Phase::prologue, 0);
    bind_table(epilogue_, Phase::epilogue, 0);
}

void Workspace::bind(std::size_t constant, View numbers) {
    const std::uint32_t value = program_->constants[constant];
    if (program_->values[value].read) std::copy_n(numbers.data, numbers.size(), at(once_[value]));
}

void Workspace::prologue() {
    const Program& p = *program_;
    for (std::size_t i = 0; i < p.parameters.size(); ++i)
        std::copy_n(p.parameters[i].value().data(), p.parameters[i].size(), at(once_[p.parameter_values[i]]));
    run(prologue_);
}

void Workspace::run(Table& table) {
    Evaluation e{program_->plans, objects_, memory_of_plans_, 0, finite_check_};
    for (const Bound& b : table.code) {
        e.object = b.object;
        const auto in = std::span<const View>(table.in).subspan(b.in, b.code->n_in);
        const auto out = std::span<const MutableView>(table.out).subspan(b.out, b.code->n_out);
        b.op->eval(b.code->attributes, in, out, e);
        if (finite_check_) require_finite(*b.op, in, out, b.code->where);
    }
}

void Workspace::accumulate(int first_stage, int stages, const double* weights, int set) {
    const Program& p = *program_;
    if (p.phase_begin[static_cast<std::size_t>(Phase::sums)] ==
            p.phase_begin[static_cast<std::size_t>(Phase::sums) + 1] &&
        p.sums.empty())
        return;
    const int range = static_cast<int>(first_ / range_rows_);
    if (merges() && stages * rows_ <= sum_block) {  // as long as one chain is what several would be
        add_sums({first_stage, 0, stages * rows_, range}, weights, set);
        return;
    }
    for (Index first = 0, r = range; first < rows_; first += range_rows_, ++r)
        for (int stage = first_stage; stage < first_stage + stages; ++stage)
            if (!weights || weights[stage] != 0)
                add_sums({stage, first, std::min(range_rows_, rows_ - first), static_cast<int>(r)}, weights, set);
}

Workspace::Table& Workspace::bound_sums(const Segment& s, int set) {
    const std::size_t range = static_cast<std::size_t>(s.first / range_rows_),
                      stages = static_cast<std::size_t>(size_.stages);
    const std::size_t place =
        (range * stages + static_cast<std::size_t>(s.stage)) * static_cast<std::size_t>(size_.sets) +
        static_cast<std::size_t>(set);
    if (sums_tables_.size() <= place) sums_tables_.resize(place + 1);
    Table& table = sums_tables_[place];
    if (!table.bound || table.rows != s.rows) bind_sums(table, s, set);
    return table;
}

void Workspace::bind_sums(Table& table, const Segment& s, int set) {
    bind_table(table, Phase::sums, s.stage);
    table.bound = true;
    table.rows = s.rows;
    const Program& p = *program_;
    for (const Bound& b : table.code) {
        const bool whole = b.op->shape_only;
        for (std::uint32_t i = 0; i < b.code->n_in; ++i) {
            const std::uint32_t v = p.in(*b.code)[i];
            View& view = table.in[b.in + i];
            if (is_row(v) && !whole) view = place(v, s.rows, s.first, s.stage);
            if (p.sliced_in(*b.code)[i]) {
                view.data += s.first * view.shape.row_size();
                view.shape.set(0, s.rows);
            }
        }
        for (std::uint32_t o = 0; o < b.code->n_out; ++o) {
            const std::uint32_t v = b.code->first_out + o;
            MutableView& view = table.out[b.out + o];
            if (is_row(v)) view = place(v, s.rows, s.first, s.stage);
            if (b.code->accumulates) view.data = part(v, s.range, set);
        }
    }
}

void Workspace::add_sums(const Segment& s, const double* weights, int set) {
    const Table& table = bound_sums(s, set);
    const Program& p = *program_;
    if (weights) {
        weights_.resize(static_cast<std::size_t>(s.rows));
        const Index per_stage = merges() ? rows_ : s.rows;
        for (Index row = 0; row < s.rows; ++row)
            weights_[static_cast<std::size_t>(row)] = static_cast<Real>(weights[s.stage + row / per_stage]);
    }
    for (const Bound& b : table.code) {
        const auto in = std::span<const View>(table.in).subspan(b.in, b.code->n_in);
        const auto out = std::span<const MutableView>(table.out).subspan(b.out, b.code->n_out);
        if (b.code->accumulates)
            b.op->eval_sum(b.code->attributes, in, out[0], Into::extend, weights ? weights_.data() : nullptr);
        else
            b.op->eval(b.code->attributes, in, out, {p.plans, objects_, memory_of_plans_, b.object, finite_check_});
        if (finite_check_) require_finite(*b.op, in, out, b.code->where);
    }
    for (const Program::Sum& sum : p.sums) {
        if (p.values[sum.value].rows == Rows::shared && first_ + s.first > 0) continue;  // not once for each range
        const MutableView term = place(sum.value, s.rows, s.first, s.stage);
        Real* to = part(sum.total, s.range, set);
        if (is_row(sum.total)) to += (first_ + s.first) * term.shape.row_size();
        scale_add(to, weights ? static_cast<Real>(weights[s.stage]) : Real(1), term.data, term.size());
    }
}

void Workspace::clear(int set) {
    Real* sums = at(sums_ + set * set_size());
    std::fill_n(sums, sums_size_, -Real(0));
    for (int range = 1; range <= ranges_at_once_; ++range) clear_range(sums + range * sums_size_);
}

void Workspace::add_set(int from, int to) {
    scale_add(at(sums_ + to * set_size()), 1, at(sums_ + from * set_size()), set_size());
}

void Workspace::finish(int set) {
    add_ranges(set);
    if (set != finished_set_) {
        finished_set_ = set;
        bind_table(epilogue_, Phase::epilogue, 0);
    }
    run(epilogue_);
}

View Workspace::summed(std::size_t i) const {
    const std::uint32_t v = program_->summed[i];
    if (v == Program::none) return {at(zeros_), {}};
    View view{program_->values[v].home == Program::Home::sum ? total(v, finished_set_) : at(once_[v]),
              program_->values[v].shape};
    if (is_row(v) || program_->values[v].aligned) view.shape.set(0, size_.rows);
    return view;
}

}  // namespace costate
