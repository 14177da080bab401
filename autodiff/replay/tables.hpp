// autodiff/replay/tables.hpp — a Program as constants, so that it can be run where no tape is linked
//   std::ofstream("law.hpp") << to_tables(program, "law");          on a laptop (autodiff/program/to_tables.hpp); on the device
//   #include "law.hpp"
//   static Real memory[law.numbers];   Replay replay(law, memory);  all the memory that it needs (autodiff/replay/replay.hpp)
// An operation is its evaluator, that of the operator's number, with its attributes; its operands, then its result, are places.
// A solve, or its gradient, is a task: loops over steps and stages that replay the tables of its field (ode/replay/solve.hpp).
// A place is in m, the caller's memory; in p, the constants and parameters, one behind the other; or among the constants of the
// recording. What a stage has to itself lies in m once for each stage, one behind the other. Rows are those of the recording.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "autodiff/tape/evaluator.hpp"  // brings: Evaluator, EvaluatorOf, Attributes

namespace costate::inline COSTATE_PRECISION {

enum class Phase : std::uint8_t { prologue, forward, reverse, sums, epilogue };
inline constexpr int phase_count = 5;

class Replay;

struct Tables {
    static constexpr std::size_t most_operands = 64;
    static constexpr std::int32_t nowhere = -1;  // of a result that is always 0

    enum class In : std::uint8_t { m, p, stored };
    struct Place {
        std::int32_t at = nowhere;
        std::uint16_t shape = 0;
        In in = In::m;
        bool of_stage = false;
    };
    struct Operation {
        const Evaluator* evaluator = nullptr;     // null: a task, whose number stands in place of the attributes'
        std::uint16_t attributes = 0, first = 0;  // of the places: n_in operands, and what results
        std::uint8_t n_in = 0;
        bool accumulates = false;
    };
    struct Total {
        Place value, total;
    };
    struct Task {
        void (*run)(const void* task, const Replay& around, const Place* operands, const Place* results);
        const void* task;
    };

    std::int32_t numbers = 0;  // of m
    std::int32_t inputs = 0;   // of p
    std::int32_t stages = 1;
    bool sums_at_once = false;  // those of all stages are made as of one with as many more rows
    std::span<const Shape> shapes{};
    std::span<const Attributes> attributes{};
    std::span<const Place> places{};
    std::span<const Operation> code{};
    std::array<std::uint16_t, phase_count + 1> phase_begin{};
    std::span<const Place> times{}, states{}, cotangents{}, forward{}, reverse{}, summed{};
    std::span<const Place> sums{};  // that begin at 0
    std::span<const Total> totals{};
    std::span<const Real> stored{};
    std::span<const Task> tasks{};

    constexpr std::size_t bytes() const { return static_cast<std::size_t>(numbers) * sizeof(Real); }
    std::span<const Operation> code_of(Phase phase) const {
        const std::size_t k = static_cast<std::size_t>(phase);
        return code.subspan(phase_begin[k], phase_begin[k + 1] - phase_begin[k]);
    }
};

}  // namespace costate
