#include "ode/symplectic.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/derivatives/grad.hpp"  // brings: grad, vjp
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/reductions.hpp"  // brings: sum
#include "autodiff/operators/shaping.hpp"
#include "ode/field/record.hpp"   // brings: require_rate
#include "ode/steps/outcome.hpp"  // brings: require_step

namespace costate::ode {

void splitting::require(const Times& times, const SplittingOptions& options, Where at) {
    require_step(times, {.step = options.step}, {"solve_separable", "SplittingOptions"},
                 "the length of equal steps: their being equal is what keeps the energy",
                 "{.method = ode::verlet, .step = 0.01}", at);
}

void splitting::require_alike(std::size_t q, std::size_t p, Where at) {
    if (q != p)
        fail(at, {.what = "solve_separable: q and p differ in their numbers",
                  .got = text(q, " and ", p),
                  .expected = "a momentum for each place",
                  .fix = "p0 as long as q0, zeros for what is at rest"});
}

void splitting::fail_not_finite(Number t, bool at_start, Number step, Where at) {
    if (at_start) fail(at, {.what = "solve_separable: the start is not finite", .got = "nan or inf in q0 or p0"});
    fail(at, {.what = "solve_separable: the state is no longer finite",
              .got = text("nan or inf in q or p at t = ", t),
              .expected = "steps that are short beside the fastest oscillation, and forces that are finite on the way",
              .fix = text("shorter steps, .step = ", step / 10, "; or solve, which says where it goes to infinity")});
}

inline namespace COSTATE_PRECISION {

namespace {

using Rate = std::function<Var(Var, Var, Var)>;  // of t, q, p

SeparableVars walk_in_vars(Tape& tape, const Rate& drift, const Rate& kick, const Operand& q0, const Operand& p0,
                           const Times& times, const SplittingOptions& options, Where at) {
    Var q = q0.on(tape), p = p0.on(tape);
    splitting::require(times, options, at);
    if (q.shape() != p.shape())
        fail(at, {.what = "solve_separable: q and p differ in their shapes",
                  .got = text(q.shape(), " and ", p.shape()),
                  .expected = "a momentum for each place",
                  .fix = "p0 of q0's shape, zeros for what is at rest"});
    const Shape shape = q.shape();
    std::vector<Var> qs, ps;
    const auto keep = [](std::vector<Var>& list, Var x) { list.push_back(reshape(x, Shape{1}.joined(x.shape()))); };
    const auto rate = [&](const Rate& of, const char* whose, Number t) {
        const Var found = of(tape.constant(t), q, p);
        require_rate(found, shape, at, whose);
        return found;
    };
    const While doing("solving a separable system", at);
    splitting::walk(
        times, options, [&](Number by, Number t) { p = p + by * rate(kick, "solve_separable: the kick", t); },
        [&](Number by, Number t) { q = q + by * rate(drift, "solve_separable: the drift", t); },
        [&](Number t, bool first) {
            if (const View a = tape.view(q), b = tape.view(p); a.data && b.data)
                splitting::require_finite(a.size(), a.data, b.data, t, first, options.step, at);
            keep(qs, q), keep(ps, p);
        });
    return {concatenate(qs, 0, at), concatenate(ps, 0, at)};
}

// H at the orbit's q and p, as Vars of their own: the orbit has made q of p, and p of q.
struct EnergyAt {
    EnergyAt(const Rate& energy, Var t, Var place, Var momentum)
        : q(affine(place, 1, 0)), p(affine(momentum, 1, 0)), H(sum(energy(t, q, p))) {}
    Var q, p, H;
};

// Does v = ∂H/∂p read q? Looked at along the first drifts: at the start alone q or p may be 0, and hide it.
class SplitCheck {
public:
    explicit SplitCheck(Where at) : at_(at) {}

    void look(Tape& tape, const EnergyAt& at, Var v) {
        if (left_ == 0 || v.is_zero()) return;
        --left_;
        const Tape::Mark mark = tape.mark();
        const Var mixed = vjp(v, at.q, tape.constant(weights(v.shape())));
        if (mixed.is_zero()) {
            left_ = 0;  // nowhere: v is made of other things
        } else if (const View numbers = tape.view(mixed); numbers.data) {
            const Number largest = largest_of(numbers), rounding = 4096 * Number(std::numeric_limits<Real>::epsilon());
            if (largest * largest_of(tape.view(at.q)) > rounding * largest_of(tape.view(v))) fail_to_split(largest);
        }
        tape.cut_back(mark);
    }

private:
    static Tensor weights(const Shape& shape) {  // of the golden ratio: no derivative is blind to them
        Tensor w(shape);
        for (Index i = 0; i < w.size(); ++i) w[i] = static_cast<Real>(1 + std::fmod(0.6180339887 * Number(i), 1));
        return w;
    }
    static Number largest_of(const View& x) {
        Number most = 0;
        for (const Real number : x.entries()) most = std::max(most, std::abs(Number(number)));
        return most;
    }
    [[noreturn]] void fail_to_split(Number largest) const {
        fail(at_,
             {.what = "solve_hamiltonian: this H does not split",
              .got = text("largest |∂²H/∂q∂p| = ", largest),
              .expected = "H = T(p) + V(q): else kicks and drifts are not its flow",
              .fix = "ode::solve with the field (∂H/∂p, −∂H/∂q) and .method = ode::gauss4, which is symplectic, too"});
    }

    Where at_;
    int left_ = 3;
};

}  // namespace

SeparableVars solve_separable(Tape& tape, const std::function<Var(Var, Var)>& drift,
                              const std::function<Var(Var, Var)>& kick, const Operand& q0, const Operand& p0,
                              const Times& times, const SplittingOptions& options, Where at) {
    return walk_in_vars(
        tape, [&](Var t, Var, Var p) { return drift(t, p); }, [&](Var t, Var q, Var) { return kick(t, q); }, q0, p0,
        times, options, at);
}

SeparableVars solve_hamiltonian(Tape& tape, const std::function<Var(Var, Var, Var)>& H, const Operand& q0,
                                const Operand& p0, const Times& times, const SplittingOptions& options, Where at) {
    SplitCheck check(at);
    const Rate drift = [&](Var t, Var q, Var p) {
        const EnergyAt orbit(H, t, q, p);
        const Var v = grad(orbit.H, orbit.p, at);
        check.look(tape, orbit, v);
        return v;
    };
    const Rate kick = [&](Var t, Var q, Var p) {
        const EnergyAt orbit(H, t, q, p);
        return -grad(orbit.H, orbit.q, at);
    };
    return walk_in_vars(tape, drift, kick, q0, p0, times, options, at);
}

}  // namespace COSTATE_PRECISION

}  // namespace costate::ode
