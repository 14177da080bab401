#include "autodiff/workspace.hpp"

#include <algorithm>

#include "core/combine.hpp"  // brings: scale_add

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

Index in_lines(Index count) {  // rounded up to cache lines
    constexpr Index line = 64 / sizeof(Real);
    return (count + line - 1) / line * line;
}

}  // namespace

void Workspace::prepare(const Program& program, Size size) {
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
    ranges_ = program.tileable ? range_count(size.rows) : 1;
    range_rows_ = program.tileable ? range_length(size.rows) : size.rows;
    resources_.plans = program.plans;
    lay_out();
    for (std::size_t i = 0; i < program.stored.size(); ++i)
        std::copy_n(program.stored[i].data(), program.stored[i].size(), at(once_[program.stored_values[i]]));
    first_ = rows_ = -1;
    begin_tile(0, size.tile);
}

Index Workspace::span_of(std::uint32_t value, Index rows) const {
    const Program::Value& v = program_->values[value];
    return in_lines(is_row(value) ? rows * v.shape.row_size() : v.shape.size());
}

void Workspace::lay_out() {
    const Program& p = *program_;
    once_.assign(p.values.size(), 0);
    Index end = 0, zeros = 0;
    sums_size_ = 0;
    for (std::uint32_t v = 0; v < p.values.size(); ++v) {
        zeros = std::max(zeros, span_of(v, size_.tile));
        if (p.values[v].home == Program::Home::sum) {
            once_[v] = sums_size_;
            sums_size_ += span_of(v, size_.rows);
        } else if (p.values[v].home == Program::Home::once) {
            once_[v] = end;
            end += in_lines(p.values[v].shape.size());
        } else if (p.values[v].home == Program::Home::slot) {
            once_[v] = end;
            end += (is_one_slot(v) ? 1 : size_.stages) * span_of(v, size_.tile);
        }
    }
    const auto absent = [](const std::vector<std::uint32_t>& list) {
        return std::find(list.begin(), list.end(), Program::none) != list.end();
    };
    zeros_ = end;
    if (absent(p.forward) || absent(p.reverse) || absent(p.summed)) end += zeros;
    const Index scratch = end;
    Index most = 0;
    for (Phase phase : {Phase::forward, Phase::reverse, Phase::sums}) {
        const bool merged = phase == Phase::sums && p.merges_stages && !size_.one_slot;
        const Index rows = merged ? size_.tile * size_.stages : size_.tile;
        most = std::max(most, lay_out_scratch(phase, rows));
    }
    for (std::uint32_t v = 0; v < p.values.size(); ++v)
        if (p.values[v].home == Program::Home::scratch) once_[v] += scratch;
    sums_ = scratch + most;
    memory_.resize(sums_ + size_.sets * ranges_ * sums_size_);
    std::fill_n(memory_.data(), memory_.size(), Real(0));
}

// Places for the values of one phase that are not kept: a place is free again after the last reading of its value.
Index Workspace::lay_out_scratch(Phase phase, Index rows) {
    const Program& p = *program_;
    const std::uint32_t begin = p.phase_begin[static_cast<std::size_t>(phase)];
    const std::uint32_t end = p.phase_begin[static_cast<std::size_t>(phase) + 1];
    std::vector<std::uint32_t> last(p.values.size(), 0);
    for (std::uint32_t i = begin; i < end; ++i) {
        for (std::uint32_t v : p.in(p.code[i])) last[v] = i;
        for (std::uint32_t o = 0; o < p.code[i].n_out; ++o) last[p.code[i].first_out + o] = i;
    }
    for (const Program::Sum& s : p.sums) last[s.value] = end;
    struct Place {
        Index offset, size;
        std::uint32_t until;
    };
    std::vector<Place> places;
    Index top = 0;
    for (std::uint32_t i = begin; i < end; ++i)
        for (std::uint32_t o = 0; o < p.code[i].n_out; ++o) {
            const std::uint32_t v = p.code[i].first_out + o;
            if (p.values[v].home != Program::Home::scratch) continue;
            const Index size = span_of(v, rows);
            auto free = std::find_if(places.begin(), places.end(), [&](const Place& f) { return f.until < i && f.size == size; });
            if (free == places.end()) {
                free = places.insert(places.end(), Place{top, size, 0});
                top += size;
            }
            once_[v] = free->offset;
            free->until = last[v];
        }
    return top;
}

Real* Workspace::total(std::uint32_t value, int range, int set) const {
    const Index place = is_row(value) ? 0 : range;  // totals that are rows have one place: no two ranges share a row
    return at(sums_ + (set * ranges_ + place) * sums_size_ + once_[value]);
}

// A value as an operation sees it: `rows` of its rows from row `first` of the tile on.
MutableView Workspace::place(std::uint32_t value, Index rows, Index first, int stage) const {
    const Program::Value& v = program_->values[value];
    MutableView view{at(once_[value]), v.shape};
    if (v.home == Program::Home::slot) view.data = slot(value, stage);
    if (v.home == Program::Home::sum) view.data = total(value, 0, finished_set_);
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
    for (std::uint32_t i = p.phase_begin[static_cast<std::size_t>(phase)]; i < p.phase_begin[static_cast<std::size_t>(phase) + 1]; ++i) {
        const Program::Code& c = p.code[i];
        table.code.push_back({&operator_of(c.op), &c, static_cast<std::uint32_t>(table.in.size()), static_cast<std::uint32_t>(table.out.size())});
        const bool whole = operator_of(c.op).shape_only;
        unsigned sliced = c.sliced;
        for (std::uint32_t v : p.in(c)) {
            MutableView view = place(v, whole ? size_.rows : rows_, 0, stage);
            if (sliced & 1u) {
                view.data += first_ * view.shape.row_size();
                view.shape.set(0, rows_);
            }
            sliced >>= 1;
            table.in.push_back(view);
        }
        for (std::uint32_t o = 0; o < c.n_out; ++o) table.out.push_back(place(c.first_out + o, rows_, 0, stage));
    }
}

void Workspace::begin_tile(Index first, Index rows) {
    if (first == first_ && rows == rows_) return;
    first_ = first;
    rows_ = rows;
    bound_set_ = -1;
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
    std::copy_n(numbers.data, numbers.size(), at(once_[program_->constants[constant]]));
}

void Workspace::prologue() {
    const Program& p = *program_;
    for (std::size_t i = 0; i < p.parameters.size(); ++i)
        std::copy_n(p.parameters[i].value().data(), p.parameters[i].size(), at(once_[p.parameter_values[i]]));
    run(prologue_);
}

void Workspace::run(Table& table) {
    for (const Bound& b : table.code)
        b.op->eval(b.code->attributes, std::span(table.in).subspan(b.in, b.code->n_in),
                   std::span(table.out).subspan(b.out, b.code->n_out), resources_);
}

void Workspace::accumulate(int first_stage, int stages, const double* weights, int set) {
    const Program& p = *program_;
    if (p.phase_begin[static_cast<std::size_t>(Phase::sums)] == p.phase_begin[static_cast<std::size_t>(Phase::sums) + 1] && p.sums.empty())
        return;
    const int range = static_cast<int>(first_ / range_rows_);
    if (merges()) {
        add_sums({first_stage, 0, stages * rows_, range}, weights, set);
        return;
    }
    for (Index first = 0, r = range; first < rows_; first += range_rows_, ++r)
        for (int stage = first_stage; stage < first_stage + stages; ++stage)
            if (!weights || weights[stage] != 0)
                add_sums({stage, first, std::min(range_rows_, rows_ - first), static_cast<int>(r)}, weights, set);
}

void Workspace::bind_sums(const Segment& s, int set) {
    if (set == bound_set_ && s.stage == bound_segment_.stage && s.first == bound_segment_.first &&
        s.rows == bound_segment_.rows && s.range == bound_segment_.range)
        return;
    bound_set_ = set;
    bound_segment_ = s;
    bind_table(sums_table_, Phase::sums, s.stage);
    const Program& p = *program_;
    for (const Bound& b : sums_table_.code) {
        const bool whole = b.op->shape_only;
        for (std::uint32_t i = 0; i < b.code->n_in; ++i) {
            const std::uint32_t v = p.in(*b.code)[i];
            View& view = sums_table_.in[b.in + i];
            if (is_row(v) && !whole) view = place(v, s.rows, s.first, s.stage);
            if (b.code->sliced >> i & 1u) {
                view.data += s.first * view.shape.row_size();
                view.shape.set(0, s.rows);
            }
        }
        for (std::uint32_t o = 0; o < b.code->n_out; ++o) {
            const std::uint32_t v = b.code->first_out + o;
            MutableView& view = sums_table_.out[b.out + o];
            if (is_row(v)) view = place(v, s.rows, s.first, s.stage);
            if (b.code->accumulates) view.data = total(v, s.range, set);
        }
    }
}

void Workspace::add_sums(const Segment& s, const double* weights, int set) {
    bind_sums(s, set);
    const Program& p = *program_;
    if (weights) {
        weights_.resize(static_cast<std::size_t>(s.rows));
        const Index per_stage = merges() ? rows_ : s.rows;
        for (Index row = 0; row < s.rows; ++row)
            weights_[static_cast<std::size_t>(row)] = static_cast<Real>(weights[s.stage + row / per_stage]);
    }
    for (const Bound& b : sums_table_.code) {
        const auto in = std::span<const View>(sums_table_.in).subspan(b.in, b.code->n_in);
        const auto out = std::span<const MutableView>(sums_table_.out).subspan(b.out, b.code->n_out);
        if (b.code->accumulates)
            b.op->eval_sum(b.code->attributes, in, out[0], Into::extend, weights ? weights_.data() : nullptr);
        else
            b.op->eval(b.code->attributes, in, out, resources_);
    }
    for (const Program::Sum& sum : p.sums) {
        const MutableView part = place(sum.value, s.rows, s.first, s.stage);
        Real* to = total(sum.total, s.range, set);
        if (is_row(sum.total)) to += (first_ + s.first) * part.shape.row_size();
        scale_add(to, weights ? static_cast<Real>(weights[s.stage]) : Real(1), part.data, part.size());
    }
}

Index Workspace::bytes_per_row(const Program& program, int stages, bool one_slot) {
    Index slots = 0, scratch = 0;
    for (const Program::Value& value : program.values) {
        if (value.rows != Rows::row) continue;
        if (value.home == Program::Home::slot) slots += (one_slot && !value.per_stage ? 1 : stages) * value.shape.row_size();
        if (value.home == Program::Home::scratch) scratch = std::max(scratch, 3 * value.shape.row_size());
    }
    return (slots + scratch) * static_cast<Index>(sizeof(Real));
}

void Workspace::clear(int set) {
    std::fill_n(at(sums_ + set * ranges_ * sums_size_), ranges_ * sums_size_, Real(0));
    for (const Program::Sum& sum : program_->sums)  // −0 + x is x, be it −0 as well: one term gives its own bits
        for (int range = 0; range < ranges_; ++range)
            std::fill_n(at(sums_ + (set * ranges_ + range) * sums_size_ + once_[sum.total]),
                        span_of(sum.total, size_.rows), -Real(0));
}

void Workspace::add_set(int from, int to) {
    scale_add(at(sums_ + to * ranges_ * sums_size_), 1, at(sums_ + from * ranges_ * sums_size_), ranges_ * sums_size_);
}

void Workspace::finish(int set) {
    Real* sums = at(sums_ + set * ranges_ * sums_size_);
    for (int range = 1; range < ranges_; ++range) {
        scale_add(sums, 1, sums + range * sums_size_, sums_size_);
        std::fill_n(sums + range * sums_size_, sums_size_, Real(0));
    }
    if (set != finished_set_) {
        finished_set_ = set;
        bind_table(epilogue_, Phase::epilogue, 0);
    }
    run(epilogue_);
}

View Workspace::summed(std::size_t i) const {
    const std::uint32_t v = program_->summed[i];
    if (v == Program::none) return {at(zeros_), {}};
    View view{program_->values[v].home == Program::Home::sum ? total(v, 0, finished_set_) : at(once_[v]), program_->values[v].shape};
    if (is_row(v)) view.shape.set(0, size_.rows);
    return view;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
