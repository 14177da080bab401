#include "ode/multistep/multistep.hpp"

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/combine.hpp"  // brings: all_finite
#include "ode/field/record.hpp"      // brings: call_field, require_rate
#include "ode/steps/check.hpp"       // brings: require_start, require_step

namespace costate::ode {

inline constexpr Asked asked_multistep{"solve_multistep", "MultistepOptions"};

SolveOptions multistep::as_solve_options(const MultistepOptions& options) {
    MethodNumbers method = dopri5;  // of the start
    method.name = options.method.name;
    return {.method = method, .step = options.step};
}

void multistep::require(const Times& times, const MultistepOptions& o, Where at) {
    if (o.method.order < 1 || o.method.order > AdamsMethod::most)
        fail(at, {.what = "solve_multistep: a method of no order",
                  .got = text("order = ", o.method.order),
                  .expected = "ode::adams_bashforth1 ... 5 or ode::adams_bashforth_moulton1 ... 5"});
    require_step(times, as_solve_options(o), asked_multistep,
                 "the length of equal steps: the formula is one of equal steps",
                 "{.method = ode::adams_bashforth_moulton4, .step = 0.01}; ode::solve_nordsieck chooses them", at);
}

inline namespace COSTATE_PRECISION {

namespace {

class MultistepInVars {  // a walk's state, in Vars
public:
    MultistepInVars(Tape& tape, const FieldRef& field, Var z0, Where at)
        : tape_(tape), field_(field), at_(at), z_(z0), formed_(z0) {}
    Var state() const { return z_; }
    long evaluations() const { return evaluations_; }

    void evaluate(int place, Number time) {
        const Var rate =
            call_field(tape_, field_, tape_.constant(time), formed_, "calling the field of solve_multistep", at_);
        require_rate(rate, z_.shape(), at_);
        rates_[static_cast<std::size_t>(place)] = tape_.bring(rate, at_);
        ++evaluations_;
    }
    void form(std::span<const multistep::Term> sum) {
        const std::span<Var> terms = tape_.list(std::ssize(sum) + 1);
        terms[0] = z_;
        for (std::size_t i = 0; i < sum.size(); ++i)
            terms[i + 1] = affine(rates_[static_cast<std::size_t>(sum[i].place)], sum[i].factor, 0);
        formed_ = sum_of(terms);
    }
    bool is_finite() const {
        const View numbers = tape_.view(formed_);
        return !numbers.data || all_finite(numbers.data, numbers.size());
    }
    void keep() { z_ = formed_; }

private:
    Tape& tape_;
    const FieldRef& field_;
    Where at_;
    Var z_, formed_;
    std::array<Var, multistep::places> rates_;
    long evaluations_ = 0;
};

}  // namespace

Solution<Var> solve_multistep(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                              const MultistepOptions& options, Where at) {
    multistep::require(times, options, at);
    const Var start = z0.on(tape);
    if (tape.view(start).data) require_start(tape.view(start), at, asked_multistep);
    MultistepInVars x(tape, field, affine(start, 1, 0), at);  // a Var of its own: the field may capture z0
    std::vector<Var> states;
    Outcome outcome = multistep::walk(x, times, options, [&](std::size_t) {
        states.push_back(reshape(x.state(), Shape{1}.joined(x.state().shape())));
    });
    if (const View z = tape.view(x.state()); z.data) outcome.tell(z.data, z.size());
    if (outcome.status != Status::ok)
        fail(at, to_failure("solve_multistep", outcome, multistep::as_solve_options(options)));
    outcome.statistics.evaluations = x.evaluations();
    return kept_by(tape, concatenate(states, 0, at), outcome.statistics);
}

}  // namespace COSTATE_PRECISION

}  // namespace costate::ode
