// autodiff/program/program.hpp — a recorded tape made ready to run again
//   Program p = compile(tape, {.constants = ..., .states = ..., .forward = ...});   // once
//   Workspace w;  run(p, w, inputs, outputs);                                       // many times: no allocation
//
// A Program is data: tables of operator numbers, attributes, operands and shapes; beside them its parameters, and the plans of
// solves within it. It never changes; what changes lives in a Workspace (autodiff/program/workspace.hpp) that the caller
// owns, one a thread. It is made for the stages of ODE steps, so its code is cut into five phases:
//
//   prologue   what depends on constants alone (parameters, captures)                    once a run
//   forward    what the forward results need                  f(t, z)                    at every stage, for a tile of rows
//   reverse    what the reverse results need on top of it     wᵀ ∂f/∂z                   at every stage, from what forward kept
//   sums       what only the summed results need              Σ over rows wᵀ ∂f/∂θ       for the rows of all stages at once
//   epilogue   what comes after those sums                                               once a run
//
// It is made in steps, each in a file of its own:  lower.cpp (dead code, common subexpressions, transposed weights) ·
// labels.cpp (row labels) · free_rows.cpp (may their number change?) · phases.cpp (the cut) · fuse.cpp (neighbours become one).
// Where its values lie in a workspace's memory is said by layout.cpp, for each number of rows.
// Rows: the number of rows and of rows in a tile are chosen when a workspace is prepared, not baked in. Where a program
// cannot follow another number than that of its recording, it says why (rows_fixed), and running it so is an error. A number
// that the recording's author took from a shape is a number like any, and stays: mean(x) follows the rows, sum(x) / 8 does not.
#pragma once
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars
#include "autodiff/replay/tables.hpp"     // brings: Phase

namespace costate::inline COSTATE_PRECISION {

// Where values come in and go out: as a ProgramSpec lists them, and leaves of the recording that were not listed.
enum class Port : std::uint8_t { constant, time, state, cotangent, parameter, stored, forward, reverse, summed };
inline constexpr int port_count = 9;

// What goes in and what comes out. A zero Var among the results is a result that is always 0.
struct ProgramSpec {
    Vars constants{};   // fixed during a run
    Vars times{};       // numbers that change from stage to stage, the same for all rows
    Vars states{};      // one row for each row of the batch, new at every stage
    Vars cotangents{};  // as states, but only read by the reverse part
    Vars forward{};     // results of the forward part: a row for each row of the batch
    Vars reverse{};     // results of the reverse part
    Vars summed{};  // results summed over stages (linear in the cotangents, if there are several), and rows if row-sums
};

class Program {
public:
    static constexpr std::uint32_t none = 0xffffffff;

    enum class Home : std::uint8_t {
        once,     // one place for the whole run: constants, prologue, epilogue
        slot,     // one for each stage: inputs and results of a stage, and what a later phase reads
        scratch,  // shared with other values: needed within one phase only
        sum       // an accumulator, one for each range of rows
    };
    struct Value {
        Shape shape;  // with the rows of the recording
        Rows rows = Rows::shared;
        Home home = Home::scratch;
        Phase phase = Phase::prologue;  // that computes it; or of a cotangent the one that reads it first
        bool per_stage = false;         // an input or a result of a stage
        bool aligned = false;           // shared, but with a row for each row of the batch
        bool read = false;              // by an operation, or as a result: of an input that is not, the shape is free
        bool varies = false;            // may be another at every stage: made once, by lower.cpp
        Index bytes() const { return shape.size() * static_cast<Index>(sizeof(Real)); }
    };
    struct Instruction : Tape::Operation {
        Phase phase = Phase::prologue;
        bool accumulates = false;  // sums into its result, over tiles and stages
    };
    struct Total {  // a summed result that is added up after its phase has computed it
        std::uint32_t value, total;
    };

    std::shared_ptr<const char> id;  // an object of its own tells programs apart; copies are the same program
    std::vector<Value> values;
    std::vector<Instruction> code;  // in order of phase
    std::array<std::uint32_t, phase_count + 1> phase_begin{};
    std::vector<std::uint32_t> operands;
    std::vector<std::uint8_t> sliced;  // beside the operands: 1 for a shared one of which a tile reads its own rows
    std::array<std::vector<std::uint32_t>, port_count> ports;  // numbers of values, or none where a result is 0
    std::vector<Total> totals;
    std::vector<Parameter> parameters;  // of Port::parameter, in order
    std::vector<Tensor> stored;         // and of Port::stored: constants of the recording that were not listed
    Plans plans;                        // of solves within this program
    bool tileable = true;               // rows do not mix: a tile of them may run alone
    std::string rows_fixed;             // why they are as many as recorded; empty: their number is free
    double row_flops = 0;               // of forward, reverse and sums, for one row at one stage; 0 on a small machine
    int fused = 0;                      // operations that became part of a neighbour
    bool merges_stages = true;          // the sums phase may take the rows of all stages as more rows

    const std::vector<std::uint32_t>& at(Port port) const { return ports[static_cast<std::size_t>(port)]; }
    std::vector<std::uint32_t>& at(Port port) { return ports[static_cast<std::size_t>(port)]; }
    template <class F>
    void each(std::initializer_list<Port> of, F f) const {  // value of these ports
        for (const Port port : of)
            for (const std::uint32_t v : at(port))
                if (v != none) f(v);
    }
    std::span<const Instruction> code_of(Phase phase) const {
        const std::size_t k = static_cast<std::size_t>(phase);
        return std::span(code).subspan(phase_begin[k], phase_begin[k + 1] - phase_begin[k]);
    }
    std::span<const std::uint32_t> in(const Instruction& c) const { return {operands.data() + c.first_in, c.n_in}; }
    std::span<const std::uint8_t> sliced_in(const Instruction& c) const { return {sliced.data() + c.first_in, c.n_in}; }
    Index recorded_rows() const { return at(Port::state).empty() ? 1 : values[at(Port::state)[0]].shape.rows(); }
    // The first operation of that kind that reads the last result of this one; null: there is none.
    const Instruction* reader(const Instruction& of, std::uint32_t kind) const;
    std::span<const Real> known(std::uint32_t value) const;  // of a stored value, its numbers
    double flops(Phase phase) const;                         // of one call with the rows of the recording
    double flops(const Instruction& c) const;
};

Program compile(Tape& tape, const ProgramSpec& spec, Where at = {});

// A whole computation as a program: outputs of any kind from inputs, of which `rows` hold one row for each row of a batch
// that may be cut into tiles. Parameters are read where they are, so a replay sees their new numbers.
Program compile(Tape& tape, Vars inputs, Vars outputs, Vars rows = {}, Where at = {});

std::string to_text(const Program& program);  // operations, rows, bytes and flops, phase by phase

}  // namespace costate
