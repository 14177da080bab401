// autodiff/program/aside.cpp — a workspace in a caller's memory: everything has its place there before anything runs
// (declared in workspace.hpp). How much that is, is found by doing it, in an arena that counts (core/arena.hpp).
#include <algorithm>

#include "autodiff/program/workspace.hpp"

namespace costate::inline COSTATE_PRECISION {

Index bytes(const Program& program, LayoutSize size, Where at) {
    Arena counts;
    Workspace workspace(counts);
    workspace.prepare(program, size, at);
    return counts.most();
}

namespace {

void require_no_objects(const Program& program, Where at) {
    for (const Program::Instruction& c : program.code) {
        const Operator& op = operator_of(c.op);
        if (op.keeps_object || op.moved)
            fail(at, {.what = "workspace: the memory of an operation is not part of what was handed in",
                      .got = text(op.name, ", recorded at ", c.where),
                      .expected = "operations that need no more than their operands and results",
                      .fix = "Workspace w; without an arena, or the same solve printed by optim::to_c"});
    }
}

}  // namespace

Workspace::Workspace(Arena& arena)
    : arena_(&arena), take_(take_in_arena), map_{.offset = List<Index>(&arena)}, held_(&arena) {}

void Workspace::take_in_arena(Workspace& w, Where at) {
    Arena& arena = *w.arena_;
    require_no_objects(*w.program_, at);
    if (!arena.begins_on_a_line())
        fail(at, {.what = "workspace: the memory that was handed in begins between two cache lines",
                  .got = "an address that is no multiple of line_bytes",
                  .expected = text("a multiple of ", line_bytes),
                  .fix = "alignas(line_bytes) std::byte memory[...]"});
    w.leave_arena();
    if (arena.used() == w.place_.end) arena.cut_back(w.place_.first);  // nobody else has taken any since
    arena.take(0, line_bytes);
    w.place_.first = arena.used();
    w.map_ = lay_out(*w.program_, w.size_, &arena);
    w.set_aside();
    w.place_.end = arena.used();
    if (arena.size() == 0 || arena.fits()) return;
    const std::size_t needed = arena.most() - w.place_.first;
    w.leave_arena();
    arena.give_up(w.place_.first);
    fail(at, {.what = "workspace: the memory that was handed in is too small",
              .got = text(arena.size() - std::min(arena.size(), w.place_.first), " bytes"),
              .expected = text(needed, ", for ", w.size_.rows, " rows and ", w.size_.stages, " stages"),
              .fix = "bytes(program, size) says how many there must be"});
}

void Workspace::leave_arena() {
    held_ = Held(arena_);
    map_ = {.offset = List<Index>(arena_)};
    numbers_ = nullptr;
}

// What all phases will bind, for as many rows and stages as there may be.
void Workspace::set_aside() {
    numbers_ = static_cast<Real*>(arena_->take(map_.end * sizeof(Real), line_bytes));
    lay_lists(held_.prologue, Phase::prologue);
    lay_lists(held_.epilogue, Phase::epilogue);
    held_.parts.resize(size_.parts, Part(arena_));
    const Index of_a_range = std::min(size_.tile, map_.range_rows);
    const Index merged = map_.merges ? std::min<Index>(sum_block, size_.stages * of_a_range) : 0;
    for (Part& part : held_.parts) {
        lay_lists(part.forward, Phase::forward);
        lay_lists(part.reverse, Phase::reverse);
        part.sums.resize(std::max<Index>(1, ranges_in(size_.tile, map_.range_rows)), BoundCode(arena_));
        for (BoundCode& sums : part.sums) lay_lists(sums, Phase::sums);
        lay_lists(part.some_rows, Phase::sums);
        part.weights.reserve(std::max(size_.tile, merged));
    }
    held_.row_values.reserve(std::ranges::count(program_->sliced, 1));
    held_.row_sums.reserve(std::ranges::count(program_->values, Program::Home::sum, &Program::Value::home));
}

}  // namespace costate
