#include "ode/stochastic/sde.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autodiff/operators/elementwise.hpp"  // brings: +, *, affine
#include "autodiff/operators/reductions.hpp"   // brings: sum
#include "autodiff/operators/shaping.hpp"      // brings: broadcast_to, reshape, concatenate
#include "core/kernels/combine.hpp"            // brings: all_finite
#include "ode/field/record.hpp"                // brings: call_field, require_rate
#include "ode/steps/check.hpp"                 // brings: require_times, require_start
#include "ode/steps/clock.hpp"                 // brings: equal_step

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr Asked asked_sde{"solve_sde", "SdeOptions"};

void require_sde_options(const SdeOptions& options, const Times& times, Where at) {
    if (options.steps < 1)
        fail(at, {.what = "solve_sde: so many steps make no sense",
                  .got = text("steps = ", options.steps),
                  .expected = "1 or more equal steps, from the first to the last time",
                  .likely = "steps = 0, by which solve chooses them: a stochastic step has no error estimate here"});
    if (!times.are_numbers())
        fail(at, {.what = "solve_sde: a Var or a Parameter among the times",
                  .got = text("a list of ", times.size()),
                  .expected = "numbers: a path has no derivative by time"});
    require_times(times, {.steps = options.steps}, at, asked_sde);
    if (times.back() < times.front())
        fail(at, {.what = "solve_sde: the times fall",
                  .got = text("from ", times.front(), " to ", times.back()),
                  .expected = "times that rise: noise comes in forwards"});
}

Var drift_at(Tape& tape, const FieldRef& f, Var t, Var z, Where at) {
    const Var rate = tape.bring(call_field(tape, f, t, z, "calling the drift of the solve", at), at);
    require_rate(rate, z.shape(), at);
    return rate;
}

Var diffusion_at(Tape& tape, const FieldRef& g, Var t, Var z, Where at) {
    const Var strength = tape.bring(call_field(tape, g, t, z, "calling the diffusion of the solve", at), at);
    const Shape to = z.shape(), from = strength.is_zero() ? to : strength.shape();
    bool fits = !strength.is_zero() && from.rank() <= to.rank();
    for (int axis = 1; fits && axis <= from.rank(); ++axis) fits = from[-axis] == to[-axis] || from[-axis] == 1;
    if (!fits)
        fail(at, {.what = "solve_sde: the diffusion does not have the state's shape",
                  .got = strength.is_zero() ? "Var{}" : to_text(from),
                  .expected = text(to, ", or what broadcasts to it"),
                  .likely = "noise that is not diagonal, a matrix for each state: such steps are not there"});
    return strength;
}

// What a step reads of the path: W at its start, ΔW and I over the step, in the state's shape.
struct Noise {
    std::vector<Number> before;
    Tensor dw, integral;
    void start(const Shape& shape) {
        before.assign(shape.size(), 0);
        if (dw.shape() != shape) dw = integral = Tensor(shape);
    }
    void look(std::span<const Number> after, Number h) {
        for (std::size_t i = 0; i < before.size(); ++i) {
            const Number change = after[i] - before[i];
            dw.data()[i] = static_cast<Real>(change);
            integral.data()[i] = static_cast<Real>((change * change - h) / 2);
        }
    }
};

struct SdeMemory {  // of a tape; a solve takes it and gives it back, so that one within a field has its own
    Brownian path;
    Noise noise;
    std::vector<Var> drifts, diffusions, observed;
};

class SdeSteps {
public:
    SdeSteps(const FieldRef& f, const FieldRef& g, const SdeMethod& method, SdeMemory& memory, Where at)
        : f_(f), g_(g), m_(method), memory_(memory), at_(at) {}

    // From z at t to the state at `end`, by the noise that was looked at.
    Var step(Var z, Number t, Number end) {
        Tape& tape = z.tape();
        const Number h = end - t, root = std::sqrt(h);
        const Var dw = tape.constant(memory_.noise.dw.view());
        const bool uses_integral = m_.derivative || m_.stages > 1;
        const Var integral = uses_integral ? tape.constant(memory_.noise.integral.view()) : Var();
        std::vector<Var>&f = memory_.drifts, &g = memory_.diffusions;
        f.assign(std::size(m_.alpha), Var());
        g = f;
        Var next = z;
        for (int i = 0; i < m_.stages; ++i) {
            const SdeTable::Row& row = m_.rows[i];
            const Var time = tape.constant(row.c == 1 ? end : t + row.c * h);
            Var H = z, kick;
            for (int j = 0; j < i; ++j) {
                if (row.a[j] != 0) H = H + affine(f[j], h * row.a[j], 0);
                if (row.b[j] == 0) continue;
                const Var push = integral * affine(g[j], row.b[j] / root, 0);
                kick = kick.is_zero() ? push : kick + push;
            }
            if (reads_drift(i)) {
                f[i] = drift_at(tape, f_, time, H, at_);
                ++statistics_.evaluations;
            }
            if (!f[i].is_zero() && m_.alpha[i] != 0) next = next + affine(f[i], h * m_.alpha[i], 0);
            const Var G = kick.is_zero() ? H : H + kick;
            Var slope;
            {
                const Tape::Floor floor(tape);  // of the derivative by G, whatever else depends on it
                g[i] = diffusion_at(tape, g_, time, G, at_);
                if (m_.derivative) slope = jvp(g[i], G, broadcast_to(g[i], G.shape()));
            }
            if (m_.beta[i] != 0) next = next + g[i] * (m_.beta[i] == 1 ? dw : affine(dw, m_.beta[i], 0));
            if (m_.gamma[i] != 0) next = next + affine(g[i], m_.gamma[i] * root, 0);
            if (!slope.is_zero()) next = next + integral * slope;
        }
        const View numbers = tape.view(next);
        if (numbers.data && !all_finite(numbers.data, numbers.size()))
            fail(at_, {.what = text("solve_sde: the state is no longer finite after t = ", t),
                       .got = text("an infinity or no number, in a step of ", h),
                       .expected = "finite numbers up to the last time",
                       .likely =
                           "the steps are too long for this drift, or for noise that grows with z; or a logarithm or a "
                           "root of a state that a step took below 0",
                       .fix = "more steps; a state that must stay positive as its logarithm"});
        return next;
    }

    // All steps: step(z, t, end) makes a state, observe(z) keeps one.
    template <class State, class Step, class Observe>
    void walk(State z, const Times& times, const SdeOptions& options, const Step& step, const Observe& observe) {
        Brownian& path = memory_.path;
        Noise& noise = memory_.noise;
        const Number t0 = times.front(), t1 = times.back();
        std::size_t seen = 0;
        for (; seen < times.size() && times[seen] == t0; ++seen) observe(z);
        for (int n = 1; n <= options.steps && seen < times.size(); ++n) {
            const Number t = equal_step(t0, t1, n - 1, options.steps), end = equal_step(t0, t1, n, options.steps);
            const std::int64_t end_place = path.place(end);
            for (; seen < times.size() && path.place(times[seen]) < end_place; ++seen) {
                noise.look(path.numbers(times[seen]), times[seen] - t);
                observe(step(z, t, times[seen]));
            }
            noise.look(path.numbers(end), end - t);
            z = step(z, t, end);
            std::ranges::copy(path.numbers(end), noise.before.begin());
            ++statistics_.accepted;
            for (; seen < times.size() && path.place(times[seen]) == end_place; ++seen) observe(z);
        }
    }

    const Statistics& statistics() const { return statistics_; }

private:
    bool reads_drift(int i) const {
        bool reads = m_.alpha[i] != 0;
        for (int j = i + 1; j < m_.stages; ++j) reads = reads || m_.rows[j].a[i] != 0;
        return reads;
    }

    const FieldRef &f_, &g_;
    const SdeMethod& m_;
    SdeMemory& memory_;
    Where at_;
    Statistics statistics_;
};

struct BorrowedMemory {
    Tape& tape;
    SdeMemory memory;
    BorrowedMemory(Tape& of, const SdeOptions& options, const Times& times, const Shape& shape, Where at)
        : tape(of), memory(std::move(tape.extension<SdeMemory>())) {
        memory.path.restart(options.seed, times.front(), times.back(), shape, at);
        memory.noise.start(shape);
        memory.observed.clear();
    }
    ~BorrowedMemory() { tape.extension<SdeMemory>() = std::move(memory); }
};

}  // namespace

Solution<Var> solve_sde_on(Tape& tape, const FieldRef& f, const FieldRef& g, const Operand& start, const Times& times,
                           const SdeOptions& options, Where at) {
    const CalledFrom caller(at);
    require_sde_options(options, times, at);
    const Var z0 = start.on(tape);
    if (tape.view(z0).data) require_start(tape.view(z0), at, asked_sde);
    BorrowedMemory borrowed(tape, options, times, z0.shape(), at);
    SdeSteps steps(f, g, options.method, borrowed.memory, at);
    const Shape one = Shape{1}.joined(z0.shape());
    steps.walk(
        affine(z0, 1, 0), times, options,  // a Var of its own: the fields may capture z0
        [&](Var z, Number t, Number end) { return steps.step(z, t, end); },
        [&](Var z) { borrowed.memory.observed.push_back(reshape(z, one)); });
    const Var z = concatenate(borrowed.memory.observed, 0, at);
    return kept_by(tape, z, steps.statistics());
}

Solution<Var> solve_sde_from(const FieldRef& f, const FieldRef& g, Var z0, const Times& times,
                             const SdeOptions& options, Where at) {
    if (z0.is_zero()) fail_for_absent(z0, at);
    return solve_sde_on(z0.tape(), f, g, {z0, at}, times, options, at);
}

// Each step on a tape that forgets it.
Solution<Tensor> solve_sde_from(const FieldRef& f, const FieldRef& g, View z0, const Times& times,
                                const SdeOptions& options, Where at) {
    const CalledFrom caller(at);
    require_sde_options(options, times, at);
    require_start(z0, at, asked_sde);
    Tape tape;
    BorrowedMemory borrowed(tape, options, times, z0.shape, at);
    SdeSteps steps(f, g, options.method, borrowed.memory, at);
    Tensor path(Shape{static_cast<Index>(times.size())}.joined(z0.shape), 0, at);
    Index seen = 0;
    steps.walk(
        Tensor(z0), times, options,
        [&](const Tensor& z, Number t, Number end) {
            Tensor next(tape.view(steps.step(tape.variable(z), t, end)));
            tape.rewind();
            return next;
        },
        [&](const Tensor& z) { std::ranges::copy(z.entries(), path.data() + seen++ * z.size()); });
    return Solution(std::move(path), steps.statistics());
}

Solution<Tensor> solve_sde_from(const FieldRef& f, const FieldRef& g, const Parameter& z0, const Times& times,
                                const SdeOptions& options, Where at) {
    return solve_sde_from(f, g, z0.value().view(), times, options, at);
}

Var euler_log_likelihood(FieldRef drift, FieldRef diffusion, const Operand& t, Var z, const Operand& h,
                         const Operand& z_next) {
    const Where at = z_next.at();
    const CalledFrom caller(at);
    if (z.is_zero()) fail_for_absent(z, at);
    if (z.shape().rank() == 0)
        fail(at, {.what = "euler_log_likelihood: z has no axis to sum over",
                  .got = "a single number",
                  .expected = "z [B,D], or [D]"});
    Tape& tape = z.tape();
    const Var time = t.on(tape), change = z_next.on(tape) - z;
    if (change.shape() != z.shape())
        fail(at, {.what = "euler_log_likelihood: a step leads to a state of another shape",
                  .got = text("z ", z.shape(), ", z_next - z ", change.shape()),
                  .expected = "z and z_next alike"});
    const Var length = h.on(tape);
    const Var f = drift_at(tape, drift, time, z, at), g = diffusion_at(tape, diffusion, time, z, at);
    const Var variance = broadcast_to(length * square(g), z.shape());
    constexpr Number log_two_pi = 1.8378770664093454836;
    return sum(affine(square(change - length * f) / variance + log(variance), -0.5, -0.5 * log_two_pi), -1);
}

}  // namespace costate::ode
