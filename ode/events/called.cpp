#include "ode/events/called.hpp"

#include <algorithm>
#include <array>

#include "autodiff/operators/shaping.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

SolveOptions for_numbers(SolveOptions options, Index n) {
    options.gradient = discrete;
    options.forward_norm = ForwardNorm::state;
    options.backward_norm = BackwardNorm::state_and_adjoint;
    options.parameter_quadrature = ParameterQuadrature::stages;
    for (Tolerance* tolerance : {&options.rtol, &options.atol}) {
        if (tolerance->is_one()) continue;
        std::vector<double> each(static_cast<std::size_t>(n));
        for (std::size_t i = 0; i < each.size(); ++i) each[i] = tolerance->of(static_cast<Index>(i));
        *tolerance = each;
    }
    return options;
}

CalledWithNumbers::CalledWithNumbers(Tape& tape, const FieldRef& field, std::span<const Event<Var>> events,
                                     const Shape& z, Where at)
    : tape_(tape), field_(field), events_(events), shape_(z), at_(at) {
    for (std::size_t i = 0; i < events.size(); ++i)
        numeric_.push_back({.when =
                                [this, i](double t, std::span<const Real> x) {
                                    return value(i, t, {x.data(), shape_});
                                },
                            .direction = events[i].direction,
                            .terminal = events[i].terminal});
    for (std::size_t i = 0; i < events.size(); ++i)
        if (events[i].reset) numeric_[i].reset = [](double, std::span<Real>) {};
}

void CalledWithNumbers::operator()(double t, std::span<const Real> z, std::span<Real> rate) {
    call(t, {z.data(), shape_});
    std::ranges::copy(called_.tape.view(called_.rates[0]).entries(), rate.begin());
}

void CalledWithNumbers::call(double t, View z) {
    const Real time = static_cast<Real>(t);
    can_be_replayed(called_, tape_, field_, {&time, Shape{}}, z, at_);
}

double CalledWithNumbers::value(std::size_t event, double t, View z) {
    called_.tape.rewind();
    called_.tape.set_parent(&tape_);
    return number(of(event, called_.tape.constant(t), called_.tape.variable(z)));
}

std::pair<double, double> CalledWithNumbers::value_and_slope(std::size_t event, double t, View z) {
    call(t, z);
    const Var time = called_.tape.variable(t), there = called_.z[0];
    const Var g = of(event, time, there), one = called_.tape.constant(1.0);
    const Var slope = jvp(Vars(&g, 1), std::array{time, there}, std::array{one, called_.rates[0]})[0];
    return {number(g), slope.is_zero() ? 0 : number(slope)};
}

Var CalledWithNumbers::of(std::size_t event, Var t, Var z) const {
    const Tape::Floor floor(z.tape());
    const While calling("calling an event of the solve", at_);
    const Var g = events_[event].when(t, z);
    if (g.is_zero() || g.size() != 1)
        fail(at_, {.what = text("solve_events: event ", event, " is not a single number"),
                   .got = g.is_zero() ? "Var{}" : to_text(g.shape()),
                   .expected = "one number g(t, z), for all rows of a batch together",
                   .fix = "z[0], an entry; min(z), the lowest of all rows"});
    return reshape(z.tape().bring(g, at_), {});
}

}  // namespace costate::ode
