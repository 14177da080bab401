// autodiff/program/workspace.hpp — the memory that a program runs in, and the running itself
//   prepare   lays out the values for a number of rows, of rows in a tile, and of stages (autodiff/program/layout.hpp);
//             allocates only when it must grow
//   asking    bytes(program, size) are those that a caller's memory needs for a workspace of that size, tables and all:
//                 Arena arena(memory);  Workspace w(arena);  w.prepare(program, size);
//             and from then on there is no operator new; one byte less is an error. A solve's memory is not part of it yet.
//   tiles     begin_tile(first, rows) chooses the rows that forward, reverse and accumulate work on. A tile is made of
//             whole ranges of core/rows.hpp, and every range has accumulators of its own: the bits of a sum over rows do
//             not depend on the tiles.
//   parts     A tile's ranges are shared out among parts, which run at the same time (core/threads.hpp): what one writes, its
//             rows of the slots, its scratch and its ranges' accumulators, no other part reads or writes. So a part may as
//             well go its way alone, through stages and steps that the others have not come to: Alone says where it is.
//   runs      An operation that has a kernel (autodiff/tape/operator.hpp) is run by it. Several in a row whose rows depend on
//             the same rows alone are done block by block, so that what they hand on stays in the nearest cache.
// The rows of a kept value lie stage by stage; of a batch of one range without gaps, so that the sums phase can take those of
// all stages at once.
#pragma once
#include <utility>

#include "autodiff/program/layout.hpp"   // brings: Program, Phase, LayoutSize, MemoryMap
#include "autodiff/program/program.hpp"  // brings: Program, Phase
#include "core/arena.hpp"                // brings: Arena, List
#include "core/rows.hpp"                 // brings: range_length
#include "core/threads.hpp"              // brings: in_parts

namespace costate::inline COSTATE_PRECISION {

class Workspace {
public:
    using Size = LayoutSize;

    Workspace() = default;
    explicit Workspace(Arena& arena);  // in a caller's memory, which must outlive it

    void prepare(const Program& program, Size size, Where at = {});
    // While true, an operation that makes a NaN or an infinity out of finite operands is an error that names it.
    void set_finite_check(bool on) { finite_check_ = on; }
    bool finite_check() const { return finite_check_; }
    // Bytes that a row of a tile needs, and those that do not depend on the tile: what a tile's size is chosen by.
    static Index bytes_per_row(const Program& program, int stages, bool one_slot);
    // How many parts are worth while for a batch of so many rows, with the threads that there are, and so many stages that
    // each of them goes alone.
    static int parts_for(const Program& program, Index rows, Number stages = 1);
    static Size size_of_run(const Program& program, Index rows);  // that run(program, ...) prepares it for
    Index bytes() const { return map_.end * static_cast<Index>(sizeof(Real)); }  // of the values
    const Size& size() const { return size_; }

    void bind(std::size_t constant, View numbers);  // copies them
    void prologue();                                // and the parameters' present numbers
    void begin_tile(Index first, Index rows);
    Index tile_rows() const { return rows_; }
    // Two rows of the batch change places, in everything that holds a row for each of them throughout a run: what the body
    // reads its own rows of, and what it sums row by row. Before finish they must be back.
    void swap_rows(Index i, Index j);

    struct Alone {  // a part that goes its way alone, and the step it is at
        int part, step;
    };
    // Of the steps that there is room for, the one whose stages are meant from here on.
    void to_step(int n) { step_ = n; }
    // Where the inputs and results of a stage lie, for the rows of the tile.
    bool has_cotangents() const { return !program_->at(Port::cotangent).empty(); }
    void set_time(std::size_t i, int stage, Real t) {  // each part has its own
        const int parts = small_machine ? 1 : parts_now_;
        for (int k = 0; k < parts; ++k) *time(i, stage, {k, step_}) = t;
    }
    Real* state(std::size_t i, int stage) { return slot(program_->at(Port::state)[i], stage); }
    Real* cotangent(std::size_t i, int stage) { return slot(program_->at(Port::cotangent)[i], stage); }
    Real* forward_result(std::size_t i, int stage) { return result(program_->at(Port::forward)[i], stage); }
    Real* reverse_result(std::size_t i, int stage) { return result(program_->at(Port::reverse)[i], stage); }

    void forward(int stage);
    void reverse(int stage);
    // Of the tile's present parts: how many they are, the rows of one within the tile, and what it does by itself. Meanwhile
    // none of the functions of all rows may be called.
    int parts() const { return parts_now_; }
    Index first_of(int part) const { return held_.parts[static_cast<std::size_t>(part)].first; }
    Index rows_of(int part) const { return held_.parts[static_cast<std::size_t>(part)].rows; }
    Real* time(std::size_t i, int stage, Alone where) {
        const std::uint32_t value = program_->at(Port::time)[i];
        const Index copy = where.part > 0 ? where.part * size_of_slot(*program_, size_, value) : 0;
        return slot(value, {stage, where.step}) + copy;
    }
    void forward(int stage, Alone where) { run(part_of(where).forward, {stage, where.step}); }
    void reverse(int stage, Alone where) { run(part_of(where).reverse, {stage, where.step}); }
    void accumulate(int first_stage, int stages, const Number* weights, int set, Alone where);
    // Adds the sums of some stages, each times weights[stage] (null: 1), to a set of accumulators.
    void accumulate(int first_stage, int stages, const Number* weights = nullptr, int set = 0);
    // The same with a weight for each row of the tile at each of the stages, those of one stage after the other's. A row of
    // weight 0 at all of them is left out, whatever its numbers are.
    void accumulate_rows(int first_stage, int stages, const Number* weights, int set);
    void clear(int set);
    void add_set(int from, int to);

    void finish(int set = 0);          // adds the ranges, in order, and runs the epilogue
    View summed(std::size_t i) const;  // of the set that was finished last

private:
    struct Place {  // of an operand or a result: where it lies for stage 0 of step 0, and how far apart stages lie
        Real* first;
        Index apart;
        bool lasts;
    };
    struct Bound {      // an instruction with its addresses
        Kernel kernel;  // or none
        const Operator* op = nullptr;
        const Program::Instruction* instruction = nullptr;
        std::uint32_t place = 0;        // the first one: its results', then its operands'
        std::uint32_t in = 0, out = 0;  // first views
        std::uint32_t object = 0;       // of an operation that keeps one, at stage 0
        bool by_rows = false;           // each row of its result depends on the same rows of its operands
        std::uint32_t together = 1;     // operations from here on that are done one after the other by their kernels
        Index at_once = 0;              // and so block by block, each of so many rows; or 0: as a whole
    };
    struct BoundCode {  // the instructions of one phase, for some rows: of any stage of any step
        explicit BoundCode(Arena* arena = nullptr) : memory(arena) {}
        std::span<Bound> code;
        std::span<Place> places;
        std::span<View> in;  // where they were looked for last
        std::span<MutableView> out;
        bool bound = false;
        Index rows = 0;
        List<Index> memory;  // in which all of these lie
    };
    struct Part {
        explicit Part(Arena* a = nullptr) : forward(a), reverse(a), sums(a), some_rows(a), weights(a) {}
        int number = 0;             // whose scratch it has
        Index first = 0, rows = 0;  // within the tile
        BoundCode forward, reverse;
        List<BoundCode> sums;  // one for each range of the tile, or number of stages at once
        BoundCode some_rows;   // of accumulate_rows
        List<Real> weights;
        Index end() const { return first + rows; }
    };
    struct Stage {  // and of which step, where there is room for several
        int stage, step;
    };
    struct Segment {  // rows of one stage (or, in the sums phase, of several as more rows)
        Stage at;
        Index first, rows;  // within the tile
    };

    struct Held {  // what there is once for each size
        explicit Held(Arena* a = nullptr) : prologue(a), epilogue(a), parts(a), row_values(a), row_sums(a) {}
        BoundCode prologue, epilogue;
        List<Part> parts;
        List<std::uint32_t> row_values, row_sums;  // that swap_rows moves
    };

    struct PlaceInArena {  // which moves with the workspace: the one that was left holds nothing
        std::size_t first = 0, end = 0;
        PlaceInArena() = default;
        PlaceInArena(PlaceInArena&& o) noexcept : first(std::exchange(o.first, 0)), end(std::exchange(o.end, 0)) {}
        PlaceInArena& operator=(PlaceInArena&& o) noexcept {
            first = std::exchange(o.first, 0);
            end = std::exchange(o.end, 0);
            return *this;
        }
    };

    static void take_in_arena(Workspace& w, Where at);
    void leave_arena();
    void set_aside();
    void lay_lists(BoundCode& bound, Phase phase) const;
    void bind_code(BoundCode& bound, Phase phase, Index first, Index rows, int part);
    void bind_instruction(BoundCode& bound, Bound& b, const Program::Instruction& c, Index first, Index rows, int part);
    void add_up(const Bound& b, Index rows, std::span<const View> in, MutableView sum, const Real* weights);
    static void find_runs(BoundCode& bound);
    Part& part_of(Alone where) { return held_.parts[static_cast<std::size_t>(where.part)]; }
    template <class Do>
    void each_part(Do&& part) {
        if constexpr (small_machine)
            part(0);
        else if (!size_.in_turn)
            in_parts(parts_now_, part);
        else
            for (int k = 0; k < parts_now_; ++k) part(k);
    }
    void run_together(const BoundCode& bound, const Bound& first, Stage at) const;
    void run_by_views(const BoundCode& bound, const Bound& b, Stage at, const Real* weights, int set);
    void run(BoundCode& bound, Stage at, const Real* weights = nullptr, int set = 0);
    BoundCode& bound_sums(Part& part, const Segment& segment);
    void add_totals(const Part& part, const Segment& segment, Real weight, int set);
    void find_row_values();
    void add_sums(Part& part, const Segment& segment, const Number* weights, int set);
    void add_rows(Part& part, const Segment& segment, const Number* weights, int set);
    MutableView view(std::uint32_t value, Index rows, Index first, Stage at, int part = 0) const;
    int range_of(Index row_of_tile) const { return static_cast<int>((first_ + row_of_tile) / map_.range_rows); }
    bool is_row(std::uint32_t value) const { return costate::is_row(*program_, value); }
    Real* at(Index offset) const { return numbers_ + offset; }
    // A stage's number among all those that have a place: of what lasts, and of what is of one step.
    struct StageNumbers {
        Index of[2];
        Real* at(const Place& place) const { return place.first + of[place.lasts] * place.apart; }
    };
    StageNumbers numbers_of(Stage at) const { return {{at.stage, at.stage + Index(at.step) * (size_.stages - 1)}}; }
    Real* slot(std::uint32_t value, Stage of) const {
        return numbers_of(of).at({at(map_.offset[value]), step(value), lasts(*program_, value)});
    }
    Real* slot(std::uint32_t value, int stage) const { return slot(value, {stage, step_}); }
    // From one stage to the next.
    Index step(std::uint32_t value) const {
        if (program_->values[value].home != Program::Home::slot || is_one_slot(*program_, size_, value)) return 0;
        return apart(*program_, size_, value, rows_, map_.merges);
    }
    Real* result(std::uint32_t value, int stage) const {
        return value == Program::none ? at(map_.zeros) : slot(value, stage);
    }
    Real* sums(int set) const { return at(map_.sums + set * map_.set_size); }
    Real* total(std::uint32_t value, int set) const { return sums(set) + map_.offset[value]; }  // after add_ranges
    Real* accumulator(std::uint32_t value, int range, int set) const;                           // of one range
    void share_out();
    void add_ranges(int set);
    void clear_range(Real* sums);

    Arena* arena_ = nullptr;
    void (*take_)(Workspace&, Where) = nullptr;  // memory of the arena: not linked where nobody hands one in
    PlaceInArena place_;                         // what is held there
    const Program* program_ = nullptr;
    std::shared_ptr<const char> program_id_;  // kept: no other program gets its address
    Size size_;
    MemoryMap map_;
    Storage memory_;
    Real* numbers_ = nullptr;     // the values: in memory_, or in an arena
    Index first_ = 0, rows_ = 0;  // the tile
    int step_ = 0;
    Held held_;
    int parts_now_ = 0;  // that this tile has
    int finished_set_ = 0;
    bool finite_check_ = false, row_values_known_ = false;
    Objects objects_;
    Memory memory_of_plans_;
};

// The bytes that a workspace of that size takes of a caller's memory, all that it ever asks for counted.
Index bytes(const Program& program, LayoutSize size = {}, Where at = {});

// An error that says why, where a program cannot run with so many rows.
void require_rows(const Program& program, Index rows, Where at = {});

// The whole program once, with one stage: inputs in the order of constants, then states; outputs as compile(tape, inputs,
// outputs) was given them. The number of rows may be another than when recording, unless the program mixes its rows.
void run(const Program& program, Workspace& workspace, std::span<const View> inputs,
         std::span<const MutableView> outputs, Where at = {});

}  // namespace costate
