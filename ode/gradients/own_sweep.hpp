// ode/gradients/own_sweep.hpp — the exact gradient of a solve whose rows had clocks of their own (internal to ode/)
// Every row runs backwards through its own steps, all that are under way in one run of the Program: transposed_step.hpp with an
// h for each row. A row at its start leaves, as in ode/batch/own_rows.hpp.
#pragma once
#include <vector>

#include "ode/batch/live_rows.hpp"  // brings: LiveRows
#include "ode/batch/own_rows.hpp"   // brings: Stages, OwnRows, Intervals, Observations
#include "ode/steps/growth.hpp"     // brings: Growth

namespace costate::ode::inline COSTATE_PRECISION {

struct Pull;

class OwnSweep {
public:
    void run(const Pull& p);

    // What the recursions do to a tile.
    void form(const AnyTable& table, int i, const Intervals& s) {
        if (table.method.start_of_block(i) != i) return;
        stages_->form(table.method, i, s.h, [&](std::size_t c) { return at(z_, c, stages_->row()); });
        if (table.method.is_equation(i)) solver_->solve(i, {s.of, true}, starts_);
    }
    void evaluate(const AnyTable& table, int i, const Moments& t) {
        if (!table.method.is_equation(i)) stages_->forward_at(i, t);
    }
    Real* lambda(std::size_t c) { return at(lambda_, c, stages_->row()); }
    void add_within(Real* w, int i, const Intervals& s, std::size_t c);

private:
    struct Row {
        Index number;
        std::uint32_t end;  // of the step that is next
        OwnRows::Seen seen;
        Growth growth;
    };

    void prepare(const Pull& p);
    void dismiss();  // the rows that are at their start
    void move(Index i, Index j);
    void reverse_tile(Index first, Index rows);
    void begin_anew(Index first, Index rows);   // a step's equations
    void pull_start(const Intervals& s);        // and what they take at its start
    bool enter_steps(Index first, Index rows);  // is one of them dense?
    void add_directly(Index place, std::size_t i);
    void watch_growth(Index place);
    Real* at(Storage& x, std::size_t c, Index place) {
        return x.data() + stages_->offset(c) + place * stages_->width(c);
    }
    const Real* cotangent(std::size_t i, std::size_t c, Index number) const;

    const Pull* p_ = nullptr;
    Stages* stages_ = nullptr;
    StageSolver* solver_ = nullptr;
    std::vector<const Real*> starts_;  // of the tile, of an implicit method;
    std::vector<Real*> lambdas_;       // and their cotangents
    LiveRows<Row> rows_;
    std::vector<Interval> steps_;
    std::vector<Number> h_;
    Storage z_, lambda_;
};

}  // namespace costate::ode
