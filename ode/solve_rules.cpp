// ode/solve_rules.cpp — the derivatives of a solve and of its derivative (ode/solve_op.hpp, equations 1 and 2)
#include <algorithm>

#include "autodiff/elementwise.hpp"
#include "autodiff/shaping.hpp"
#include "ode/solve_op.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

namespace {

// Where the operands of a solve stand: times, z0, captures, token.
struct Places {
    std::size_t components, captures;
    const SolvePlan& plan;
    std::size_t z0(std::size_t c) const { return 1 + c; }
    std::size_t capture(std::size_t i) const { return 1 + components + i; }
    std::size_t token() const { return 1 + components + captures; }
    std::size_t count() const { return 1 + components + captures; }
};

const SolvePlan& plan_of(Tape& tape, std::uint32_t plan) {
    return *static_cast<const SolvePlan*>(tape.resources().plans[plan].get());
}

Places places(Tape& tape, std::uint32_t plan) {
    const SolvePlan& p = plan_of(tape, plan);
    return {p.field->components(), p.field->captures(), p};
}

// A column of observation times, ready to multiply observations [T, ...].
Var along_observations(Var times, Var observation) {
    return reshape(times, Shape::of_rank(observation.shape().rank()).with(0, times.size()));
}

// ẏ of a solve's observations for tangents of its operands: the tangent field's solve on the same steps.
void observation_tangents(std::uint32_t plan, std::uint32_t record, std::uint32_t steps_of, std::uint32_t derivative,
                          std::span<const Var> in, Var token, std::span<const Var> d_in, std::span<Var> d_out) {
    Tape& tape = in[0].tape();
    const Places at = places(tape, plan);
    bool moves = false;
    std::vector<Var> operands(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(1 + at.components));
    for (std::size_t c = 0; c < at.components; ++c) {
        moves = moves || !d_in[at.z0(c)].is_zero();
        operands.push_back(or_zeros(d_in[at.z0(c)], in[at.z0(c)]));
    }
    for (std::size_t i = 0; i < at.captures; ++i) operands.push_back(in[at.capture(i)]);
    for (std::size_t i = 0; i < at.captures; ++i)
        if (at.plan.field->source.differentiable[i]) {
            moves = moves || !d_in[at.capture(i)].is_zero();
            operands.push_back(or_zeros(d_in[at.capture(i)], in[at.capture(i)]));
        }
    const std::uint32_t steps = steps_of == Solve::own ? record : steps_of;
    const bool time_moves = at.plan.times_are_vars && !d_in[0].is_zero();
    if (moves) {
        operands.push_back(token);
        const std::span<Var> solved =
            record_solve(tape, tangent_plan(tape, plan), operands, steps, derivative, new_record(tape));
        for (std::size_t c = 0; c < at.components; ++c) d_out[c] = solved[at.components + c];
    }
    if (time_moves) {  // + dz/dt ṫ
        operands.assign(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(at.count()));
        operands.push_back(token);
        const std::span<Var> slopes = record_solve(tape, plan, operands, steps, derivative + 1, new_record(tape));
        for (std::size_t c = 0; c < at.components; ++c)
            d_out[c] = d_out[c] + along_observations(d_in[0], slopes[c]) * slopes[c];
    }
}

// What SolveVjp's rules need of the solve that it differentiates: the Vars of its operands, and J applied to a tangent.
struct Differentiated {
    const SolveVjp& op;
    std::span<const Var> in;
    Tape& tape = in[0].tape();
    Places at = places(tape, op.plan);
    std::span<const Var> x = in.first(at.count());
    Var token = in[at.token()];
    std::span<const Var> w = in.subspan(at.token() + 1 + at.components, at.components);

    // The operands that A(x, w) has results for: z0, differentiable captures, times.
    std::vector<Var> wanted() const {
        std::vector<Var> list;
        for (std::size_t i : wanted_places()) list.push_back(x[i]);
        return list;
    }
    std::vector<std::size_t> wanted_places() const {
        std::vector<std::size_t> list;
        for (std::size_t c = 0; c < at.components; ++c) list.push_back(at.z0(c));
        for (std::size_t i = 0; i < at.captures; ++i)
            if (at.plan.field->source.differentiable[i]) list.push_back(at.capture(i));
        if (at.plan.times_are_vars) list.push_back(0);
        return list;
    }

    // Tangents to be held fixed while J ẋ is differentiated: one that is an operand itself gets a name of its own.
    std::span<const Var> held(std::span<const Var> d_x) const {
        const std::span<Var> fixed = tape.list(d_x.size());
        for (std::size_t i = 0; i < d_x.size(); ++i) {
            fixed[i] = d_x[i];
            for (const Var& v : x)
                if (!d_x[i].is_zero() && d_x[i].index() == v.index()) fixed[i] = affine(d_x[i], 1, 0);
        }
        return fixed;
    }

    std::span<Var> tangents(std::span<const Var> d_x) const {  // J ẋ
        const std::span<Var> dots = tape.list(at.components);
        observation_tangents(op.plan, op.record, op.steps_of, op.derivative, x, token, d_x, dots);
        return dots;
    }

    // The vjp of ⟨w, dots⟩ with respect to x, where dots = J u was recorded from operation `since` on; u is held fixed.
    std::span<const Var> pull(std::span<const Var> dots, std::size_t since) const {
        std::vector<Var> ys, y_bars;
        for (std::size_t c = 0; c < dots.size(); ++c)
            if (!dots[c].is_zero() && !w[c].is_zero()) {
                ys.push_back(dots[c]);
                y_bars.push_back(w[c]);
            }
        const std::vector<Var> xs = wanted();
        return ys.empty() ? tape.list(xs.size()) : vjp_since(since, ys, y_bars, xs);
    }
};

std::span<Var> record_vjp(const SolveVjp& op, std::span<const Var> x, Var token, std::span<const Var> observations,
                          std::span<const Var> w) {
    Tape& tape = x[0].tape();
    const Places at = places(tape, op.plan);
    const std::span<Var> operands = tape.list(at.count() + 1 + 2 * at.components);
    std::copy_n(x.begin(), at.count(), operands.begin());
    operands[at.token()] = token;
    for (std::size_t c = 0; c < at.components; ++c) {
        operands[at.token() + 1 + c] = observations[c];
        operands[at.token() + 1 + at.components + c] = or_zeros(w[c], observations[c]);
    }
    std::vector<Shape>& shapes = shape_list(tape);
    for (std::size_t c = 0; c < at.components; ++c) shapes.push_back(x[at.z0(c)].shape());
    for (std::size_t i = 0; i < at.captures; ++i)
        if (at.plan.field->source.differentiable[i]) shapes.push_back(x[at.capture(i)].shape());
    if (at.plan.times_are_vars) shapes.push_back(x[0].shape());
    return record_general(tape, op, operands, shapes);
}

}  // namespace

void Solve::jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
                std::span<Var> d_out) const {
    observation_tangents(plan, record, steps_of, derivative, in, out.back(), d_in, d_out);
}

void Solve::vjp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs,
                std::span<Var> g_in) const {
    const Places at = places(in[0].tape(), plan);
    const SolveVjp op{plan, record, steps_of, derivative};
    const std::span<Var> bars = record_vjp(op, in, out.back(), out.first(at.components), g_out.first(at.components));
    std::size_t next = 0;
    for (std::size_t c = 0; c < at.components; ++c) g_in[at.z0(c)] = bars[next++];
    for (std::size_t i = 0; i < at.captures; ++i)
        if (at.plan.field->source.differentiable[i]) g_in[at.capture(i)] = bars[next++];
    if (at.plan.times_are_vars) g_in[0] = bars[next];
}

void SolveVjp::jvp(std::span<const Var> in, std::span<const Var>, std::span<const Var> d_in,
                   std::span<Var> d_out) const {
    const Differentiated solve{*this, in};
    const std::size_t observations = solve.at.token() + 1, w = observations + solve.at.components;
    bool w_moves = false, x_moves = false;
    for (std::size_t c = 0; c < solve.at.components; ++c) w_moves = w_moves || !d_in[w + c].is_zero();
    for (std::size_t i : solve.wanted_places()) x_moves = x_moves || !d_in[i].is_zero();
    if (w_moves) {  // A(x, ẇ)
        const std::span<Var> part =
            record_vjp(*this, solve.x, solve.token, in.subspan(observations, solve.at.components),
                       d_in.subspan(w, solve.at.components));
        for (std::size_t i = 0; i < d_out.size(); ++i) d_out[i] = part[i];
    }
    if (x_moves) {
        const std::span<const Var> x_dots = solve.held(d_in.first(solve.at.count()));
        const std::size_t since = solve.tape.nodes().size();
        const std::span<const Var> part = solve.pull(solve.tangents(x_dots), since);
        for (std::size_t i = 0; i < d_out.size(); ++i) d_out[i] = d_out[i] + part[i];
    }
}

void SolveVjp::vjp(std::span<const Var> in, std::span<const Var>, std::span<const Var> g_out, Needs wanted,
                   std::span<Var> g_in) const {
    const Differentiated solve{*this, in};
    const std::vector<std::size_t> at = solve.wanted_places();
    const std::span<Var> u = solve.tape.list(solve.at.count());
    for (std::size_t i = 0; i < at.size(); ++i) u[at[i]] = g_out[i];
    const std::span<const Var> fixed = solve.held(u);
    const std::size_t since = solve.tape.nodes().size();
    const std::span<Var> w_bars = solve.tangents(fixed);  // w̄ = J u
    const std::size_t w = solve.at.token() + 1 + solve.at.components;
    bool x_wanted = false;
    for (std::size_t i : at) x_wanted = x_wanted || needs(wanted, i);
    for (std::size_t c = 0; c < solve.at.components; ++c) g_in[w + c] = w_bars[c];
    if (!x_wanted) return;
    const std::span<const Var> x_bars = solve.pull(w_bars, since);
    for (std::size_t i = 0; i < at.size(); ++i) g_in[at[i]] = x_bars[i];
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
