#include "ode/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/reductions.hpp"
#include "autodiff/program/program.hpp"  // brings: compile
#include "core/lu.hpp"                   // brings: lu::factor, solve, invert
#include "ode/exact_orders.hpp"          // brings: ExactOrders, reshape
#include "ode/field/record.hpp"          // brings: call_field, require_rate, can_be_replayed, find_captures
#include "ode/is_stable.hpp"             // brings: is_stable
#include "ode/steps/newton.hpp"          // brings: InRoundings

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

Number squared(Number x) { return x * x; }

// Is row r of f a function of row r of z alone?
bool rows_are_apart(Tape& tape, const FieldRef& field, View z, Number t, Where at) {
    if (z.shape.rank() < 2 || z.shape[0] == 1) return false;
    Recording r;
    const Real time = static_cast<Real>(t);
    if (!can_be_replayed(r, tape, field, View{&time, Shape{}}, z, at)) return false;
    std::vector<Var> captured;
    find_captures(r, tape, captured);
    return compile(r.tape, {.constants = r.captures, .times = Vars(&r.t, 1), .states = r.z, .forward = r.rates})
        .tileable;
}

// Where the field was looked at: f, and its Jacobian.
struct Point {
    std::vector<Real> z, f, J;  // [blocks, n], J: [blocks, n, n]
};

class Search {
public:
    Search(Tape& tape, const FieldRef& field, Var z0, const SteadyStateOptions& options, Where at)
        : tape_(tape), field_(field), options_(options), at_(at), shape_(z0.shape()), start_(tape.view(z0)) {
        blocks_ = rows_are_apart(tape, field, start_, options.t, at) ? shape_[0] : 1;
        n_ = start_.size() / blocks_;
        const auto all = static_cast<std::size_t>(start_.size()), n = static_cast<std::size_t>(n_);
        for (Point* p : {&now_, &next_}) p->z.resize(all), p->f.resize(all), p->J.resize(all * n);
        lu_.resize(n * n), pivots_.resize(n), change_.resize(n);
        delta_.resize(static_cast<std::size_t>(blocks_)), rests_.resize(delta_.size());
    }

    Var run() {
        begin();
        const Point first = now_;
        const bool found = options_.newton && newton();
        if (!found) now_ = first;
        if (!found && !follow()) fail_to_rest();
        Var z = tape_.constant(View{now_.z.data(), shape_});
        const Var minus = tape_.constant(inverse());
        if (!options_.newton) require_stable();
        for (int time = 0; time < options_.derivatives; ++time) {  // (a), recorded
            const Var f = reshape(rate(z), Shape{blocks_, 1, n_});
            z = z - reshape(sum(minus * f, 2), shape_);
        }
        return record(ExactOrders{options_.derivatives, options_.derivatives, at_}, z, z);
    }

private:
    Var rate(Var z) {
        const Var f =
            call_field(tape_, field_, tape_.constant(options_.t), z, "calling the field of steady_state", at_);
        require_rate(f, shape_, at_);
        return tape_.bring(f, at_);
    }

    // f at p.z, and its Jacobian: of the sum of all blocks' f, as each depends on its own z alone. Nothing stays on the tape.
    void look(Point& p) {
        const Tape::Mark mark = tape_.mark();
        const Var z = tape_.variable(View{p.z.data(), shape_}), f = rate(z);
        std::ranges::copy(tape_.view(f).entries(), p.f.begin());
        const Real* from = tape_.view(jacobian(sum(reshape(f, Shape{blocks_, n_}), 0), z)).data;  // [n, blocks, n]
        for (Index j = 0; j < n_; ++j)
            for (Index b = 0; b < blocks_; ++b, from += n_)
                std::copy_n(from, n_, &p.J[this->at(b, j) * static_cast<std::size_t>(n_)]);
        tape_.cut_back(mark);
    }
    void look_ahead() {  // where f may have no value: that is looked for here, not on the tape
        const bool check = tape_.finite_check();
        tape_.set_finite_check(false);
        look(next_);
        tape_.set_finite_check(check);
    }
    void begin() {
        std::ranges::copy(start_.entries(), now_.z.begin());
        look(now_);
        for (std::size_t i = 0; i < now_.f.size(); ++i)
            if (!std::isfinite(Number(now_.f[i])))
                fail(at_,
                     {.what = "steady_state: the field is not finite at the start",
                      .got = text("f = ", now_.f[i], " in entry ", i, ", where z0 = ", now_.z[i]),
                      .expected = "a number for each entry of z0",
                      .likely = "z0 lies where a log or a root has no value, or the field captures what is no number",
                      .fix = "start where the field is defined; tape.set_finite_check(true) names the operation"});
    }

    std::size_t at(Index block, Index j) const { return static_cast<std::size_t>(block * n_ + j); }
    const Real* J(const Point& p, Index block) const { return p.J.data() + block * n_ * n_; }
    Number size_of(const Point& p, Index block) const {  // |f|
        Number sum = 0;
        for (Index j = 0; j < n_; ++j) sum += squared(p.f[at(block, j)]);
        return std::sqrt(sum);
    }

    // change_ ← (I/δ − J)⁻¹ f of a block. False: it is singular, or δ is too long for a direction in which the flow runs
    // away: det (I/δ − J) > 0 where δ is short, and where it has changed its sign the step would go back along one.
    bool solve(Index block, Number inverse_of_delta) {
        const Real* from = J(now_, block);
        for (Index j = 0; j < n_ * n_; ++j)
            lu_[static_cast<std::size_t>(j)] =
                Real(j % (n_ + 1) == 0) * static_cast<Real>(inverse_of_delta) - from[static_cast<std::size_t>(j)];
        if (!lu::factor(lu_.data(), n_, pivots_.data())) return false;
        bool positive = true;
        for (Index j = 0; j < n_; ++j)
            positive ^= (lu_[static_cast<std::size_t>(j * (n_ + 1))] < 0) != (Index(pivots_[std::size_t(j)]) != j);
        if (inverse_of_delta > 0 && !positive) return false;
        std::copy_n(&now_.f[at(block, 0)], n_, change_.begin());
        lu::solve(lu_.data(), n_, pivots_.data(), change_.data());
        return true;
    }
    bool step(Index block, Number inverse_of_delta) {  // next_.z ← z + that
        if (!solve(block, inverse_of_delta)) return false;
        for (Index j = 0; j < n_; ++j) next_.z[at(block, j)] = now_.z[at(block, j)] + change_[std::size_t(j)];
        return true;
    }
    bool is_rounding(Index block) const {  // change_, beside z
        InRoundings size;
        for (Index j = 0; j < n_; ++j) {
            const Real z = now_.z[at(block, j)], by = change_[static_cast<std::size_t>(j)];
            size.add(by, z, z + by);
        }
        return size.size() <= 1 || size.negligible();
    }
    // Newton's step would be rounding; where J is singular, one that is almost his.
    bool is_at_rest(Index block) {
        if (size_of(now_, block) == 0) return true;
        const auto [low, high] = std::minmax_element(J(now_, block), J(now_, block + 1));
        const Number most = std::max(-Number(*low), Number(*high));
        return (solve(block, 0) || solve(block, most / 1000)) && is_rounding(block);
    }

    bool newton() {  // (a), of all blocks; false where one |f| does not fall
        for (int i = 0; i < options_.most; ++i) {
            for (Index b = 0; b < blocks_; ++b) {
                if (!step(b, 0)) return false;
                rests_[std::size_t(b)] = is_rounding(b);
            }
            for (int halvings = 0; !look_where_f_is(); ++halvings)
                if (halvings == 60) return false;
            for (Index b = 0; b < blocks_; ++b)
                if (!rests_[std::size_t(b)] && !(size_of(next_, b) < size_of(now_, b))) return false;
            std::swap(now_, next_);
            if (all_rest()) return true;
        }
        return false;
    }
    // False: of some blocks the step was halved, as f is not finite at its end.
    bool look_where_f_is() {
        look_ahead();
        bool all = true;
        for (Index b = 0; b < blocks_; ++b) {
            if (std::isfinite(size_of(next_, b))) continue;
            all = false;
            rests_[std::size_t(b)] = false;
            for (std::size_t k = at(b, 0); k < at(b + 1, 0); ++k) next_.z[k] = now_.z[k] + (next_.z[k] - now_.z[k]) / 2;
        }
        return all;
    }
    bool all_rest() const { return std::ranges::count(rests_, 0) == 0; }

    bool follow() {  // (b), each block by a δ of its own
        for (Index b = 0; b < blocks_; ++b) {
            Number z = 0;
            for (Index j = 0; j < n_; ++j) z = std::max(z, std::abs(Number(now_.z[at(b, j)])));
            const Number far = 0.1 * (z > 0 ? z : 1) / std::max<Number>(size_of(now_, b), 1e-30);
            delta_[std::size_t(b)] = std::min(far, bend(b));
        }
        for (int i = 0; i < options_.most; ++i) {
            for (Index b = 0; b < blocks_; ++b)
                for (int tries = 0; !step(b, 1 / delta_[std::size_t(b)]); ++tries) {
                    if (tries == 200) return false;
                    delta_[std::size_t(b)] /= 4;
                }
            look_ahead();
            for (Index b = 0; b < blocks_; ++b) judge(b);
            if (all_rest()) return true;
        }
        return false;
    }
    // How long f stays what it is along the flow: a fifth of |f| / |J f|.
    Number bend(Index block) const {
        Number sum = 0;
        for (const Real* row = J(now_, block); row != J(now_, block + 1); row += n_)
            sum += squared(std::inner_product(row, row + n_, &now_.f[at(block, 0)], Number(0)));
        return sum > 0 ? 0.2 * size_of(now_, block) / std::sqrt(sum) : HUGE_VAL;
    }
    // (c): is the step kept, and how long is the next one?
    void judge(Index b) {
        Number& delta = delta_[std::size_t(b)];
        const Number before = size_of(now_, b), now = size_of(next_, b);
        Number off = 0;
        for (Index j = 0; j < n_; ++j)
            off += squared(Number(next_.f[at(b, j)]) - (Number(next_.z[at(b, j)]) - Number(now_.z[at(b, j)])) / delta);
        if (!(now <= 2 * before && std::sqrt(off) <= before / 2)) {
            rests_[std::size_t(b)] = is_at_rest(b);
            delta /= 4;
            return;
        }
        std::copy_n(&next_.z[at(b, 0)], n_, &now_.z[at(b, 0)]);
        std::copy_n(&next_.f[at(b, 0)], n_, &now_.f[at(b, 0)]);
        std::copy_n(J(next_, b), n_ * n_, &now_.J[at(b, 0) * static_cast<std::size_t>(n_)]);
        rests_[std::size_t(b)] = is_at_rest(b);
        const Number longer = delta * (now == 0 ? 10 : std::clamp<Number>(before / now, 0.1, 10));
        delta = std::max(longer, std::min(10 * delta, bend(b)));
    }

    Tensor inverse() {  // of J at z*, block by block
        Tensor all({blocks_, n_, n_});
        for (Index b = 0; b < blocks_; ++b) {
            std::copy_n(J(now_, b), n_ * n_, lu_.begin());
            if (!lu::factor(lu_.data(), n_, pivots_.data()))
                fail(at_, {.what = "steady_state: the Jacobian is singular where the flow rests",
                           .got = place(b),
                           .expected = "an equilibrium that is alone: z* then moves smoothly with what f captures",
                           .likely = "a quantity that the flow conserves: any value of it is at rest"});
            lu::invert(lu_.data(), n_, pivots_.data(), all.data() + b * n_ * n_);
        }
        return all;
    }

    void require_stable() const {
        for (Index b = 0; b < blocks_; ++b)
            if (!is_stable(J(now_, b), n_))
                fail(at_, {.what = "steady_state: the flow does not stay where the search from z0 ended",
                           .got = text(place(b), ": an eigenvalue of J has no negative real part"),
                           .expected = "a rest that takes in what is near it",
                           .likely = "the flow circles around it, or z0 lies on the border of what flows elsewhere",
                           .fix = "solve from z0, look where it leads; .newton = true takes any rest"});
    }

    std::string place(Index block) const {
        return text("z* = ", now_.z[at(block, 0)], n_ * blocks_ > 1 ? ", ..." : "", ", block ", block);
    }
    [[noreturn]] void fail_to_rest() {
        Number largest = 0;
        for (const Real f : now_.f) largest = std::max(largest, std::abs(Number(f)));
        const bool outside = std::ranges::any_of(next_.f, [](Real f) { return !std::isfinite(Number(f)); });
        fail(at_, {.what = "steady_state: the flow comes to no rest",
                   .got = text("max |f| = ", largest, " after ", options_.most, " steps"),
                   .expected = "f(t, z) = 0 for some z near z0, or where the flow from z0 leads",
                   .likely = outside ? "it leads to where the field is not finite" : "it oscillates, or runs away",
                   .fix = "solve from z0, look where it leads, and start there; raise .most"});
    }

    Tape& tape_;
    const FieldRef& field_;
    const SteadyStateOptions& options_;
    Where at_;
    const Shape shape_;
    const View start_;
    Index blocks_ = 1, n_ = 0;  // rows that do not mix, and numbers in one
    Point now_, next_;
    std::vector<Real> lu_, pivots_, change_;  // of a block
    std::vector<Number> delta_;               // δ of each
    std::vector<char> rests_;
};

}  // namespace

Var steady_state(Tape& tape, FieldRef field, const Operand& z0, const SteadyStateOptions& options, Where at) {
    if (!tape.evaluating())
        fail(at, {.what = "steady_state: a tape that only notes operations",
                  .expected = "numbers to search by",
                  .fix = "call it on a tape that evaluates"});
    if (options.derivatives < 1)
        fail(at, {.what = "steady_state: an option makes no sense",
                  .got = text("derivatives = ", options.derivatives),
                  .expected = "how many orders of derivatives are to be exact: 1 or more"});
    const Var start = z0.on(tape);
    if (start.size() == 0) return start;
    tape.taint(at);
    return Search(tape, field, start, options, at).run();
}

Tensor steady_state(FieldRef field, View z0, const SteadyStateOptions& options, Where at) {
    Tape tape;
    return Tensor(tape.view(steady_state(tape, std::move(field), Operand(z0, at), options, at)));
}

}  // namespace costate::ode
