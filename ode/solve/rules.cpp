// ode/solve/rules.cpp — the gradient of a solve: discrete (3). What else there is to derive: further_rules.cpp
#include <algorithm>

#include "autodiff/operators/shaping.hpp"  // brings: or_zeros
#include "ode/solve/operator.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct Scratch {  // of one tape: warm passes allocate nothing
    Chosen chosen, starts;
    std::vector<Shape> shapes;
};

// Of a route that has more than the gradient; `asked` is what is wanted of it.
const FurtherRules& further(const SolvePlan& plan, const char* asked, Where at) {
    const Route& route = plan.options.gradient;
    if (plan.options.has_mass())
        fail(
            at,
            {.what =
                 "solve: with a mass matrix its gradient is taken once, with respect to z0 and what the field captures",
             .got = asked,
             .expected = "the gradient alone",
             .fix = "of a regular M, a field M^-1 f"});
    if (route.pull == nullptr || route.further == nullptr)
        fail(at, {.what = "solve: its gradient is taken once, with respect to z0 and what the field captures",
                  .got = asked,
                  .expected = "no more than .gradient = ode::once(...) says",
                  .fix = text(".gradient = ode::", route.name)});
    return *route.further;
}

}  // namespace

// discrete (3): R(x, w)
std::span<Var> record_vjp(const SolveVjp& op, const Operands<const Var>& x, Var token,
                          std::span<const Var> observations, std::span<const Var> w) {
    Tape& tape = token.tape();
    const SolvePlan& plan = plan_at(tape, op.plan);
    const std::span<Var> operands = tape.list(x.count() + 1 + 2 * x.z0.size());
    auto next = operands.begin();
    *next++ = x.times;
    next = std::copy(x.z0.begin(), x.z0.end(), next);
    next = std::copy(x.captures.begin(), x.captures.end(), next);
    *next++ = token;
    next = std::copy(observations.begin(), observations.end(), next);
    for (std::size_t c = 0; c < w.size(); ++c) *next++ = or_zeros(w[c], observations[c]);
    std::vector<Shape>& shapes = tape.extension<Scratch>().shapes;
    shapes.clear();
    for (const Var& z : x.z0) shapes.push_back(z.shape());
    for (std::size_t i = 0; i < x.captures.size(); ++i)
        if (plan.captures[i]) shapes.push_back(x.captures[i].shape());
    return record_general(tape, op, operands, shapes, op.where);
}

// (z̄0, c̄) of a derivative, whose results are those of the chosen captures only, to where each operand has its own.
void distribute(const SolvePlan& plan, std::span<const Var> bars, const Operands<Var>& to) {
    std::copy_n(bars.begin(), to.z0.size(), to.z0.begin());
    auto next = bars.begin() + static_cast<std::ptrdiff_t>(to.z0.size());
    for (std::size_t i = 0; i < to.captures.size(); ++i)
        if (plan.captures[i]) to.captures[i] = *next++;
}

std::span<Var> record_solve(Tape& tape, const Solve& solve, std::span<const Var> operands) {
    const SolvePlan& p = plan_at(tape, solve.plan);
    const Shape times = operands[0].shape();
    std::vector<Shape>& shapes = tape.extension<Scratch>().shapes;
    shapes.clear();
    for (std::size_t c = 0; c < p.components(); ++c)
        shapes.push_back(Shape{times[-1]}.joined(operands[1 + c].shape(), 0, solve.where));
    shapes.push_back(Shape{});
    return record_general(tape, solve, operands, shapes, solve.where);
}

bool Solve::same(const Plans& mine, const Solve& other, const Plans& its) const {
    return takes_steps == other.takes_steps && same_plan(*static_cast<const SolvePlan*>(mine[plan].get()),
                                                         *static_cast<const SolvePlan*>(its[other.plan].get()));
}

Solve Solve::moved(const Plans& from, Tape& onto) const { return {onto.add_plan(from[plan]), takes_steps, where}; }

void Solve::vjp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs wanted,
                std::span<Var> g_in) const {
    Tape& tape = in[0].tape();
    const SolvePlan& p = plan_at(tape, plan);
    const Operands x = operands_of(p, in);
    const Operands g = operands_of(p, g_in);
    const std::size_t n = x.z0.size();
    Chosen& chosen = tape.extension<Scratch>().chosen;
    chosen.clear();
    for (std::size_t i = 0; i < x.captures.size(); ++i) chosen.push_back(needs(wanted, 1 + n + i));
    Chosen& starts = tape.extension<Scratch>().starts;
    starts.clear();
    for (std::size_t c = 0; c < n; ++c) starts.push_back(needs(wanted, 0) || needs(wanted, 1 + c));
    const SolveVjp op{gradient_plan(tape, p, chosen, starts), where};
    const std::span<Var> bars = record_vjp(op, x, out.back(), out.first(n), g_out.first(n));
    distribute(plan_at(tape, op.plan), bars, g);
    if (needs(wanted, 0))
        further(p, "the gradient with respect to the times", where)
            .times_bar(p, x, out.first(n), g_out.first(n), bars, g.times);
}

bool SolveVjp::same(const Plans& mine, const SolveVjp& other, const Plans& its) const {
    return same_plan(*static_cast<const SolvePlan*>(mine[plan].get()),
                     *static_cast<const SolvePlan*>(its[other.plan].get()));
}

SolveVjp SolveVjp::moved(const Plans& from, Tape& onto) const { return {onto.add_plan(from[plan]), where}; }

void Solve::jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
                std::span<Var> d_out) const {
    further(plan_at(in[0].tape(), plan), "a tangent", where).jvp(*this, in, out, d_in, d_out);
}

void SolveVjp::jvp(std::span<const Var> in, std::span<const Var>, std::span<const Var> d_in,
                   std::span<Var> d_out) const {
    further(plan_at(in[0].tape(), plan), "a tangent of the gradient", where).gradient_jvp(*this, in, d_in, d_out);
}

void SolveVjp::vjp(std::span<const Var> in, std::span<const Var>, std::span<const Var> g_out, Needs wanted,
                   std::span<Var> g_in) const {
    further(plan_at(in[0].tape(), plan), "a gradient of the gradient", where)
        .gradient_vjp(*this, in, g_out, wanted, g_in);
}

}  // namespace costate::ode
