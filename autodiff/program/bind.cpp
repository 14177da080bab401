// autodiff/program/bind.cpp — a program's operations bound to their places, for a tile's rows (declared in workspace.hpp)
// An address is arithmetic: what is bound once serves all stages of all steps that are kept.
#include <algorithm>
#include <memory>

#include "autodiff/program/workspace.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// Of all operations' results in a block: their memory, which some share, is then about the nearest cache.
constexpr Index block_entries = 64 * 1024 / sizeof(Real);

}  // namespace

// A value as an operation sees it: `rows` of its rows from row `first` of the tile on.
MutableView Workspace::view(std::uint32_t value, Index rows, Index first, Stage stage, int part) const {
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

// Its lists, in one piece of memory.
void Workspace::lay_lists(BoundCode& bound, Phase phase) const {
    const auto code = program_->code_of(phase);
    std::size_t in = 0, out = 0;
    for (const Program::Instruction& c : code) in += c.n_in, out += c.n_out;
    static_assert(std::max({alignof(Bound), alignof(Place), alignof(View)}) <= alignof(Index));
    const std::size_t bytes = code.size() * sizeof(Bound) + (in + out) * (sizeof(Place) + sizeof(View));
    bound.memory.resize((bytes + sizeof(Index) - 1) / sizeof(Index));
    std::byte* at = reinterpret_cast<std::byte*>(bound.memory.data());
    const auto lay = [&at]<class T>(std::span<T>& list, std::size_t count) {
        list = {reinterpret_cast<T*>(at), count};
        at += count * sizeof(T);
    };
    lay(bound.code, code.size());
    lay(bound.places, in + out);
    lay(bound.in, in);
    lay(bound.out, out);
}

void Workspace::bind_code(BoundCode& bound, Phase phase, Index first, Index rows, int part) {
    lay_lists(bound, phase);
    bound.bound = true;
    bound.rows = rows;
    Bound next{};
    for (std::size_t i = 0; i < bound.code.size(); ++i) {
        const Program::Instruction& c = program_->code_of(phase)[i];
        bind_instruction(bound, *std::construct_at(&bound.code[i], next), c, first, rows, part);
        next.in += c.n_in;
        next.out += c.n_out;
        next.place += c.n_in + c.n_out;
    }
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
    const auto place = [&](std::uint32_t k, std::uint32_t v, Real* now) {
        const bool kept = lasts(p, v);
        std::construct_at(&bound.places[b.place + k], Place{now, step(v), kept});
    };
    for (std::uint32_t k = 0; k < c.n_out; ++k) {
        const std::uint32_t v = c.first_out + k;
        MutableView out = view(v, rows, first, {}, part);
        if (c.accumulates) out.data = accumulator(v, range_of(first), 0);
        std::construct_at(&bound.out[b.out + k], out);
        place(k, v, out.data);
    }
    for (std::uint32_t k = 0; k < c.n_in; ++k) {
        const std::uint32_t v = p.in(c)[k];
        MutableView in = op.shape_only ? view(v, size_.rows, 0, {}, part) : view(v, rows, first, {}, part);
        if (p.sliced_in(c)[k]) {
            in.data += (first_ + first) * in.shape.row_size();
            in.shape.set(0, rows);
        }
        std::construct_at(&bound.in[b.in + k], in);
        place(c.n_out + k, v, in.data);
    }
    const auto in = std::span<const View>(bound.in).subspan(b.in, c.n_in);
    const auto out = std::span<const MutableView>(bound.out).subspan(b.out, c.n_out);
    if (!op.bind || c.accumulates || !op.bind(c.attributes, in, out, b.kernel)) b.kernel.run = nullptr;
    b.by_rows = b.kernel.run && b.kernel.rows > 1 && is_row(c.first_out);
}

// Operations that have kernels are done one after the other. Those whose rows depend on the same rows alone may be done block
// by block, so that what they hand on to each other stays in the nearest cache: the first one says how many there are, and how
// many rows a block has. Memory that two of them share they share row by row (autodiff/program/layout.cpp).
void Workspace::find_runs(BoundCode& bound) {
    Index widest = 1;  // entries of a row, in the run that operation i begins
    for (std::size_t i = bound.code.size(); i-- > 0;) {
        Bound& b = bound.code[i];
        const Bound* next = i + 1 < bound.code.size() ? &b + 1 : nullptr;
        const bool goes_on = next && b.kernel.run && next->kernel.run && b.by_rows == next->by_rows &&
                             (!b.by_rows || b.kernel.rows == next->kernel.rows);
        b.together = goes_on ? next->together + 1 : 1;
        widest = std::max(goes_on ? widest : 1, b.kernel.width);
        const Index fit = std::max<Index>(1, block_entries / (static_cast<Index>(b.together) * widest));
        b.at_once = b.by_rows && b.together > 1 && fit < b.kernel.rows ? fit : 0;
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
    if (std::ssize(held_.parts) < size_.parts) held_.parts.resize(size_.parts);
    for (int k = 0; k < parts_now_; ++k) {
        const Index first = ranges * k / parts_now_ * map_.range_rows,
                    end = ranges * (k + 1) / parts_now_ * map_.range_rows;
        held_.parts[k].number = k;
        held_.parts[k].first = first;
        held_.parts[k].rows = std::min(end, rows_) - first;
    }
}

}  // namespace costate
