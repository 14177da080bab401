// ode/solve/further_rules.cpp — what a solve's gradient alone does not need: its tangents, the gradient with respect to the
// times, and the derivatives of its derivative: discrete (2), (4), adjoint (6). Linked where a route is named, but by once.
#include <algorithm>
#include <cmath>
#include <limits>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/reductions.hpp"
#include "autodiff/operators/shaping.hpp"
#include "ode/solve/operator.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct Moving {  // of one tape: warm passes allocate nothing
    Chosen chosen;
};

bool all_zero(std::span<const Var> vars) {
    return std::all_of(vars.begin(), vars.end(), [](const Var& v) { return v.is_zero(); });
}

// Where f is asked for at the observations: beside a time where it jumps, on the side that the solve came by, at the first one
// on that to which it goes. The numbers are those of an Interval.
Var asked(Var times, const SolveOptions& options) {
    const int axis = times.shape().rank() - 1;
    if (options.jump_t.is_empty() || (options.rows == joint && axis > 0)) return times;
    const Index n = times.shape()[axis];
    const Var rises = less(slice(times, axis, 0, 1), slice(times, axis, n - 1, 1));
    Var by = 0.0 * times;
    for (const Number jump : options.jump_t.numbers()) {
        const Number above = beside(jump, HUGE_VAL, time_is_float) - jump,
                     below = beside(jump, -HUGE_VAL, time_is_float) - jump;
        const Var came = where(rises, below, above), goes = where(rises, above, below);
        by = by + equal(times, jump) * (came + pad(goes - came, axis, 0, n - 1));
    }
    if (options.jump_t.has_ends()) {  // a little beyond: at a number that is not known yet
        constexpr Number epsilon = std::numeric_limits<Real>::epsilon(), tiny = std::numeric_limits<Real>::min();
        const Var sign = 2.0 * rises - 1.0;
        by = by + (pad(sign, axis, 0, n - 1) - pad(sign, axis, n - 1, 0)) * (2 * epsilon * abs(times) + tiny);
    }
    return times + by;
}

// The i-th time as the field sees it: a number, or one for each row of z.
Var field_time(Var times, Index i, const Shape& z, RowClocks rows) {
    if (rows == joint) return reshape(slice(times, 0, i, 1), {});
    return reshape(slice(times, 1, i, 1), time_of_rows(z));
}

// All of them beside observations y: [T, 1, ...], or [T, B, 1, ...].
Var times_along(Var times, const Shape& y, RowClocks rows) {
    const Shape column = Shape::of_rank(y.rank()).with(0, y[0]);
    return rows == joint ? reshape(times, column) : reshape(transpose(times), column.with(1, y[1]));
}

// f(t_i, y_i) for each observation, behind one another: of each component [T, ...]
std::span<Var> rates_along(const SolvePlan& plan, Var observed, std::span<const Var> y, std::span<const Var> captures) {
    Tape& tape = observed.tape();
    const Var times = asked(observed, plan.options);
    const std::size_t count = times.shape()[-1], n = y.size();
    const std::span<Var> z = tape.list(n), rates = tape.list(n), parts = tape.list(n * count);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t c = 0; c < n; ++c) z[c] = reshape(slice(y[c], 0, i, 1), y[c].shape().without(0));
        const Var t = field_time(times, i, z[0].shape(), plan.options.rows);
        const std::span<const Var> f = append_field(*plan.field, t, z, captures);
        for (std::size_t c = 0; c < n; ++c)
            parts[c * count + i] = reshape(or_zeros(f[c], z[c]), y[c].shape().with(0, 1));
    }
    for (std::size_t c = 0; c < n; ++c) rates[c] = concatenate(parts.subspan(c * count, count), 0);
    return rates;
}

// What moves with each of the times, summed: of observations [T, ...z], and of z at the first of them.
Var summed_for_times(Var y, const Shape& times, RowClocks rows) {
    if (rows == joint) return sum(reshape(y, {times.size(), y.size() / times.size()}), {1});
    const Shape z = y.shape().without(0);
    return transpose(sum(reshape(y, {times[-1], z[0], z.row_size()}), {2}));
}

Var summed_for_first(Var z, RowClocks rows) {
    if (rows == joint) return reshape(sum(z), {1});
    return sum(reshape(z, {z.shape()[0], z.shape().row_size()}), {1}, true);
}

std::span<const Var> rates_at_start(const SolvePlan& plan, const Operands<const Var>& x) {
    const Var t0 = field_time(asked(x.times, plan.options), 0, x.z0[0].shape(), plan.options.rows);
    return append_field(*plan.field, t0, x.z0, x.captures);
}

// discrete (2): ẏ of the observations for tangents of the operands.
std::span<Var> observation_tangents(const SolvePlan& plan, Where where, const Operands<const Var>& x, Var token,
                                    const Operands<const Var>& d_x) {
    Tape& tape = token.tape();
    const std::size_t n = x.z0.size();
    const std::span<Var> dots = tape.list(n), z_dots = tape.list(n);
    std::copy(d_x.z0.begin(), d_x.z0.end(), z_dots.begin());
    const bool times_move = !d_x.times.is_zero();
    if (times_move) {
        const std::span<const Var> f = rates_at_start(plan, x);
        const Var t0_dot = field_time(d_x.times, 0, x.z0[0].shape(), plan.options.rows);
        for (std::size_t c = 0; c < n; ++c)
            if (!f[c].is_zero()) z_dots[c] = z_dots[c] - f[c] * t0_dot;
    }
    if (all_zero(z_dots) && all_zero(d_x.captures) && !times_move) return dots;

    Chosen& chosen = tape.extension<Moving>().chosen;
    chosen.clear();
    for (const Var& d : d_x.captures) chosen.push_back(!d.is_zero());
    const std::size_t moving = std::count(chosen.begin(), chosen.end(), true);
    const std::span<Var> operands = tape.list(x.count() + n + moving + 1);
    auto next = operands.begin();
    *next++ = x.times;
    next = std::copy(x.z0.begin(), x.z0.end(), next);
    for (std::size_t c = 0; c < n; ++c) *next++ = or_zeros(z_dots[c], x.z0[c]);
    next = std::copy(x.captures.begin(), x.captures.end(), next);
    for (const Var& d : d_x.captures)
        if (!d.is_zero()) *next++ = d;
    *next = token;
    const std::span<Var> solved = record_solve(tape, {tangent_plan(tape, plan, chosen), true, where}, operands);
    std::copy_n(solved.begin() + static_cast<std::ptrdiff_t>(n), n, dots.begin());
    if (times_move) {
        const std::span<Var> f = rates_along(plan, x.times, solved.first(n), x.captures);
        for (std::size_t c = 0; c < n; ++c)
            dots[c] = dots[c] + f[c] * times_along(d_x.times, f[c].shape(), plan.options.rows);
    }
    return dots;
}

// discrete (4): what R's rules are made of: x as copies, so that two operands that are one Var are two again, and J.
bool are_var(Var times, RowClocks rows) { return times.shape().rank() == (rows == joint ? 1 : 2); }

struct Differentiated {
    const SolvePlan& plan;
    std::span<const Var> in;
    Tape& tape;
    Where where;
    std::size_t n = plan.components(), places = 1 + n + plan.capture_count();
    std::span<Var> copies = tape.list(places);
    Operands<const Var> x = operands_of(plan, std::span<const Var>(copies)), given = operands_of(plan, in);

    Differentiated(const SolveVjp& op, std::span<const Var> operands)
        : plan(plan_at(operands[0].tape(), op.plan)), in(operands), tape(operands[0].tape()), where(op.where) {
        for (std::size_t i = 0; i < places; ++i)
            copies[i] = i == 0 && !are_var(in[0], plan.options.rows) ? in[0] : affine(in[i], 1, 0);
    }

    std::span<Var> tangents(std::span<const Var> d_x) const {  // J ẋ
        return observation_tangents(plan, where, x, given.token[0], operands_of(plan, d_x));
    }

    // The vjp of ⟨w, dots⟩ with respect to the copies xs, where dots = J ẋ.
    std::span<const Var> pull(std::span<const Var> dots, std::span<const Var> xs) const {
        const std::span<Var> ys = tape.list(n), y_bars = tape.list(n);
        std::size_t count = 0;
        for (std::size_t c = 0; c < n; ++c)
            if (!dots[c].is_zero() && !given.w[c].is_zero()) {
                ys[count] = dots[c];
                y_bars[count++] = given.w[c];
            }
        return count == 0 ? tape.list(xs.size()) : vjp(ys.first(count), xs, y_bars.first(count), where);
    }
};

// t̄_i = ⟨w_i, f(t_i, y_i)⟩, and −⟨z̄0, f(t_0, z0)⟩ for t_0                                            adjoint (6)
void add_times_bar(const SolvePlan& p, const Operands<const Var>& x, std::span<const Var> y, std::span<const Var> w,
                   std::span<const Var> z_bars, Var& t_bar) {
    const RowClocks rows = p.options.rows;
    const std::span<const Var> first = rates_at_start(p, x);
    const std::span<Var> along = rates_along(p, x.times, y, x.captures);
    for (std::size_t c = 0; c < y.size(); ++c) {
        if (!w[c].is_zero()) t_bar = t_bar + summed_for_times(w[c] * along[c], x.times.shape(), rows);
        if (first[c].is_zero()) continue;
        const Var at_first = summed_for_first(z_bars[c] * first[c], rows);
        t_bar = t_bar - pad(at_first, at_first.shape().rank() - 1, 0, x.times.shape()[-1] - 1);
    }
}

void solve_jvp(const Solve& op, std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
               std::span<Var> d_out) {
    const SolvePlan& p = plan_at(in[0].tape(), op.plan);
    const std::span<Var> dots = observation_tangents(p, op.where, operands_of(p, in), out.back(), operands_of(p, d_in));
    std::copy(dots.begin(), dots.end(), d_out.begin());
}

void gradient_jvp(const SolveVjp& op, std::span<const Var> in, std::span<const Var> d_in, std::span<Var> d_out) {
    const Differentiated solve(op, in);
    const std::span<const Var> w_dots = operands_of(solve.plan, d_in).w;
    if (!all_zero(w_dots)) {  // R(x, ẇ)
        const Operands<const Var>& x = solve.given;
        const std::span<Var> part = record_vjp(op, x, x.token[0], x.observations, w_dots);
        std::copy(part.begin(), part.end(), d_out.begin());
    }
    if (all_zero(d_in.first(solve.places))) return;
    const std::span<Var> xs = solve.tape.list(d_out.size());
    auto next = std::copy(solve.x.z0.begin(), solve.x.z0.end(), xs.begin());
    for (std::size_t i = 0; i < solve.x.captures.size(); ++i)
        if (solve.plan.captures[i]) *next++ = solve.x.captures[i];
    const std::span<const Var> part = solve.pull(solve.tangents(d_in.first(solve.places)), xs);
    for (std::size_t i = 0; i < d_out.size(); ++i) d_out[i] = d_out[i] + part[i];
}

void gradient_vjp(const SolveVjp& op, std::span<const Var> in, std::span<const Var> g_out, Needs wanted,
                  std::span<Var> g_in) {
    const Differentiated solve(op, in);
    const std::span<Var> u = solve.tape.list(solve.places);  // (times: 0, z0, captures)
    distribute(solve.plan, g_out, operands_of(solve.plan, u));
    const std::span<Var> w_bars = solve.tangents(u);  // J u
    std::copy(w_bars.begin(), w_bars.end(), operands_of(solve.plan, g_in).w.begin());
    const std::span<Var> xs = solve.tape.list(solve.places);
    std::size_t count = 0;
    for (std::size_t i = 0; i < solve.places; ++i)
        if (needs(wanted, i)) xs[count++] = solve.copies[i];
    if (count == 0) return;
    const std::span<const Var> x_bars = solve.pull(w_bars, xs.first(count));
    for (std::size_t i = 0, next = 0; i < solve.places; ++i)
        if (needs(wanted, i)) g_in[i] = x_bars[next++];
}

}  // namespace

const FurtherRules further_rules{solve_jvp, add_times_bar, gradient_jvp, gradient_vjp};

}  // namespace costate::ode
