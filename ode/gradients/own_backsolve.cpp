// The continuous adjoint (ode/gradients/backsolve.cpp) of rows with clocks of their own: each row runs backwards by steps of
// its own from one of its observations to the one before, where z is taken up again and a jumps: adjoint (1)–(4). The
// quadrature is one for all rows, adjoint (5): a row's step enters it with that row's h, and not at all when it is rejected.
#include <algorithm>

#include "core/kernels/combine.hpp"  // brings: scale_add
#include "ode/gradients/pull.hpp"
#include "ode/steps/check.hpp"  // brings: backwards_failure, outcome_of

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class OwnBackwardSolve {
public:
    explicit OwnBackwardSolve(const Pull& p) : p_(p) {}

    void run() {
        Statistics& statistics = p_.record.statistics;
        statistics.backward_evaluations = statistics.backward_accepted = statistics.backward_rejected = 0;
        statistics.parameter_vjps = 0;
        stages_.prepare(p_.plan, p_.x.captures, 1);
        stages_.clear(0);
        rows_.prepare(stages_, options_, true, nullptr);
        rows_.solve_stages(p_.plan, p_.x.captures, options_.known_steps());
        const std::size_t count = p_.memory.times_of.size();
        at_.resize(count);
        for (std::size_t row = 0; row < count; ++row) begin(row);
        rows_.walk(*this, options_.known_steps());
        rows_.put_back();
        stages_.finish_into(p_.capture_bars, 0);
    }

    bool goes_on(OwnRows::Row& row, Index place) {
        std::uint32_t& i = at_[static_cast<std::size_t>(row.number)];
        if (i == 0) return false;
        --i;
        rows_.forget_first(place);  // a has another value from here on
        return jump(row.clock, row.number, place);
    }
    bool is_dense(const OwnRows::Row&) const { return false; }
    bool kept(const OwnRows::Row&, Index) const { return true; }
    void tile_done(Index first, Index rows) {  // adjoint (5)
        const Method& m = options_.method;
        std::vector<Number>& weights = p_.memory.weights;
        weights.resize(static_cast<std::size_t>(m.stages * rows));
        for (int i = 0; i < m.stages; ++i)
            for (Index k = 0; k < rows; ++k) {
                const OwnRows::Row& row = rows_.row(first + k);
                weights[i * rows + k] = row.clock.kept() ? row.clock.step().h * m.b[i] : 0;
            }
        stages_.accumulate_rows(0, m.stages, weights.data(), 0);
        p_.record.statistics.parameter_vjps += m.stages * rows;
    }
    void left(OwnRows::Row& row, Index place) {
        if (row.clock.status() != Status::ok) {
            Failure failure = backwards_failure(outcome_of(row.clock), options_);
            failure.got += text("; row ", row.number);
            fail(p_.where, failure);
        }
        for (std::size_t c = 0; c < n_; ++c)
            std::copy_n(a(c, place), stages_.width(c), p_.z_bars[c].data + row.number * stages_.width(c));
        Statistics& statistics = p_.record.statistics;
        statistics.backward_evaluations += row.evaluations;
        statistics.backward_accepted += row.clock.accepted();
        statistics.backward_rejected += row.clock.rejected();
    }

private:
    void begin(std::size_t row) {
        const std::span<const Number> t = p_.memory.times_of[row];
        at_[row] = p_.record.own.seen[row] - 1;  // the last time that the row reached
        Clock clock(t[at_[row]], t.front(), timing_in_vars(options_));
        clock.never_look_for_stiffness();
        for (std::size_t c = 0; c < n_; ++c) std::fill_n(a(c, row), stages_.width(c), Real(0));  // adjoint (2)
        jump(clock, static_cast<Index>(row), static_cast<Index>(row));
        rows_.add(clock, OwnRows::Seen(t, 0));
    }

    // At the time at_, and at those that equal it. False: it is the first one. Else the clock is set to the one before.
    bool jump(Clock& clock, Index row, Index place) {
        const std::span<const Number> t = p_.memory.times_of[row];
        std::uint32_t& i = at_[row];
        take_up(row, place, i);
        for (; i > 0 && t[i] == t[i - 1]; take_up(row, place, i)) --i;
        if (i == 0) return false;
        const Number share = (clock.t() - t[i - 1]) / (t.back() - t.front());
        clock.aim(t[i - 1], steps_of_part(options_.steps, share));
        return true;
    }

    void take_up(Index row, Index place, std::uint32_t i) {
        for (std::size_t c = 0; c < n_; ++c) {
            const Index width = stages_.width(c), first = (static_cast<Index>(i) * stages_.rows() + row) * width;
            std::copy_n(p_.x.observations[c].data + first, width, rows_.state(c, place));  // adjoint (1)
            scale_add(a(c, place), 1, p_.x.w[c].data + first, width);                      // adjoint (4)
        }
    }

    Real* a(std::size_t c, Index place) { return rows_.state(n_ + c, place); }

    const Pull& p_;
    const SolveOptions& options_ = p_.plan.options;
    Stages& stages_ = p_.memory.stages;
    OwnRows& rows_ = p_.memory.own_rows.as<OwnRows>();
    std::vector<std::uint32_t>& at_ = p_.memory.at;  // each row's observation
    const std::size_t n_ = p_.x.z0.size();
};

}  // namespace

}  // namespace costate::ode

void costate::ode::rows::backsolve_own(const Pull& p) {
    split_times(p.memory, static_cast<std::size_t>(p.x.z0[0].shape[0]));
    OwnBackwardSolve(p).run();
}
