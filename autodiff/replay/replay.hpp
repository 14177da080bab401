// autodiff/replay/replay.hpp — the operations of tables, one after the other: no tape, no derivative, no text, no heap
//   Replay law(tables, memory);             memory: tables.numbers Reals
//   law.begin(p);                           the prologue: what depends on constants and parameters alone; the sums begin at 0
//   law.state(0, i), law.forward(i), law.forward_result(0, i)             a stage i, as in autodiff/program/workspace.hpp
//   law.cotangent(0, i), law.reverse(i), law.reverse_result(0, i)         from what forward(i) left
//   law.sums();   law.end();   law.summed(0)              what all stages add to the sums; and what comes after them
// bits   Those of a Workspace, in one tile, by BITS=same: an operation is evaluated by the same function.
#pragma once
#include "autodiff/replay/tables.hpp"  // brings: Tables, Phase

namespace costate::inline COSTATE_PRECISION {

class Replay {
public:
    Replay(const Tables& tables, std::span<Real> memory, Where at = {});  // too little of it: an error

    void run(const Real* p);  // a Program without stages: all of it, for summed(i)

    void begin(const Real* p);
    Real* time(std::size_t i, int stage) { return to(tables_.times[i], stage); }
    Real* state(std::size_t i, int stage) { return to(tables_.states[i], stage); }
    Real* cotangent(std::size_t i, int stage) { return to(tables_.cotangents[i], stage); }
    // A result; null: it is always 0.
    Real* forward_result(std::size_t i, int stage) { return result(tables_.forward[i], stage); }
    Real* reverse_result(std::size_t i, int stage) { return result(tables_.reverse[i], stage); }
    void forward(int stage) { run(Phase::forward, stage); }
    void reverse(int stage) { run(Phase::reverse, stage); }
    void sums() { sums(tables_.stages); }
    void sums(int stages);  // fewer than there are, where they are not made at once
    void clear();           // the sums begin at 0 again
    void end() { run(Phase::epilogue, 0); }
    View summed(std::size_t i) const { return view(tables_.summed[i], 0); }  // without data where it is always 0

    View view(const Tables::Place& place, int stage = 0) const;
    Real* memory(std::int32_t at) const { return m_ + at; }
    const Real* inputs() const { return p_; }

private:
    static constexpr std::size_t few_operands = 8;  // so many views of them lie on every stack
    void run(Phase phase, int stage);
    void evaluate(const Tables::Operation& o, const Tables::Place* place, int stage, View* in);
    [[gnu::noinline]] void evaluate_many(const Tables::Operation& o, const Tables::Place* place, int stage);
    Real* to(const Tables::Place& place, int stage) const;
    Real* result(const Tables::Place& place, int stage) const {
        return place.at == Tables::nowhere ? nullptr : to(place, stage);
    }

    const Tables& tables_;
    Real* m_;
    const Real* p_ = nullptr;
};

}  // namespace costate
