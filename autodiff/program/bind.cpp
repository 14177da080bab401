// autodiff/program/bind.cpp — a program's operations bound to their places, for a tile's rows (declared in workspace.hpp)
// An address is that of stage 0, and a number of steps to that of another stage: what is bound once serves all stages.
#include <algorithm>

#include "autodiff/program/workspace.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// Of all operations' results in a block: their memory, which some share, is then about the nearest cache.
constexpr Index block_entries = 64 * 1024 / static_cast<Index>(sizeof(Real));

}  // namespace

// A value as an operation sees it: `rows` of its rows from row `first` of the tile on.
MutableView Workspace::view(std::uint32_t value, Index rows, Index first, int stage, int part) const {
    const Program::Value& v = program_->values[value];
    MutableView view{at(map_.offset[value]), v.shape};
    if (v.home == Program::Home::scratch) view.data += part * map_.scratch_size;
    if (v.home == Program::Home::slot) view.data = slot(value, stage);
    if (copies_of(*program_, size_, value) > 1) view.data += part * size_of_slot(*program_, size_, value);
    if (v.home == Program::Home::sum) view.data = total(value, finished_set_);
    if (v.aligned) view.shape.set(0, size_.rows);
    if (!is_row(value)) return view;
    if (v.home == Program::Home::slot) view.data += first * v.shape.row_size();
    view.shape.set(0, rows);
    return view;
}

void Workspace::bind_code(BoundCode& bound, Phase phase, Index first, Index rows, int part) {
    bound.code.clear();
    bound.in.clear();
    bound.out.clear();
    bound.in_step.clear();
    bound.out_step.clear();
    bound.in_lasts.clear();
    bound.out_lasts.clear();
    bound.bound = true;
    bound.step = step_;
    bound.rows = rows;
    const auto code = program_->code_of(phase);
    bound.code.reserve(code.size());
    for (const Program::Instruction& c : code) bind_instruction(bound, c, first, rows, part);
    bound.in_now = bound.in;
    bound.out_now = bound.out;
    find_runs(bound);
}

void Workspace::bind_instruction(BoundCode& bound, const Program::Instruction& c, Index first, Index rows, int part) {
    const Program& p = *program_;
    const Operator& op = operator_of(c.op);
    Bound b{.kernel = {},
            .at = {},
            .now = {},
            .op = &op,
            .instruction = &c,
            .in = static_cast<std::uint32_t>(bound.in.size()),
            .out = static_cast<std::uint32_t>(bound.out.size()),
            .object = static_cast<std::uint32_t>((&c - p.code.data()) * size_.stages)};
    for (std::uint32_t k = 0; k < c.n_in; ++k) {
        const std::uint32_t v = p.in(c)[k];
        MutableView in = op.shape_only ? view(v, size_.rows, 0, 0, part) : view(v, rows, first, 0, part);
        if (p.sliced_in(c)[k]) {
            in.data += (first_ + first) * in.shape.row_size();
            in.shape.set(0, rows);
        }
        bound.in.push_back(in);
        bound.in_step.push_back(step(v));
        bound.in_lasts.push_back(lasts(p, v));
    }
    for (const std::uint32_t v : c.results()) {
        MutableView out = view(v, rows, first, 0, part);
        if (c.accumulates) out.data = accumulator(v, range_of(first), 0);
        bound.out.push_back(out);
        bound.out_step.push_back(step(v));
        bound.out_lasts.push_back(lasts(p, v));
    }
    const auto in = std::span<const View>(bound.in).subspan(b.in, c.n_in);
    const auto out = std::span<const MutableView>(bound.out).subspan(b.out);
    if (!op.bind || c.accumulates || !op.bind(c.attributes, in, out, b.kernel)) b.kernel.run = nullptr;
    b.by_rows = b.kernel.run && b.kernel.rows > 1 && is_row(c.first_out);
    if (b.kernel.run) {
        b.at.y = out[0].data;
        b.y_step = bound.out_step[b.out];
        for (std::size_t k = 0; k < in.size(); ++k) {
            b.at.x[k] = in[k].data;
            b.x_step[k] = bound.in_step[b.in + k];
        }
    }
    bound.code.push_back(b);
}

// To the addresses of another step, of what lasts: no number is moved.
void Workspace::move(BoundCode& bound) const {
    const Index by = static_cast<Index>(step_ - bound.step) * (size_.stages - 1);
    bound.step = step_;
    for (std::size_t k = 0; k < bound.in.size(); ++k)
        if (bound.in_lasts[k]) bound.in[k].data += by * bound.in_step[k];
    for (std::size_t k = 0; k < bound.out.size(); ++k)
        if (bound.out_lasts[k]) bound.out[k].data += by * bound.out_step[k];
    for (Bound& b : bound.code) {
        if (!b.kernel.run) continue;
        b.at.y = bound.out[b.out].data;
        for (std::size_t k = 0; k < b.instruction->n_in; ++k) b.at.x[k] = bound.in[b.in + k].data;
    }
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
    for (Part& part : std::span(parts_).first(parts_now_)) {
        for (BoundCode& sums : part.sums) sums.bound = false;
        bind_code(part.forward, Phase::forward, part.first, part.rows, part.number);
        bind_code(part.reverse, Phase::reverse, part.first, part.rows, part.number);
    }
    bind_code(prologue_, Phase::prologue, 0, rows, 0);
    bind_code(epilogue_, Phase::epilogue, 0, rows, 0);
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

}  // namespace costate
