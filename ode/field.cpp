#include "ode/field.hpp"

#include <algorithm>

#include "autodiff/elementwise.hpp"

namespace costate::ode {
inline namespace COSTATE_PRECISION {

namespace {

Var same_place(Var v, Tape& tape) { return v.is_zero() ? v : tape.var(v.index()); }

// The i-th new leaf, in the shape of v. Without numbers they are bound when the program runs.
Var leaf_like(Tape& tape, Var v, std::span<const View> numbers, std::size_t i) {
    return tape.variable(i < numbers.size() ? numbers[i] : View{nullptr, v.shape()});
}

}  // namespace

void Recording::copy(const Recording& other) {
    tape.copy_operations(other.tape);
    const auto moved = [this](const std::vector<Var>& vars) {
        std::vector<Var> here;
        for (const Var& v : vars) here.push_back(same_place(v, tape));
        return here;
    };
    t = same_place(other.t, tape);
    z = moved(other.z);
    captures = moved(other.captures);
    rates = moved(other.rates);
    differentiable = other.differentiable;
}

std::vector<Var> Recording::differentiable_captures() const {
    std::vector<Var> list;
    for (std::size_t i = 0; i < captures.size(); ++i)
        if (differentiable[i]) list.push_back(captures[i]);
    return list;
}

std::size_t Recording::differentiable_count() const {
    return static_cast<std::size_t>(std::count(differentiable.begin(), differentiable.end(), true));
}

Pullback append_pullback(Recording& r, bool minus, std::span<const View> numbers) {
    Pullback p;
    std::vector<Var> ys, y_bars, xs = r.z;
    for (const Var& z : r.z) p.seeds.push_back(leaf_like(r.tape, z, numbers, p.seeds.size()));
    for (std::size_t i = 0; i < r.rates.size(); ++i)
        if (!r.rates[i].is_zero()) {
            ys.push_back(r.rates[i]);
            y_bars.push_back(minus ? -p.seeds[i] : p.seeds[i]);
        }
    for (const Var& c : r.differentiable_captures()) xs.push_back(c);
    const Vars bars = ys.empty() ? Vars() : vjp(ys, y_bars, xs);
    const auto bar = [&](std::size_t i) { return bars.empty() ? Var{} : bars[i]; };
    for (std::size_t i = 0; i < r.z.size(); ++i) p.z_bars.push_back(bar(i));
    for (std::size_t i = r.z.size(); i < xs.size(); ++i) p.capture_bars.push_back(bar(i));
    return p;
}

void append_tangent(Recording& r, std::span<const View> numbers) {
    std::vector<Var> xs = r.z, dots, ys;
    for (const Var& z : r.z) dots.push_back(leaf_like(r.tape, z, numbers, dots.size()));
    for (const Var& c : r.differentiable_captures()) {
        xs.push_back(c);
        dots.push_back(leaf_like(r.tape, c, numbers, dots.size()));
    }
    for (const Var& rate : r.rates)
        if (!rate.is_zero()) ys.push_back(rate);
    const Vars y_dots = ys.empty() ? Vars() : jvp(ys, xs, dots);
    const std::size_t n = r.z.size(), rates = r.rates.size();
    for (std::size_t i = 0; i < n; ++i) r.z.push_back(dots[i]);
    for (std::size_t i = n; i < dots.size(); ++i) {
        r.captures.push_back(dots[i]);
        r.differentiable.push_back(true);
    }
    for (std::size_t i = 0, y = 0; i < rates; ++i) r.rates.push_back(r.rates[i].is_zero() ? Var{} : y_dots[y++]);
}

const Program& FieldPlan::forward() const {
    if (!forward_) {
        Recording r;
        r.copy(source);
        forward_ =
            compile(r.tape, {.constants = r.captures, .times = Vars(&r.t, 1), .states = r.z, .forward = r.rates});
    }
    return *forward_;
}

const Program& FieldPlan::reverse() const {  // (2)
    if (!reverse_) {
        Recording r;
        r.copy(source);
        const Pullback p = append_pullback(r, false);
        reverse_ = compile(r.tape, {.constants = r.captures,
                                    .times = Vars(&r.t, 1),
                                    .states = r.z,
                                    .seeds = p.seeds,
                                    .forward = r.rates,
                                    .reverse = p.z_bars,
                                    .summed = p.capture_bars});
    }
    return *reverse_;
}

const Program& FieldPlan::adjoint() const {  // (3)
    if (!adjoint_) {
        Recording r;
        r.copy(source);
        const Pullback p = append_pullback(r, true);
        std::vector<Var> states = r.z, rates = r.rates;
        states.insert(states.end(), p.seeds.begin(), p.seeds.end());
        rates.insert(rates.end(), p.z_bars.begin(), p.z_bars.end());
        adjoint_ = compile(r.tape, {.constants = r.captures,
                                    .times = Vars(&r.t, 1),
                                    .states = states,
                                    .forward = rates,
                                    .summed = p.capture_bars});
    }
    return *adjoint_;
}

std::shared_ptr<const FieldPlan> FieldPlan::tangent() const {  // (1)
    if (!tangent_) {
        tangent_ = std::make_shared<FieldPlan>();
        tangent_->source.copy(source);
        append_tangent(tangent_->source);
        if (tainted)
            tangent_->tainted =
                std::make_shared<Tainted>(Tainted{tainted->field, tainted->tangents + 1, tainted->where});
    }
    return tangent_;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
