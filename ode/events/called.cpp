#include "ode/events/called.hpp"

#include <algorithm>
#include <array>

#include "autodiff/operators/shaping.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

SolveOptions for_numbers(SolveOptions options, Index first, Index n) {
    options.gradient = discrete;
    options.forward_norm = ForwardNorm::state;
    options.backward_norm = BackwardNorm::state_and_adjoint;
    options.parameter_quadrature = ParameterQuadrature::stages;
    for (Tolerance* tolerance : {&options.rtol, &options.atol}) {
        if (tolerance->is_one()) continue;
        std::vector<Number> each(static_cast<std::size_t>(n));
        for (std::size_t i = 0; i < each.size(); ++i) each[i] = tolerance->of(first + static_cast<Index>(i));
        *tolerance = each;
    }
    return options;
}

CalledWithNumbers::CalledWithNumbers(Tape& tape, const FieldRef& field, std::span<const Event<Var>> events,
                                     const Shape& z, const Shape& each, Where at)
    : tape_(tape), field_(field), events_(events), shape_(z), each_(each), at_(at) {
    for (std::size_t i = 0; i < events.size(); ++i)
        numeric_.push_back({.when =
                                [this, i](Number t, std::span<const Real> x) {
                                    return value(i, t, {x.data(), shape_});
                                },
                            .direction = events[i].direction,
                            .terminal = events[i].terminal});
    for (std::size_t i = 0; i < events.size(); ++i)
        if (events[i].reset) numeric_[i].reset = [](Number, std::span<Real>) {};
}

void CalledWithNumbers::operator()(Number t, std::span<const Real> z, std::span<Real> rate) {
    const Real time = static_cast<Real>(t);
    can_be_replayed(called_, tape_, field_, {&time, each_}, {z.data(), shape_}, at_);
    std::ranges::copy(called_.tape.view(called_.rates[0]).entries(), rate.begin());
}

Number CalledWithNumbers::value(std::size_t event, Number t, View z) {
    called_.tape.rewind();
    called_.tape.set_parent(&tape_);
    const Var g = of(event, called_.tape.constant(t), called_.tape.variable(z));
    return static_cast<Number>(called_.tape.view(g)[0]);
}

std::pair<View, View> CalledWithNumbers::value_and_slope(std::size_t event, View t, View z) {
    Tape& tape = called_.tape;
    can_be_replayed(called_, tape_, field_, t, z, at_);
    const Var time = tape.variable(t), there = called_.z[0], one = filled(tape, each_, 1);
    const Var g = of(event, time, there);
    const Var slope = jvp(Vars(&g, 1), std::array{time, there}, std::array{one, called_.rates[0]})[0];
    return {tape.view(g), tape.view(or_zeros(slope, g))};
}

Var CalledWithNumbers::of(std::size_t event, Var t, Var z) const {
    const Tape::Floor floor(z.tape());
    const While calling("calling an event of the solve", at_);
    const Var g = events_[event].when(t, z);
    if (g.is_zero() || g.size() != each_.size())
        fail(at_,
             {.what = text("solve_events: event ", event, " is not a single number"),
              .got = g.is_zero() ? "Var{}" : to_text(g.shape()),
              .expected = "one number g(t, z), for all rows of a batch together",
              .fix = "z[0], an entry; min(z), the lowest of all rows; .rows = ode::independent, a g for each row"});
    return reshape(z.tape().bring(g, at_), each_);
}

Var CalledWithNumbers::reset(std::size_t event, Var t, Var z) const {
    const Tape::Floor floor(z.tape());
    const While calling("calling the reset of an event", at_);
    const Var after = events_[event].reset(t, z);
    if (after.is_zero() || after.shape() != shape_)
        fail(at_, {.what = text("solve_events: the reset of event ", event, " does not have the state's shape"),
                   .got = after.is_zero() ? "Var{}" : to_text(after.shape()),
                   .expected = to_text(shape_),
                   .fix = "a number for every entry of z; what does not change as it was"});
    return z.tape().bring(after, at_);
}

}  // namespace costate::ode
