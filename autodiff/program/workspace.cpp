#include "autodiff/program/workspace.hpp"

#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add
#include "core/threads.hpp"          // brings: threads

namespace costate::inline COSTATE_PRECISION {

Index Workspace::bytes_per_row(const Program& program, int stages, bool one_slot) {
    Index slots = 0, scratch = 0;
    for (const Program::Value& value : program.values) {
        if (value.rows != Rows::row) continue;
        if (value.home == Program::Home::slot)
            slots += (one_slot && !value.per_stage ? 1 : stages) * value.shape.row_size();
        if (value.home == Program::Home::scratch) scratch = std::max(scratch, 3 * value.shape.row_size());
    }
    return (slots + scratch) * sizeof(Real);
}

// To hand a job to another thread and to hear that it is done takes about 1 µs: a part of it should take a few.
int Workspace::parts_for(const Program& program, Index rows, Number stages) {
    constexpr double least_flops = 150e3;
    if (threads() == 1 || !program.tileable || !program.plans.empty()) return 1;
    bool by_rows = true;  // else each part would write the whole of a result
    program.each({Port::forward, Port::reverse},
                 [&](std::uint32_t v) { by_rows = by_rows && program.values[v].rows == Rows::row; });
    if (!by_rows) return 1;
    const double ranges = static_cast<double>(ranges_in(rows, range_length(rows)));
    const double worth_while = program.row_flops * static_cast<double>(rows) * stages / least_flops;
    return static_cast<int>(std::clamp(std::min(ranges, worth_while), 1.0, double(threads())));
}

namespace {
void require_size(const LayoutSize& size, Where at) {
    if (std::min({size.parts, size.stages, size.steps, size.sets}) >= 1) return;
    fail(at, {.what = "workspace: a size that is none",
              .got = text(size.parts, " parts, ", size.stages, " stages, ", size.steps, " steps, ", size.sets, " sets"),
              .expected = "1 of each or more"});
}
}  // namespace

void Workspace::prepare(const Program& program, Size size, Where at) {
    require_rows(program, size.rows, at);
    if (!program.tileable || size.tile == 0) size.tile = size.rows;
    const bool same = program_id_ == program.id && size == size_;
    if (same && program_ == &program) return;
    if (!same) require_size(size, at);
    program_ = &program;  // if it is the same program: it was moved
    if (!same) {
        program_id_ = nullptr;  // until there is memory for it
        size_ = size;
        memory_of_plans_.forget_unused();
        if (take_) {
            take_(*this, at);
        } else {
            map_ = lay_out(program, size);
            memory_.resize(map_.end);
            numbers_ = memory_.data();
        }
        std::fill_n(numbers_, map_.end, Real(0));
        for (std::size_t i = 0; i < program.stored.size(); ++i)
            std::copy_n(program.stored[i].data(), program.stored[i].size(),
                        this->at(map_.offset[program.at(Port::stored)[i]]));
        row_values_known_ = false;
        program_id_ = program.id;
    }
    first_ = rows_ = -1;
    begin_tile(0, size.tile);
}

void Workspace::find_row_values() {
    const Program& p = *program_;
    row_values_known_ = true;
    held_.row_values.clear();
    held_.row_sums.clear();
    for (std::size_t i = 0; i < p.operands.size(); ++i) {
        const std::uint32_t v = p.operands[i];
        const bool listed = std::find(held_.row_values.begin(), held_.row_values.end(), v) != held_.row_values.end();
        if (p.sliced[i] && p.values[v].home == Program::Home::once && !listed) held_.row_values.push_back(v);
    }
    for (std::uint32_t v = 0; v < p.values.size(); ++v)
        if (is_row(v) && p.values[v].home == Program::Home::sum) held_.row_sums.push_back(v);
}

void Workspace::swap_rows(Index i, Index j) {
    if (!row_values_known_) find_row_values();  // few programs ever need them
    const auto swap_in = [&](Real* numbers, Index width) {
        std::swap_ranges(numbers + i * width, numbers + (i + 1) * width, numbers + j * width);
    };
    for (const std::uint32_t v : held_.row_values) swap_in(at(map_.offset[v]), program_->values[v].shape.row_size());
    for (int set = 0; set < size_.sets; ++set)
        for (const std::uint32_t v : held_.row_sums) swap_in(total(v, set), program_->values[v].shape.row_size());
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

void Workspace::bind(std::size_t constant, View numbers) {
    const std::uint32_t value = program_->at(Port::constant)[constant];
    if (program_->values[value].read) std::copy_n(numbers.data, numbers.size(), at(map_.offset[value]));
}

void Workspace::prologue() {
    const Program& p = *program_;
    for (std::size_t i = 0; i < p.parameters.size(); ++i)
        std::copy_n(p.parameters[i].value().data(), p.parameters[i].size(), at(map_.offset[p.at(Port::parameter)[i]]));
    run(held_.prologue, {});
}

void Workspace::run(BoundCode& bound, Stage at, const Real* weights, int set) {
    for (std::size_t i = 0; i < bound.code.size(); i += bound.code[i].together) {
        const Bound& b = bound.code[i];
        if (b.kernel.run && !finite_check_)
            run_together(bound, b, at);
        else
            for (std::uint32_t k = 0; k < b.together; ++k) run_by_views(bound, (&b)[k], at, weights, set);
    }
}

void Workspace::run_together(const BoundCode& bound, const Bound& first, Stage at) const {
    const StageNumbers numbers = numbers_of(at);
    const Index rows = first.kernel.rows, at_once = first.at_once > 0 ? first.at_once : rows;
    for (Index row = 0; row < rows; row += at_once) {
        const Place* place = &bound.places[first.place];
        for (const Bound* b = &first; b < &first + first.together; ++b) {
            Places now;
            now.y = numbers.at(*place++);
            for (std::uint32_t k = 0; k < b->instruction->n_in; ++k) now.x[k] = numbers.at(*place++);
            b->kernel.run(b->kernel, now, row, first.at_once > 0 ? std::min(at_once, rows - row) : b->kernel.rows);
        }
    }
}

void Workspace::run_by_views(const BoundCode& bound, const Bound& b, Stage at, const Real* weights, int set) {
    const auto out = bound.out.subspan(b.out, b.instruction->n_out);
    const auto in = bound.in.subspan(b.in, b.instruction->n_in);
    const StageNumbers numbers = numbers_of(at);
    const Place* place = &bound.places[b.place];
    for (MutableView& y : out) y.data = numbers.at(*place++);
    for (View& x : in) x.data = numbers.at(*place++);
    if (b.instruction->accumulates) {
        out[0].data += set * map_.set_size;
        add_up(b, bound.rows, in, out[0], weights);
    } else {
        const std::uint32_t object = b.object + (size_.one_slot ? 0 : at.stage);
        b.op->eval(b.instruction->attributes, in, out,
                   {program_->plans, objects_, memory_of_plans_, object, finite_check_});
    }
    if (finite_check_) require_finite(*b.op, in, out, b.instruction->where);
}

void Workspace::forward(int stage) {
    each_part([&](int k) { forward(stage, Alone{k, step_}); });
}

void Workspace::reverse(int stage) {
    each_part([&](int k) { reverse(stage, Alone{k, step_}); });
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
        bind_code(held_.epilogue, Phase::epilogue, 0, rows_, 0);
    }
    run(held_.epilogue, {});
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
