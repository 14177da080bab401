// autodiff/program/bind.cpp — a program's operations bound to their places, for a tile's rows (declared in workspace.hpp)
// An address is that of stage 0, and a number of steps to that of another stage: what is bound once serves all stages.
#include <algorithm>
#include <memory>

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

// Its lists, in one piece of memory: the widest entries first.
void Workspace::lay_lists(BoundCode& bound, Phase phase) const {
    const auto code = program_->code_of(phase);
    std::size_t in = 0, out = 0;
    for (const Program::Instruction& c : code) in += c.n_in, out += c.n_out;
    static_assert(alignof(Bound) <= alignof(Index) && alignof(View) <= alignof(Index));
    const std::size_t wide = code.size() * sizeof(Bound) + 2 * (in + out) * sizeof(View) + (in + out) * sizeof(Index);
    bound.memory.resize((wide + in + out + sizeof(Index) - 1) / sizeof(Index));
    std::byte* at = reinterpret_cast<std::byte*>(bound.memory.data());
    const auto lay = [&at]<class T>(std::span<T>& list, std::size_t count) {
        list = {reinterpret_cast<T*>(at), count};
        at += count * sizeof(T);
    };
    lay(bound.code, code.size());
    lay(bound.in, in), lay(bound.in_now, in);
    lay(bound.out, out), lay(bound.out_now, out);
    lay(bound.in_step, in), lay(bound.out_step, out);
    lay(bound.in_lasts, in), lay(bound.out_lasts, out);
}

void Workspace::bind_code(BoundCode& bound, Phase phase, Index first, Index rows, int part) {
    lay_lists(bound, phase);
    bound.bound = true;
    bound.step = step_;
    bound.rows = rows;
    Bound next{};
    for (std::size_t i = 0; i < bound.code.size(); ++i) {
        const Program::Instruction& c = program_->code_of(phase)[i];
        bind_instruction(bound, *std::construct_at(&bound.code[i], next), c, first, rows, part);
        next.in += c.n_in;
        next.out += c.n_out;
    }
    std::uninitialized_copy(bound.in.begin(), bound.in.end(), bound.in_now.begin());
    std::uninitialized_copy(bound.out.begin(), bound.out.end(), bound.out_now.begin());
    find_runs(bound);
}

// b says where its views are to stand.
void Workspace::bind_instruction(BoundCode& bound, Bound& b, const Program::Instruction& c, Index first, Index rows,
                                 int part) {
    const Program& p = *program_;
    const Operator& op = operator_of(c.op);
    b.op = &op;
    b.instruction = &c;
    b.object = static_cast<std::uint32_t>((&c - p.code.data()) * size_.stages);
    for (std::uint32_t k = 0; k < c.n_in; ++k) {
        const std::uint32_t v = p.in(c)[k];
        MutableView in = op.shape_only ? view(v, size_.rows, 0, 0, part) : view(v, rows, first, 0, part);
        if (p.sliced_in(c)[k]) {
            in.data += (first_ + first) * in.shape.row_size();
            in.shape.set(0, rows);
        }
        std::construct_at(&bound.in[b.in + k], in);
        bound.in_step[b.in + k] = step(v);
        bound.in_lasts[b.in + k] = lasts(p, v);
    }
    for (std::uint32_t k = 0; k < c.n_out; ++k) {
        const std::uint32_t v = c.first_out + k;
        MutableView out = view(v, rows, first, 0, part);
        if (c.accumulates) out.data = accumulator(v, range_of(first), 0);
        std::construct_at(&bound.out[b.out + k], out);
        bound.out_step[b.out + k] = step(v);
        bound.out_lasts[b.out + k] = lasts(p, v);
    }
    const auto in = std::span<const View>(bound.in).subspan(b.in, c.n_in);
    const auto out = std::span<const MutableView>(bound.out).subspan(b.out, c.n_out);
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
    for (Part& part : std::span(held_.parts).first(parts_now_)) {
        for (BoundCode& sums : part.sums) sums.bound = false;
        bind_code(part.forward, Phase::forward, part.first, part.rows, part.number);
        bind_code(part.reverse, Phase::reverse, part.first, part.rows, part.number);
    }
    bind_code(held_.prologue, Phase::prologue, 0, rows, 0);
    bind_code(held_.epilogue, Phase::epilogue, 0, rows, 0);
}

// The tile's ranges, as evenly as they go.
void Workspace::share_out() {
    const Index ranges = std::max<Index>(1, ranges_in(rows_, map_.range_rows));
    parts_now_ = static_cast<int>(std::min<Index>(ranges, size_.parts));
    if (held_.parts.size() < static_cast<std::size_t>(size_.parts)) held_.parts.resize(size_.parts);
    for (int k = 0; k < parts_now_; ++k) {
        const Index first = ranges * k / parts_now_ * map_.range_rows,
                    end = ranges * (k + 1) / parts_now_ * map_.range_rows;
        held_.parts[k].number = k;
        held_.parts[k].first = first;
        held_.parts[k].rows = std::min(end, rows_) - first;
    }
}

}  // namespace costate
