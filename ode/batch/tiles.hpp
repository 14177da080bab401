// ode/batch/tiles.hpp — the state as a batch's rows, whose field is a Program: what a walk (ode/steps/walk.hpp) does to it
// The batch takes its steps jointly, in tiles of rows. Where the steps are known beforehand a tile runs through all of them
// before the next one starts: it is a segment of its own. Where they are chosen on the way the segment is the whole batch, all
// its tiles take a step, and one decision is made for all. Sums over rows for the error are made range by range
// (core/rows.hpp), so tiles do not change a digit.
//   tiles.each_segment(known, [&](Tiles& rows) { Walk walk(rows, clock); ... });
// With several threads each part of a tile is a segment, too, where steps are known: it takes all of them on a thread of its
// own, as Tiles that share the whole batch's arrays. Where they are chosen it tries a step so. Others hand out stages: implicit
// methods, pairs, curves, turns of two methods, Gauss's quadrature.
// A pair of states (ode/methods/reversible_heun.hpp) has z and z⁺ in arrays whatever the tiles; its stages have ẑ and ẑ⁺.
// memory   A segment of one tile stays where its stages are: the last stage's place is the next step's first. One of several
//          tiles has z and z⁺, its first and its last rate in arrays; what else a stage kept is gone with its tile, so who
//          needs it (a quadrature) has the first stage evaluated again.
#pragma once
#include <algorithm>
#include <vector>

#include "core/threads.hpp"            // brings: in_parts
#include "ode/batch/curve.hpp"         // brings: Curve
#include "ode/batch/quadrature.hpp"    // brings: Quadrature, Stages
#include "ode/batch/stage_solver.hpp"  // brings: StageSolver, Way
#include "ode/steps/walk.hpp"          // brings: Walk, Clock, Interval

namespace costate::ode::inline COSTATE_PRECISION {

// What a small machine calls through the method, so that one without an error estimate links none of it.
class Tiles;
struct TileErrors {
    void (*find)(Tiles&, Number h);
    Number (*joint)(Tiles&);
    Number (*norm)(Tiles&, const Real* (Tiles::*x)(std::size_t) const);
};

class Tiles {
public:
    Tiles() = default;
    Tiles(const Tiles&) = delete;  // it stays where it is: parts share its arrays

    // A quadrature is integrated beside the state. largest_component: the error is the largest of the components', not their
    // common mean.
    void prepare(Stages& stages, const SolveOptions& options, Quadrature* quadrature = nullptr,
                 bool largest_component = false);
    // By an implicit method: whose field it is, and whether the steps are known.
    void solve_stages(const SolvePlan& plan, std::span<const View> captures, bool known_steps, std::size_t given = 0);
    // The first half of the components is given: at each stage it is read off this curve, not formed.
    void follow(Curve& curve) { curve_ = &curve; }
    // Of the whole batch, between segments. Its rates may be given, for all components, when they are known.
    Real* state(std::size_t component) { return all_->z.data() + stages_->offset(component); }
    void set_first_rate(std::size_t component, const Real* from);
    void set_tangents(std::span<const InputDirection> directions);  // of the components behind z, at the start
    long evaluations() const;
    void report(Statistics& s) const {
        if (implicit()) solver_->report(s, false);
    }
    const Real* jacobian(Index row) const { return solver_->jacobian(row); }  // that an implicit method keeps, or null
    bool floor_acted() const { return floor_acted_; }

    // What a part takes by itself is what its stages allow, and not more than this.
    void let_parts_take(PartTakes most) { part_takes_ = std::min(stages_->part_takes(), most); }
    bool takes(PartTakes what) const { return !small_machine && part_takes_ == what; }
    // body(tiles) for each segment; an empty batch has one, too.
    template <class Body>
    void each_segment(bool known_steps, Body&& body) {
        const Index all = stages_->rows(), most = known_steps ? stages_->rows_of_tile() : all;
        Index row = 0;
        do {
            const Index rows = std::min(most, all - row);
            if (known_steps && takes(PartTakes::all_steps) && splits(row, rows)) {
                each_part([&](Tiles& part) { part.walk(part.row_, part.rows_, body); });
            } else {
                walk(row, rows, body);
            }
            row += rows;
        } while (row < all);
    }
    Stages& stages() { return *stages_; }
    Index row() const { return row_; }    // of the segment: its first,
    Index rows() const { return rows_; }  // and how many
    // z⁺ of the segment; of the tile, while a step is taken: z, z⁺, and what lies within the step
    const Real* next(std::size_t c) const {
        return z_resident() ? stages_->state(c, last()) : all_->next.data() + segment_offset(c);
    }
    const Real* next_hat(std::size_t c) const {  // of a pair's segment: ẑ⁺
        return resident_ ? stages_->state(c, last()) : all_->next_hat.data() + segment_offset(c);
    }
    const Real* next_rate(std::size_t c) const {  // of the segment: what it carries on
        return resident_ ? stages_->rate(c, last()) : all_->last_rate.data() + segment_offset(c);
    }
    const Real* last_good(std::size_t c) const { return z(c); }  // of the segment: where its next step begins
    const Real* tile(std::size_t c) const { return z(c) + in_segment(c); }  // and z, where the step begins
    const Real* next_of_tile(std::size_t c) const { return next(c) + in_segment(c); }
    void interpolate(const Interval& s, Number theta, std::size_t c, Real* out) const;

    const Method& method() const { return options_->method; }
    void begin_attempt(const Interval& s);
    void reject() {}
    template <class Attempt>
    void each_tile(const Attempt& attempt) {
        const AnyTable table{method()};
        each_whole_tile([&] {
            if (!takes(PartTakes::attempts) || stages_->parts() == 1) return attempt.all(*this, table);
            each_part([&](Tiles& part) { attempt.part(part, table); });
            attempt.compare(table);
        });
    }
    template <class Body>
    void each_whole_tile(Body&& body) {
        stages_->each_tile(row_, row_ + rows_, body);
        knows_first_ = true;
    }
    void count(int evaluations) {  // those of the batch: of its first tile
        if (stages_->row() == 0) evaluations_ += evaluations;
    }
    bool awaits_start() const { return options_->has_mass() && !knows_first_ && solver_->begins(row_); }
    bool consistent() const { return !inconsistency().found; }
    const Inconsistency& inconsistency() const;  // of the segment's first row that has one
    void first(Number t);
    void form(const AnyTable& table, int i, const Interval& s);
    void evaluate(const AnyTable& table, int i, Number t);
    void form_next(const AnyTable& table, const Interval& s);
    void compare_last(const AnyTable& table, Apart& apart);
    void finish(const AnyTable& table, const Interval& s, bool chosen);
    Number error() { return small_machine ? method().errors->joint(*this) : joint_error(); }
    bool is_finite() const;
    bool converged() const { return converged_; }
    void hand_on(bool with_rate);
    void forget_first() {
        knows_first_ = false;
        for (Index row = row_; implicit() && row < row_ + rows_; ++row) solver_->forget(row);
        if (is_pair()) begin_pair();
    }

    bool evaluate_first(Number t, Number reach);
    Number size() { return norm(&Tiles::z); }
    Number rate_size() { return norm(&Tiles::first_rate); }
    Number euler(Number h, Number t);
    // Of chosen steps: tile_errors points there.
    using Array = const Real* (Tiles::*)(std::size_t) const;
    void find_errors(Number h);  // of the tile, by both rows of the table, and their squares
    Number joint_error();
    Number find_norm(Array x);
    ahead::Steepness steepness(Number t, Number share);  // along a direction of its own, of which a share is drawn

private:
    struct Arrays {  // of the whole batch
        Storage z, next, first_rate, last_rate, error, second_error;
        Storage hat, next_hat;  // of a pair
        // Of the scaled errors, added up over each range of rows: of each component, then of its second error.
        std::vector<Number> squares;
    };
    struct Part;

    template <class Body>
    void walk(Index row, Index rows, Body&& body) {
        begin(row, rows);
        body(*this);
        end();
    }
    void begin(Index row, Index rows);
    void end();
    bool splits(Index row, Index rows) {
        stages_->begin_tile(row, rows);
        return stages_->parts() > 1;
    }
    // part(tiles) for each part of the tile, at the same time.
    template <class Do>
    void each_part(Do&& part) {
        begin_parts();
        in_parts(stages_->parts(), [&](int k) { part(this->part(k)); });
        end_parts();
    }
    void begin_parts();
    void end_parts();
    Tiles& part(int k);
    void begin_pair();                   // ẑ = z
    Real* mirror(std::size_t c, int i);  // 2z − ẑ, where stage i will be
    void mirror_rate(int i);             // 2k − k_0 with k of the stage before i: its rate
    const Real* z(std::size_t c) const {
        return z_resident() ? stages_->state(c, 0) : all_->z.data() + segment_offset(c);
    }
    const Real* first_rate(std::size_t c) const {
        return resident_ ? stages_->rate(c, 0) : all_->first_rate.data() + segment_offset(c);
    }
    const Real* scratch(std::size_t c) const { return all_->error.data() + segment_offset(c); }
    const Real* second_error(std::size_t c) const { return all_->second_error.data() + segment_offset(c); }
    Index segment_offset(std::size_t c) const { return stages_->offset(c) + row_ * stages_->width(c); }
    Index in_segment(std::size_t c) const { return (stages_->row() - row_) * stages_->width(c); }
    void know_first(Number t, Number reach);
    void find_first_rate(Number t, Number reach);
    bool is_given(std::size_t c) const { return curve_ && 2 * c < stages_->components(); }
    bool implicit() const { return options_->method.implicit(); }
    bool is_pair() const { return options_->method.pair == Pair::states; }
    int last() const { return options_->method.last; }
    bool z_resident() const { return resident_ && !is_pair(); }
    bool by_component() const { return !options_->measures_alike(); }
    void form_block(const Method& m, int i, const Interval& s);
    void solve_stage(int i, const Interval& s);
    void find_errors(Storage& errors, int row, const Number* weights, Number h);
    void add_squares(const Storage& errors, Number* of_range, std::size_t c);
    Number* squares(int row, std::size_t c);  // of each range
    Index ranges() const;                     // of the batch
    Number error_by(int row, Array errors);   // 0: the error, 1: the second one
    Number norm(Array x) {  // root mean square of x in units of the tolerance at z, over all components
        return small_machine ? method().errors->norm(*this, x) : find_norm(x);
    }
    template <class Form>
    void find_change_of_rate(Number t, Form&& form);
    Number measured(Array x, Array before, Array after);
    Number measured(Array x, Array before, Array after, std::size_t first, std::size_t end);

    Stages* stages_ = nullptr;
    const SolveOptions* options_ = nullptr;
    Quadrature* quadrature_ = nullptr;
    Curve* curve_ = nullptr;
    bool largest_component_ = false, knows_first_ = false, given_first_ = false, resident_ = false, converged_ = true;
    bool floor_acted_ = false;
    PartTakes part_takes_ = PartTakes::stages;
    Index row_ = 0, rows_ = 0;  // the segment
    long evaluations_ = 0;
    Arrays own_;
    Arrays* all_ = &own_;  // or those of the Tiles whose part this is
    std::vector<std::unique_ptr<Part>> parts_;
    std::vector<Apart> apart_;             // of each component
    Storage direction_;                    // of steepness
    std::unique_ptr<StageSolver> solver_;  // of an implicit method
    std::vector<const Real*> begins_;      // of the tile
    std::vector<Real*> found_;
};

struct Tiles::Part {
    Tiles tiles;
    Quadrature quadrature;  // beside them
};

}  // namespace costate::ode
