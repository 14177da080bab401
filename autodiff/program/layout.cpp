// autodiff/program/layout.cpp — the last pass: where a program's values lie in a workspace's memory
//   once-values | stage slots | zeros | scratch of forward, reverse and sums (they share it) | accumulators
// Values of one size take turns in a place of the scratch: it is free again after the last reading of its value.
#include <algorithm>

#include "autodiff/program/workspace.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

Index in_lines(Index count) {  // rounded up to cache lines
    constexpr Index line = 64 / sizeof(Real);
    return (count + line - 1) / line * line;
}

}  // namespace

Index Workspace::span_of(std::uint32_t value, Index rows) const { return in_lines(entries(value, rows)); }

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
            end += span_of(v, size_.rows);
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
    memory_.resize(sums_ + size_.sets * set_size());
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
            auto free = std::find_if(places.begin(), places.end(),
                                     [&](const Place& f) { return f.until < i && f.size == size; });
            if (free == places.end()) {
                free = places.insert(places.end(), Place{top, size, 0});
                top += size;
            }
            once_[v] = free->offset;
            free->until = last[v];
        }
    return top;
}

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

}  // namespace costate
