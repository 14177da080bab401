// ode/gradients/interpolating.cpp — the continuous adjoint along the forward solution, which is kept with its dense output
//   z(t)                           of the forward solve, between its steps too                ode/batch/curve.hpp (a)
//   da/dt = −aᵀ ∂f/∂z (t, z(t), c)                                                                             adjoint (3)
//   a     ←  a + w_i               the jump at each observation that the loss reads                            adjoint (4)
//   dg/dt = −aᵀ ∂f/∂c (t, z(t), c)                                                                             adjoint (5)
// z is given at each stage, so it cannot drift, and an observation whose w is 0 needs no landing. The error that the stages'
// sum of f makes in z stays in the norm: where a is nearly constant nothing else would limit the steps, and c̄ would be
// summed over a few long ones (x' = −x, y' = x, L = y(30): 3e-3 off at a tolerance of 1e-9).
// memory   degree + 1 states for each forward step (5 of dopri5 and tsit5, 8 of dop853), until the gradient is taken. By
//          blocks of n steps: a state for each block and the steps of one, and every step is taken a second time, its rejected
//          attempts not. The backward solve lands on the start of each block.
// source   Hindmarsh et al. 2005, "SUNDIALS", ACM TOMS 31, 363–396: CVODES, whose checkpoints these blocks are
#include <algorithm>

#include "ode/gradients/backward_walk.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class AlongTheSolution {
public:
    explicit AlongTheSolution(const Pull& p) : p_(p), walk_(p), curve_(p.record.curve), step_(t_.size() - 1) {
        p.memory.tiles.follow(curve_);
        if (curve_.is_whole())
            curve_.open(t_, 0, step_);
        else
            again_.prepare(*p.plan.forward, p.x.captures, 1);
    }

    void run() {
        const std::vector<Number>& t = walk_.times();
        std::size_t here = t.size() - 1;
        walk_.take_up(here);
        for (std::size_t i = t.size(); i-- > 0;) {
            if (i > 0 && !walk_.is_observed(i)) continue;
            if (t[here] != t[i]) solve_back(t[i]);
            walk_.jump(here = i);
        }
        walk_.finish();
        p_.record.statistics.backward_evaluations += evaluations_;
    }

    // What the recursion does to a tile.
    void form(const AnyTable& table, int i, const Interval& s) {
        again_.form(table.method, i, s.h, [&](std::size_t c) { return again_.state(c, 0); });
    }
    void evaluate(const AnyTable&, int i, Number t) { again_.forward(i, t); }

private:
    bool is_before(Number t, Number goal) const {  // on the way of the forward solve
        return walk_.times().back() < walk_.times().front() ? t > goal : t < goal;
    }

    void solve_back(Number goal) {
        if (curve_.is_whole()) return walk_.solve_back(goal);
        for (Number t = walk_.t(); t != goal; t = walk_.t()) {
            if (t == t_[step_]) {
                const std::size_t end = step_;
                step_ = curve_.first_of_block(end - 1);
                take_again(step_, end);
            }
            walk_.solve_back(is_before(goal, t_[step_]) ? t_[step_] : goal);
        }
    }

    // A block's steps from its start, by the same operations as the forward solve's.
    void take_again(std::size_t first, std::size_t end) {
        const Method& m = p_.plan.options.method;
        const std::vector<Number>& times = walk_.times();
        curve_.open(t_, first, end);
        again_.each_tile(0, again_.rows(), [&] {
            for (std::size_t c = 0; c < again_.components(); ++c)
                std::copy_n(curve_.start(first) + again_.tile_offset(c), again_.entries(c), again_.state(c, 0));
            for (std::size_t n = first; n < end; ++n) {
                const Interval s = interval_between(t_[n], t_[n + 1], p_.plan.options.jump_t, times.front(),
                                                    times.back(), time_is_float);
                const bool anew = n == first || s.first != s.t;  // else it is the last stage of the step before
                if (anew) again_.forward(0, s.first);
                take_stages(AnyTable{m}, *this, s, 1, m.dense_stages);
                for (std::size_t c = 0; c < again_.components(); ++c)
                    curve_.keep(n, again_.tile_offset(c), again_.entries(c), again_.state(c, 0), again_.rates(c), m);
                again_.swap(0, m.last);
                if (again_.row() == 0) evaluations_ += m.dense_stages - !anew;
            }
        });
    }

    const Pull& p_;
    BackwardWalk walk_;
    const StepTimes& t_ = p_.record.grid;  // of the forward solve
    Curve& curve_;
    Stages& again_ = p_.memory.again.as<Stages>();
    std::size_t step_;  // the first that is open
    long evaluations_ = 0;
};

}  // namespace

}  // namespace costate::ode

void costate::ode::rows::Interpolating::pull(const Pull& p) { AlongTheSolution(p).run(); }
