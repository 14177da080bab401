#include "ode/steps/complaint.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include "ode/steps/clock.hpp"  // brings: smallest_step

namespace costate::ode {
namespace {

constexpr const char* sensible_max_step = Complaint::told("a length above 16 eps |t|; left out, steps have no limit");

bool positive(Number x) { return std::isfinite(x) && x > 0; }
bool not_negative(Number x) { return std::isfinite(x) && x >= 0; }

// Is each entry of a tolerance 0 or more? One that is not, or nothing.
const Number* senseless(const Tolerance& tolerance) {
    const auto each = tolerance.each();
    const auto wrong = std::ranges::find_if_not(each, not_negative);
    return wrong == each.end() ? nullptr : &*wrong;
}

Complaint complaint_of_tolerances(const SolveOptions& o) {
    for (const auto& [name, tolerance, expected] :
         {std::tuple{Complaint::told("rtol"), &o.rtol, Complaint::told("0 or more, as in 1e-6")},
          {Complaint::told("atol"), &o.atol, Complaint::told("0 or more, as in 1e-9")}}) {
        if (tolerance->is_empty()) return {name, 0, "one number for all, or one for each component"};
        if (const Number* wrong = senseless(*tolerance)) return {name, *wrong, expected};
        if (!not_negative(*tolerance)) return {name, *tolerance, expected};
    }
    if (o.known_steps()) return {};
    const std::size_t entries = std::max({o.rtol.each().size(), o.atol.each().size(), std::size_t(1)});
    for (std::size_t i = 0; i < entries; ++i)
        if (o.rtol.of(Index(i)) == 0 && o.atol.of(Index(i)) == 0) return {"atol", 0, "rtol or atol above 0"};
    return {};
}

Complaint complaint_of_steps(const SolveOptions& o) {
    if (o.steps < 0) return {"steps", Number(o.steps), "a number of equal steps, or 0: the error chooses them"};
    if (!not_negative(o.step)) return {"step", o.step, "the length of equal steps, or 0: the error chooses them"};
    if (o.steps > 0 && o.step > 0) return {"step", o.step, "steps or step, not both: so many steps, or so long ones"};
    if ((o.known_steps() || small_machine) && o.forward_norm != ForwardNorm::state)
        return {"forward_norm", 1, "ForwardNorm::state: equal steps are not chosen by an error"};
    if (!o.known_steps() && !o.method.adaptive())
        return {"steps", 0, "more than 0: this method has no error estimate to choose its steps by"};
    if (!o.known_steps() && (!o.method.choice || !o.method.errors))
        return {"method.choice", 0, "&ode::step_choice, the default of a method with an error estimate"};
    return {};
}

// What the solve is, and the route's gradient does not go through.
Complaint complaint_of_route(const SolveOptions& o) {
    const auto lacks = [&](bool asked, rows::Takes what) { return asked && !(o.gradient.takes & what); };
    if (lacks(o.rows == independent, rows::own_clocks))
        return {"rows", 1, "ode::discrete or ode::backsolve; or joint, one clock for all rows",
                "rows with clocks of their own have no gradient by this route",
                ".gradient = ode::discrete: exact, which has no drift either; or .rows = ode::joint"};
    if (lacks(o.method.pair == Pair::rate, rows::carried_rates))
        return {"gradient", 0, "ode::reversible, exact for these steps, or a method that carries one state"};
    if (lacks(o.method.paired(), rows::second_states))
        return {"gradient", 0, "ode::discrete, ode::backsolve or ode::reversible, or a method that carries one state"};
    if (o.gradient.finds_states && !o.method.paired())
        return {"gradient", 0, "a method whose steps go backwards: ode::reversible_heun, ode::asynchronous_leapfrog"};
    // Who takes steps again would have to find the bits of Newton's iterations again, too.
    if (lacks(o.method.implicit(), rows::equations))
        return {"gradient", 0, "ode::discrete: exact by the implicit function theorem, whatever solved the stages"};
    if (o.method.implicit() && o.gradient.block > 0)
        return {"gradient", 0, "ode::interpolating, which keeps the whole solution"};
    if (lacks(o.method.is_linear(), rows::linear_equations))
        return {
            "gradient", 0,
            "ode::discrete, ode::forward or ode::direct: this method's stages are of no use to an integral beside z"};
    if (lacks(o.has_mass(), rows::mass_matrices))
        return {"mass", Number(o.mass.numbers().size()), "ode::discrete or ode::direct, whose gradients know M"};
    if (lacks(o.forward_norm != ForwardNorm::state, rows::tangents_in_norms))
        return {"forward_norm", 1,
                "ForwardNorm::state, by ode::direct; ode::discrete has the same gradient, to rounding"};
    return {};
}

Complaint complaint_of_method(const SolveOptions& o) {
    if (small_machine && o.method.pair == Pair::rate)
        return {"method", 0, "ode::reversible_heun: a small machine carries no rate"};
    if (o.method.paired() && !o.method.pull_pair)
        return {"method.pull_pair", 0, "the gradient of its steps, as ode::reversible_heun.pull_pair"};
    if (small_machine && o.method.coupled > 0)
        return {"method", Number(o.method.coupled), "an explicit method: a small machine has no others"};
    if (!o.preconditioner.empty() && !o.method.implicit() && !o.takes_turns())
        return {"preconditioner", 1, "an implicit method, whose equations it is for"};
    if (!o.method.implicit()) return {};
    if (!o.method.solver) return {"method.solver", 0, "who solves the stages, as ode::kvaerno5.solver"};
    if (const auto jumps = o.jump_t.numbers(); o.method.looks_ahead() && !o.jump_t.is_empty())
        return {"jump_t", jumps.empty() ? 0 : jumps.front(),
                "a method that asks f within its steps only: kencarp5, radau5"};
    return {};
}

Complaint complaint_of_mass(const SolveOptions& o) {
    if (o.mass.empty()) return {};
    const Number count = Number(o.mass.numbers().size());
    if (!o.method.takes_mass())
        return {"mass", count, "a method of equations alone: radau5, radau3, sdirk2, implicit_euler, rodas4"};
    if (o.keeps_tangents()) return {"mass", count, "ForwardNorm::state: tangents are not solved for beside M"};
    for (const Number number : o.mass.numbers())
        if (!std::isfinite(number)) return {"mass", number, "finite numbers"};
    return {};
}

Complaint complaint_of_rows(const SolveOptions& o) {
    const RowClocks& rows = o.rows;
    if (rows == joint) return {};
    if (!rows.solve || !rows.sweep || !rows.backsolve)
        return {rows.solve ? "rows.sweep or .backsolve" : "rows.solve", 0,
                "ode::joint; or ode::independent, which brings along what steps such rows"};
    if (o.method.paired()) return {"rows", 0, "ode::joint, or a method that carries one state"};
    if (o.keeps_tangents())
        return {"rows", 1, "joint: steps that keep the tangents' errors (.forward_norm) are those of all rows"};
    if (o.backward_norm != BackwardNorm::state_and_adjoint)
        return {"backward_norm", 1, "BackwardNorm::state_and_adjoint, an error that each row has",
                "a row of its own has no parameter gradient of its own",
                "leave out .backward_norm; or .rows = ode::joint"};
    if (o.parameter_quadrature != ParameterQuadrature::stages)
        return {"parameter_quadrature", 1, "ParameterQuadrature::stages",
                "rows of their own have no step whose nodes they could share", ".rows = ode::joint"};
    return {};
}

// What a route is told beside its name.
Complaint complaint_of_amounts(const SolveOptions& o) {
    const Route& route = o.gradient;
    if (route.block < 0)
        return {"gradient", Number(route.block), "1 or more: a checkpoint every so many steps",
                "no steps between two checkpoints",
                "interpolating_every(50); or ode::interpolating, which keeps them all"};
    if (route.most_bytes < 0)
        return {"gradient", route.most_bytes,
                route.few ? "ode::checkpointed_within(bytes), more than 0 of them"
                          : "ode::discrete_within(bytes), 0 of them or more"};
    if (route.most_states < 1)
        return {"gradient", Number(route.most_states), "ode::checkpointed(c) of c states, 1 or more"};
    if (o.parameter_quadrature == ParameterQuadrature::gauss && o.backward_norm == BackwardNorm::full)
        return {"backward_norm", 1,
                "one of them: the full norm takes in an error that is estimated by the method's stages",
                "Gauss nodes say nothing about the parameter gradient's error",
                "leave out .parameter_quadrature; or .backward_norm = ode::BackwardNorm::seminorm"};
    return {};
}

Complaint complaint_of_lengths(const SolveOptions& o) {
    if (!not_negative(o.first_step)) return {"first_step", o.first_step, "a length above 0, or 0: automatic"};
    if (!(o.max_step > 0)) return {"max_step", o.max_step, sensible_max_step};
    if (!(not_negative(o.min_step) && o.min_step <= o.max_step))
        return {"min_step", o.min_step, "0 or more, and at most max_step"};
    if (o.dense_up_to < 0) return {"dense_up_to", Number(o.dense_up_to), "a number of numbers, or 0: always GMRES"};
    if (o.max_steps < 1) return {"max_steps", Number(o.max_steps), "1 or more"};
    for (const Number t : o.step_t.numbers())
        if (!std::isfinite(t)) return {"step_t", t, "finite times"};
    for (const Number t : o.jump_t.numbers())
        if (!std::isfinite(t)) return {"jump_t", t, "finite times"};
    return {};
}

// Lists of tolerances that are as long as fits(length) says.
template <class Fits>
Complaint complaint_of_fit(const SolveOptions& o, Fits&& fits, const char* expected) {
    for (const auto& [name, tolerance] :
         {std::pair{Complaint::told("rtol"), &o.rtol}, {Complaint::told("atol"), &o.atol}})
        if (const Index count = std::ssize(tolerance->each()); !tolerance->is_one() && !fits(count))
            return {name, Number(count), expected};
    return {};
}

}  // namespace

Complaint first_complaint(const SolveOptions& o) {
    if (const Complaint complaint = complaint_of_tolerances(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_steps(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_lengths(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_method(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_mass(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_rows(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_amounts(o); complaint.option) return complaint;
    if (const Complaint complaint = complaint_of_route(o); complaint.option) return complaint;
    if (o.takes_turns() && !o.gradient.solve) return {"where_stiff", 0, "ode::solve_automatic, which changes methods"};
    if (!o.norm.of) return {"norm", 0, "rms_norm, max_norm or a function of the scaled errors"};
    const Control& c = o.control;
    for (const auto& [name, k] : {std::pair{Complaint::told("control.integral"), c.integral},
                                  {Complaint::told("control.proportional"), c.proportional},
                                  {Complaint::told("control.derivative"), c.derivative}})
        if (!std::isfinite(k)) return {name, k, "a finite number"};
    if (!(positive(c.safety) && c.safety <= 1)) return {"control.safety", c.safety, "above 0 and at most 1"};
    if (!(positive(c.shrink) && c.shrink < 1)) return {"control.shrink", c.shrink, "between 0 and 1"};
    if (!(c.grow >= 1)) return {"control.grow", c.grow, "1 or more"};
    if (!(not_negative(c.beta) && c.beta * (o.method.embedded_order + 1) < 1))
        return {"control.beta", c.beta, "0 or more, and below 1/(q+1), q the order of the error estimate"};
    const Number power = c.integral + c.proportional + c.derivative;
    if (!(power > Number(0.75) * c.beta * (o.method.embedded_order + 1)))
        return {"control.integral", c.integral,
                "integral + proportional + derivative above 0, and above 3/4 beta (q + 1)"};
    return {};
}

Complaint first_complaint(const SolveOptions& o, const Shape& z) {
    const auto fits = [&](Index count) {
        Index entries = 1;
        for (int axis = z.rank(); axis-- > 0;)
            if ((entries *= z[axis]) == count) return true;
        return false;
    };
    return complaint_of_fit(o, fits, "one number for all, or one for each entry of the state's last axes");
}

Complaint first_complaint(const Times& times, const SolveOptions& o) {
    if (times.rows() > 0 || times.size() == 0 || !times.are_numbers()) return {"times"};
    const Number first = times.front(), last = times.back();
    for (std::size_t i = 0; i < times.size(); ++i) {
        const Number t = times[i], before = times[i > 0 ? i - 1 : 0];
        const bool turns = (last >= first && t < before) || (last <= first && t > before);
        if (!std::isfinite(t) || turns) return {"times", t, nullptr, i};
    }
    constexpr Number most = std::numeric_limits<int>::max();
    if (o.step > 0 && !(std::abs(last - first) / o.step < most / 2))
        return {"step", o.step, "a length that is no less than the span / 2^30"};
    if (!std::isfinite(std::max(o.steps, 1) * (last - first)))
        return {"times", last, "steps times their distance within the range of double", times.size() - 1};
    if (!(o.max_step > smallest_step(std::max(std::abs(first), std::abs(last)), 0)))
        return {"max_step", o.max_step, sensible_max_step};
    return {};
}

Complaint first_plain_complaint(const Times& times, const SolveOptions& options, Index n) {
    if (const Complaint complaint = first_complaint(options); complaint.option) return complaint;
    const char* expected = "one number for all, or one for each of the state's numbers";
    if (const Complaint complaint = complaint_of_fit(
            options, [n](Index count) { return count == n; }, expected);
        complaint.option)
        return complaint;
    if (const auto count = static_cast<Index>(options.mass.numbers().size()); count > 0 && count != n * n)
        return {"mass", Number(count), "n numbers for each of n, row after row"};
    if (!options.preconditioner.empty()) return {"preconditioner", 1, "none: a field may give jacobian(t, y, J)"};
    if (!options.gradient.is<rows::Discrete>()) return {"gradient"};
    if (options.forward_norm != ForwardNorm::state) return {"forward_norm"};
    if (options.backward_norm != BackwardNorm::state_and_adjoint) return {"backward_norm"};
    if (options.parameter_quadrature != ParameterQuadrature::stages) return {"parameter_quadrature"};
    if (options.rows != joint) return {"rows", 1, "joint: numbers are one state, without rows"};
    return first_complaint(times, options);
}

}  // namespace costate::ode
