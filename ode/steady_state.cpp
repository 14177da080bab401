#include "ode/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/reductions.hpp"
#include "autodiff/operators/shaping.hpp"
#include "autodiff/program/program.hpp"  // brings: compile
#include "core/lu.hpp"                   // brings: lu::factor, solve, invert
#include "ode/field/record.hpp"          // brings: call_field, require_rate, can_be_replayed, find_captures
#include "ode/steps/newton.hpp"          // brings: InRoundings

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// Is row r of f a function of row r of z alone?
bool rows_are_apart(Tape& tape, const FieldRef& field, View z, double t, Where at) {
    if (z.shape.rank() < 2 || z.shape[0] == 1) return false;
    Recording r;
    const Real time = static_cast<Real>(t);
    if (!can_be_replayed(r, tape, field, View{&time, Shape{}}, z, at)) return false;
    std::vector<Var> captured;
    find_captures(r, tape, captured);
    return compile(r.tape, {.constants = r.captures, .times = Vars(&r.t, 1), .states = r.z, .forward = r.rates})
        .tileable;
}

class Search {
public:
    Search(Tape& tape, const FieldRef& field, Var z0, const SteadyStateOptions& options, Where at)
        : tape_(tape), field_(field), options_(options), at_(at), shape_(z0.shape()), start_(tape.view(z0)) {
        blocks_ = rows_are_apart(tape, field, start_, options.t, at) ? shape_[0] : 1;
        n_ = blocks_ == 0 ? 0 : start_.size() / blocks_;
        const std::size_t all = static_cast<std::size_t>(start_.size());
        z_.resize(all), f_.resize(all), trial_.resize(all);
        J_.resize(all * static_cast<std::size_t>(n_));
        lu_.resize(static_cast<std::size_t>(n_ * n_));
        pivots_.resize(static_cast<std::size_t>(n_));
    }

    Var run() {
        if (!(options_.newton && newton()) && !follow()) fail_to_rest();
        Var z = tape_.constant(View{z_.data(), shape_});
        const Var minus = tape_.constant(inverse());
        for (int time = 0; time < 2; ++time) {  // (a), recorded
            const Var f = reshape(rate(z), Shape{blocks_, 1, n_});
            z = z - reshape(sum(minus * f, 2), shape_);
        }
        return z;
    }

private:
    Var rate(Var z) {
        const Var f =
            call_field(tape_, field_, tape_.constant(options_.t), z, "calling the field of steady_state", at_);
        require_rate(f, shape_, at_);
        return tape_.bring(f, at_);
    }

    // f at z, and its Jacobian: of the sum of all blocks' f, as each depends on its own z alone. Nothing stays on the tape.
    void look(const std::vector<Real>& at) {
        const Tape::Mark mark = tape_.mark();
        const Var z = tape_.variable(View{at.data(), shape_}), f = rate(z);
        std::ranges::copy(tape_.view(f).entries(), f_.begin());
        const Real* from = tape_.view(jacobian(sum(reshape(f, Shape{blocks_, n_}), 0), z)).data;  // [n, blocks, n]
        for (Index j = 0; j < n_; ++j)
            for (Index b = 0; b < blocks_; ++b, from += n_)
                std::copy_n(from, n_, &J_[this->at(b, j) * static_cast<std::size_t>(n_)]);
        tape_.cut_back(mark);
    }
    double size_of_f(Index block) const {
        double sum = 0;
        for (Index j = 0; j < n_; ++j) sum += double(f_[at(block, j)]) * double(f_[at(block, j)]);
        return std::sqrt(sum);
    }
    std::size_t at(Index block, Index j) const { return static_cast<std::size_t>(block * n_ + j); }

    // trial_ ← z + (I/δ − J)⁻¹ f of a block. False: it is singular.
    bool step(Index block, double inverse_of_delta) {
        for (Index j = 0; j < n_ * n_; ++j)
            lu_[static_cast<std::size_t>(j)] = Real(j % (n_ + 1) == 0) * static_cast<Real>(inverse_of_delta) -
                                               J_[at(block, 0) * std::size_t(n_) + std::size_t(j)];
        if (!lu::factor(lu_.data(), n_, pivots_.data())) return false;
        std::copy_n(&f_[at(block, 0)], n_, &trial_[at(block, 0)]);
        lu::solve(lu_.data(), n_, pivots_.data(), &trial_[at(block, 0)]);
        for (Index j = 0; j < n_; ++j) trial_[at(block, j)] += z_[at(block, j)];
        return true;
    }
    bool is_at_rest(Index block) const {  // the last step was rounding
        InRoundings size;
        for (Index j = 0; j < n_; ++j)
            size.add(trial_[at(block, j)] - z_[at(block, j)], z_[at(block, j)], trial_[at(block, j)]);
        return size.size() <= 1 || size.negligible();
    }

    bool newton() {  // (a), of all blocks; false where one |f| does not fall
        std::ranges::copy(start_.entries(), z_.begin());
        std::vector<double> before(static_cast<std::size_t>(blocks_), HUGE_VAL);
        for (int i = 0; i < options_.most; ++i) {
            look(z_);
            bool rest = true;
            for (Index b = 0; b < blocks_; ++b) {
                const double size = size_of_f(b);
                double& last = before[static_cast<std::size_t>(b)];
                if (!step(b, 0)) return false;
                const bool done = is_at_rest(b);
                if (!(size < last) && !done) return false;
                last = size;
                rest = rest && done;
            }
            std::swap(z_, trial_);
            if (rest) return true;
        }
        return false;
    }

    bool follow() {  // (b), each block by a δ of its own
        std::ranges::copy(start_.entries(), z_.begin());
        std::vector<double> delta(static_cast<std::size_t>(blocks_), 0), size(delta);
        look(z_);
        for (Index b = 0; b < blocks_; ++b) {
            double z = 0;
            for (Index j = 0; j < n_; ++j) z = std::max(z, std::abs(double(z_[at(b, j)])));
            size[static_cast<std::size_t>(b)] = size_of_f(b);
            delta[static_cast<std::size_t>(b)] = 0.1 * (z > 0 ? z : 1) / std::max(size_of_f(b), 1e-30);
        }
        for (int i = 0; i < options_.most; ++i) {
            bool rest = true;
            for (Index b = 0; b < blocks_; ++b) {
                if (!step(b, 1 / delta[static_cast<std::size_t>(b)])) return false;
                rest = is_at_rest(b) && rest;
            }
            std::swap(z_, trial_);
            look(z_);
            for (Index b = 0; b < blocks_; ++b) {
                const double now = size_of_f(b), before = size[static_cast<std::size_t>(b)];
                if (!std::isfinite(now)) return false;
                delta[static_cast<std::size_t>(b)] *= now == 0 ? 10 : std::clamp(before / now, 0.1, 10.);
                size[static_cast<std::size_t>(b)] = now;
            }
            if (rest) return true;
        }
        return false;
    }

    Tensor inverse() {  // of J at z*, block by block
        look(z_);
        Tensor all({blocks_, n_, n_});
        for (Index b = 0; b < blocks_; ++b) {
            std::copy_n(&J_[at(b, 0) * static_cast<std::size_t>(n_)], n_ * n_, lu_.begin());
            if (!lu::factor(lu_.data(), n_, pivots_.data()))
                fail(at_, {.what = "steady_state: the Jacobian is singular where the flow rests",
                           .got = text("z* = ", z_[0], n_ * blocks_ > 1 ? ", ..." : "", ", block ", b),
                           .expected = "an equilibrium that is alone: z* then moves smoothly with what f captures",
                           .likely = "a quantity that the flow conserves: any value of it is at rest"});
            lu::invert(lu_.data(), n_, pivots_.data(), all.data() + b * n_ * n_);
        }
        return all;
    }

    [[noreturn]] void fail_to_rest() {
        double largest = 0;
        for (const Real f : f_) largest = std::abs(double(f)) <= largest ? largest : std::abs(double(f));
        fail(at_, {.what = "steady_state: the flow comes to no rest",
                   .got = text("max |f| = ", largest, " after ", options_.most, " steps"),
                   .expected = "f(t, z) = 0 for some z near z0, or where the flow from z0 leads",
                   .likely = "the flow oscillates, or runs away",
                   .fix = "solve from z0, look where it leads, and start there; raise .most"});
    }

    Tape& tape_;
    const FieldRef& field_;
    const SteadyStateOptions& options_;
    Where at_;
    const Shape shape_;
    const View start_;
    Index blocks_ = 1, n_ = 0;                           // rows that do not mix, and numbers in one
    std::vector<Real> z_, f_, trial_, J_, lu_, pivots_;  // J: [blocks, n, n]
};

}  // namespace

Var steady_state(Tape& tape, FieldRef field, const Operand& z0, const SteadyStateOptions& options, Where at) {
    if (!tape.evaluating())
        fail(at, {.what = "steady_state: a tape that only notes operations",
                  .expected = "numbers to search by",
                  .fix = "call it on a tape that evaluates"});
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
