#include "ode/batch/row_equations.hpp"

#include <algorithm>
#include <utility>

#include "ode/tolerance.hpp"  // brings: error_over_scale

namespace costate::ode::inline COSTATE_PRECISION {

std::unique_ptr<StageSolver> make_row_equations() { return std::make_unique<RowEquations>(); }

void RowEquations::prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool known_steps,
                           std::size_t given) {
    plan_ = &plan;
    stages_ = &stages;
    known_steps_ = known_steps;
    given_ = given;
    jacobians_.prepare(plan, captures, stages, given, known_steps || plan.options.min_step > 0);
    starts_.prepare(stages.rows());
    rows_.assign(static_cast<std::size_t>(stages.rows()), {});
    for (Index r = 0; r < stages.rows(); ++r) rows_[static_cast<std::size_t>(r)].number = r;
    for (Storage* s : {&k_, &base_, &delta_}) s->resize(method().coupled * stages.total());
    for (Storage* s : {&z_now_, &rate_now_, &z_before_, &rate_before_}) s->resize(stages.total());
}

void RowEquations::begin_attempt(Index first, Index rows) {
    for (Index p = first; p < first + rows; ++p) {
        Row& r = rows_[static_cast<std::size_t>(p)];
        r.begun = false;
        r.converged = true;
    }
}

// ---- one stage of all rows of a tile ----

void RowEquations::solve(int i, const Way& way, Begins z) {
    begin(i, way, z);
    for (bool any = true; any;) {  // a second time with a new Jacobian, and a guess that goes out on no limb
        renew_jacobians(way, z);
        for (Index r = 0; r < rows(); ++r) {
            if (!row(r).under_way) continue;
            if (jacobians_.factor(place(r), i, way[r].h))
                start(i, way, r);
            else
                end(row(r), Newton::Verdict::diverged);
        }
        iterate(i, way, z);
        any = false;
        for (Index r = 0; r < rows(); ++r) any = (row(r).under_way = row(r).again) || any;
    }
    for (Index r = 0; r < rows(); ++r)
        if (std::exchange(row(r).renewed, false)) jacobians_.forget(place(r));
    for (int p = 0; p < block(i); ++p)
        for (std::size_t c = given_; c < components(); ++c)
            std::copy_n(of_tile(k_, c, p), stages_->entries(c), stages_->rate(c, i + p));
}

void RowEquations::begin(int i, const Way& way, Begins z) {
    for (int p = 0; p < block(i); ++p)
        for (std::size_t c = 0; c < components(); ++c)
            std::copy_n(stages_->state(c, i + p), stages_->entries(c), of_tile(base_, c, p));
    for (Index r = 0; r < rows(); ++r) {
        row(r).under_way = row(r).converged;
        row(r).again = false;
        row(r).solved = given_;
    }
    if (rows() == 0 || std::exchange(row(0).begun, true)) return;
    // What the next step's guess will be made of, should this one be kept.
    for (std::size_t c = 0; c < components(); ++c) {
        std::copy_n(z[c], stages_->entries(c), of_tile(z_now_, c));
        std::copy_n(stages_->rate(c, 0), stages_->entries(c), of_tile(rate_now_, c));
    }
    for (Index r = 0; r < rows(); ++r) row(r).h = way[r].h;
}

void RowEquations::renew_jacobians(const Way& way, Begins z) {
    for (Index r = 0; r < rows(); ++r) {
        Row& of = row(r);
        const bool serves = jacobians_.is_known(place(r)) && (!of.again || of.fresh);
        if (!of.under_way || (serves && !of.lent)) continue;
        jacobians_.want(place(r));
        of.lent = false;
        if (serves) continue;  // the same again
        of.fresh = true;
        of.slow = false;
        of.newton.forget();
    }
    jacobians_.find(way, 0, z);
}

// The guess: every k beyond the step before, ode/steps/equations.hpp; and Z.
void RowEquations::start(int i, const Way& way, Index r) {
    const Number before = row(r).again ? 0 : row(r).h_before, h = way[r].h;
    for (std::size_t c = row(r).solved; c < components(); ++c)
        for (Index at = r * stages_->width(c); at < (r + 1) * stages_->width(c); ++at) {
            for (int p = 0; p < block(i); ++p)
                of_tile(k_, c, p)[at] =
                    before == 0
                        ? (i == 1 && jacobians_.has_mass() ? Real(0) : stages_->rate(c, i - 1)[at])
                        : static_cast<Real>(hermite_slope(1 + method().c[i + p] * h / before, of_tile(z_before_, c)[at],
                                                          of_tile(z_now_, c)[at], of_tile(rate_before_, c)[at],
                                                          of_tile(rate_now_, c)[at], before));
            for (int p = 0; p < block(i); ++p) {
                Real& Z = stages_->state(c, i + p)[at];
                Z = of_tile(base_, c, p)[at];
                for (int q = 0; q < block(i); ++q) Z += static_cast<Real>(h * a(i + p, i + q)) * of_tile(k_, c, q)[at];
            }
        }
    newton(row(r)).begin(known_steps_, judged_end(row(r)) > jacobians_.group() || renews(r));
}

void RowEquations::iterate(int i, const Way& way, Begins z) {
    const auto anyone = [&] {
        for (Index r = 0; r < rows(); ++r)
            if (row(r).under_way) return true;
        return false;
    };
    while (anyone()) {
        renew_on_the_way(i, way);
        for (int p = i; p < i + block(i); ++p) evaluate(*stages_, p, way, method().c[p]);
        for (Index r = 0; r < rows(); ++r)
            if (row(r).under_way) end(row(r), update(i, r, way[r].h, z));
    }
}

// At every iterate, of no use to the next stage; or once, at the z that has been found, for what follows it.
void RowEquations::renew_on_the_way(int i, const Way& way) {
    const auto wants = [&](Index r) { return row(r).under_way && (renews(r) || row(r).restarts); };
    find_each(i, way, wants);
    for (Index r = 0; r < rows(); ++r) {
        if (!wants(r)) continue;
        Row& of = row(r);
        of.slow = of.slow || of.again;
        of.renewed = of.renewed || of.again;
        of.lent = of.lent || of.restarts;
        if (std::exchange(of.restarts, false)) start(i, way, r);
        if (!jacobians_.factor(place(r), i, way[r].h, true)) end(of, Newton::Verdict::diverged);
    }
}

void RowEquations::end(Row& r, Newton::Verdict verdict) {
    if (verdict == Newton::Verdict::go_on) return;
    if (follows(r)) return end_following(r, verdict);
    r.slow = r.slow || r.newton.is_slow();
    r.under_way = verdict == Newton::Verdict::converged && leads();
    if (verdict == Newton::Verdict::converged) {
        r.again = false;
        if (leads()) begin_following(r);
        return;
    }
    r.again = r.converged = !r.again;
}

// z has been found, as the solve without tangents finds it, and stays. They go on from where they have come beside it, and
// where that is too far away, once more from their guess.
void RowEquations::begin_following(Row& r) {
    r.solved = jacobians_.group();
    r.restarted = false;
    r.followers.begin(true, true);
}
void RowEquations::end_following(Row& r, Newton::Verdict verdict) {
    r.restarts = verdict == Newton::Verdict::diverged && !std::exchange(r.restarted, true);
    r.under_way = r.restarts;
    r.converged = verdict == Newton::Verdict::converged || r.restarts;
}

Newton::Verdict RowEquations::update(int i, Index r, Number h, Begins z) {
    ++row(r).iterations;
    row(r).evaluations += block(i);
    find_residual(i, r);
    if (!jacobians_.is_formed()) measure(i, z);
    const bool solved = solve_groups(
        i, row(r).solved, judged_end(row(r)), r, false,
        [&](int p, std::size_t c, Index at) { return of_tile(delta_, c, p)[at]; },
        [&](int p, std::size_t c, Index at, Real delta) {
            of_tile(k_, c, p)[at] += delta;
            of_tile(delta_, c, p)[at] = delta;
        });
    return solved ? move(i, r, h, z) : Newton::Verdict::diverged;
}

// What a change of the only row is measured in: by move, but that a small number is as one of a thousandth of the largest.
void RowEquations::measure(int i, Begins z) {
    const SolveOptions& o = plan_->options;
    Number least = 1e-20;
    const auto size = [&](int p, std::size_t c, Index at) {
        return std::max(std::abs(Number(z[c][at])), std::abs(Number(stages_->state(c, i + p)[at])));
    };
    for (std::size_t c = 0; c < components(); ++c)
        for (Index at = 0; at < stages_->width(c); ++at) least = std::max<Number>(least, 1e-3 * size(0, c, at));
    jacobians_.measure_in(block(i), [&](int p, std::size_t c, Index at) {
        const Number about = std::max(size(p, c, at), least);
        return known_steps_ ? InRoundings::few<Real> * about : o.atol.of(at) + o.rtol.of(at) * about;
    });
}

// Z_p ← Z_p + h Σ_q a_pq Δ_q, and how far that was.
Newton::Verdict RowEquations::move(int i, Index r, Number h, Begins z) {
    const SolveOptions& options = plan_->options;
    Row& to = row(r);
    InRoundings roundings;
    Number sum = 0;
    Index numbers = 0;
    bool floor_acted = false;
    for (std::size_t c = to.solved; c < components(); ++c)
        for (Index at = r * stages_->width(c); at < (r + 1) * stages_->width(c); ++at)
            for (int p = 0; p < block(i); ++p) {
                Real change = 0;
                for (int q = 0; q < block(i); ++q)
                    change += static_cast<Real>(h * a(i + p, i + q)) * of_tile(delta_, c, q)[at];
                Real& Z = stages_->state(c, i + p)[at];
                Z += change;
                if (c >= judged_end(to)) continue;
                const Index in_batch = (to.number - r) * stages_->width(c) + at;
                const Number scaled = error_over_scale(change, z[c][at], Z, options.rtol.of(in_batch),
                                                       options.atol.of(in_batch), floor_acted);
                sum += scaled * scaled;
                roundings.add(change, z[c][at], Z);
                ++numbers;
            }
    if (known_steps_) return newton(to).judge(roundings.size(), roundings.negligible());
    return to.newton.judge(std::sqrt(sum / static_cast<Number>(std::max<Index>(1, numbers))));
}

// ---- between steps ----

void RowEquations::hand_on(Index place, bool with_rate) {
    Row& r = rows_[static_cast<std::size_t>(place)];
    r.fresh = false;
    if (r.slow) jacobians_.forget(place);
    // Elsewhere who looks within a step would change the next; and of a long step the guess decides which solution is found.
    r.h_before = with_rate && method().fsal && !known_steps_ ? r.h : 0;
    for (std::size_t c = 0; c < components() && with_rate; ++c) {
        const Index at = stages_->offset(c) + place * stages_->width(c);
        std::copy_n(z_now_.data() + at, stages_->width(c), z_before_.data() + at);
        std::copy_n(rate_now_.data() + at, stages_->width(c), rate_before_.data() + at);
    }
}

void RowEquations::swap(Index i, Index j) {
    std::swap(rows_[static_cast<std::size_t>(i)], rows_[static_cast<std::size_t>(j)]);
    for (Storage* x : {&z_now_, &rate_now_, &z_before_, &rate_before_}) stages_->swap_rows(x->data(), i, j);
    jacobians_.swap(i, j);
    starts_.swap(i, j);
}

void RowEquations::report(Statistics& s, bool sum) const {
    for (Index place = 0; place < static_cast<Index>(rows_.size()); ++place) {
        const long iterations = rows_[static_cast<std::size_t>(place)].iterations;
        if (!sum && iterations < s.newton_iterations) continue;
        s.jacobians = jacobians_.found(place) + (sum ? s.jacobians : 0);
        s.factorizations = jacobians_.factored(place) + (sum ? s.factorizations : 0);
        s.newton_iterations = iterations + (sum ? s.newton_iterations : 0);
    }
}

}  // namespace costate::ode
