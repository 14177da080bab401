// autodiff/program/workspace.hpp — the memory that a program runs in, and the running itself
//   prepare   lays out the values for a number of rows, of rows in a tile, and of stages; allocates only when it must grow
//   layout    once-values | a slot for each stage | scratch, reused within a phase | accumulators, one for each range
//   tiles     begin_tile(first, rows) chooses the rows that forward, reverse and accumulate work on. A tile is made of
//             whole ranges of core/rows.hpp, and every range has accumulators of its own: the bits of a sum over rows do
//             not depend on the tiles.
// The rows of a kept value lie stage by stage without gaps, so that the sums phase can take those of all stages at once.
#pragma once
#include "autodiff/program/program.hpp"  // brings: Program, Phase
#include "core/rows.hpp"                 // brings: range_length

namespace costate::inline COSTATE_PRECISION {

class Workspace {
public:
    struct Size {
        Index rows = 1;  // of the whole batch
        Index tile = 1;  // most rows of one tile: whole ranges, or all rows
        int stages = 1;
        int sets = 1;           // of accumulators: a second one for a step that may be rejected, a third for its error
        bool one_slot = false;  // what is kept for a later phase is overwritten by the next stage: less memory
        bool tile_by_tile = false;  // each tile is begun once: accumulators for the ranges of one tile will do
        bool operator==(const Size&) const = default;
    };

    void prepare(const Program& program, Size size);
    // While true, an operation that makes a NaN or an infinity out of finite operands is an error that names it.
    void set_finite_check(bool on) { finite_check_ = on; }
    // Bytes that a row of a tile needs, and those that do not depend on the tile: what a tile's size is chosen by.
    static Index bytes_per_row(const Program& program, int stages, bool one_slot);
    Index bytes() const { return memory_.size() * static_cast<Index>(sizeof(Real)); }
    const Size& size() const { return size_; }

    void bind(std::size_t constant, View numbers);  // copies them
    void prologue();                                // and the parameters' present numbers
    void begin_tile(Index first, Index rows);
    Index tile_rows() const { return rows_; }

    // Where the inputs and results of a stage lie, for the rows of the tile.
    Real* time(std::size_t i, int stage) { return slot(program_->times[i], stage); }
    Real* state(std::size_t i, int stage) { return slot(program_->states[i], stage); }
    Real* seed(std::size_t i, int stage) { return slot(program_->seeds[i], stage); }
    Real* forward_result(std::size_t i, int stage) { return result(program_->forward[i], stage); }
    Real* reverse_result(std::size_t i, int stage) { return result(program_->reverse[i], stage); }

    void forward(int stage) { run(forward_[static_cast<std::size_t>(stage)]); }
    void reverse(int stage) { run(reverse_[static_cast<std::size_t>(stage)]); }
    // Adds the sums of some stages, each times weights[stage] (null: 1), to a set of accumulators.
    void accumulate(int first_stage, int stages, const double* weights = nullptr, int set = 0);
    void clear(int set);
    void add_set(int from, int to);

    void finish(int set = 0);          // adds the ranges, in order, and runs the epilogue
    View summed(std::size_t i) const;  // of the set that was finished last

private:
    struct Bound {  // an instruction with its addresses
        const Operator* op;
        const Program::Code* code;
        std::uint32_t in, out;  // first views
        std::uint32_t object;   // of an operation that keeps one
    };
    struct Table {  // the instructions of one phase at one stage
        std::vector<Bound> code;
        std::vector<View> in;
        std::vector<MutableView> out;
        bool bound = false;
        Index rows = 0;
    };
    struct Segment {  // rows of one stage (or of all), as the sums phase takes them
        int stage;
        Index first, rows;  // within the tile
        int range;
    };

    void lay_out();
    Index lay_out_scratch(Phase phase, Index rows);
    Index entries(std::uint32_t value, Index rows) const {  // in so many rows of a tile
        const Program::Value& v = program_->values[value];
        return is_row(value) ? rows * v.shape.row_size() : v.aligned ? size_.rows * v.shape.row_size() : v.shape.size();
    }
    Index span_of(std::uint32_t value, Index rows) const;  // the same, rounded up to cache lines
    void bind_table(Table& table, Phase phase, int stage);
    Table& bound_sums(const Segment& segment, int set);
    void bind_sums(Table& table, const Segment& segment, int set);
    void add_sums(const Segment& segment, const double* weights, int set);
    MutableView place(std::uint32_t value, Index rows, Index first, int stage) const;
    void run(Table& table);
    Real* slot(std::uint32_t value, int stage) const {
        if (is_one_slot(value)) return at(once_[value]);
        return at(once_[value]) + stage * entries(value, rows_);
    }
    Real* result(std::uint32_t value, int stage) const {
        return value == Program::none ? at(zeros_) : slot(value, stage);
    }
    Real* part(std::uint32_t value, int range, int set) const;  // an accumulator of one range
    Real* total(std::uint32_t value, int set) const;            // their sum, after add_ranges
    void add_ranges(int set);
    void clear_range(Real* sums);
    Index set_size() const { return (1 + ranges_at_once_) * sums_size_; }
    Real* at(Index offset) const { return const_cast<Real*>(memory_.data()) + offset; }
    bool merges() const { return program_->merges_stages && !size_.one_slot && rows_ <= range_rows_; }
    bool is_one_slot(std::uint32_t value) const { return size_.one_slot && !program_->values[value].per_stage; }
    bool is_row(std::uint32_t value) const { return program_->tileable && program_->values[value].rows == Rows::row; }

    const Program* program_ = nullptr;
    std::shared_ptr<const char> program_id_;  // kept: no other program gets its address
    Size size_;
    Storage memory_;
    std::vector<Index> once_;  // of each value: its offset (within a set of accumulators for sums)
    Index zeros_ = 0, sums_ = 0, sums_size_ = 0;
    Index range_rows_ = 1;
    int ranges_at_once_ = 1;      // that have accumulators of their own; their sum has one more
    Index first_ = 0, rows_ = 0;  // the tile
    Table prologue_, epilogue_;
    std::vector<Table> forward_, reverse_;  // one for each stage
    std::vector<Table> sums_tables_;        // one for each range of the tile, stage and set of accumulators
    int finished_set_ = 0;
    bool finite_check_ = false;
    std::vector<Real> weights_;
    Objects objects_;
    Memory memory_of_plans_;
};

// An error that says why, where a program cannot run with so many rows.
void require_rows(const Program& program, Index rows, Where at = {});

// The whole program once, with one stage: inputs in the order of constants, then states; outputs as compile(tape, inputs,
// outputs) was given them. The number of rows may be another than when recording, unless the program mixes its rows.
void run(const Program& program, Workspace& workspace, std::span<const View> inputs,
         std::span<const MutableView> outputs, Where at = {});

}  // namespace costate
